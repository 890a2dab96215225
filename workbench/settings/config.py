"""The configuration: defaults under the user's file under the project's file under the environment under flags.

`load_config` reads and checks; every value knows where it came from.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from workbench.domain.environments import DEFAULT_ENVIRONMENTS, Environment
from workbench.errors import ConfigError, FormatError
from workbench.settings import paths

if TYPE_CHECKING:
    from workbench.domain.hooks import Hook
    from workbench.domain.releases.signing import Signing
    from workbench.domain.rules import Rules
    from workbench.settings.schema import EndpointConfig, Place

DEFAULT_CONCURRENCY = 8
DEFAULT_MODEL = "local/smollm2-135m"
DEFAULT_THEME = "workbench-dark"
ENVIRONMENT_VARIABLES: Mapping[str, str] = {
    "store": "WORKBENCH_STORE",
    "default_model": "WORKBENCH_MODEL",
    "theme": "WORKBENCH_THEME",
    "actor": "WORKBENCH_ACTOR",
}
CONFIG_VARIABLE = "WORKBENCH_CONFIG"
_STORE_LINE = re.compile(r"^store:[ \t]*([^\s#].*?)[ \t]*(?:[ \t]#.*)?$", re.MULTILINE)


@dataclass(frozen=True)
class Config:
    store: Path
    environments: tuple[Environment, ...] = DEFAULT_ENVIRONMENTS
    endpoints: Mapping[str, EndpointConfig] = field(default_factory=dict, hash=False)
    """What was configured; the presets are added by whoever talks to models."""
    models: Mapping[str, str] = field(default_factory=dict, hash=False)
    """Short model name → endpoint/model."""
    concurrency: int = DEFAULT_CONCURRENCY
    """Calls at once in a comparison."""
    default_model: str = DEFAULT_MODEL
    keymap: Mapping[str, str] = field(default_factory=dict, hash=False)
    """Action id → keys separated by commas; ids and keys are checked by `settings.keymap`."""
    theme: str = DEFAULT_THEME
    actor: str = ""
    """"": found out when an act needs it, see `settings.identity`."""
    validate: Rules | None = None
    """What the project asks of its prompts; None for what is asked everywhere."""
    signing: Signing | None = None
    """How approvals and promotions are signed; None: they are not."""
    hooks: Mapping[str, Hook] = field(default_factory=dict, hash=False)
    """Who is told of promotions and rollbacks."""
    files: tuple[Path, ...] = ()
    """The files that were read, the weakest first."""
    origins: Mapping[str, str] = field(default_factory=dict, hash=False)
    """Key (`store`, `endpoints.work`, `keymap.version.promote`) → `default`, `FILE:LINE`, `$VARIABLE` or `--flag`."""

    @property
    def environment_names(self) -> tuple[str, ...]:
        return tuple(environment.name for environment in self.environments)

    @property
    def folder(self) -> Path:
        """Where the project is, for the commands that it asks to be run: beside its config, else here."""
        own = [file for file in self.files if file != paths.user_config()]
        return own[-1].absolute().parent if own else Path.cwd()


_KEYS = tuple(name for name in Config.__dataclass_fields__ if name not in ("files", "origins"))


def load_config(
    start: Path | None = None,
    file: Path | None = None,
    env: Mapping[str, str] | None = None,
    overrides: Mapping[str, str] | None = None,
    problems: list[ConfigError] | None = None,
) -> Config:
    """`start`: where to look upwards for `workbench.yaml` (None: here). `file` stands in for the one found.

    `overrides` are flags by key (`store`, `actor`, `default_model`, `theme`); an empty or None value is not given.
    Raises `ConfigError` with file and line. Where a list of `problems` is given, they are put there in place of that,
    and what is wrong is left out: for acts that must not wait until somebody has mended a file. Which store is meant
    must be known all the same.
    """
    env = os.environ if env is None else env
    named = file or (Path(env[CONFIG_VARIABLE]).expanduser() if env.get(CONFIG_VARIABLE) else None)
    if named is not None and not named.is_file():
        raise ConfigError(f"there is no config file {named}", "workbench init writes one")
    project = named or paths.find_project_config((start or Path.cwd()).resolve())
    values: dict[str, Any] = {}
    origins: dict[str, str] = {}
    faults: list[tuple[str, ConfigError]] = []
    files = []
    for candidate in (paths.user_config(), project):
        if candidate is not None and candidate not in files and _is_file(candidate):
            files.append(candidate)
            faults += _merge(values, origins, candidate)
    for key, variable in ENVIRONMENT_VARIABLES.items():
        if env.get(variable, "").strip():
            values[key], origins[key] = env[variable], f"${variable}"
    if origins.get("theme", "").startswith("$"):
        faults += _unknown_theme(values, origins)
    for key, value in (overrides or {}).items():
        if value and str(value).strip():
            values[key], origins[key] = str(value), "--as" if key == "actor" else "--" + key.replace("_", "-")
    if not origins.get("store", "").startswith(("$", "--")):
        _refuse_doubtful_store(faults)
    store = Path(values.pop("store", None) or paths.default_store()).expanduser()
    values["store"] = store.absolute()
    for key in _KEYS:
        origins.setdefault(key, "default")
    config = Config(**values, files=tuple(files), origins=origins)
    if all(key != "environments" for key, _ in faults):
        faults += [("hooks", fault) for fault in _unknown_environments(config)]
    if problems is not None:
        problems += [fault for _, fault in faults]
    elif faults:
        raise first_of([fault for _, fault in faults])
    return config


def _unknown_theme(values: dict[str, Any], origins: dict[str, str]) -> Iterator[tuple[str, ConfigError]]:
    """Of the environment; it is left out."""
    from workbench.settings.themes import check_theme

    try:
        check_theme(values["theme"])
    except ConfigError as error:
        del values["theme"]
        yield "theme", ConfigError(f"{origins.pop('theme')}: {error.message}", error.hint)


def _unknown_environments(config: Config) -> Iterator[ConfigError]:
    for hook in config.hooks.values():
        for name in hook.environments:
            if name not in config.environment_names:
                yield ConfigError(
                    f"{config.origins[f'hooks.{hook.name}']}: hook {hook.name} names the unknown environment {name!r}",
                    "there are " + ", ".join(config.environment_names),
                )


def _refuse_doubtful_store(faults: Sequence[tuple[str, ConfigError]]) -> None:
    """To work on another store than the one that is meant would be worse than not to work."""
    for key, fault in faults:
        if key == "store":
            fault.hint = "; ".join(filter(None, (fault.hint, "until then name the store: --store PATH")))
            raise fault


def first_of(faults: Sequence[ConfigError]) -> ConfigError:
    """The first of them, with what to do about the others, and meanwhile."""
    first = faults[0]
    them = "it" if len(faults) == 1 else "them"
    others = "" if len(faults) == 1 else f"{len(faults)} faults, workbench config show names all; "
    first.hint = f"{first.hint or 'mend it'} ({others}--readonly goes on without {them})"
    return first


def _is_file(path: Path) -> bool:
    try:
        return path.is_file()
    except OSError:
        return False


def _merge(values: dict[str, Any], origins: dict[str, str], file: Path) -> list[tuple[str, ConfigError]]:
    """Lay one file over what is there; mappings are merged by key, all else is replaced.

    What is wrong is left out: each with its key, "" for the whole file.
    """
    from workbench.settings import schema

    faults = []
    try:
        data, place = _read(file)
        if not isinstance(data, Mapping):
            schema.check_keys(data, tuple(schema.KEYS), place, (), "the config")
    except ConfigError as error:
        faults.append(("", error))
        data, place = _salvaged(file), schema.Place(str(file), {})
    for key in data:
        try:
            schema.check_keys({key: data[key]}, tuple(schema.KEYS), place, (), "the config")
            _lay(values, origins, file, key, data[key], place)
        except ConfigError as error:
            faults.append((str(key), error))
    return faults


def _salvaged(file: Path) -> Mapping[str, Any]:
    """Which store a file that cannot be read as YAML means; nothing else of it can be trusted."""
    try:
        found = _STORE_LINE.search(file.read_text(encoding="utf-8-sig", errors="replace"))
    except OSError:
        found = None
    return {"store": found[1].strip("'\"")} if found else {}


def _lay(values: dict[str, Any], origins: dict[str, str], file: Path, key: str, value: Any, place: Place) -> None:
    if key not in ("endpoints", "models", "keymap", "hooks"):
        values[key] = _checked(key, value, place, file.parent)
    elif value is None:
        return
    else:
        checked = _check_mapping(key, value, place)
        values[key] = {**values.get(key, {}), **checked}
        for name in checked:
            origins[f"{key}.{name}"] = f"{file}:{place.line((key, name))}"
    origins[key] = f"{file}:{place.line((key,))}"


def _checked(key: str, value: Any, place: Place, folder: Path) -> Any:
    """`folder`: what a path in the file starts from."""
    from workbench.settings import schema
    from workbench.settings.release_schema import check_environments, check_signing

    if key == "environments":
        return check_environments(value, place)
    if key == "signing":
        return check_signing(value, place, folder)
    if key == "validate":
        return schema.check_rules(value, place)
    if key == "concurrency":
        return schema.check_count(value, place, (key,))
    text = schema.check_text(value, place, (key,))
    if key == "store":
        return folder / Path(text).expanduser()
    if key == "theme":
        from workbench.settings.themes import check_theme

        return check_theme(text, place)
    return text


def _check_mapping(key: str, value: Any, place: Place) -> Mapping[str, Any]:
    from workbench.settings import schema

    if key == "hooks":
        from workbench.settings.hook_schema import check_hooks

        return check_hooks(value, place)
    if key != "endpoints":
        return schema.check_texts(key, value, place)
    if not isinstance(value, Mapping):
        raise place.error((key,), "endpoints must be a mapping", "NAME: {base_url: …}")
    return {str(name): schema.check_endpoint(str(name), body, place) for name, body in value.items()}


def _read(file: Path) -> tuple[Any, Place]:
    from workbench.domain.yaml_core import load_with_lines
    from workbench.settings.schema import Place

    try:
        text = file.read_bytes().decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise ConfigError(f"not UTF-8 text (byte {error.start})", file=str(file)) from error
    except OSError as error:
        raise ConfigError(f"cannot be read: {error.strerror}", file=str(file)) from error
    try:
        data, lines = load_with_lines(text, str(file))
    except FormatError as error:
        raise _as_config_error(error, str(file)) from error
    return ({} if data is None else data), Place(str(file), lines)


def _as_config_error(error: FormatError, file: str) -> ConfigError:
    """The same message; its place is already in it where the loader knew one."""
    renamed = ConfigError(error.message, error.hint)
    renamed.file, renamed.line = error.file or file, error.line
    return renamed
