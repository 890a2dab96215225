"""The prompts as a foldered tree; flat and ranked while it is filtered."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Sequence
from typing import TYPE_CHECKING, NamedTuple

from workbench.text import one_line
from workbench.tui.fuzzy import fuzzy
from workbench.tui.widgets.line_list import LineList, Part, inks_of

if TYPE_CHECKING:
    from workbench.domain.environments import Environment
    from workbench.domain.prompts import PromptRow


class TreeLine(NamedTuple):
    """A folder (`row` is -1) or a prompt. `key` is the folder's path or the prompt's name. There is one for each prompt
    of the store, so it holds no more than it must."""

    row: int
    depth: int
    key: str

    @property
    def label(self) -> str:
        """What stands in the tree; without a folder above it, all of the name."""
        return self.key.rpartition("/")[2] if self.depth else self.key


def flatten(names: Sequence[str], folded: frozenset[str] = frozenset()) -> list[TreeLine]:
    """The lines of the tree; `names` sorted by code point, so that what shares a folder lies together."""
    lines: list[TreeLine] = []
    last_folder, open_depth, hidden = "", 0, ""
    for row, name in enumerate(names):
        if hidden and name.startswith(hidden):
            continue
        hidden = ""
        folder = name.rpartition("/")[0]
        if folder != last_folder:
            hidden = _enter(lines, last_folder, folder, folded)
            last_folder, open_depth = folder, folder.count("/") + 1 if folder else 0
            if hidden:
                last_folder = hidden[:-1]
                continue
        lines.append(TreeLine(row, open_depth, name))
    return lines


def _enter(lines: list[TreeLine], old: str, new: str, folded: frozenset[str]) -> str:
    """Add the folder lines between `old` and `new`; the prefix that is hidden when one of them is folded, else ""."""
    before, after = old.split("/") if old else [], new.split("/") if new else []
    same = 0
    while same < min(len(before), len(after)) and before[same] == after[same]:
        same += 1
    for depth in range(same, len(after)):
        path = "/".join(after[: depth + 1])
        lines.append(TreeLine(-1, depth, path))
        if path in folded:
            return path + "/"
    return ""


class PromptTree(LineList):
    def __init__(self, id: str | None = None) -> None:
        super().__init__(id=id)
        self.rows: Sequence[PromptRow] = ()
        self.environments: tuple[Environment, ...] = ()
        self.query_text = ""
        self.lines: list[TreeLine] = []
        self._folded: set[str] = set()
        self._order: Sequence[int] | None = None
        self._marked: frozenset[str] = frozenset()

    def show_marks(self, names: frozenset[str]) -> None:
        """The prompts of which a version is marked."""
        self._marked = names
        self.refresh()

    def show(self, rows: Sequence[PromptRow], environments: tuple[Environment, ...]) -> None:
        """`rows` sorted by name. The cursor stays on its prompt, or where it was if that is gone."""
        self.rows, self.environments, self._order = rows, environments, None
        kept, height = self.line, self.cursor - self.scroll_offset.y
        self._lay_out()
        top = max(0, self.cursor - height)
        if kept is not None and self.line is not None and self.line.key == kept.key and top != self.scroll_offset.y:
            # What is looked at does not move on the screen either, however much came above it.
            self.scroll_to(y=top, animate=False, immediate=True, force=True)

    def filter(self, query: str, order: Sequence[int] | None = None) -> None:
        """`order`: the rows that match, best first, when they are known already."""
        self.query_text = query
        self._order = order
        self._lay_out(first=bool(query))

    def replace(self, row: PromptRow) -> bool:
        """Take the new state of one prompt; False when it is not in the list."""
        at = bisect_left(self.rows, row.name, key=lambda each: each.name)
        if at == len(self.rows) or self.rows[at].name != row.name:
            return False
        self.rows = [*self.rows[:at], row, *self.rows[at + 1 :]]
        self.refresh()
        return True

    @property
    def prompt(self) -> PromptRow | None:
        """The prompt under the cursor; None on a folder."""
        line = self.line
        return self.rows[line.row] if line is not None and line.row >= 0 else None

    @property
    def line(self) -> TreeLine | None:
        return self.lines[self.cursor] if self.cursor < len(self.lines) else None

    def go_to(self, name: str) -> bool:
        """Put the cursor on a prompt, unfolding what hides it; False if it is not there."""
        parts = name.split("/")
        hiding = {"/".join(parts[:depth]) for depth in range(1, len(parts))} & self._folded
        if hiding:
            self._folded -= hiding
            self._lay_out()
        for index, line in enumerate(self.lines):
            if line.key == name and line.row >= 0:
                self.go(index)
                return True
        return False

    def _lay_out(self, first: bool = False) -> None:
        self.show_title("Prompts 1", self.query_text)
        kept = self.line
        names = [row.name for row in self.rows]
        if self.query_text.strip():
            order = self._order if self._order is not None else fuzzy(self.query_text, names)
            self.lines = [TreeLine(i, 0, names[i]) for i in order]
        else:
            self.lines = flatten(names, frozenset(self._folded))
        cursor = self.cursor
        if first:
            cursor = 0
        elif kept is None:
            cursor = next((i for i, line in enumerate(self.lines) if line.row >= 0), 0)
        else:
            same = (i for i, line in enumerate(self.lines) if line.key == kept.key and (line.row < 0) == (kept.row < 0))
            cursor = next(same, cursor)
        self.set_count(len(self.lines), cursor)

    def parts(self, index: int, width: int) -> list[Part]:
        line = self.lines[index]
        ink = inks_of(self)
        indent = " " + "  " * line.depth
        if line.row < 0:
            sign = "▸ " if line.key in self._folded else "▾ "
            return [(indent + sign + one_line(line.label), ink.accent)]
        row = self.rows[line.row]
        marks = self._marks(row)
        room = max(4, width - len(marks) - 2)
        label = ("✓" + indent[1:] if row.name in self._marked else indent) + one_line(line.label)
        label = label if len(label) <= room else label[: room - 1] + "…"
        style = ink.dim if row.archived else ink.text
        return [(label.ljust(room), style), (" " + marks + " ", ink.production)]

    def _marks(self, row: PromptRow) -> str:
        """One letter an environment in which something is live, a capital for a protected one."""
        if row.archived:
            return "archived"
        letters = []
        for environment in self.environments:
            letter = environment.name[0].upper() if environment.protected else environment.name[0].lower()
            letters.append(letter if environment.name in row.live else " ")
        return " ".join(letters)

    def _fold(self, key: str, fold: bool) -> None:
        if fold:
            self._folded.add(key)
        else:
            self._folded.discard(key)
        self._lay_out()

    def action_list_left(self) -> None:
        line = self.line
        if line is None or self.query_text:
            return
        if line.row < 0 and line.key not in self._folded:
            self._fold(line.key, True)
            return
        folder = line.key.rpartition("/")[0]
        for index in range(self.cursor - 1, -1, -1):
            if self.lines[index].row < 0 and self.lines[index].key == folder:
                self.go(index)
                return

    def action_list_right(self) -> None:
        line = self.line
        if line is not None and line.row < 0 and line.key in self._folded:
            self._fold(line.key, False)
        else:
            super().action_list_right()

    def action_list_open(self) -> None:
        line = self.line
        if line is not None and line.row < 0:
            self._fold(line.key, line.key not in self._folded)
        else:
            super().action_list_open()
