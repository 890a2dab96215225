"""Before a comparison: its columns, its inputs, how often each cell is run, and whether the sides are hidden."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from textual.app import ComposeResult
from textual.content import Content

from workbench.domain.comparisons import FEWEST, LETTERS, MAX_REPEATS, MOST, Column
from workbench.domain.inputs import Case
from workbench.domain.prompts import Version
from workbench.domain.runs import Run
from workbench.services.sides import values_of_kept
from workbench.text import one_line
from workbench.tui.bindings import bindings_for
from workbench.tui.column_choosing import ask_column
from workbench.tui.screens.ask import AskText
from workbench.tui.screens.pick import Choice, Pick
from workbench.tui.screens.run_acts import RunActs
from workbench.tui.screens.run_inputs import values_told
from workbench.tui.screens.text_sheet import TextSheet
from workbench.tui.widgets.line_list import LineList, Part, inks_of
from workbench.tui.widgets.status_line import StatusLine

if TYPE_CHECKING:
    from workbench.composition import Workbench

Source = tuple[str, str]
"""("filled", ""), ("set", name), ("file", path) or ("text", the text itself)."""
FILLED: Source = ("filled", "")


@dataclass(frozen=True)
class Setup:
    columns: tuple[Column, ...]
    sources: tuple[Source, ...] = (FILLED,)
    repeats: int = 1
    blind: bool = False
    cases: tuple[Case, ...] = field(default=(), compare=False)
    """What the sources hold, as of the last look."""


def rows_of(setup: Setup) -> list[tuple[str, int, str]]:
    """(kind, index, text) of each row: columns, sources, repeats, blind."""
    rows = [("column", i, _column_told(column)) for i, column in enumerate(setup.columns)]
    told = {"filled": "what is filled in for a run", "set": "set ", "file": "file ", "text": "a pasted text"}
    for index, (kind, name) in enumerate(setup.sources):
        rows.append(("source", index, told[kind] + ("" if kind in ("filled", "text") else name)))
    rows.append(("repeats", 0, f"{setup.repeats} run{'s' * (setup.repeats != 1)} of each cell"))
    rows.append(("blind", 0, "sides hidden and shuffled until each verdict" if setup.blind else "sides are shown"))
    return rows


def _column_told(column: Column) -> str:
    version = column.version
    name = version.reference if version.number else f"draft of {version.prompt} made from {version.parent or 'nothing'}"
    model = column.model or str(version.content.settings.get("model") or "the default model")
    settings = " ".join(f"{name}={value}" for name, value in column.settings.items())
    return " · ".join(filter(None, (name, model, settings, *version.environments)))


class SetupList(LineList):
    def __init__(self) -> None:
        super().__init__()
        self.rows: list[tuple[str, int, str]] = []

    def parts(self, index: int, width: int) -> list[Part]:  # noqa: ARG002 what is too long is cut
        kind, number, text = self.rows[index]
        ink = inks_of(self)
        label = {"column": LETTERS[number].upper() if kind == "column" else "", "source": "input"}.get(kind, kind)
        return [(f" {label:<9}", ink.accent), (one_line(text), ink.text)]


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
        self.setup = with_kept(self.setup, kept)
        await self._show()

    async def meant_run(self) -> Run | None:
        return None

    async def _show(self) -> None:
        name, sources = self._prompt, self.setup.sources
        found = await self.attempt(lambda w: cases_of(w, name, sources))
        self.setup = replace(self.setup, cases=tuple(found or ()))
        self._list.rows = rows_of(self.setup)
        self._list.set_count(len(self._list.rows), self._list.cursor)
        count = len(self.setup.columns) * len(self.setup.cases) * self.setup.repeats
        told = f"{len(self.setup.columns)} columns × {len(self.setup.cases)} inputs × {self.setup.repeats}"
        self.query_one(StatusLine).show_status(f"compare {name} · {told} = {count} calls", keep_message=found is None)

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

            ask_column(self, columns[index], chosen)
        elif kind == "source":
            await self._ask_inputs()
        elif kind == "repeats":
            self._ask_repeats()
        else:
            await self.action_setup_blind()

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

            ask_column(self, base, chosen)

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

        self.app.push_screen(AskText("how often each cell is run", str(self.setup.repeats), problem), answered)

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
            rows.insert(0, Choice("all sets", f"{len(sets)} inputs", "all"))
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
            self.host.say("opened with --readonly: a run is recorded, so nothing can be run", error=True)
            return
        await self._show()
        setup = self.setup
        if not setup.cases:
            return
        begun = await self.attempt(
            lambda w: w.comparing.begin(setup.columns, setup.cases, repeats=setup.repeats, blind=setup.blind)
        )
        if begun is not None:
            from workbench.tui.screens.compare import CompareScreen

            self.app.push_screen(CompareScreen(begun))

    async def action_setup_earlier(self) -> None:
        name = self._prompt
        found = await self.attempt(lambda w: [(c, len(w.comparing.verdicts(c))) for c in w.comparing.newest(name)])
        if not found:
            self.host.say(f"{name} was not compared yet", error=True)
            return
        rows = [
            Choice(
                " / ".join(column.version.number or "draft" for column in one.columns),
                f"{one.started_at[:16].replace('T', ' ')} · {judged} of {len(one.cases)} judged"
                + (" · blind" if one.blind else ""),
                one,
            )
            for one, judged in found
        ]

        def chosen(comparison: Any) -> None:
            from workbench.tui.screens.compare import CompareScreen

            if comparison is not None:
                self.app.push_screen(CompareScreen(comparison))

        self.app.push_screen(Pick("an earlier comparison", rows), chosen)


def cases_of(workbench: Workbench, prompt: str, sources: Sequence[Source]) -> list[Case]:
    found: list[Case] = []
    for kind, name in sources:
        if kind == "filled":
            kept = workbench.keeping.kept(f"inputs:{prompt}")
            last = workbench.inputs.last_used(prompt) if not kept else None
            found.append(Case("filled in", last.values if last is not None else values_of_kept(kept)))
        elif kind == "set":
            found.append(Case(name, workbench.inputs.set(prompt, name).values))
        else:
            found += workbench.inputs.read_file(name) if kind == "file" else workbench.inputs.read(name)
    return found


def to_keep(setup: Setup) -> Mapping[str, Any]:
    return {"sources": [list(one) for one in setup.sources], "repeats": setup.repeats, "blind": setup.blind}


def with_kept(setup: Setup, kept: Any) -> Setup:
    """What was chosen last time; what cannot be read is left as it was."""
    if not isinstance(kept, Mapping):
        return setup
    sources = tuple(
        (str(one[0]), str(one[1]))
        for one in kept.get("sources", ())
        if isinstance(one, list) and len(one) == 2 and one[0] in ("filled", "set", "file", "text")
    )
    repeats = kept.get("repeats")
    return replace(
        setup,
        sources=sources or setup.sources,
        repeats=repeats if isinstance(repeats, int) and 1 <= repeats <= MAX_REPEATS else setup.repeats,
        blind=kept.get("blind") is True,
    )
