"""What `diff` compares, from its arguments: references, files, revisions of files, or what git hands over."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from workbench.cli.session import current
from workbench.cli.values import text
from workbench.errors import BadInput, NotFound
from workbench.services.diffs.sides import Side, find, of_git, of_text, of_version

if TYPE_CHECKING:
    from workbench.services.library import Library

_EXTERNAL = (7, 9)
"""Arguments of a GIT_EXTERNAL_DIFF: path, old file, hex, mode, new file, hex, mode; for a rename two more."""
_NOTHING = "/dev/null"
_HEX = 7
"""Least digits of a blob's name."""


def is_external(what: Sequence[str]) -> bool:
    """Called by git as its external diff?"""
    return len(what) in _EXTERNAL and all(_is_blob(what[index]) for index in (2, 5))


def sides_of(what: Sequence[str]) -> tuple[Side, Side]:
    """(left, right), as they were asked for."""
    if is_external(what):
        left, right = _file(what[1]), _file(what[4])
        renamed = what[7] if len(what) == _EXTERNAL[1] else what[0]
        return replace(left, name=what[0]), replace(right, name=renamed)
    if len(what) == 2 and all(_is_plain(one) or ("@" not in one and Path(one).is_file()) for one in what):
        return _plain(what[0]), _plain(what[1])
    if len(what) > 3:
        raise BadInput(f"{len(what)} things cannot be compared", "give REF REF, or PROMPT SEL SEL, or two files")
    library = current().workbench().library
    if len(what) == 1:
        return _against_live(library, _found(what[0]))
    wanted = what if len(what) == 2 else (f"{what[0]}@{what[1]}", f"{what[0]}@{what[2]}")
    left, right = (_plain(one) if _is_plain(one) else _found(one, what[0]) for one in wanted)
    return left, right


def _found(wanted: str, beside: str = "") -> Side:
    """A reference or a file; `beside` is what it is to be compared with, of which it may be meant to select a
    version."""
    workbench = current().workbench()
    try:
        return find(workbench.library, wanted, keeping=workbench.keeping)
    except NotFound as error:
        if "@" in wanted:
            raise
        hint = error.hint
        selects = wanted[:1].isdigit() or wanted in ("latest", *current().config.environment_names)
        if selects and beside not in ("", wanted):
            hint = f"a version of {beside} is {beside}@{wanted}, or: workbench diff {beside} {wanted} latest"
        raise NotFound(f"there is neither a prompt nor a file {wanted!r}", error.near, hint) from error


def then_and_now(what: Sequence[str], time: str) -> tuple[Side, Side]:
    from workbench.domain.times import moment

    if len(what) != 1:
        raise BadInput("--at compares one reference with itself", "workbench diff PROMPT@production --at '2h ago'")
    workbench = current().workbench()
    return of_version(workbench.time_machine.version_at(what[0], moment(time))), of_version(workbench.get(what[0]))


def _against_live(library: Library, side: Side) -> tuple[Side, Side]:
    """A draft against what it was made from, a version against what is live."""
    right = side.version
    if right is None:
        raise BadInput(f"{side.name} is one side only", "give two: REF REF, or PROMPT SEL SEL, or two files")
    if side.kind == "draft":
        return of_version(right), side
    live = library.prompt(right.prompt).live.get(current().config.environment_names[-1])
    if live in (None, right.number):
        numbers = [row.number for row in library.versions(right.prompt)]
        later = numbers.index(right.number) if right.number in numbers else 0
        live = numbers[later + 1] if later + 1 < len(numbers) else None
    if live is None:
        raise NotFound(f"{right.reference} has no version before it", hint="give two references")
    return of_version(library.resolve_selector(right.prompt, live)), of_version(right)


def _file(name: str) -> Side:
    return of_text("" if name == _NOTHING else text(name), "standard input" if name == "-" else name, "file")


def _plain(name: str) -> Side:
    return of_git(name) if ":" in name and not Path(name).is_file() else _file(name)


def _is_plain(name: str) -> bool:
    """Certainly no reference: standard input, a path that says it is one, or `REV:path`; names have no colon."""
    return name == "-" or ":" in name or name.startswith(("/", "./", "../", "~"))


def _is_blob(name: str) -> bool:
    return name == "." or (len(name) >= _HEX and all(char in "0123456789abcdef" for char in name))
