"""What changed between two texts (`diff_texts`) and between two versions (`compare`).

A border: callers see rows and segments only, so that the engine behind them can be replaced.
"""

from workbench.domain.diffs.comparison import Change, ContentDiff, MessageDiff, compare, compare_values
from workbench.domain.diffs.folding import Folded, fold, hunks
from workbench.domain.diffs.lines import diff_texts
from workbench.domain.diffs.model import Diff, Row, Seg
from workbench.domain.diffs.patch import unified_patch

__all__ = [
    "Change",
    "ContentDiff",
    "Diff",
    "Folded",
    "MessageDiff",
    "Row",
    "Seg",
    "compare",
    "compare_values",
    "diff_texts",
    "fold",
    "hunks",
    "unified_patch",
]
