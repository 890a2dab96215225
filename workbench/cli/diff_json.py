"""A difference as JSON: rows and segments, and what else changed."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from workbench.domain.diffs import Change, ContentDiff, Diff, MessageDiff, Segs, unified_patch


def shape(left: str, right: str, found: ContentDiff, *, same: bool) -> dict[str, Any]:
    """`left` and `right` are what the sides are called; `same`: does nothing differ that counts?"""
    return {
        "left": left,
        "right": right,
        "same": same,
        "messages": [_message(left, right, message) for message in found.messages],
        "format": _change(found.format) if found.format else None,
        "settings": [_change(change) for change in found.settings],
        "variables": [_change(change) for change in found.variables],
        "metadata": [_change(change) for change in found.metadata],
        "variables_used_added": list(found.variables_used_added),
        "variables_used_removed": list(found.variables_used_removed),
    }


def _message(left: str, right: str, message: MessageDiff) -> dict[str, Any]:
    diff = message.diff
    return {
        "role": message.role,
        "left": message.left is not None,
        "right": message.right is not None,
        "left_place": message.left_index + 1 if message.left is not None else None,
        "right_place": message.right_index + 1 if message.right is not None else None,
        "moved": message.moved,
        "added": diff.added,
        "removed": diff.removed,
        "rows": _rows(diff),
        "moves": [asdict(move) for move in diff.moves],
        "not_refined": [asdict(block) for block in diff.degraded],
        "stats": asdict(diff.stats),
        "variables": asdict(diff.variables),
        "engine": diff.engine,
        "white_space": diff.mode,
        "extra": [_change(change) for change in message.extra],
        "patch": unified_patch(diff, left, right),
    }


def _rows(diff: Diff) -> list[dict[str, object]]:
    """Every row that differs; segments are `[kind, start, end]` of each line, in characters."""
    return [
        {
            "kind": row.kind,
            "left": [row.l0, row.l1],
            "right": [row.r0, row.r1],
            "left_segments": _segments(row.lsegs),
            "right_segments": _segments(row.rsegs),
            "move": row.move if row.move >= 0 else None,
        }
        for row in diff.rows
        if row.kind != "equal"
    ]


def _segments(segs: Segs | None) -> object:
    return None if segs is None else [[[seg.kind, seg.start, seg.end] for seg in line] for line in segs]


def _change(change: Change) -> dict[str, Any]:
    return {"path": change.path, "kind": change.kind, "before": change.before, "after": change.after}
