"""The diff of hard pairs as pictures: in true colours, sixteen colours and without any, wide, middling and narrow."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.tui.hard_pairs import PAIRS
from tests.tui.test_snapshots import app_of, keys
from workbench.composition import Workbench
from workbench.domain.prompts import Content
from workbench.settings.config import Config

Snap = Callable[..., bool]
WIDE, MIDDLE, NARROW = (160, 45), (100, 30), (80, 24)
COLOURS = {
    "true": {"COLORTERM": "truecolor"},
    "16": {"COLORTERM": "", "TERM": "xterm-16color"},
    "none": {"NO_COLOR": "1"},
}
CASES = [
    *((name, WIDE, "true", ()) for name in PAIRS),
    ("long_paragraph", MIDDLE, "16", ()),
    ("reordered", MIDDLE, "16", ()),
    ("rewrapped", WIDE, "16", ()),
    ("white_space", MIDDLE, "16", ()),
    ("long_paragraph", MIDDLE, "none", ()),
    ("reordered", WIDE, "none", ()),
    ("list", MIDDLE, "none", ()),
    ("white_space", NARROW, "none", ()),
    ("long_paragraph", NARROW, "true", ("bracketright", "bracketright")),
    ("reordered", NARROW, "true", ()),
    ("rewrapped", NARROW, "16", ("vertical_line",)),
    ("variables", NARROW, "true", ("vertical_line",)),
    ("list", MIDDLE, "true", ("space",)),
    ("chinese", NARROW, "true", ()),
    ("chinese", MIDDLE, "none", ()),
    ("emoji_and_hebrew", NARROW, "16", ()),
    ("controls", MIDDLE, "16", ()),
    ("variables", MIDDLE, "none", ()),
    ("rewrite", NARROW, "none", ()),
    ("list", NARROW, "16", ()),
    ("rewrapped", MIDDLE, "true", ("minus",)),
]
KEYS = {"bracketright": "right_square_bracket", "minus": "minus", "space": "space"}


def case_id(case: tuple[str, tuple[int, int], str, tuple[str, ...]]) -> str:
    name, (width, height), colours, presses = case
    return "-".join([name, f"{width}x{height}", colours, *presses])


@pytest.mark.parametrize("case", CASES, ids=case_id)
def test_picture(
    config: Config,
    snap_compare: Snap,
    monkeypatch: pytest.MonkeyPatch,
    case: tuple[str, tuple[int, int], str, tuple[str, ...]],
) -> None:
    name, size, colours, presses = case
    for variable, value in COLOURS[colours].items():
        monkeypatch.setenv(variable, value)
    with Workbench(config) as workbench:
        workbench.store.clock = lambda: "2026-11-01T12:00:00.000000Z"
        for text in PAIRS[name]:
            workbench.library.save("support/answers", Content.of_text(text), note="")
    pressed = ("j", "d", *(KEYS.get(key, key) for key in presses))
    assert snap_compare(app_of(config), terminal_size=size, run_before=keys(*pressed))
