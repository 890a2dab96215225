"""Before a comparison: its columns, its inputs, how often each cell is run, and whether the sides are hidden."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from textual.app import ComposeResult
from textual.content import Content

from workbench.domain.comparisons import FEWEST, LETTERS, MAX_REPEATS, MOST, Column
from workbench.domain.prompts import Version
from workbench.domain.runs import Run
from workbench.errors import WorkbenchError
from workbench.services.runs.previewing import reckon
from workbench.text import one_line
from workbench.tui.bindings import bindings_for
from workbench.tui.column_choosing import ask_column
from workbench.tui.screens.ask import AskText
from workbench.tui.screens.compare.earlier import choice_of, earlier
from workbench.tui.screens.pick import Choice, Pick
from workbench.tui.screens.run.acts import RunActs
from workbench.tui.screens.run.told import values_told
from workbench.tui.screens.text_sheet import TextSheet
from workbench.tui.setting_up import (
    FILLED,
    Setup,
    Source,
    cases_of,
    count_told,
    forecast_told,
    rows_of,
    to_keep,
    with_kept,
)
from workbench.tui.widgets.line_list import LineList, Part, inks_of
from workbench.tui.widgets.status_line import StatusLine
from workbench.tui.workers import start_worker


class SetupList(LineList):
    def __init__(self) -> None:
        super().__init__()
        self.rows: list[tuple[str, int, str]] = []

    def parts(self, index: int, width: int) -> list[Part]:  # noqa: ARG002 what is too long is cut
        kind, number, text = self.rows[index]
        ink = inks_of(self)
        label = {"column": LETTERS[number].upper() if kind == "column" else "", "source": "input"}.get(kind, kind)
        label = "" if kind == "forecast" and number else label
        return [(f" {label:<9}", ink.accent), (one_line(text), ink.dim if kind == "forecast" else ink.text)]


class CompareSetup(RunActs, inherit_bindings=False):
    """Kept under `compare:NAME`: inputs, repeats and blindness are there again next time."""

    CONTEXT = "setup"
    BINDINGS = bindings_for("setup")
    DEFAULT_CSS = """
    CompareSetup SetupList { height: 1fr; border-top: heavy $primary; border-title-color: $accent; }
    """

    def __init__(self, versions: Sequence[Version], columns: Sequence[Column] = ()) -> None:
        """`columns` in place of plain versions."""
        super().__init__()
        self.setup = Setup(tuple(columns) or tuple(Column(version) for version in versions))
        self._prompt = self.setup.columns[0].version.prompt
        self._list = SetupList()

    def compose(self) -> ComposeResult:
        yield self._list
        yield self.bottom()

    async def on_mount(self) -> None:
        self._list.border_title = Content(f"Compare {one_line(self._prompt)}")
        self._list.focus()
        name = self._prompt
        kept = await self.attempt(lambda w: w.keeping.kept(f"compare:{name}"))
        setup = with_kept(self.setup, kept)
        default = str(self.host.config.default_model or setup.default_model)
        self.setup = replace(setup, default_model=default)
        await self._show()

    async def meant_run(self) -> Run | None:
        return None

    async def _show(self) -> None:
        name, sources = self._prompt, self.setup.sources
        found = await self.attempt(lambda w: cases_of(w, name, sources))
        cases = tuple(case for of_source in found or () for case in of_source)
        self.setup = replace(self.setup, cases=cases, counts=tuple(map(len, found or ())))
        self._show_rows(())
        setup = self.setup
        told = f"{count_told(len(setup.columns), 'column')} × {count_told(len(setup.cases), 'input')}"
        told += f" × {setup.repeats}" if setup.repeats > 1 else ""
        status = f"compare {name} · {told} = {count_told(setup.calls, 'call')}"
        self.query_one(StatusLine).show_status(status, keep_message=found is None)
        if setup.cases:
            start_worker(self, self._reckon, setup, group="reckon", exclusive=True, exit_on_error=False)

    def _show_rows(self, forecast: Sequence[str]) -> None:
        self._list.rows = rows_of(self.setup, forecast)
        self._list.set_count(len(self._list.rows), self._list.cursor)

    async def _reckon(self, setup: Setup) -> None:
        """Tokens and price, or what is missing, before anything is sent."""
        try:
            sample = await self.host.call(lambda w: w.previewing.sample(setup.columns, setup.cases))
        except WorkbenchError as error:
            told = ["cannot be sent: " + error.message]
        else:
            missing = sorted({name for previews in sample for one in previews for name in one.missing})
            reckoned = await asyncio.to_thread(reckon, sample, len(setup.cases), setup.repeats)
            told = forecast_told(reckoned)
            if missing:
                key = self.host.key_of("setup.change")
                told = [
                    "cannot be sent: missing " + ", ".join(missing),
                    f"{key} on the input chooses a set, a file or a pasted text that has them",
                ]
        if self.setup == setup and self.is_attached:
            self._show_rows(told)

    async def _change(self, setup: Setup) -> None:
        self.setup = setup
        name, kept = self._prompt, to_keep(setup)
        await self.attempt(lambda w: w.keeping.keep(f"compare:{name}", kept))
        await self._show()

    @property
    def _row(self) -> tuple[str, int]:
        return self._list.rows[self._list.cursor][:2] if self._list.cursor < len(self._list.rows) else ("", 0)

    # -- changing

    async def on_line_list_opened(self) -> None:
        await self.action_setup_change()

    async def action_setup_change(self) -> None:
        kind, index = self._row
        if kind == "column":
            columns = self.setup.columns

            async def chosen(column: Column) -> None:
                await self._change(replace(self.setup, columns=(*columns[:index], column, *columns[index + 1 :])))

            await ask_column(self, columns[index], chosen)
        elif kind == "source":
            await self._ask_inputs()
        elif kind == "repeats":
            self._ask_repeats()
        elif kind == "blind":
            await self.action_setup_blind()
        else:
            self.host.say(f"{self.host.key_of('setup.start')} starts it; the tokens are estimated")

    async def action_setup_add(self) -> None:
        kind, index = self._row
        if kind == "source":
            await self._ask_inputs()
        elif len(self.setup.columns) >= MOST:
            self.host.say(f"a comparison has at most {MOST} columns", error=True)
        else:
            base = self.setup.columns[index if kind == "column" else -1]

            async def chosen(column: Column) -> None:
                await self._change(replace(self.setup, columns=(*self.setup.columns, column)))

            await ask_column(self, base, chosen)

    async def action_setup_remove(self) -> None:
        kind, index = self._row
        if kind == "column" and len(self.setup.columns) > FEWEST:
            kept = [column for i, column in enumerate(self.setup.columns) if i != index]
            await self._change(replace(self.setup, columns=tuple(kept)))
        elif kind == "source" and len(self.setup.sources) > 1:
            sources = [source for i, source in enumerate(self.setup.sources) if i != index]
            await self._change(replace(self.setup, sources=tuple(sources)))
        else:
            what = f"a comparison has at least {FEWEST} columns" if kind == "column" else "one input has to stay"
            self.host.say(what, error=True)

    async def action_setup_blind(self) -> None:
        await self._change(replace(self.setup, blind=not self.setup.blind))

    def _ask_repeats(self) -> None:
        def problem(text: str) -> str:
            fits = text.strip().isdigit() and 1 <= int(text) <= MAX_REPEATS
            return "" if fits else f"a number from 1 to {MAX_REPEATS}"

        async def answered(text: str | None) -> None:
            if text is not None:
                await self._change(replace(self.setup, repeats=int(text)))

        self.app.push_screen(
            AskText("how often each cell is run", str(self.setup.repeats), problem, replaced=True), answered
        )

    async def _ask_inputs(self) -> None:
        name = self._prompt
        sets = await self.attempt(lambda w: w.inputs.sets(name)) or []
        marked = set(self.setup.sources)
        rows = [
            Choice(f"{'✓ ' if FILLED in marked else ''}what is filled in", "for a run of this prompt", FILLED),
            *(
                Choice(
                    f"{'✓ ' if ('set', s.name) in marked else ''}set {s.name}", values_told(s.values), ("set", s.name)
                )
                for s in sets
            ),
        ]
        if sets:
            rows.insert(0, Choice("all sets", count_told(len(sets), "input"), "all"))
        rows += [
            Choice("from a file", "every row of CSV, every line of JSONL", "file"),
            Choice("from a pasted text", "the same formats", "text"),
        ]

        async def chosen(value: Any) -> None:
            if value == "all":
                await self._change(replace(self.setup, sources=tuple(("set", s.name) for s in sets)))
            elif value == "file":
                self.app.push_screen(AskText("file with inputs: JSON, YAML, CSV or JSONL"), on_file)
            elif value == "text":
                self.app.push_screen(TextSheet("Paste inputs: JSON, YAML, CSV or JSONL", "takes them"), on_text)
            elif value is not None:
                await self._toggle(value)

        async def on_file(file: str | None) -> None:
            if file and file.strip():
                await self._toggle(("file", file.strip()))

        async def on_text(text: str | None) -> None:
            if text and text.strip():
                await self._toggle(("text", text))

        self.app.push_screen(Pick("inputs: each that is chosen is added, or taken out again", rows), chosen)

    async def _toggle(self, source: Source) -> None:
        name, sources = self._prompt, self.setup.sources
        if source in sources:
            left = tuple(one for one in sources if one != source)
            await self._change(replace(self.setup, sources=left or (FILLED,)))
            return
        # Read before it is taken, so that a file that is none stays out.
        if await self.attempt(lambda w: cases_of(w, name, (source,))) is None:
            return
        # What is filled in is there until something is chosen.
        others = () if sources == (FILLED,) and source != FILLED else sources
        await self._change(replace(self.setup, sources=(*others, source)))

    # -- starting

    async def action_setup_start(self) -> None:
        if self.host.readonly:
            self.host.say("opened for reading only: a run is recorded, so nothing can be run", error=True)
            return
        await self._show()
        setup = self.setup
        if not setup.cases:
            return
        begun = await self.attempt(
            lambda w: w.comparing.begin(setup.columns, setup.cases, repeats=setup.repeats, blind=setup.blind)
        )
        if begun is not None:
            from workbench.tui.screens.compare.screen import CompareScreen

            self.app.push_screen(CompareScreen(begun))

    async def action_setup_earlier(self) -> None:
        name = self._prompt
        found = await self.attempt(lambda w: [earlier(w, one) for one in w.comparing.newest(name)])
        if not found:
            self.host.say(f"{name} was not compared yet", error=True)
            return
        rows = [choice_of(one, self.setup.default_model) for one in found]

        def chosen(comparison: Any) -> None:
            from workbench.tui.screens.compare.screen import CompareScreen

            if comparison is not None:
                self.app.push_screen(CompareScreen(comparison))

        self.app.push_screen(Pick("an earlier comparison", rows), chosen)
