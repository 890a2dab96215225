"""What a config file says of hooks: who is told of promotions and rollbacks."""

from __future__ import annotations

import re
import shlex
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit

from workbench.domain.hooks import KINDS, Hook
from workbench.domain.names import near
from workbench.settings.schema import NAME, Place, check_keys, check_text, kind_of

HOOK_KEYS = ("url", "url_env", "command", "secret_env", "environments", "on", "timeout")
_VARIABLE = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
_LONGEST = 600


def check_hooks(value: Any, place: Place) -> Mapping[str, Hook]:
    """`NAME: {url | url_env | command, secret_env, environments, on, timeout}`."""
    if not isinstance(value, Mapping):
        raise place.error(("hooks",), f"hooks must be a mapping, not {kind_of(value)}", "NAME: {url: https://…}")
    return {str(name): _hook(str(name), body, place) for name, body in value.items()}


def _hook(name: str, value: Any, place: Place) -> Hook:
    path: tuple[Any, ...] = ("hooks", name)
    if not NAME.fullmatch(name):
        raise place.error(path, f"{name!r} cannot be the name of a hook", "letters, digits, '.', '_' and '-'")
    body = check_keys(value, HOOK_KEYS, place, path, f"hook {name}")
    given = [key for key in ("url", "url_env", "command") if body.get(key)]
    if len(given) != 1:
        what = " and ".join(given) if given else "nothing"
        raise place.error(path, f"hook {name} goes to {what}", "give one of url, url_env and command")
    url = check_text(body.get("url", ""), place, (*path, "url"))
    if url and (not url.startswith(("http://", "https://")) or not _has_host(url)):
        raise place.error((*path, "url"), "url is not an address", "it starts with http:// or https://")
    timeout = body.get("timeout", Hook.timeout)
    if isinstance(timeout, bool) or not isinstance(timeout, int | float) or not 0 < timeout <= _LONGEST:
        raise place.error((*path, "timeout"), f"timeout must be a number of seconds up to {_LONGEST}", "for example 10")
    on = _texts(body.get("on", list(KINDS)), place, (*path, "on"))
    for index, kind in enumerate(on):
        if kind not in KINDS:
            close = near(kind, KINDS, 1)
            hint = f"did you mean {close[0]}?" if close else "known are " + ", ".join(KINDS)
            raise place.error((*path, "on", index), f"a hook cannot be on {kind!r}", hint)
    return Hook(
        name,
        url,
        _variable(body, "url_env", place, path),
        _command(body.get("command"), place, (*path, "command")),
        _variable(body, "secret_env", place, path),
        _texts(body.get("environments", []), place, (*path, "environments")),
        on,
        float(timeout),
    )


def _has_host(url: str) -> bool:
    try:
        return bool(urlsplit(url).hostname)
    except ValueError:
        return False


def _variable(body: Mapping[str, Any], key: str, place: Place, path: tuple[Any, ...]) -> str:
    name = check_text(body.get(key, ""), place, (*path, key))
    if name and not _VARIABLE.fullmatch(name):
        # What was written here may be the secret itself, so it is not repeated.
        raise place.error((*path, key), f"{key} is not the name of an environment variable", "never the secret itself")
    return name


def _command(value: Any, place: Place, path: tuple[Any, ...]) -> tuple[str, ...]:
    """A list of arguments, or a text that is split as a shell would, without one."""
    if value is None:
        return ()
    if isinstance(value, list):
        words = _texts(value, place, path)
    else:
        try:
            words = tuple(shlex.split(check_text(value, place, path)))
        except ValueError as error:
            raise place.error(path, f"command cannot be split into words: {error}", "write a list of words") from error
    if not words or not words[0]:
        raise place.error(path, "command is empty")
    return words


def _texts(value: Any, place: Place, path: tuple[Any, ...]) -> tuple[str, ...]:
    if isinstance(value, str):
        value = [value]
    if not isinstance(value, list):
        raise place.error(path, f"{path[-1]} must be a list of texts, not {kind_of(value)}")
    return tuple(check_text(item, place, (*path, index)) for index, item in enumerate(value))
