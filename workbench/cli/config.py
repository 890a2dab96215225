"""`config`: every value and where it came from. Secrets in addresses and headers are not shown."""

from __future__ import annotations

import re
from dataclasses import asdict
from pathlib import Path
from typing import Any

import click

from workbench.cli import diagnostics, output
from workbench.cli.session import Act, Acts, current, json_option
from workbench.settings import paths
from workbench.settings.config import ENVIRONMENT_VARIABLES, Config
from workbench.settings.schema import KEYS

_USERINFO = re.compile(r"(?<=://)[^/@\s]+@")


@click.group("config", cls=Acts)
def config() -> None:
    """Show the configuration."""


@config.command("show", cls=Act)
@json_option
def show() -> int:
    """Print every value and where it came from, and all that is wrong: it exits with 1 then."""
    session = current()
    session.forgiving = True
    found = session.config
    rows = _values(found)
    if session.json:
        output.data({key: {"value": value, "origin": origin} for key, value, origin in rows})
    else:
        output.table(("key", "value", "from"), ((key, _text(value), origin) for key, value, origin in rows))
    _, problems = session.config_and_problems
    return diagnostics.NO if problems else diagnostics.DONE


def _values(found: Config) -> list[tuple[str, Any, str]]:
    from workbench.composition import Workbench

    origins = found.origins
    environments = [
        {
            "name": one.name,
            "protected": one.protected,
            "checks": [rule.label for rule in one.checks],
            "force": one.force,
            "own_approval": one.own_approval,
        }
        for one in found.environments
    ]
    rows: list[tuple[str, Any, str]] = [
        ("store", str(found.store), origins["store"]),
        ("environments", environments, origins["environments"]),
        ("concurrency", found.concurrency, origins["concurrency"]),
        ("default_model", found.default_model, origins["default_model"]),
        ("theme", found.theme, origins["theme"]),
        (
            "actor",
            Workbench(found).actor,
            origins["actor"] if found.actor else "git or the login",
        ),
    ]
    if found.signing is not None:
        rows.append(("signing", {"with": "ssh", **asdict(found.signing)}, origins["signing"]))
    if found.validate is not None:
        rules = {key: value for key, value in asdict(found.validate).items() if value}
        rows.append(("validate", rules, origins["validate"]))
    for name, endpoint in found.endpoints.items():
        key = f"endpoints.{name}"
        value: dict[str, Any] = {
            "base_url": _USERINFO.sub("…@", endpoint.base_url),
            "api_key_env": endpoint.api_key_env,
            "default_headers": dict.fromkeys(endpoint.default_headers, "…"),
            "timeout": endpoint.timeout,
            "concurrency": endpoint.concurrency,
            "preset": endpoint.preset,
        }
        rows.append((key, {part: one for part, one in value.items() if one}, origins.get(key, "")))
    for table, entries in (("models", found.models), ("keymap", found.keymap)):
        rows += [(f"{table}.{name}", one, origins.get(f"{table}.{name}", "")) for name, one in entries.items()]
    return rows


def _asked(environment: dict[str, Any]) -> str:
    """What an environment asks of a promotion; nothing for the defaults."""
    words = [
        *(("protected",) if environment["protected"] else ()),
        *environment["checks"],
        *(("force",) if environment["force"] else ()),
        *(() if environment["own_approval"] else ("no own approval",)),
    ]
    return f" ({'; '.join(words)})" if words else ""


def _text(value: Any) -> str:
    if isinstance(value, list):
        return ", ".join(one["name"] + _asked(one) for one in value)
    if isinstance(value, dict):
        return " ".join(f"{key}={','.join(one) if isinstance(one, dict) else one}" for key, one in value.items())
    return str(value)


@config.command("path", cls=Act)
@json_option
def path() -> None:
    """Print the files and folders that are used."""
    session = current()
    session.forgiving = True
    found = session.config
    places = {
        "store": found.store,
        "config": found.files[-1] if found.files else None,
        "user_config": paths.user_config(),
        "data": paths.data_dir(),
        "logs": paths.log_dir(),
        "cache": paths.cache_dir(),
    }
    if session.json:
        output.data({name: str(place) if place else None for name, place in places.items()})
    else:
        output.facts({name: _shown(place) for name, place in places.items()})


def _shown(place: Path | None) -> str:
    return str(place) if place else ""


@config.command("keys", cls=Act)
@json_option
def keys() -> None:
    """Print the keys of workbench.yaml and what they mean, and every act of the app with its keys."""
    from workbench.settings.actions import ACTIONS, keys_of

    session = current()
    session.forgiving = True
    keymap = dict(session.config.keymap)
    rows = [(key, ENVIRONMENT_VARIABLES.get(key, ""), KEYS[key]) for key in KEYS]
    acts = [(f"keymap.{action.id}", ",".join(keys_of(action, keymap)), action.description) for action in ACTIONS]
    if session.json:
        output.data(
            {
                "keys": [{"key": key, "variable": variable or None, "meaning": said} for key, variable, said in rows],
                "actions": [
                    {"action": key.removeprefix("keymap."), "keys": bound.split(","), "meaning": said}
                    for key, bound, said in acts
                ],
            }
        )
    else:
        output.table(("key", "variable or keys", "meaning"), [*rows, *acts])
