"""What releases and their past cost in the app, through a pty: `release_screens.py FILE [COLUMNSxROWS] [TIMES] [ACT]`.

`FILE` is a store that `looking_back.py` made (20,000 prompts, 100,000 versions, 300,000 deployments); the app works on
a copy. Every act is measured in an app of its own, first as its first one, then again: milliseconds from the key to the
first byte, to what was asked for standing on the screen, and to the last byte; the processor's milliseconds up to the
second, which is what counts on a machine that others use as well; and the bytes. Budget: 100 ms until it stands there.
"""

from __future__ import annotations

import os
import re
import select
import shutil
import statistics
import sys
import tempfile
import time
from pathlib import Path
from typing import NamedTuple

from tests.bench.diff_view import Timed
from tests.bench.looking_back import LONG, PEOPLE

BUDGET = 0.1
"""Seconds."""
QUIET = 2.5
"""Seconds without a byte after which nothing more is expected."""
REST = 2.0
"""Seconds that an app is left alone after its start, as somebody who looks at it does."""
ENTER, ESC, PAGE_DOWN = "\r", "\x1b", "\x1b[6~"


class Paint(NamedTuple):
    """Seconds to the first byte, to what was waited for and to the last byte; of the processor; and bytes."""

    first: float
    stood: float
    last: float
    used: float
    sent: int


class Act(NamedTuple):
    name: str
    key: str
    stands: str
    """A regular expression that the screen matches once it is done, and did not before."""
    before: tuple[str, ...] = ()
    """Keys that lead there, in an app that has just opened."""
    back: tuple[str, ...] = (ESC,)
    """Keys that take it back, so that it can be done again."""


OLD = "2026-01-31 12:00"
TO_LONG = ("/", *LONG.rpartition("/")[2], ENTER)
ACTS = (
    Act("sheet (P)", "P", r"(?s)live now  .*f6 review"),
    Act("history (H)", "H", r"(?s)\[deployments\].*202\d-.*→.*history of "),
    Act("history of all (A)", "A", r"(?s)/team.*history of all prompts", ("H",), ("A",)),
    Act("a page of it", PAGE_DOWN, "", ("H", "A"), ()),
    Act("a word of a filter", "9", "", ("H", "A", "/", *"case 0.12345"), ("\x7f",)),
    Act("events (])", "]", r"\[events\]", ("H", "A"), ("[",)),
    Act("time machine (T)", "T", r"show everything as it was at"),
    Act("library at that time", ENTER, r"(?s)PAST 2026-01-31.*past: ", ("T", *OLD), (ESC, "T", *OLD)),
    Act("back to now", ESC, r"(?s)\A(?!.*PAST|.*past: ).*production 1", ("T", *OLD, ENTER), ("T", *OLD, ENTER)),
    Act("blame (b)", "b", r"line 1 of \d"),
    Act("blame, 100 versions", "b", r"line 1 of \d", TO_LONG),
    Act("rollback sheet (R)", "R", r"(?s)Roll back .*(→|nothing was)"),
    Act("undo (z)", "z", r"took back", (), ("Z",)),
)


class Watched(Timed):
    def settle(self) -> None:
        """Until the program has nothing left to do."""
        used = -1.0
        while self.spent() - used > 0.01:
            used = self.spent()
            self.read_for(0.3)

    def act(self, key: str, stands: str) -> Paint:
        """What the key draws, until nothing more comes; `stands` "" takes the last byte for it."""
        self.read_for(0.05)
        before, begin = self.spent(), time.perf_counter()
        self.write(key.encode())
        pieces: list[tuple[float, float, bytes]] = []
        while select.select([self._fd], [], [], QUIET)[0]:
            data = os.read(self._fd, 1 << 20)
            pieces.append((time.perf_counter() - begin, self.spent() - before, data))
        stood = used = 0.0
        # Drawn afterwards, for working the screen out would take from what is measured.
        for at, spent, data in pieces:
            self.raw += data
            self._stream.feed(data)
            if not stood and (not stands or re.search(stands, self.text)):
                stood, used = at, spent
        if not stands and pieces:
            stood, used = pieces[-1][:2]
        if not stood:
            raise SystemExit(f"{key!r} never led to {stands!r}; the screen:\n{self.text}")
        return Paint(pieces[0][0], stood, pieces[-1][0], used, sum(len(data) for _, _, data in pieces))


def measure(act: Act, store: Path, size: tuple[int, int], times: int) -> bool:
    """Prints two lines; whether all stood within the budget of the processor."""
    argv = [sys.executable, "-m", "workbench", "--store", str(store), "--as", PEOPLE[0]]
    with Watched(argv, env=dict(os.environ), columns=size[0], rows=size[1]) as terminal:
        terminal.wait_for(r"1\.0\.\d")
        terminal.read_for(REST)
        for key in act.before:
            terminal.press(key, pause=0.5 if key in (ENTER, *"HTAPR") else 0.1)
        terminal.settle()
        paints = []
        for _ in range(times + 1):
            paints.append(terminal.act(act.key, act.stands))
            for key in act.back:
                terminal.press(key, pause=0.5 if key in (ESC, ENTER, *"AHTZ[") else 0.1)
            terminal.settle()
    show(act.name, "first", paints[:1])
    show("", "again", paints[1:])
    return all(paint.used <= BUDGET for paint in paints)


def show(name: str, which: str, paints: list[Paint]) -> None:
    def most(number: int) -> str:
        found = [1000 * paint[number] for paint in paints]
        return f"{statistics.median(found):6.0f}" + (f" {max(found):5.0f}" if len(found) > 1 else " " * 6)

    print(
        f"{name:<22} {which}  first byte {most(0)}  stands {most(1)} (processor {most(3)})  last byte {most(2)} ms"
        f"  {max(paint.sent for paint in paints):6} bytes",
        flush=True,
    )


def main(file: Path, size: tuple[int, int], times: int, only: str) -> int:
    with tempfile.TemporaryDirectory() as folder:
        os.environ.update({f"XDG_{name}_HOME": folder for name in ("DATA", "CONFIG", "STATE")})
        store = Path(folder) / "store.db"
        shutil.copyfile(file, store)
        held = [measure(act, store, size, times) for act in ACTS if only in act.name]
    return 0 if all(held) else 1


if __name__ == "__main__":
    file, shape, count, part = (*sys.argv[1:], *("", "160x45", "5", "")[len(sys.argv) - 1 :])
    columns, _, rows = shape.partition("x")
    sys.exit(main(Path(file), (int(columns), int(rows)), int(count), part))
