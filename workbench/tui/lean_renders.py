"""A compositor that asks widgets only for the lines that a frame needs.

The stock one asks every widget of the screen for all of its lines, each passed through all line filters, even when two
rows of one list have changed or when another widget lies in front. It stands on what is Textual's own affair, like
`lean_frames`, and goes with its switch.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from itertools import pairwise
from typing import cast

from textual._compositor import ChopsUpdate, Compositor, ReflowResult
from textual.geometry import Region, Size
from textual.strip import Strip
from textual.widget import Widget

Span = tuple[int, int, int]
"""(row, first cell, cell behind the last)."""
Chops = Sequence[Mapping[int, Strip]]


class LeanCompositor(Compositor):
    def reflow(self, parent: Widget, size: Size) -> ReflowResult:
        result = super().reflow(parent, size)
        for widget, (region, _, _, virtual_size, container_size, _, _) in self.layers:
            # The stock screen does it next, and every size that it sets asks for one more layout, which finds the same.
            widget._size_updated(region.size, virtual_size, container_size, layout=False)
        return result

    def render_partial_update(self) -> ChopsUpdate | None:
        screen = self.size.region
        dirty = [seen for region in self._dirty_regions if (seen := region.intersection(screen))]
        self._dirty_regions.clear()
        if not dirty:
            return None
        spans = list(self._regions_to_spans(dirty))
        return ChopsUpdate(self._drawn(spans), spans, [cut_set[1:] for cut_set in self.cuts])

    def _render_chops(self, crop: Region, is_rendered_line: Callable[[int], bool]) -> Chops:
        return self._drawn([(y, crop.x, crop.right) for y in crop.line_range if is_rendered_line(y)])

    def _drawn(self, spans: Iterable[Span]) -> Chops:
        """By row, the pieces between its cuts; those outside of `spans` are None, as the stock one leaves them too."""
        cuts = self.cuts
        chops: list[dict[int, Strip | None]] = [dict.fromkeys(cut_set[:-1]) for cut_set in cuts]
        missing: dict[int, set[int]] = {}
        for y, x1, x2 in spans:
            missing.setdefault(y, set()).update(cut for cut, end in pairwise(cuts[y]) if cut < x2 and end > x1)
        for widget, (region, clip) in self.visible_widgets.items():
            if not missing:
                break  # whatever lies further behind cannot be seen
            seen = region.intersection(clip)
            rows = [y for y in seen.line_range if any(seen.x <= cut < seen.right for cut in missing.get(y, ()))]
            for first, count in _runs(rows):
                asked = Region(seen.x - region.x, first - region.y, seen.width, count)
                for y, strip in enumerate(widget.render_lines(asked), first):
                    own = [cut for cut in cuts[y] if seen.x <= cut <= seen.right]
                    divided = [strip] if len(own) == 2 else strip.divide([cut - seen.x for cut in own[1:]])
                    for cut, piece in zip(own, divided, strict=False):
                        if cut in missing[y]:
                            chops[y][cut] = piece
                    missing[y].difference_update(own[:-1])
                    if not missing[y]:
                        del missing[y]
        return cast("Chops", chops)


def _runs(rows: Sequence[int]) -> list[tuple[int, int]]:
    """(first, how many) of each stretch of rows that follow each other."""
    runs: list[tuple[int, int]] = []
    for row in rows:
        if runs and sum(runs[-1]) == row:
            runs[-1] = (runs[-1][0], runs[-1][1] + 1)
        else:
            runs.append((row, 1))
    return runs
