"""A release in a real terminal, as people do it: edited, reviewed on a line, approved by somebody else, promoted to
staging and to production, looked at as it was, rolled back, and that undone."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path

import pytest

from tests.stories.conftest import NAME
from tests.support.terminal import ESC, Terminal
from workbench import Workbench

CONFIRM = "\n"
"""What a terminal sends for ctrl+j."""
RIGHT = "\x1b[C"
TAB = "\t"
MOST_KEYS = 50
"""Of the whole way, texts included; every field that has to be filled in once more makes it longer."""
CONFIG = """\
environments:
  - dev
  - staging
  - {name: production, protected: true, own_approval: false, checks: [note, {was_in: staging}, {approved: 1}]}
"""

App = Callable[..., Terminal]


class Hand:
    """Presses keys, waits for what they bring, and counts them."""

    def __init__(self, terminal: Terminal) -> None:
        self.terminal = terminal
        self.pressed = 0

    def press(self, *keys: str, until: str) -> str:
        for key in keys:
            self.terminal.press(key, pause=0.1)
        self.pressed += len(keys)
        return self.terminal.wait_for(until)


def live(store: Path) -> Mapping[str, str]:
    with Workbench.open(store=store) as workbench:
        return workbench.deploying.live(NAME)


@pytest.fixture
def guarded(home: Mapping[str, str]) -> None:
    folder = Path(home["XDG_CONFIG_HOME"]) / "workbench"
    folder.mkdir(parents=True)
    (folder / "config.yaml").write_text(CONFIG)


@pytest.mark.usefixtures("guarded")
@pytest.mark.parametrize(("columns", "rows"), [(80, 24), (160, 45)])
def test_a_release_and_the_way_back(open_app: App, story_store: Path, columns: int, rows: int) -> None:
    ana = Hand(open_app(columns, rows))
    ana.press("e", until="draft|1.0.2")
    ana.press(*"Hi. ", CONFIRM, until="made from 1.0.2")
    ana.press(*"greet", CONFIRM, until="saved .*1.0.3")
    ana.press("d", until="greet")
    ana.press("i", until="Review .*, line")
    ana.press(*"hm", CONFIRM, until="↳ ana commented .*hm")
    ana.press(ESC, until="production 1.0.0")

    ben = Hand(open_app(columns, rows, WORKBENCH_ACTOR="ben"))
    ben.press("d", until="↳ ana commented .*hm")
    ben.press("p", until="● production")
    ben.press(CONFIRM, until="approved .* for production")
    ben.press(ESC, until="production 1.0.0")

    ana.press("P", until="● dev")
    ana.press(RIGHT, until="staging: nothing → 1.0.3")
    ana.press(CONFIRM, until="is live in staging")
    ana.press("P", until="approved by ben")
    ana.press(TAB, *"ok", TAB, *"production", CONFIRM, until="is live in production")
    assert live(story_store) == {"staging": "1.0.3", "production": "1.0.3"}
    # Without a key of theirs.
    ben.terminal.wait_for("production 1.0.3")

    ana.press("H", until="1.0.0 → 1.0.3")
    ana.press("j", "j", "T", until="as it was at")
    ana.press("\r", until="PAST .*")
    ana.terminal.wait_for("past: .*production 1.0.0")
    ana.press("R", until="production: 1.0.3 → 1.0.0")
    ana.press(CONFIRM, until="live again in production")
    ana.press(ESC, until="production 1.0.0 · staging 1.0.3")
    assert live(story_store)["production"] == "1.0.0"
    ana.press("z", until="took back")
    assert live(story_store)["production"] == "1.0.3"

    assert ana.pressed + ben.pressed <= MOST_KEYS, (ana.pressed, ben.pressed)
