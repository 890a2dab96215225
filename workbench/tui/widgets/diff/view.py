"""Two texts compared, drawn line by line: what a key costs is what is on the screen, whatever the length."""

from __future__ import annotations

from bisect import bisect_left

from workbench.tui.widgets.diff.anchors import anchor_at
from workbench.tui.widgets.diff.canvas import DiffCanvas
from workbench.tui.widgets.diff.drawing import Mark
from workbench.tui.widgets.diff.heads import Sheet
from workbench.tui.widgets.diff.searching import Match, by_line, find_all, near
from workbench.tui.widgets.diff.words import Place, places_of


class DiffView(DiffCanvas):
    """What can be stepped through in a diff: changed words, both ends of moves, matches of a search."""

    def __init__(self, id: str | None = None) -> None:
        super().__init__(id=id)
        self.needle = ""
        self._matches: list[Match] = []
        self._matches_of: dict[tuple[int, int, int], list[Match]] = {}
        self._match = -1
        self._word: tuple[int, int] | None = None
        self._here: Place | Match | None = None

    def show(self, sheet: Sheet, keep: int | None = None) -> None:
        super().show(sheet, keep)
        if self.needle:
            self.search(self.needle)

    def step_lost(self) -> None:
        self._word = self._here = None

    def marks(self, part: int, side: int, line: int, start: int, end: int) -> list[Mark]:
        if self._here is None and not self._matches:
            return []
        key = (part, side, line)
        matches = near(self._matches_of.get(key, ()), start, end)
        found = [(match.start, match.end, "match") for match in matches]
        here = self._here
        if here is None or (here.part, here.side, here.line) != key or here.start == here.end:
            return found
        return sorted([(here.start, here.end, "here"), *(m for m in found if not _meet(m, here))])

    # -- words

    def go_word(self, step: int) -> bool:
        """To the next changed word, also within a line of many rows. False when there is no further one."""
        index, within = self.laid_out.at(self.cursor) if self.count else (0, 0)
        blocks = self.laid_out.blocks
        if self._word is not None and self._word[0] == index and self._here is not None:
            at: int | None = self._word[1] + step
        else:
            at = None
        while 0 <= index < len(blocks):
            places = places_of(self.laid_out, index)
            if at is None and places:
                ys = [place.y for place in places]
                y = self.laid_out.tops[index] + within
                at = bisect_left(ys, y) if step > 0 else bisect_left(ys, y) - 1
            if places and at is not None and 0 <= at < len(places):
                self._stop_at(places[at])
                self._word = (index, at)
                return True
            index += step
            within, at = 0, (0 if step > 0 else None)
            if step < 0 and 0 <= index < len(blocks):
                at = len(places_of(self.laid_out, index)) - 1
        return False

    def _stop_at(self, place: Place | Match, y: int | None = None) -> None:
        before, self._here = self._here, place
        row = place.y if isinstance(place, Place) else y or 0
        if before is not None:
            self.refresh()
        self.jump(row)
        self.refresh_row(row)

    def go(self, index: int) -> None:
        old = self.cursor
        super().go(index)
        here = self._here
        if isinstance(here, Place) and self.cursor not in (old, here.y):
            self._here = self._word = None
            self.refresh()

    # -- moves

    def follow_move(self) -> bool:
        """To the other end of the move under the cursor. False when there is none."""
        block = self.block
        if block is None or self.sheet is None:
            return False
        row = block.row
        if row is None or row.move < 0:
            # In one column the note about a move stands above its lines.
            index = self.laid_out.at(self.cursor)[0] + 1
            row = self.laid_out.blocks[index].row if index < len(self.laid_out.blocks) else None
        if row is None or row.move < 0:
            return False
        move = self.sheet.parts[block.part].diff.moves[row.move]
        line, side = (move.r0, 1) if row.kind == "moved_from" else (move.l0, 0)
        target = self.laid_out.row_of(block.part, side, line)
        if target is None:
            return False
        self.jump(target)
        return True

    # -- searching

    def search(self, text: str) -> int:
        """How many matches there are in both sides; "" ends a search."""
        self.needle = text
        self._match = -1
        self._matches = find_all(self.sheet, self.texts, text) if text and self.sheet is not None else []
        self._matches_of = by_line(self._matches)
        self.refresh()
        return len(self._matches)

    @property
    def match(self) -> tuple[int, int]:
        """(the match that was jumped to, from 1; how many there are)"""
        return self._match + 1, len(self._matches)

    def go_match(self, step: int) -> bool:
        """To the next match, round and round. False when there is none."""
        if not self._matches:
            return False
        if self._match < 0:
            self._match = self._first_match(step)
        else:
            self._match = (self._match + step) % len(self._matches)
        match = self._matches[self._match]
        y = self.laid_out.row_of(match.part, match.side, match.line, match.start)
        if y is None:
            self._unfold_around(match)
            y = self.laid_out.row_of(match.part, match.side, match.line, match.start)
        self._word = None
        self._stop_at(match, y or 0)
        return True

    def _first_match(self, step: int) -> int:
        """The one nearest to the cursor, in the direction of the step."""
        anchor = anchor_at(self.laid_out, self.cursor)
        if anchor is None:
            return 0
        for index, match in enumerate(self._matches):
            if (match.part, match.line) >= (anchor.part, anchor.line_on(match.side)):
                return index if step > 0 else (index - 1) % len(self._matches)
        return 0 if step > 0 else len(self._matches) - 1

    def _unfold_around(self, match: Match) -> None:
        key = self.laid_out.fold_of(match.part, match.side, match.line)
        if key is not None:
            self.unfold(key, 10**9)

    # -- sideways: from word to word

    def action_list_left(self) -> None:
        self.go_word(-1)

    def action_list_right(self) -> None:
        self.go_word(1)


def _meet(mark: Mark, here: Place | Match) -> bool:
    return mark[0] < here.end and here.start < mark[1]
