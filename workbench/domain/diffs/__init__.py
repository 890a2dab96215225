"""What changed between two texts, and between two versions.

A border: callers see rows, segments and changes only, so that the engine behind them can be replaced.

    diff_texts(left, right)             all at once: rows of lines, words inside them, moves, variables, statistics
    diff_lines(left, right)             the first phase, to paint at once: whole lines only
    refine(diff, which)                 the words of blocks that are still coarse, those on the screen first
    hunks(diff), fold(diff, context)    what to show of it
    sums(diff)                          what changed, in one line
    unified_patch(diff, a, b)           for `git apply` and `patch -p1`
    compare(a, b)                       two versions: messages, settings, tools, declarations, metadata
    mirror(diff)                        the same difference, seen from the other side
"""

from workbench.domain.diffs.comparison import ContentDiff, compare
from workbench.domain.diffs.folding import Folded, fold, hunks
from workbench.domain.diffs.headings import Headings
from workbench.domain.diffs.messages import MessageDiff
from workbench.domain.diffs.mirroring import mirror
from workbench.domain.diffs.model import (
    ENGINE_VERSION,
    Degraded,
    Diff,
    Engine,
    Move,
    Rename,
    Row,
    RowKind,
    Seg,
    SegKind,
    Segs,
    Stats,
    Variables,
    VariableUse,
    WhiteSpace,
)
from workbench.domain.diffs.patch import unified_patch
from workbench.domain.diffs.phases import diff_lines, diff_texts, refine
from workbench.domain.diffs.signs import SIGNS
from workbench.domain.diffs.sums import sums
from workbench.domain.diffs.values import Change, compare_values
from workbench.domain.diffs.whitespace import is_ignored, without_ignored

__all__ = [
    "ENGINE_VERSION",
    "SIGNS",
    "Change",
    "ContentDiff",
    "Degraded",
    "Diff",
    "Engine",
    "Folded",
    "Headings",
    "MessageDiff",
    "Move",
    "Rename",
    "Row",
    "RowKind",
    "Seg",
    "SegKind",
    "Segs",
    "Stats",
    "VariableUse",
    "Variables",
    "WhiteSpace",
    "compare",
    "compare_values",
    "diff_lines",
    "diff_texts",
    "fold",
    "hunks",
    "is_ignored",
    "mirror",
    "refine",
    "sums",
    "unified_patch",
    "without_ignored",
]
