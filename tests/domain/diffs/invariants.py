"""What holds for the diff of any two texts, whatever the engine makes of them."""

from __future__ import annotations

import random
import re
import subprocess
import time
import unicodedata
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path

from workbench.domain.diffs import Diff, Row, Segs, WhiteSpace, diff_lines, diff_texts, mirror, refine, unified_patch

_VARIABLE = re.compile(
    r"\{\{\{[^{}\n]{1,200}\}\}\}|\{\{[^{}\n]{1,200}\}\}|\$\{[^{}\n]{1,200}\}|(?<!\{)\{[a-z_]\w*\}(?!\})"
)
_JOINERS = frozenset("\u200c\u200d")
ONE_SIDED = {"delete", "insert", "moved_from", "moved_to"}


def all_hold(left: str, right: str, folder: Path) -> Diff:
    """The diff, after every assertion there is. git and patch write into the folder."""
    diff = holds(diff_texts(left, right), left, right)
    assert diff.degraded == ()
    for mode in WhiteSpace:
        holds(diff_texts(left, right, mode=mode), left, right)
    holds(diff_texts(left, right, engine="difflib"), left, right)
    is_same(left)
    is_same(right)
    patched(folder, left, right)
    assert diff_texts(right, left) == mirror(diff)
    ends_change_nothing(left, right, "A line that neither has")
    coarse = holds(diff_texts(left, right, budget=0), left, right)
    assert refine(coarse) == refine(first_phase_holds(left, right)) == diff
    space_is_no_change(left, re.sub(r"(?<=\S) (?=\S)", "   ", left) + "\t")
    for odd in ("\ud800", "\x00", "\r\u2028\x0b"):
        at = random.Random(7).randrange(len(left) + 1)
        holds(diff_texts(left[:at] + odd + left[at:], right + odd), left[:at] + odd + left[at:], right + odd)
    in_time(left, right, 0.3)
    return diff


def holds(diff: Diff, left: str, right: str) -> Diff:
    """The diff itself, after every assertion that needs nothing but it and the two texts."""
    assert diff.left == left
    assert diff.right == right
    assert diff.left_lines == tuple(left.split("\n"))
    assert diff.right_lines == tuple(right.split("\n"))
    i = j = 0
    for row in diff.rows:
        assert (row.l0, row.r0) == (i, j), "rows tile both sides in order"
        assert row.l1 >= i
        assert row.r1 >= j
        assert row.l1 + row.r1 > i + j
        i, j = row.l1, row.r1
        _row_holds(diff, row)
    assert (i, j) == (len(diff.left_lines), len(diff.right_lines))
    for one, other in pairwise(diff.rows):
        assert not (one.kind == other.kind == "equal")
    _moves_hold(diff)
    _degraded_hold(diff)
    return diff


def _row_holds(diff: Diff, row: Row) -> None:
    lefts, rights = diff.left_lines[row.l0 : row.l1], diff.right_lines[row.r0 : row.r1]
    kind = row.kind
    if kind == "equal":
        assert lefts == rights
    if kind == "wsdiff":
        assert "".join("".join(lefts).split()) == "".join("".join(rights).split())
        assert lefts != rights
    if kind == "reflow":
        assert " ".join(lefts).split() == " ".join(rights).split()
        assert len(lefts) > 1 or len(rights) > 1
    if kind == "change":
        assert len(lefts) == len(rights) == 1
        assert lefts != rights
    if kind in ("change", "reflow", "reflow_edit"):
        assert row.lsegs is not None
        assert row.rsegs is not None
    if kind in ("delete", "moved_from"):
        assert lefts
        assert not rights
    if kind in ("insert", "moved_to"):
        assert rights
        assert not lefts
    if kind in ("equal", "delete", "insert", "replace"):
        assert row.lsegs is row.rsegs is None
    if kind not in ("delete", "insert", "moved_from", "moved_to"):
        assert lefts
        assert rights
    assert (row.move >= 0) == (kind in ("moved_from", "moved_to"))
    on_left = _tiled(row.lsegs, lefts, "delete")
    on_right = _tiled(row.rsegs, rights, "insert")
    if on_left is not None and on_right is not None:
        assert on_left == on_right, "equal segments are the same text on both sides"


def _tiled(segs: Segs | None, lines: tuple[str, ...], kind: str) -> str | None:
    """The equal text of a side, after checking that each line is covered and nothing is cut that must not be."""
    if segs is None:
        return None
    assert len(segs) == len(lines)
    equal: list[str] = []
    for line, parts in zip(lines, segs, strict=True):
        at = 0
        for seg in parts:
            assert seg.kind in ("equal", "ws", kind)
            assert seg.start == at < seg.end
            at = seg.end
            text = line[seg.start : seg.end]
            if seg.kind == "ws":
                assert text.isspace()
            if seg.kind == "equal":
                equal.append(text)
        assert at == len(line)
        assert all(one.kind != other.kind for one, other in pairwise(parts))
        inside = {at for start, end in _variables(line) for at in range(start + 1, end)}
        for seg in parts[:-1]:
            assert seg.end not in inside, (line, seg)
            assert not _cuts(line[max(0, seg.end - 40) : seg.end + 1], min(seg.end, 40)), (line, seg)
    return "".join(equal)


def _cuts(line: str, at: int) -> bool:
    """Is there no border between two characters, as a reader counts them?"""
    before, after = line[at - 1], line[at]
    if unicodedata.category(after)[0] == "M" or after in _JOINERS or "\U0001f3fb" <= after <= "\U0001f3ff":
        return True
    if before == "\u200d" and unicodedata.category(after) == "So" and not before.isspace():
        return _joins_signs(line, at)
    flags = len(line[:at]) - len(line[:at].rstrip("".join(map(chr, range(0x1F1E6, 0x1F200)))))
    return flags % 2 == 1 and "\U0001f1e6" <= after <= "\U0001f1ff"


