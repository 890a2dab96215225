"""The compare screen: two to six answers to the same input side by side, judged from the keyboard."""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable

from workbench.domain.comparisons import LETTERS, NEITHER, TIE, Given
from workbench.domain.runs import Run
from workbench.tui.bindings import bindings_for
from workbench.tui.screens.ask import AskText
from workbench.tui.screens.compare.input_sheet import InputSheet
from workbench.tui.screens.compare.running import CompareRunning
from workbench.tui.screens.compare.view import HIDDEN
from workbench.tui.workers import start_worker

__all__ = ["CompareScreen"]


class CompareScreen(CompareRunning, inherit_bindings=False):
    BINDINGS = bindings_for("compare")

    # -- verdicts

    async def action_compare_better_a(self) -> None:
        await self._judge("a")

    async def action_compare_better_b(self) -> None:
        await self._judge("b")

    async def action_compare_better_c(self) -> None:
        await self._judge("c")

    async def action_compare_better_d(self) -> None:
        await self._judge("d")

    async def action_compare_better_e(self) -> None:
        await self._judge("e")

    async def action_compare_better_f(self) -> None:
        await self._judge("f")

    async def action_compare_tie(self) -> None:
        await self._judge(TIE)

    async def action_compare_neither(self) -> None:
        await self._judge(NEITHER)

    async def _judge(self, verdict: str, note: str = "") -> None:
        if verdict in LETTERS and LETTERS.index(verdict) >= len(self.comparison.columns):
            self.host.say(f"there is no column {verdict.upper()}", error=True)
            return
        if self.host.readonly:
            self.host.say("opened for reading only: no verdict can be kept", error=True)
            return
        if not self.board.is_answered(self.case):
            self.host.say("not all columns have answered yet", error=True)
            return
        case, repeat, comparison = self.case, self.repeat, self.comparison
        note = note or self.notes.get(case, "")
        given: Given | None = await self.attempt(
            lambda w: w.comparing.judge(comparison, case, verdict, note, repeat=repeat)
        )
        if given is None:
            return
        self.notes.pop(case, None)
        await self._read_verdicts()
        # Whoever reads the name behind every vote soon knows how it writes.
        what = self._said_of_place(verdict, note) if self.keeps_names else self.said(given)
        said = f"input {case + 1}: {what}"
        following = self._next_open(case)
        if following is None:
            self.host.say(f"{said} · all {len(comparison.cases)} are judged", undo=True)
            self.show_case()
        else:
            self.go_to(following)
            self.host.say(said, undo=True)
        self.host.changed(comparison.prompt)

    def _said_of_place(self, verdict: str, note: str) -> str:
        what = f"{verdict.upper()} is better" if verdict in LETTERS else verdict
        return what + (f" ({note})" if note else "")

    def _next_open(self, case: int) -> int | None:
        """The next input without a verdict, round the end."""
        count = len(self.comparison.cases)
        later = ((case + step) % count for step in range(1, count))
        return next((one for one in later if one not in self.verdicts), None)

    async def _read_verdicts(self) -> None:
        comparison = self.comparison
        found = await self.attempt(
            lambda w: (
                w.comparing.verdicts(comparison),
                w.comparing.standings(comparison),
                w.comparing.keeps_names(comparison),
            )
        )
        if found is not None and comparison is self.comparison:
            self.verdicts, self.standings, self.keeps_names = found
            self.show_standing()

    @property
    def undone_within(self) -> str:
        return self.comparison.id

    def prompt_changed(self, prompt: str | None) -> None:
        """A verdict may have been undone."""
        if prompt in (None, self.comparison.prompt):
            start_worker(self, self._reread, group="verdicts", exclusive=True, exit_on_error=False)

    async def _reread(self) -> None:
        before = self.verdicts
        await self._read_verdicts()
        gone = [case for case in before if case not in self.verdicts]
        if gone:
            self.go_to(gone[0])
        else:
            self.show_case()

    def action_compare_note(self) -> None:
        given, case = self.verdicts.get(self.case), self.case
        if given is None:
            self._note_ahead(case)
            return
        winner = given.winner
        verdict = given.verdict if winner is None else LETTERS[self.order.index(winner)]

        async def noted(note: str | None) -> None:
            if note is not None:
                await self._judge(verdict, note.strip())

        self.app.push_screen(AskText("why? a note on this verdict", given.note), noted)

    def _note_ahead(self, case: int) -> None:
        def noted(note: str | None) -> None:
            if note is None:
                return
            if note.strip():
                self.notes[case] = note.strip()
            else:
                self.notes.pop(case, None)
            self.show_case_line()

        self.app.push_screen(AskText("a note, kept with the verdict you give next", self.notes.get(case, "")), noted)

    # -- moving

    def action_compare_right(self) -> None:
        self.focus_place(self.place + 1)

    def action_compare_left(self) -> None:
        self.focus_place(self.place - 1)

    # -- looking closer

    async def action_compare_open(self) -> None:
        """The answer in a run screen of its own."""
        if self.is_hidden:
            self.host.say(HIDDEN, error=True)
            return
        from workbench.tui.screens.run.screen import RunScreen

        run = await self.meant_run()
        if run is not None:
            self.app.push_screen(RunScreen(self.comparison.columns[self.column_at(self.place)].version, run))

    def _other_place(self) -> int:
        """The column that this one is diffed against: the first, or for the first the second."""
        return 0 if self.place else 1

    def action_compare_input(self) -> None:
        """All of the input, however long."""
        case = self.comparison.cases[self.case]
        self.app.push_screen(InputSheet(f"input {self.case + 1} of {len(self.comparison.cases)} · {case.name}", case))

    async def action_compare_diff(self) -> None:
        """The words in which two answers differ."""
        if self.is_hidden and not self.board.is_answered(self.case):
            self.host.say("not all columns have answered yet", error=True)
            return
        places = sorted((self._other_place(), self.place))
        runs = [self.state_at(place).run for place in places]
        if runs[0] is None or runs[1] is None or not (runs[0].said and runs[1].said):
            self.host.say("both columns need an answer to be diffed", error=True)
            return
        from workbench.tui.screens.diff.screen import DiffScreen

        names = [self._answer_name(place) for place in places]
        prompt = "" if self.is_hidden else runs[1].prompt
        self.app.push_screen(DiffScreen.of_texts(runs[0].said, runs[1].said, names[0], names[1], prompt=prompt))

    def _answer_name(self, place: int) -> str:
        letter = f"answer {LETTERS[place].upper()}"
        return letter if self.is_hidden else f"{letter} of {self.name_of(self.column_at(place))}"

    async def action_compare_prompts(self) -> None:
        """What the two models were sent, filled in."""
        if self.is_hidden:
            self.host.say(HIDDEN, error=True)
            return
        places = sorted((self._other_place(), self.place))
        columns = [self.comparison.columns[self.column_at(place)] for place in places]
        values = self.comparison.cases[self.case].values
        prepared = await self.attempt(
            lambda w: [w.running.prepare(c.version, values, model=c.model, settings=c.settings) for c in columns]
        )
        if prepared is None:
            return
        from workbench.tui.screens.diff.screen import DiffScreen

        texts = [_sent(one.request.body.get("messages", ())) for one in prepared]
        names = [f"prompt {LETTERS[place].upper()} of {self.name_of(self.column_at(place))}" for place in places]
        self.app.push_screen(DiffScreen.of_texts(texts[0], texts[1], names[0], names[1]))

    async def action_run_copy(self) -> None:
        state = self.state_at(self.place)
        choices: list[tuple[str, Callable[[], str | Awaitable[str]]]] = []
        if state.run is not None and (not self.is_hidden or self.board.is_answered(self.case)):
            run: Run = state.run
            choices.append(("this answer", lambda: run.said))
        choices += [("the votes as preferences JSONL", self._preferences)]
        if not self.is_hidden:
            choices.append(("the command", lambda: f"workbench compare --resume {self.comparison.id[:8]}"))
        self.host.offer_copy(choices)

    async def _preferences(self) -> str:
        comparison = self.comparison
        rows = await self.host.call(lambda w: list(w.comparing.preferences(comparison)))
        return "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows)


def _sent(messages: object) -> str:
    listed = messages if isinstance(messages, list | tuple) else ()
    return "\n\n".join(f"[{message.get('role')}]\n{message.get('content')}" for message in listed)
