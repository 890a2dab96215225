"""Voting in the terminal without the app: the answers of each input, then a line with the verdict."""

from __future__ import annotations

import asyncio
import sys
import threading
from contextlib import aclosing
from typing import TYPE_CHECKING

from workbench.cli import diagnostics, output
from workbench.cli.carrying import figures, stopping
from workbench.cli.compare_report import label, told, verdict_told
from workbench.cli.session import current
from workbench.domain.comparisons import LETTERS, NEITHER, TIE
from workbench.domain.runs import RunEnd
from workbench.errors import BadInput, Unchanged
from workbench.services.comparisons.sessions import Lost, Session

if TYPE_CHECKING:
    from workbench.composition import Workbench
    from workbench.domain.comparisons import Comparison

AHEAD = 3
"""Inputs that are fetched while one is being judged."""
_SHORT = {"=": TIE, "t": TIE, "0": NEITHER, "n": NEITHER}


def vote_on(workbench: Workbench, comparison: Comparison) -> int:
    """Asks about every input without a verdict. 0, or the exit code of the signal that stopped it."""
    return asyncio.run(_vote(workbench, comparison))


async def _vote(workbench: Workbench, comparison: Comparison) -> int:
    session = workbench.comparing.session(comparison, ahead=AHEAD, watched=False)
    lines, progress = _lines(), _Progress()
    fetching = asyncio.create_task(_fetch(session, progress))
    try:
        with stopping(lambda: lines.put_nowait(None)) as stopped_by:
            voting = _Voting(workbench, comparison, session, lines, progress)
            voting.tell_end(walked=await voting.all())
            return stopped_by()
    finally:
        session.stop()
        session.close()
        await asyncio.wait([fetching], timeout=5.0)
        fetching.cancel()
        await workbench.gateway.release()


class _Progress:
    def __init__(self) -> None:
        self.changed = asyncio.Event()
        self.over = False


async def _fetch(session: Session, progress: _Progress) -> None:
    try:
        async with aclosing(session.events(stay=True)) as events:
            async for _, event in events:
                if isinstance(event, RunEnd | Lost):
                    progress.changed.set()
    finally:
        progress.over = True
        progress.changed.set()


def _lines() -> asyncio.Queue[str | None]:
    """Lines of standard input as they are typed; None at its end. A thread waits for them, and none for the thread."""
    loop, found = asyncio.get_running_loop(), asyncio.Queue[str | None]()
    source = sys.stdin

    def read() -> None:
        line = "\n"
        while line:
            line = source.readline()
            try:
                loop.call_soon_threadsafe(found.put_nowait, line or None)
            except RuntimeError:  # the loop has ended meanwhile
                return

    threading.Thread(target=read, daemon=True).start()
    return found


def forget_typed(lines: asyncio.Queue[str | None]) -> int:
    """Takes out the lines that were typed before there was something to judge, and says how many; the end of the input
    stays."""
    typed = [lines.get_nowait() for _ in range(lines.qsize())]
    for line in typed:
        if line is None:
            lines.put_nowait(line)
    return sum(line is not None for line in typed)


