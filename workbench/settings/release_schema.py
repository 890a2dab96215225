"""What a config file says of releases: the environments, what each asks of a promotion, and how acts are signed."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from workbench.domain.environments import CheckRule, Environment
from workbench.domain.releases.signing import Signing
from workbench.errors import BadInput
from workbench.settings.schema import NAME, Place, check_keys, check_text, kind_of

ENVIRONMENT_KEYS = ("name", "protected", "checks", "force", "own_approval")
SIGNING_KEYS = ("key", "allowed_signers")
ALLOWED_SIGNERS = "allowed_signers"


def check_environments(value: Any, place: Place) -> tuple[Environment, ...]:
    if not isinstance(value, list) or not value:
        raise place.error(("environments",), "environments must be a list with at least one name")
    bodies: list[tuple[str, Mapping[str, Any]]] = []
    for index, item in enumerate(value):
        path = ("environments", index)
        body: Mapping[str, Any] = {"name": item}
        if isinstance(item, Mapping):
            body = check_keys(item, ENVIRONMENT_KEYS, place, path, "an environment")
            if "name" not in body:
                raise place.error(path, "an environment needs a name")
        name = check_text(body["name"], place, (*path, "name") if isinstance(item, Mapping) else path)
        if not NAME.fullmatch(name) or name == "latest":
            raise place.error(
                path,
                f"{name!r} cannot be the name of an environment",
                "letters, digits, '.', '_' and '-'; `latest` is taken",
            )
        if name in {other for other, _ in bodies}:
            raise place.error(path, f"environment {name!r} is listed twice")
        bodies.append((name, body))
    names = tuple(name for name, _ in bodies)
    return tuple(_environment(index, body, names, place) for index, (_, body) in enumerate(bodies))


def check_signing(value: Any, place: Place, folder: Path) -> Signing | None:
    """`ssh`, or {ssh: {key, allowed_signers}}; paths are relative to the config file."""
    path = ("signing",)
    if value is None:
        return None
    body: Mapping[str, Any] = {}
    if isinstance(value, Mapping):
        outer = check_keys(value, ("ssh",), place, path, "signing")
        body = check_keys(outer.get("ssh") or {}, SIGNING_KEYS, place, (*path, "ssh"), "signing.ssh")
    elif value != "ssh":
        raise place.error(path, f"signing must be ssh, not {value!r}", "signing: ssh")
    found = {}
    for key in SIGNING_KEYS:
        text = check_text(body.get(key, ""), place, (*path, "ssh", key))
        found[key] = str((folder / Path(text).expanduser()).absolute()) if text else ""
    return Signing(found["allowed_signers"] or str((folder / ALLOWED_SIGNERS).absolute()), found["key"])


def _environment(index: int, body: Mapping[str, Any], names: tuple[str, ...], place: Place) -> Environment:
    path = ("environments", index)
    flags = {}
    for key, default in (("protected", False), ("force", False), ("own_approval", True)):
        flags[key] = body.get(key, default)
        if not isinstance(flags[key], bool):
            raise place.error((*path, key), f"{key} must be true or false, not {kind_of(flags[key])}")
    checks = _checks(body.get("checks"), index, names, place) if body.get("checks") is not None else ()
    return Environment(names[index], flags["protected"], checks, flags["force"], flags["own_approval"])


def _checks(value: Any, index: int, names: tuple[str, ...], place: Place) -> tuple[CheckRule, ...]:
    """A mapping of names to what is wanted, or a list of names and such mappings, so that one can stand there twice."""
    from workbench.domain.releases.checking import read_check
    from workbench.domain.releases.checks import Reading

    path = ("environments", index, "checks")
    reading = Reading(names[index], names[index - 1] if index else None, names)
    wanted: list[tuple[Any, Any, tuple[Any, ...]]] = []
    if isinstance(value, Mapping):
        wanted = [(name, said, (*path, name)) for name, said in value.items()]
    elif isinstance(value, list):
        for position, item in enumerate(value):
            at = (*path, position)
            if isinstance(item, Mapping):
                wanted += [(name, said, (*at, name)) for name, said in item.items()]
            else:
                wanted.append((item, None, at))
    else:
        raise place.error(
            path, f"checks must be a list, not {kind_of(value)}", "for example [validates, {soaked: 24h}]"
        )
    found: list[CheckRule] = []
    for name, said, at in wanted:
        if said is False:
            continue
        name = check_text(name, place, at)
        try:
            rule = read_check(name, said, reading)
        except BadInput as error:
            raise place.error(at, error.message, error.hint) from error
        if rule.label in {other.label for other in found}:
            raise place.error(at, f"the check {rule.label!r} stands twice", "leave one out")
        found.append(rule)
    return tuple(found)
