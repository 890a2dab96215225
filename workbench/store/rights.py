"""Whether a store may be written, found out without opening it."""

from __future__ import annotations

import os
from pathlib import Path


def can_write(path: Path) -> bool:
    """By the rights that count; journals lie beside the file, so that the folder counts too."""
    effective = os.access in os.supports_effective_ids
    return all(os.access(each, os.W_OK, effective_ids=effective) for each in (path, path.parent))
