"""Values given on the command line: `-v k=v`, `--vars FILE`, `--set k=v`, and texts from files or standard input."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from workbench.errors import BadInput, FormatError

if TYPE_CHECKING:
    from workbench.domain.inputs import Case

_VARIABLE = click.option("-v", "pairs", metavar="NAME=VALUE", multiple=True, help="A variable; repeat for more.")
_FILE = click.option("--vars", "file", metavar="FILE", help="Variables from a YAML or JSON file; - is standard input.")


def variable_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """Adds `-v` and `--vars`; the function takes `pairs` and `file`."""
    return _VARIABLE(_FILE(command))


def variables(pairs: Sequence[str], file: str | None) -> dict[str, Any]:
    """What `-v` and `--vars` say together; `-v` wins. Values of `-v` are text, coerced later by declared type."""
    found: dict[str, Any] = {}
    if file is not None:
        loaded = _structured_or_only(file)
        if not isinstance(loaded, dict):
            raise FormatError("variables must be a mapping", "NAME: value, one a line", file=_shown(file))
        found.update(loaded)
    for pair in pairs:
        name, equals, value = pair.partition("=")
        if not equals or not name:
            raise BadInput(f"-v {pair!r} has no value", "write -v NAME=VALUE")
        found[name] = value
    return found


def settings(pairs: Sequence[str]) -> dict[str, Any]:
    """What `--set k=v` and `--set '{"k": v}'` say: the value is JSON where it is JSON, else text."""
    from workbench.domain.overrides import read_override

    found: dict[str, Any] = {}
    for pair in pairs:
        try:
            found.update(read_override(pair))
        except BadInput as error:
            raise BadInput(f"--set {error.message}", error.hint.replace("write ", "write --set ")) from error
    return found


def one_case(file: str, line: int) -> Mapping[str, Any]:
    """The input on this line (or of this place in a list) of a file of inputs."""
    from workbench.domain.inputs import read_cases

    cases = read_cases(text(file), _shown(file))
    for case in cases:
        if case.name.endswith(f":{line}"):
            return case.values
    places = [case.name.rpartition(":")[2] for case in cases]
    raise FormatError(
        f"no input begins on line {line}",
        "inputs begin on " + ", ".join(places[:10]) + (" …" if len(places) > 10 else ""),
        file=_shown(file),
    )


def cases(file: str) -> Sequence[Case]:
    """Every input of a JSON, YAML, CSV or JSONL file, or of standard input for `-`."""
    from workbench.domain.inputs import read_cases

    return read_cases(text(file), _shown(file))


def _structured_or_only(file: str) -> Any:
    """A file of inputs that holds one is that one; of several, a line must be named."""
    if not file.lower().endswith((".csv", ".tsv", ".jsonl", ".ndjson")):
        return structured(file)
    found = cases(file)
    if len(found) > 1:
        raise BadInput(f"{file} holds {len(found)} inputs", "name one with --line N, or compare them all")
    return dict(found[0].values)


def text(source: str) -> str:
    """The exact text of a file, or of standard input for `-`. UTF-8 only; line ends and a byte order mark stay."""
    try:
        raw = sys.stdin.buffer.read() if source == "-" else Path(source).expanduser().read_bytes()
    except OSError as error:
        raise BadInput(f"{source} cannot be read: {error.strerror}") from error
    try:
        return raw.decode("utf-8")
    except UnicodeDecodeError as error:
        line = raw.count(b"\n", 0, error.start) + 1
        raise FormatError(f"not UTF-8 text (byte {error.start})", file=_shown(source), line=line) from error


def structured(source: str) -> Any:
    """A YAML or JSON document as JSON values."""
    written = text(source)
    if written.lstrip()[:1] in ("{", "[") and _is_json(written):
        return json.loads(written)
    from workbench.domain.yaml_core import load

    return load(written, _shown(source))


def _is_json(written: str) -> bool:
    try:
        json.loads(written, parse_constant=_not_json)
    except ValueError:
        return False
    return True


def _not_json(constant: str) -> Any:
    raise ValueError(f"{constant} is not JSON")


def _shown(source: str) -> str:
    return "standard input" if source == "-" else source