def _joins_signs(line: str, at: int) -> bool:
    """A joiner joins two pictures, not a letter and a picture."""
    rest = line[:at]
    while rest and (
        unicodedata.category(rest[-1])[0] == "M" or rest[-1] in _JOINERS or unicodedata.category(rest[-1]) == "Sk"
    ):
        rest = rest[:-1]
    return bool(rest) and unicodedata.category(rest[-1]) == "So"


def _variables(line: str) -> Iterator[tuple[int, int]]:
    return (match.span() for match in _VARIABLE.finditer(line))


def _moves_hold(diff: Diff) -> None:
    sources = [row for row in diff.rows if row.kind == "moved_from"]
    targets = [row for row in diff.rows if row.kind == "moved_to"]
    assert sorted(row.move for row in sources) == list(range(len(diff.moves)))
    assert sorted(row.move for row in targets) == list(range(len(diff.moves)))
    to = {row.move: row for row in targets}
    for source in sources:
        move, target = diff.moves[source.move], to[source.move]
        assert (move.l0, move.l1, move.r0, move.r1) == (source.l0, source.l1, target.r0, target.r1)
        lefts, rights = diff.left_lines[source.l0 : source.l1], diff.right_lines[target.r0 : target.r1]
        assert (source.lsegs is None) == (target.rsegs is None)
        if move.exact and diff.mode is WhiteSpace.EXACT:
            # Blank lines between two moved paragraphs may differ in their spaces.
            assert [line for line in lefts if line.strip()] == [line for line in rights if line.strip()]
        if source.lsegs is None:
            # In the first phase the spaces that differ inside a move are not told yet.
            assert "".join("".join(lefts).split()) == "".join("".join(rights).split())
            assert lefts == rights or not move.exact or diff.mode is not WhiteSpace.EXACT
        else:
            assert _tiled(source.lsegs, lefts, "delete") == _tiled(target.rsegs, rights, "insert")


def _degraded_hold(diff: Diff) -> None:
    for one, other in pairwise(diff.degraded):
        assert one.l1 <= other.l0
        assert one.r1 <= other.r0
    borders = {(row.l0, row.r0) for row in diff.rows} | {(row.l1, row.r1) for row in diff.rows}
    for block in diff.degraded:
        assert block.l0 < block.l1
        assert block.r0 < block.r1
        assert {(block.l0, block.r0), (block.l1, block.r1)} <= borders, "a block is whole rows"
        assert block.lacks == "words" or len(diff.degraded) == 1


def is_same(text: str) -> None:
    diff = diff_texts(text, text)
    assert diff.same
    assert [row.kind for row in diff.rows] == ["equal"]
    assert diff.stats == type(diff.stats)()


def first_phase_holds(left: str, right: str, mode: WhiteSpace = WhiteSpace.EXACT) -> Diff:
    diff = holds(diff_lines(left, right, mode=mode), left, right)
    assert {row.kind for row in diff.rows} <= {"equal", "wsdiff", "replace", *ONE_SIDED}
    return diff


def ends_change_nothing(left: str, right: str, line: str) -> None:
    """A line that both begin or end with leaves the other rows alone."""
    # Fences and front matter are what a line above others can mean something for.
    left, right = (text.replace("`", "'").replace("---", "-") for text in (left, right))
    rows = [row for row in diff_texts(left, right).rows if row.kind != "equal"]
    above = diff_texts(f"{line}\n{left}", f"{line}\n{right}")
    below = diff_texts(f"{left}\n{line}", f"{right}\n{line}")
    assert [_shifted(row, -1) for row in above.rows if row.kind != "equal"] == rows
    assert [row for row in below.rows if row.kind != "equal"] == rows


def _shifted(row: Row, by: int) -> Row:
    return Row(row.kind, row.l0 + by, row.l1 + by, row.r0 + by, row.r1 + by, row.lsegs, row.rsegs, row.move)


def space_is_no_change(left: str, right: str) -> None:
    """Of texts that differ in the white space inside their lines only."""
    diff = holds(diff_texts(left, right, mode=WhiteSpace.ALL), left, right)
    assert {row.kind for row in diff.rows} <= {"equal", "wsdiff"}


def in_time(left: str, right: str, budget: float) -> None:
    started = time.process_time()
    diff = diff_texts(left, right, budget=budget)
    took = time.process_time() - started
    # The budget is of the clock on the wall, but the tests share the machine.
    assert took <= 2 * budget + 0.05 * (len(left) + len(right)) / 1e6 + 0.3
    holds(diff, left, right)


def patched(folder: Path, left: str, right: str) -> None:
    """git and patch make the right text of the left one."""
    patch = unified_patch(diff_texts(left, right), "prompt.txt", "prompt.txt")
    assert (patch == "") == (left == right)
    if not patch:
        return
    file = folder / "prompt.txt"
    for command in (
        ["git", "-c", "core.autocrlf=false", "apply", "--whitespace=nowarn", "-"],
        ["patch", "-p1", "--silent", "--binary"],
    ):
        file.write_bytes(left.encode())
        done = subprocess.run(command, input=patch.encode(), cwd=folder, capture_output=True, check=False)
        assert done.returncode == 0, (command, done.stderr.decode(), patch)
        assert (file.read_bytes() if file.exists() else b"") == right.encode()
