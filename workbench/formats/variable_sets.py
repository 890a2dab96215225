"""Variable sets that stand in files: in the tests of a config, or beside a prompt.

Beside `NAME.yaml`, and beside a folder `NAME` that is a prompt, it is `NAME.inputs.yaml`; also `.yml`, `.json`,
`.jsonl` and `.csv`.
"""

from __future__ import annotations

import posixpath
from collections.abc import Mapping

from workbench.domain.inputs import Case, read_cases
from workbench.errors import FormatError
from workbench.formats.model import PromptFile
from workbench.formats.tree import Tree

_ENDINGS = (".yaml", ".yml", ".json", ".jsonl", ".csv")


def places_beside(path: str, name: str) -> list[str]:
    """Where the sets of the prompt `name`, which is read from `path`, may stand."""
    folder, base = posixpath.split(path)
    is_folder = folder and posixpath.basename(folder) == name.rpartition("/")[2]
    stem = folder if is_folder else posixpath.join(folder, base.partition(".")[0] or base)
    return [f"{stem}.inputs{ending}" for ending in _ENDINGS]


def is_beside(path: str) -> bool:
    """Is it a file of sets for the prompt beside it, and so no prompt itself?"""
    return path.endswith(tuple(f".inputs{ending}" for ending in _ENDINGS))


def cases_in(stated: PromptFile) -> list[Case]:
    """The sets in the tests of the config that the prompt is from."""
    listed = stated.source.get("variable_sets")
    return [
        Case(f"test {place}", values)
        for place, values in enumerate(listed if isinstance(listed, list) else [], 1)
        if isinstance(values, Mapping)
    ]


def sets_of(stated: PromptFile, tree: Tree, path: str) -> tuple[list[Case], list[FormatError]]:
    """The sets of a prompt read from `path` of `tree`, and what of them cannot be read."""
    cases, problems = cases_in(stated), []
    for place in places_beside(path, stated.name):
        if tree.has(place):
            try:
                cases += read_cases(tree.text(place).text, tree.shown(place))
            except FormatError as error:
                problems.append(error)
    return cases, problems
