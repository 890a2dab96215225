"""One character for each kind of row, so that colour is never the only sign."""

from __future__ import annotations

from collections.abc import Mapping

SIGNS: Mapping[str, str] = {
    "equal": " ",
    "delete": "-",
    "insert": "+",
    "change": "~",
    "replace": "~",
    "moved_from": "<",
    "moved_to": ">",
    "reflow": "¶",
    "reflow_edit": "¶",
    "wsdiff": "·",
}
"""By `RowKind`. Faces that have no such characters put others in their place."""
