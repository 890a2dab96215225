"""The text engine as a program of its own, for texts that would make the keys wait.

The program (`python -m workbench.services.diffs.differing`) reads pickled jobs from standard input and writes the
diffs to standard output. It is started and fed by this package alone; nothing of it ever stands in a file.
"""

from __future__ import annotations

import pickle
import sys
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any, BinaryIO

from workbench.domain.diffs import (
    ContentDiff,
    Diff,
    Engine,
    Row,
    Seg,
    Segs,
    WhiteSpace,
    diff_texts,
    refine,
)

Flat = tuple[Any, ...]
"""A diff without its lines and in plain numbers: a third of the time to read, in pieces that stop nobody else."""


@dataclass(frozen=True)
class Job:
    """One pair of texts, None for one that is not there. `budget`: seconds, None for as long as it takes."""

    left: str | None
    right: str | None
    mode: WhiteSpace = WhiteSpace.EXACT
    engine: Engine = "words"
    budget: float | None = None

    @property
    def size(self) -> int:
        return len(self.left or "") + len(self.right or "")

    def run(self) -> Diff:
        return diff_texts(self.left, self.right, mode=self.mode, engine=self.engine, budget=self.budget)


@dataclass(frozen=True)
class Refining:
    """What was left coarse of a diff: `which` of its degraded blocks, however long it takes."""

    diff: Diff
    which: tuple[int, ...]

    @property
    def left(self) -> str:
        return self.diff.left

    @property
    def right(self) -> str:
        return self.diff.right

    @property
    def mode(self) -> WhiteSpace:
        return self.diff.mode

    @property
    def engine(self) -> Engine:
        return self.diff.engine

    @property
    def size(self) -> int:
        blocks = [self.diff.degraded[index] for index in self.which]
        lefts = sum(len(line) for block in blocks for line in self.diff.left_lines[block.l0 : block.l1])
        return lefts + sum(len(line) for block in blocks for line in self.diff.right_lines[block.r0 : block.r1])

    def run(self) -> Diff:
        return refine(self.diff, self.which)


def jobs_of(comparison: ContentDiff, mode: WhiteSpace, engine: Engine, budget: float | None) -> list[Job]:
    """What is to be compared word by word: one for each message."""
    return [
        Job(m.left.content if m.left else None, m.right.content if m.right else None, mode, engine, budget)
        for m in comparison.messages
    ]


def with_diffs(comparison: ContentDiff, diffs: Sequence[Diff]) -> ContentDiff:
    messages = [replace(m, diff=diff) for m, diff in zip(comparison.messages, diffs, strict=True)]
    return replace(comparison, messages=tuple(messages))


# -- between two processes


def flat(diff: Diff) -> Flat:
    rows = [(r.kind, r.l0, r.l1, r.r0, r.r1, _flat_segs(r.lsegs), _flat_segs(r.rsegs), r.move) for r in diff.rows]
    return rows, diff.moves, diff.degraded, diff.variables, diff.stats


def from_flat(job: Job | Refining, data: Flat) -> Diff:
    rows, moves, degraded, variables, stats = data
    made = [Row(kind, l0, l1, r0, r1, _segs(ls), _segs(rs), move) for kind, l0, l1, r0, r1, ls, rs, move in rows]
    # A text that is not there has no lines, and so no row has any of it.
    left, right = ((text or "").split("\n") for text in (job.left, job.right))
    l_count, r_count = (made[-1].l1, made[-1].r1) if made else (0, 0)
    lines = tuple(left[:l_count]), tuple(right[:r_count])
    return Diff(*lines, tuple(made), moves, degraded, variables, stats, job.mode, job.engine)


_KINDS = ("equal", "delete", "insert", "ws")


def _flat_segs(segs: Segs | None) -> list[list[int]] | None:
    """Of each line, kind and end of each segment: they cover it, so that each begins where the last one ended."""
    if segs is None:
        return None
    return [[number for seg in line for number in (_KINDS.index(seg.kind), seg.end)] for line in segs]


def _segs(flat_segs: list[list[int]] | None) -> Segs | None:
    if flat_segs is None:
        return None
    lines = []
    for numbers in flat_segs:
        start = 0
        segs = []
        for kind, end in zip(numbers[::2], numbers[1::2], strict=True):
            segs.append(Seg(_KINDS[kind], start, end))  # type: ignore[arg-type]
            start = end
        lines.append(tuple(segs))
    return tuple(lines)


def serve(stdin: BinaryIO, stdout: BinaryIO) -> None:
    """Answer every job, in their order, until there are no more."""
    jobs: list[Job | Refining] = pickle.load(stdin)  # noqa: S301 from the process that started this one
    for job in jobs:
        body = pickle.dumps(flat(job.run()), pickle.HIGHEST_PROTOCOL)
        stdout.write(len(body).to_bytes(8, "big") + body)
        stdout.flush()


if __name__ == "__main__":
    serve(sys.stdin.buffer, sys.stdout.buffer)
