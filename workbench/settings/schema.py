"""What a config file may say: the keys, and a checker for each value.

A checker takes `(value, at)` where `at` is the place of the value, and raises `ConfigError` there.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from workbench.domain.names import near
from workbench.domain.rules import Rules
from workbench.errors import ConfigError

KEYS: Mapping[str, str] = {
    "store": "path of the SQLite file, relative to the config file",
    "environments": "names in order, or {name, protected, checks, force, own_approval}",
    "endpoints": "name → base_url, api_key_env, default_headers, timeout, concurrency, preset",
    "models": "short model name → endpoint/model",
    "concurrency": "calls at once in a comparison; an endpoint's own concurrency limits it further",
    "default_model": "endpoint/model used where a version names none",
    "keymap": "action id → keys, separated by commas",
    "theme": "colours of the app: workbench-dark, workbench-light, or a theme of Textual, such as nord",
    "signing": "ssh, or {ssh: {key, allowed_signers}}: approvals and promotions are signed",
    "actor": "who is written beside every act",
    "hooks": "name → url, url_env or command that is told of promotions; secret_env, environments, on, timeout",
    "validate": "required metadata, min_length, max_length, and off: code → why it is turned off",
}
"""Every key of a config file with what it means; `workbench config keys` prints it."""

ENDPOINT_KEYS = ("base_url", "api_key_env", "default_headers", "timeout", "concurrency", "preset")
VALIDATE_KEYS = ("required", "min_length", "max_length", "off")
NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}")
_ENVNAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")


@dataclass(frozen=True)
class EndpointConfig:
    """An endpoint as configured. "" and None mean: what the preset says."""

    name: str
    base_url: str = ""
    api_key_env: str = ""
    """The environment variable that holds the key; never the key."""
    default_headers: Mapping[str, str] = field(default_factory=dict, hash=False)
    timeout: float | None = None
    """Seconds."""
    preset: str = ""
    concurrency: int | None = None
    """Calls at once."""


@dataclass(frozen=True)
class Place:
    """A file and the lines of the values in it, to say where something is wrong."""

    file: str
    lines: Mapping[tuple[Any, ...], int]

    def error(self, path: Sequence[Any], message: str, hint: str = "") -> ConfigError:
        return ConfigError(message, hint, file=self.file, line=self.line(path))

    def line(self, path: Sequence[Any]) -> int:
        """The line of the value, else of what holds it; 0 when unknown."""
        at = tuple(path)
        while at:
            if at in self.lines:
                return self.lines[at]
            at = at[:-1]
        return self.lines.get((), 0)


def check_keys(value: Any, known: Sequence[str], place: Place, path: tuple[Any, ...], what: str) -> Mapping[str, Any]:
    """The mapping itself; an unknown key is an error that names the nearest known one."""
    if not isinstance(value, Mapping):
        raise place.error(path, f"{what} must be a mapping", "with the keys " + ", ".join(known))
    for key in value:
        if key not in known:
            close = near(str(key), known, 1)
            hint = f"did you mean {close[0]}?" if close else "known keys: " + ", ".join(known)
            raise place.error((*path, key), f"unknown key {str(key)!r} in {what}", hint)
    return value


def check_text(value: Any, place: Place, path: tuple[Any, ...]) -> str:
    if not isinstance(value, str):
        name = ".".join(map(str, path))
        raise place.error(path, f"{name} must be text, not {kind_of(value)}", 'put it in quotes: "…"')
    return value


def check_endpoint(name: str, value: Any, place: Place) -> EndpointConfig:
    path = ("endpoints", name)
    if not NAME.fullmatch(name):
        raise place.error(path, f"{name!r} cannot be the name of an endpoint", "letters, digits, '.', '_' and '-'")
    body = check_keys(value, ENDPOINT_KEYS, place, path, f"endpoint {name}")
    base_url = check_text(body.get("base_url", ""), place, (*path, "base_url"))
    if base_url and not base_url.startswith(("http://", "https://")):
        raise place.error((*path, "base_url"), f"{base_url!r} is not an address", "it starts with http:// or https://")
    key_env = check_text(body.get("api_key_env", ""), place, (*path, "api_key_env"))
    if key_env and not _ENVNAME.fullmatch(key_env):
        # What was written here may be the key itself, so it is not repeated.
        raise place.error(
            (*path, "api_key_env"), "api_key_env is not the name of an environment variable", "never the key itself"
        )
    headers = body.get("default_headers") or {}
    if not isinstance(headers, Mapping):
        raise place.error((*path, "default_headers"), "default_headers must be a mapping of text")
    for header, content in headers.items():
        check_text(content, place, (*path, "default_headers", header))
    timeout = body.get("timeout")
    if timeout is not None and (isinstance(timeout, bool) or not isinstance(timeout, int | float) or timeout <= 0):
        raise place.error((*path, "timeout"), "timeout must be a number of seconds above 0")
    preset = check_text(body.get("preset", ""), place, (*path, "preset"))
    concurrency = None
    if body.get("concurrency") is not None:
        concurrency = check_count(body["concurrency"], place, (*path, "concurrency"))
    return EndpointConfig(name, base_url, key_env, dict(headers), timeout, preset, concurrency)


def check_rules(value: Any, place: Place) -> Rules:
    from workbench.domain.rules import CODES, METADATA

    body = check_keys(value or {}, VALIDATE_KEYS, place, ("validate",), "validate")
    required = body.get("required") or []
    if not isinstance(required, list):
        raise place.error(("validate", "required"), "required must be a list", "of " + ", ".join(METADATA))
    for index, name in enumerate(required):
        _one_of(name, METADATA, place, ("validate", "required", index), "metadata")
    limits = {}
    for key in ("min_length", "max_length"):
        limit = body.get(key, getattr(Rules, key))
        if isinstance(limit, bool) or not isinstance(limit, int) or limit < 0:
            raise place.error(("validate", key), f"validate.{key} must be a whole number of characters")
        limits[key] = limit
    off = check_texts("off", body.get("off") or {}, Place(place.file, {}))
    for code, reason in off.items():
        _one_of(code, tuple(CODES), place, ("validate", "off", code), "code")
        if not reason.strip():
            raise place.error(("validate", "off", code), f"{code} is turned off without a reason", "say why")
    return Rules(tuple(required), limits["min_length"], limits["max_length"], off)


def _one_of(value: Any, known: Sequence[str], place: Place, path: tuple[Any, ...], what: str) -> None:
    if value not in known:
        close = near(str(value), known, 1)
        hint = f"did you mean {close[0]}?" if close else "known are " + ", ".join(known)
        raise place.error(path, f"{value!r} is no {what}", hint)


def check_count(value: Any, place: Place, path: tuple[Any, ...]) -> int:
    """A whole number from 1 to 1000."""
    if isinstance(value, bool) or not isinstance(value, int) or not 1 <= value <= 1000:
        name = ".".join(map(str, path))
        raise place.error(path, f"{name} must be a whole number from 1 to 1000", "for example 8")
    return value


def check_texts(key: str, value: Any, place: Place) -> dict[str, str]:
    """A mapping of text to text; a list of keys in `keymap` is joined with commas."""
    if not isinstance(value, Mapping):
        raise place.error((key,), f"{key} must be a mapping", "NAME: value, one a line")
    found: dict[str, str] = {}
    for name, item in value.items():
        path = (key, name)
        if key == "keymap" and isinstance(item, list):
            item = ",".join(check_text(one, place, (*path, index)) for index, one in enumerate(item))
        found[check_text(name, place, path)] = check_text(item, place, path)
    return found


def kind_of(value: Any) -> str:
    if value is None:
        return "nothing"
    if isinstance(value, bool):
        return "true or false"
    names = {int: "a number", float: "a number", list: "a list", str: "text", dict: "a mapping"}
    return names.get(type(value), type(value).__name__)
