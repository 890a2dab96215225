"""The variable sets in the tests of a promptfoo config: in the config itself, or in files that it names."""

from __future__ import annotations

import csv
import io
import itertools
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from workbench.domain import yaml_core
from workbench.errors import FormatError
from workbench.formats import strict_json, values
from workbench.formats.tree import Entry

MAX_SETS = 200
"""So many are kept; a config of more is a data set."""
_FILE = "file://"


def variable_sets(
    entry: Entry, document: Mapping[str, Any], fields: values.Fields
) -> tuple[tuple[dict[str, Any], ...], tuple[str, ...]]:
    """The values of each test: with those of `defaultTest` below, and a set for each text of a list of texts. And why
    tests that stand elsewhere were not read."""
    warnings: list[str] = []
    found = tuple(itertools.islice(_sets(entry, document, fields, warnings), MAX_SETS))
    return found, tuple(warnings)


def _sets(
    entry: Entry, document: Mapping[str, Any], fields: values.Fields, warnings: list[str]
) -> Iterator[dict[str, Any]]:
    below = _vars(document.get("defaultTest"))
    tests = list(_tests(entry, document.get("tests"), fields, warnings))
    for scenario in _listed(document.get("scenarios")):
        if isinstance(scenario, Mapping):
            data = list(_tests(entry, scenario.get("tests"), fields, warnings)) or [{}]
            for config, test in itertools.product(_listed(scenario.get("config")), data):
                tests.append({"vars": {**_vars(config), **_vars(test)}})
    for test in tests:
        merged = {**below, **_vars(test)}
        lists = {
            key: value
            for key, value in merged.items()
            if isinstance(value, list) and value and isinstance(value[0], str)
        }
        for chosen in itertools.product(*lists.values()):
            yield {**merged, **dict(zip(lists, chosen, strict=True))}


def _tests(entry: Entry, stated: Any, fields: values.Fields, warnings: list[str]) -> Iterator[Mapping[str, Any]]:
    for one in [stated] if isinstance(stated, str) else _listed(stated):
        if isinstance(one, Mapping):
            yield one
        elif isinstance(one, str):
            try:
                yield from _of_file(entry, one)
            except FormatError as error:
                warnings.append(f"{fields.where('tests')}: the tests of {one} are not read: {error.message}")


def _of_file(entry: Entry, stated: str) -> Iterator[Mapping[str, Any]]:
    """Tests of a CSV (columns that begin with `__` are no variables), JSON, JSONL or YAML file."""
    if "://" in stated and not stated.startswith(_FILE):
        raise FormatError("they lie elsewhere, and nothing is fetched")
    path = entry.beside(stated.removeprefix(_FILE))
    if not path.endswith((".csv", ".json", ".jsonl", ".yaml", ".yml")):
        raise FormatError("code is never run")
    if not entry.has(path):
        raise FormatError("there is no such file")
    text, shown = entry.other(path).text, entry.tree.shown(path)
    listed: Any
    if path.endswith(".csv"):
        rows = csv.DictReader(io.StringIO(text, newline=""))
        listed = [{"vars": {key: value for key, value in row.items() if _is_variable(key)}} for row in rows]
    elif path.endswith(".jsonl"):
        listed = [strict_json.load(line, shown)[0] for line in text.splitlines() if line.strip()]
    else:
        listed = strict_json.load(text, shown)[0] if path.endswith(".json") else yaml_core.load(text, shown)
    yield from (one for one in _listed(listed) if isinstance(one, Mapping))


def _is_variable(column: object) -> bool:
    return isinstance(column, str) and bool(column) and not column.startswith("__")


def _vars(test: Any) -> dict[str, Any]:
    stated = test.get("vars") if isinstance(test, Mapping) else None
    return dict(stated) if isinstance(stated, Mapping) else {}


def _listed(stated: Any) -> Sequence[Any]:
    return stated if isinstance(stated, list) else ()
