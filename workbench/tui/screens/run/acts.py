"""What can be done with a run wherever one is shown: copy, export, star, rate, note, diff, make its input a set."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING

from textual.app import ComposeResult
from textual.binding import Binding
from textual.containers import Vertical
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import Static

from workbench.domain.runs import Run, RunRow
from workbench.errors import BadInput
from workbench.tui.bindings import bindings_for
from workbench.tui.screens.ask import BOX, AskText
from workbench.tui.screens.pick import Choice, Pick
from workbench.tui.screens.releases.releasing import Releasing
from workbench.tui.screens.run.told import differing_told, told_row

if TYPE_CHECKING:
    from workbench.composition import Workbench
    from workbench.services.runs.snippets import Kind

FILES: tuple[tuple[Kind, str], ...] = (
    ("json", "the record as JSON"),
    ("jsonl", "the record as one line of JSON"),
    ("curl", "the request as a curl command"),
    ("python", "the request as a Python script"),
)
OTHERS = 200
"""Newest runs that are offered to diff against."""


class Rate(ModalScreen[str | None], inherit_bindings=False):
    """One key: `*` for the star, a digit for the rating; None for leaving it."""

    BINDINGS = [
        *bindings_for("sheet"),
        Binding("asterisk", "rated('*')"),
        *(Binding(digit, f"rated('{digit}')") for digit in "012345"),
    ]
    DEFAULT_CSS = BOX.format(name="Rate")
    CONTEXT = "sheet"

    def __init__(self, run: Run) -> None:
        super().__init__()
        self._run = run

    def compose(self) -> ComposeResult:
        rating = f"rated {self._run.rating} of 5" if self._run.rating else "not rated"
        star = "take the star away" if self._run.starred else "star it"
        with Vertical():
            yield Static(Content(f"run {self._run.id[:8]}, {rating}"), markup=False)
            yield Static(Content(f"1 … 5 rate it   0 clear the rating   * {star}   esc leave"), markup=False)

    def action_rated(self, key: str) -> None:
        self.dismiss(key)

    def action_sheet_cancel(self) -> None:
        self.dismiss(None)


class RunActs(Releasing):
    """Screens say which run is meant, and show it again when it was marked."""

    async def meant_run(self) -> Run | None:
        """The run that a key is for; None after saying why there is none."""
        raise NotImplementedError

    async def meant_version(self) -> tuple[str, str] | None:
        run = await self.meant_run()
        return (run.prompt, run.number) if run is not None else None

    async def run_marked(self, run: Run) -> None:
        """It has another star, rating or note now."""

    # -- marks

    async def action_run_rate(self) -> None:
        run = await self.meant_run()
        if run is None:
            return

        async def rated(key: str | None) -> None:
            if key == "*":
                await self._mark(lambda w: w.rating.star(run.id, not run.starred))
            elif key is not None:
                await self._mark(lambda w: w.rating.rate(run.id, int(key) or None))

        self.app.push_screen(Rate(run), rated)

    async def action_run_note(self) -> None:
        run = await self.meant_run()
        if run is None:
            return

        async def noted(note: str | None) -> None:
            if note is not None:
                await self._mark(lambda w: w.rating.note(run.id, note.strip()))

        self.app.push_screen(AskText(f"note on run {run.id[:8]}; empty clears it", run.note), noted)

    async def _mark(self, act: Callable[[Workbench], Run]) -> None:
        marked = await self.attempt(act)
        if marked is not None:
            await self.run_marked(marked)
            stars = "★ " if marked.starred else ""
            rating = f"rated {marked.rating} of 5" if marked.rating else "not rated"
            self.host.say(
                f"run {marked.id[:8]}: {stars}{rating}" + (f", {marked.note}" if marked.note else ""), undo=True
            )

    # -- out of here

    async def action_run_copy(self) -> None:
        run = await self.meant_run()
        if run is None:
            return
        choices: list[tuple[str, Callable[[], str | Awaitable[str]]]] = [("the answer", lambda: run.said)]
        choices += [(told, self._exported(run, kind)) for kind, told in FILES]
        choices += [
            ("the reference", lambda: run.reference),
            ("the command", lambda: f"workbench runs replay {run.id[:8]}"),
        ]
        self.host.offer_copy(choices)

    def _exported(self, run: Run, kind: Kind) -> Callable[[], Awaitable[str]]:
        def export(workbench: Workbench) -> str:
            from workbench.services.runs.snippets import export_runs

            return export_runs([run], kind, workbench.gateway)

        return lambda: self.host.call(export)

    async def action_run_to_set(self) -> None:
        run = await self.meant_run()
        if run is None:
            return
        from workbench.domain.inputs import check_set_name

        def problem(name: str) -> str:
            try:
                check_set_name(name)
            except BadInput as error:
                return error.message
            return ""

        async def named(name: str | None) -> None:
            if name is not None:
                saved = await self.attempt(lambda w: w.inputs.save_run(run, name))
                if saved is not None:
                    self.host.say(f"saved the input as the set {saved.name}", undo=True)

        self.app.push_screen(AskText(f"name of the set with the input of run {run.id[:8]}", "", problem), named)

    # -- against another answer

    async def action_run_diff(self) -> None:
        run = await self.meant_run()
        if run is None:
            return

        def read(workbench: Workbench) -> tuple[list[RunRow], dict[str, dict[str, str]]]:
            found = [one for one in workbench.running.runs(run.prompt, limit=OTHERS) if one.id != run.id]
            return found, workbench.running.given([run.id, *(one.id for one in found)])

        read_now = await self.attempt(read)
        if read_now is None:
            return
        others, given = read_now
        rows = []
        for one in sorted(others, key=lambda one: given[one.id] != given[run.id]):
            other = differing_told(given[one.id], [given[one.id], given[run.id]])
            told = " · ".join(filter(None, (told_row(one), other)))
            rows.append(Choice(f"{one.number or 'draft'} {one.id[:8]}", told, one.id))
        if not rows:
            self.host.say(f"{run.prompt} has no other run to diff against", error=True)
            return

        async def chosen(run_id: str | None) -> None:
            other = await self.attempt(lambda w: w.running.run(run_id)) if run_id is not None else None
            if other is not None:
                self.open_diff(other, run)

        self.app.push_screen(Pick("diff this answer against that of; first those of the same input", rows), chosen)

    def open_diff(self, left: Run, right: Run) -> None:
        from workbench.tui.screens.diff.screen import DiffScreen

        names = answer_name(left), answer_name(right)
        self.app.push_screen(DiffScreen.of_texts(left.said, right.said, *names, prompt=right.prompt))


def answer_name(run: Run) -> str:
    return f"answer {run.id[:8]} of {run.number or 'a draft'} on {run.model}"
