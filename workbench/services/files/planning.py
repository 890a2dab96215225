"""What each file of an import would do, seen with all that the store has and with the files before it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from workbench.domain.names import check_prompt_name
from workbench.domain.templates import check
from workbench.domain.versions import FIRST, highest, parse_number, propose
from workbench.errors import BadInput, FormatError
from workbench.formats import PromptFile
from workbench.services.files.import_plan import Action, ImportItem
from workbench.services.library import Library


@dataclass
class Known:
    """The numbers and digests of one prompt, those that the plan adds included."""

    numbers: dict[str, str]
    exists: bool


class KnownPrompts:
    """What each prompt has, read once; all names in one query, because asking for a missing one looks for near ones."""

    def __init__(self, library: Library) -> None:
        self._library = library
        self._names = {row.name for row in library.prompts(archived=True)}
        self._known: dict[str, Known] = {}

    def of(self, name: str) -> Known:
        if name not in self._known:
            rows = self._library.versions(name, include_withdrawn=True) if name in self._names else []
            self._known[name] = Known({row.number: row.digest for row in rows}, exists=bool(rows))
        return self._known[name]


def planned(files: Iterable[PromptFile], known: KnownPrompts) -> list[ImportItem]:
    """By prompt and number, refused files last; each file finds what the ones before it would have saved."""
    spelled: dict[str, PromptFile] = {}
    items = []
    for stated in sorted(files, key=_order):
        why = _refusal(stated, spelled)
        items.append(_item(stated, stated.number, "refused", *why) if why else _against(stated, known.of(stated.name)))
    return sorted(items, key=lambda item: item.action == "refused")


def unread(error: FormatError) -> ImportItem:
    """A file that could not be read as a prompt."""
    prefix = f"{error.file}:{error.line}: " if error.line else f"{error.file}: "
    return ImportItem("", "", "refused", error.message.removeprefix(prefix), error.file, error.hint, error.line)


def parent_of(stated: str | None, number: str, numbers: Iterable[str]) -> str | None:
    """The stated parent where it exists, else the next lower number, else the highest; None for a first version."""
    taken = list(numbers)
    if stated in taken:
        return stated
    return highest(n for n in taken if parse_number(n) < parse_number(number)) or highest(taken)


def _order(stated: PromptFile) -> tuple[str, bool, object, str]:
    """By name, then number; a file without a number goes last, on top of what has one."""
    return (stated.name, stated.number is None, parse_number(stated.number or FIRST), stated.file)


def _item(stated: PromptFile, number: str | None, action: Action, reason: str, hint: str = "") -> ImportItem:
    return ImportItem(
        stated.name,
        number or "",
        action,
        reason,
        stated.file,
        hint,
        stated.line("version"),
        stated.warnings,
        stated.deployed,
        stated,
    )


def _refusal(stated: PromptFile, spelled: dict[str, PromptFile]) -> tuple[str, str] | None:
    """Why the file cannot be imported whatever the store has, and what to do. `spelled`: the first file of each name,
    as `NAME@` the first one without a number."""
    try:
        check_prompt_name(stated.name)
    except BadInput as error:
        return error.message, error.hint
    other = spelled.setdefault(stated.name.casefold(), stated)
    if other.name != stated.name:
        return f"{stated.name} differs from {other.name} only in upper and lower case", "rename one of them"
    if stated.number is None:
        twin = spelled.setdefault(f"{stated.name}@", stated)
        if twin.file != stated.file and twin.content.digest != stated.content.digest:
            return f"has the same name as {twin.file}: {stated.name}", "rename one of them, or give each a version"
    for problem in check(stated.content):
        return f"message {problem.message_index + 1}, line {problem.line}: {problem.message}", problem.hint
    return None


def _against(stated: PromptFile, prompt: Known) -> ImportItem:
    digest = stated.content.digest
    number = stated.number
    if number is None:
        same = highest(taken for taken, other in prompt.numbers.items() if other == digest)
        if same is not None:
            return _item(stated, same, "same", f"{same} says the same")
        number = propose(prompt.numbers, highest(prompt.numbers), "patch") if prompt.numbers else FIRST
    elif number in prompt.numbers:
        if prompt.numbers[number] == digest:
            return _item(stated, number, "same", "is there already")
        free = propose(prompt.numbers, number, "patch")
        hint = f"a saved version never changes; give the file the version {free}"
        return _item(stated, number, "refused", f"{stated.name}@{number} exists with other content", hint)
    parent = parent_of(stated.parent, number, prompt.numbers)
    if parent is not None and prompt.numbers[parent] == digest:
        return _item(stated, parent, "same", f"{parent} says the same")
    action: Action = "changed" if prompt.exists else "new"
    prompt.numbers[number] = digest
    prompt.exists = True
    return _item(stated, number, action, f"after {parent}" if parent else "first version")