class _Voting:
    def __init__(
        self,
        workbench: Workbench,
        comparison: Comparison,
        session: Session,
        lines: asyncio.Queue[str | None],
        progress: _Progress,
    ) -> None:
        self._comparing = workbench.comparing
        self._comparison = comparison
        self._session = session
        self._lines = lines
        self._progress = progress

    async def all(self) -> bool:
        """False where somebody left before the last input."""
        comparison = self._comparison
        judged: list[int] = []
        open_cases = [case for case in range(len(comparison.cases)) if case not in self._comparing.verdicts(comparison)]
        case_at = 0
        while case_at < len(open_cases):
            case = open_cases[case_at]
            await self._ready(case)
            if (why := self._nothing_to_judge(case)) is not None:
                diagnostics.warn(f"{comparison.cases[case].name}: no answer to judge: {why}")
                del open_cases[case_at]
                continue
            self._show(case, len(open_cases) - case_at)
            await asyncio.sleep(0)  # what was typed meanwhile comes in
            if sys.stdin.isatty() and forget_typed(self._lines):
                diagnostics.say("what was typed before the answers were there is no vote")
            answer = await self._ask(case)
            if answer == "quit":
                return False
            if answer == "undo":
                if judged:
                    case_at -= 1
                    self._comparing.take_back(comparison, judged.pop())
                    diagnostics.say("took the last verdict back")
                else:
                    diagnostics.say("there is no verdict to take back")
                continue
            if answer == "given":
                judged.append(case)
            else:
                del open_cases[case_at]
                continue
            case_at += 1
            self._tell()
        return True

    async def _ready(self, case: int) -> None:
        """Until no answer of this input is still to come."""
        self._session.focus(case, AHEAD)
        said = False
        while self._session.expects(case) and not self._progress.over:
            self._progress.changed.clear()
            if not said:
                diagnostics.say("waiting for the answers …")
                said = True
            await self._progress.changed.wait()

    def _nothing_to_judge(self, case: int) -> str | None:
        """Why no column has an answer; None where one has."""
        compared = self._comparing.compared(self._comparison)
        runs = [run for column in range(len(self._comparison.columns)) for run in compared.runs(case, column)[:1]]
        if any(run.said for run in runs):
            return None
        return next((run.error for run in runs if run.error), "nothing came")

    def _show(self, case: int, left: int) -> None:
        comparison, answers = self._comparison, self._comparing.compared(self._comparison)
        self._line(f"════ {comparison.cases[case].name} ({left} to judge)")
        for name, value in comparison.cases[case].values.items():
            self._line(f"{name}: {str(value)[:300]}")
        for place, column in enumerate(comparison.order(case)):
            runs = answers.runs(case, column)
            run = runs[0] if runs else None
            known = "" if comparison.blind else f" {label(comparison, column)} · {figures(run) if run else 'not run'}"
            self._line(f"──── {LETTERS[place].upper()}{known}")
            if run is None or run.status == "failed":
                # What went wrong can name the model.
                self._line("(no answer)" if comparison.blind or run is None else f"failed: {run.error}")
            self._text(run.said if run is not None else "")

    def _line(self, text: str) -> None:
        # Standard output belongs to the JSON at the end.
        (diagnostics.say if current().json else output.line)(text)

    def _text(self, text: str) -> None:
        if current().json:
            diagnostics.say(text)
        else:
            output.content(text + "\n" if text else "")

    async def _ask(self, case: int) -> str:
        """given, skipped, undo or quit."""
        places = "/".join(LETTERS[: len(self._comparison.columns)])
        while True:
            diagnostics.say(f"better: {places}, = tie, 0 neither, s skip, u undo, q quit; a note may follow")
            line = await self._lines.get()
            word, _, note = (line or "q").strip().partition(" ")
            word = word.lower()
            if word in ("q", "quit"):
                return "quit"
            if word in ("s", "skip"):
                return "skipped"
            if word in ("u", "undo"):
                return "undo"
            try:
                self._comparing.judge(self._comparison, case, _SHORT.get(word, word), note.strip())
            except (BadInput, Unchanged) as error:
                diagnostics.say(f"{error.message}; {error.hint}" if error.hint else error.message)
                continue
            return "given"

    def _tell(self) -> None:
        """How it stands; of hidden sides only how much is left, for names and votes would tell them apart later."""
        if not self._comparison.blind:
            self.tell_result()
            return
        cases, judged = len(self._comparison.cases), len(self._comparing.verdicts(self._comparison))
        standings = self._comparing.standings(self._comparison)
        kept = f"kept; {judged} of {cases} judged"
        if all(one.answer != "open" for one in standings):
            diagnostics.say(f"{kept}; it is enough: q shows the result")
        else:
            diagnostics.say(f"{kept}; {standings[0].said()}" if len(standings) == 1 else kept)

    def tell_end(self, *, walked: bool) -> None:
        """What was hidden, once nothing is left to be judged: `walked` all the way, or it is enough."""
        comparison = self._comparison
        if not comparison.blind or not (given := self._comparing.verdicts(comparison)):
            return
        if not walked and self._comparing.keeps_names(comparison):
            judged = f"{len(given)} of {len(comparison.cases)} judged"
            diagnostics.say(f"{judged}; the names stay hidden until all are: --resume {comparison.id[:8]} --vote")
            return
        for case in sorted(given):
            diagnostics.say(verdict_told(comparison, given[case]))
        self.tell_result()

    def tell_result(self) -> None:
        for b, standing in enumerate(self._comparing.standings(self._comparison), 1):
            diagnostics.say(told(self._comparison, standing, 0, b))
