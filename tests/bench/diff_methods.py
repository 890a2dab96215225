"""The ways to diff two texts that are measured beside each other. Each answers with what is equal."""

from __future__ import annotations

import importlib.util
import re
import subprocess
import tempfile
from collections.abc import Callable, Iterator
from difflib import SequenceMatcher
from itertools import accumulate
from pathlib import Path

from workbench.domain.diffs import Engine, diff_texts

Match = tuple[int, int, int]
"""(start on the left, start on the right, characters) of equal text. Moved text is equal text elsewhere."""
Method = Callable[[str, str], list[Match]]
_WORD = re.compile(r"\s+|\w+|[^\w\s]")


def ours(left: str, right: str, engine: Engine = "words") -> list[Match]:
    diff = diff_texts(left, right, engine=engine)
    on_left, on_right = _tops(diff.left_lines), _tops(diff.right_lines)
    found: list[Match] = []
    targets = {row.move: row for row in diff.rows if row.kind == "moved_to"}
    for row in diff.rows:
        to = targets[row.move] if row.kind == "moved_from" else row
        if row.kind in ("delete", "insert", "replace", "moved_to"):
            continue
        if row.lsegs is None or to.rsegs is None:
            for i, j in zip(range(row.l0, row.l1), range(to.r0, to.r1), strict=False):
                if diff.left_lines[i] == diff.right_lines[j]:
                    found.append((on_left[i], on_right[j], len(diff.left_lines[i]) + 1))
            continue
        pieces = [
            [
                (top + seg.start, seg.end - seg.start)
                for top, segs in zip(tops, lines, strict=False)
                for seg in segs
                if seg.kind == "equal"
            ]
            for tops, lines in ((on_left[row.l0 :], row.lsegs), (on_right[to.r0 :], to.rsegs))
        ]
        found += _zipped(pieces[0], pieces[1])
    return found


def _tops(lines: tuple[str, ...]) -> list[int]:
    """Where each line starts in its text."""
    return list(accumulate([len(line) + 1 for line in lines], initial=0))


def _zipped(lefts: list[tuple[int, int]], rights: list[tuple[int, int]]) -> Iterator[Match]:
    """Equal text that is cut differently on both sides, in pieces that both have."""
    lefts, rights = lefts[::-1], rights[::-1]
    while lefts and rights:
        (i, n), (j, m) = lefts.pop(), rights.pop()
        size = min(n, m)
        yield i, j, size
        if n > size:
            lefts.append((i + size, n - size))
        if m > size:
            rights.append((j + size, m - size))


def by_difflib(left: str, right: str) -> list[Match]:
    return _with_difflib(left, right, autojunk=True)


def by_difflib_without_autojunk(left: str, right: str) -> list[Match]:
    return _with_difflib(left, right, autojunk=False)


def _with_difflib(left: str, right: str, *, autojunk: bool) -> list[Match]:
    a, b = left.splitlines(keepends=True), right.splitlines(keepends=True)
    on_left, on_right = (list(accumulate(map(len, lines), initial=0)) for lines in (a, b))
    found: list[Match] = []
    for kind, i, i_end, j, j_end in SequenceMatcher(None, a, b, autojunk).get_opcodes():
        if kind == "equal":
            found.append((on_left[i], on_right[j], on_left[i_end] - on_left[i]))
        elif kind == "replace":
            words = _WORD.findall("".join(a[i:i_end])), _WORD.findall("".join(b[j:j_end]))
            tops = [list(accumulate(map(len, side), initial=0)) for side in words]
            for x, y, n in SequenceMatcher(None, *words, autojunk).get_matching_blocks():
                found.append((on_left[i] + tops[0][x], on_right[j] + tops[1][y], tops[0][x + n] - tops[0][x]))
    return found


def by_git(left: str, right: str) -> list[Match]:
    """White space aside, which git tells of one side only."""
    with tempfile.TemporaryDirectory() as folder:
        for name, text in (("left", left), ("right", right)):
            (Path(folder) / name).write_text(text, newline="")
        command = ["git", "diff", "--no-index", "--no-color", "--histogram", "--word-diff=porcelain", "-U9999999"]
        done = subprocess.run([*command, "left", "right"], cwd=folder, capture_output=True, check=False)
    told = done.stdout.decode().split("\n")
    body = told[next((n for n, line in enumerate(told) if line.startswith("@@")), len(told)) + 1 :]
    places = [[n for n, char in enumerate(text) if not char.isspace()] for text in (left, right)]
    found: list[Match] = []
    at = [0, 0]
    for line in body:
        size = len("".join(line[1:].split()))
        if line[:1] == " ":
            found += [(places[0][at[0] + n], places[1][at[1] + n], 1) for n in range(size)]
        for side, signs in enumerate((" -", " +")):
            at[side] += size * (line[:1] in signs and line != "")
    return found if body else [(0, 0, len(left))]


def by_diff_match_patch(left: str, right: str) -> list[Match]:
    from diff_match_patch import diff_match_patch  # type: ignore[import-not-found, unused-ignore]

    engine = diff_match_patch()
    parts = engine.diff_main(left, right)
    engine.diff_cleanupSemantic(parts)
    found: list[Match] = []
    i = j = 0
    for kind, text in parts:
        if kind == 0:
            found.append((i, j, len(text)))
        i, j = i + len(text) * (kind <= 0), j + len(text) * (kind >= 0)
    return found


METHODS: dict[str, Method] = {
    "ours": ours,
    "ours, difflib engine": lambda left, right: ours(left, right, "difflib"),
    "difflib": by_difflib,
    "difflib, no autojunk": by_difflib_without_autojunk,
    "git histogram words": by_git,
}
if importlib.util.find_spec("diff_match_patch"):
    METHODS["diff-match-patch"] = by_diff_match_patch
