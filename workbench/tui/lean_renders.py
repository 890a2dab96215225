"""A compositor that asks widgets only for the lines that a frame needs.

The stock one asks every widget of the screen for all of its lines, each passed through all line filters, even when two
rows of one list have changed. It stands on what is Textual's own affair, like `lean_frames`, and goes with its switch.
"""

from __future__ import annotations

from collections.abc import Iterable

from textual._compositor import Compositor
from textual.geometry import Region
from textual.strip import Strip


class LeanCompositor(Compositor):
    def _get_renders(self, crop: Region | None = None) -> Iterable[tuple[Region, Region, list[Strip]]]:
        """(where the widget is, what of it is asked for, those lines), front to back, of what lies within `crop`.

        Lines are asked for in their whole width, because they are put together at the edges of widgets.
        """
        if crop is None:
            yield from super()._get_renders(crop)
            return
        for widget, (region, clip) in self.visible_widgets.items():
            seen = region.intersection(clip)
            if not seen.overlaps(crop):
                continue
            asked = seen.intersection(Region(seen.x, crop.y, seen.width, crop.height))
            yield region, asked, widget.render_lines(asked.translate(-region.offset))
            if seen.contains_region(crop):
                # Whatever lies behind it cannot be seen.
                return
