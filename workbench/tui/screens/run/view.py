"""What the run screen shows: room for a form, and the answer or the request beside it."""

from __future__ import annotations

from textual.app import ComposeResult
from textual.containers import Horizontal, Vertical
from textual.content import Content
from textual.widgets import Static

from workbench.domain.answers import AnswerCheck
from workbench.domain.prompts import Version
from workbench.domain.runs import Run
from workbench.text import one_line, visible
from workbench.tui.screens.base import WorkbenchScreen
from workbench.tui.widgets.answer_view import AnswerView
from workbench.tui.widgets.asked_line import SearchLine
from workbench.tui.widgets.content_view import ContentView
from workbench.tui.widgets.run_facts import run_facts
from workbench.tui.widgets.status_line import StatusLine

WIDE = 110
"""Cells from which on the form and the answer stand side by side."""


class RunView(WorkbenchScreen):
    CONTEXT = "run"
    HORIZONTAL_BREAKPOINTS = [(0, "-narrow"), (WIDE, "-wide")]
    # Not in a file of its own: that would have all style sheets read again when it is first put up.
    DEFAULT_CSS = """
    RunView #title { height: 1; padding: 0 1; text-style: bold; background: $panel; width: 100%; }
    RunView #body { height: 1fr; }
    RunView #fields { width: 45%; height: 100%; border-right: solid $panel; padding-top: 1; }
    RunView #answer { width: 1fr; height: 100%; padding: 0 1; }
    RunView #facts { height: auto; max-height: 6; color: $foreground 70%; padding-bottom: 1; }
    RunView #facts.-wrong { color: $error; text-style: bold; }
    RunView.-narrow #fields { width: 100%; border-right: none; }
    RunView.-narrow #answer { display: none; }
    RunView.-narrow.-answering #fields { display: none; }
    RunView.-narrow.-answering #answer { display: block; width: 100%; }
    RunView #request { height: 1fr; display: none; }
    RunView.-asking #request { display: block; }
    RunView.-asking #stream, RunView.-asking #facts { display: none; }
    """

    def __init__(self, version: Version, run: Run | None = None) -> None:
        """`run`: an earlier one, whose input is filled in and whose answer is shown at first."""
        super().__init__()
        self.version = version
        self._given = run
        self.shown_run = run
        """The run whose answer is shown; None while there is none."""
        # Before it stands: a class that comes later has the styles of all fields worked out once more.
        self.set_class(run is not None, "-answering", update=False)
        self.has_shown_fields = run is None
        """On a narrow screen: one step back from the answer leads to the form; else out of here, as one came in."""
        self.set_name = ""
        """The variable set that was filled in last."""
        self._told: tuple[AnswerCheck | None, bool, str] = (None, False, "")
        """What the facts say beside the run itself, as `say_run` takes it."""
        self._stream = AnswerView(id="stream")
        self._facts = Static(Content("not run yet"), id="facts", markup=False)
        self._request = ContentView(id="request")
        self._find = SearchLine(self._stream, self.found, "find in the answer", id="find")
        self._tall = False

    # -- life

    def compose(self) -> ComposeResult:
        yield Static(Content(self._title()), id="title", markup=False)
        with Horizontal(id="body"):
            yield Vertical(id="fields")
            with Vertical(id="answer"):
                yield self._facts
                yield self._stream
                yield self._request
        yield self._find
        yield self.bottom()

    def _title(self) -> str:
        what = f"run {one_line(self.version.reference)}"
        if not self.version.number:
            made = f" made from {self.version.parent}" if self.version.parent else ""
            what = f"run the draft of {one_line(self.version.prompt)}{made} ({self.version.digest[:12]})"
        return f"{what} · set {one_line(self.set_name)}" if self.set_name else what

    def show_title(self) -> None:
        self.query_one("#title", Static).update(Content(self._title()))

    async def on_mount(self) -> None:
        where = " · ".join(f"live in {name}" for name in self.version.environments)
        what = f"run {self.version.reference}"
        self.query_one(StatusLine).show_status(f"{what} · {where}" if where else what)
        if self._given is not None:
            await self.show_run(self._given)

    async def show_run(self, run: Run) -> None:
        """An earlier run's answer, in place of what is shown."""
        self.shown_run = run
        self.add_class("-answering")
        # Asked of the app: a screen that was only just put up has not been told that it is narrow.
        if self.app.size.width < WIDE:
            self.call_after_refresh(self._stream.focus)
        self.remove_class("-asking")
        check = await self._stream.show_run(run)
        self.say_run(run, check, earlier=True)

    def say_run(self, run: Run, check: AnswerCheck | None = None, *, earlier: bool = False, hint: str = "") -> None:
        """The facts of a run that has ended."""
        self._told = (check, earlier, hint)
        marks = ("★ " if run.starred else "") + (f"{run.rating}/5 " if run.rating else "")
        failed = f"failed: {run.error}" if run.error else ""
        lines = [f"earlier run {run.id[:8]}" if earlier else "", failed, hint, marks + run_facts(run)]
        if run.note:
            lines.append(f"note: {one_line(run.note)}")
        checked = check is not None and run.status == "finished" and not run.refusal and not run.tool_calls
        if check is not None and checked:
            if check.wanted != "text" and check.ok:
                lines.append("✓ JSON" + (" that fits the schema" if check.wanted == "schema" else ""))
            lines += [f"✗ {problem}" for problem in check.problems[:3]]
        wrong = bool(failed) or (check is not None and checked and not check.ok)
        self.say_facts("\n".join(filter(None, lines)), wrong)

    def say_marks(self, run: Run) -> None:
        """The facts anew of the run that is shown, which has another star, rating or note now."""
        self.shown_run = run
        check, earlier, hint = self._told
        self.say_run(run, check, earlier=earlier, hint=hint)

    def say_facts(self, text: str, wrong: bool = False) -> None:
        if self.is_attached:
            self._facts.set_class(wrong, "-wrong")
            # Nothing but the tail is laid out anew while it streams: a clock that ticks on one line needs no layout.
            tall = "\n" in text or len(text) >= self._facts.size.width
            self._facts.update(Content(visible(text)), layout=tall or self._tall)
            self._tall = tall

    def found(self, text: str) -> None:
        """This was typed to be found in the answer."""
