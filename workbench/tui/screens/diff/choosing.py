"""The menus of the diff: what stands on a side, and what the variables are filled in with."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from textual.app import ComposeResult
from textual.containers import Vertical
from textual.content import Content as Shown
from textual.widgets import Static

from workbench.domain import yaml_core
from workbench.domain.drafts import Drafts, kept_under
from workbench.errors import BadInput, WorkbenchError
from workbench.services.diffs.sides import Side, of_draft, of_file, of_git, of_text, of_version
from workbench.text import name_of, one_line
from workbench.tui.screens.ask import AskText
from workbench.tui.screens.base import WorkbenchSheet
from workbench.tui.screens.diff.sides import DiffSides, Values
from workbench.tui.screens.pick import Choice, Pick
from workbench.tui.widgets.diff.blocks import LEFT, RIGHT
from workbench.tui.widgets.field_specs import as_text
from workbench.tui.widgets.template_area import SafeArea

if TYPE_CHECKING:
    from workbench.composition import Workbench

RUNS = 20
"""Newest runs that are offered."""
Get = Callable[["Workbench"], Side]


class PasteSheet(WorkbenchSheet):
    """Takes a text of any length, pasted or typed."""

    DEFAULT_CSS = """
    PasteSheet > Vertical { width: 90%; height: 80%; border: round $primary; background: $surface; padding: 0 1; }
    PasteSheet SafeArea { height: 1fr; }
    PasteSheet Static { height: 1; }
    """

    def __init__(self) -> None:
        super().__init__()
        self._area = SafeArea()

    @property
    def text(self) -> str:
        return self._area.value

    def compose(self) -> ComposeResult:
        with Vertical():
            yield Static(Shown("Paste the text to compare · ctrl+j compares · esc leaves"), markup=False)
            yield self._area

    def on_mount(self) -> None:
        self._area.focus()

    def action_sheet_confirm(self) -> None:
        self.dismiss(True)


class DiffChoosing(DiffSides, inherit_bindings=False):
    # -- a side

    async def action_diff_right(self) -> None:
        await self._choose_side(RIGHT)

    async def action_diff_left(self) -> None:
        await self._choose_side(LEFT)

    async def _choose_side(self, which: int) -> None:
        name = self.right.prompt or self.left.prompt
        try:
            choices = await self.host.call(lambda w: side_choices(w, name)) if name else []
        except WorkbenchError as error:
            self.host.say(error.message, error=True)
            choices = []
        choices += [
            Choice("file", "a file on disk", self._ask_file),
            Choice("git", "a file as a revision has it, REV:path", self._ask_git),
            Choice("paste", "a text that is pasted", self._ask_text),
        ]

        async def chosen(value: Any) -> None:
            if value is None:
                return
            if value in (self._ask_file, self._ask_git, self._ask_text):
                value(which)
                return
            try:
                side = await self.host.call(value)
            except WorkbenchError as error:
                self.host.say(error.message, error=True)
                return
            self.put(which, side)

        self.app.push_screen(Pick(f"what stands on the {'right' if which == RIGHT else 'left'}", choices), chosen)

    def _ask_file(self, which: int) -> None:
        self._ask(which, "file to compare with", lambda text: of_file(Path(text)))

    def _ask_git(self, which: int) -> None:
        self._ask(which, "revision of a file, as git writes it: HEAD~1:prompts/a.md", of_git)

    def _ask(self, which: int, question: str, find: Callable[[str], Side]) -> None:
        async def answered(text: str | None) -> None:
            if not text or not text.strip():
                return
            wanted = text.strip()
            try:
                side = await asyncio.to_thread(find, wanted)
            except WorkbenchError as error:
                self.host.say(error.message + (f" · {error.hint}" if error.hint else ""), error=True)
                return
            self.put(which, side)

        self.app.push_screen(AskText(question), answered)

    def _ask_text(self, which: int) -> None:
        sheet = PasteSheet()

        def closed(done: bool | None) -> None:
            if done:
                self.put(which, of_text(sheet.text))

        self.app.push_screen(sheet, closed)

    # -- the variables

    async def action_diff_values(self) -> None:
        if self.are_final():
            return
        name = self.right.prompt or self.left.prompt
        choices = [
            Choice("last", "what was filled in last for a run", self._fill_in_last),
            Choice("defaults", "nothing but the declared defaults", Values("the defaults", {})),
            Choice("file", "a YAML or JSON file: name and value", self._ask_values),
        ]
        try:
            choices += await self.host.call(lambda w: [*set_choices(w, name), *run_choices(w, name)]) if name else []
        except WorkbenchError as error:
            self.host.say(error.message, error=True)

        async def chosen(value: Values | Callable[[], Awaitable[None]] | None) -> None:
            if isinstance(value, Values):
                self._fill_in(value)
            elif value is not None:
                await value()

        self.app.push_screen(Pick("fill the variables in with", choices), chosen)

    async def _ask_values(self) -> None:
        self.app.push_screen(AskText("file with the variables"), self._values_from)

    def _values_from(self, file: str | None) -> None:
        if not file:
            return
        try:
            found = yaml_core.load(of_file(Path(file)).content.text, file)
            if not isinstance(found, Mapping):
                raise BadInput(f"{file} does not hold names with values")
        except WorkbenchError as error:
            self.host.say(error.message, error=True)
            return
        self._fill_in(Values(one_line(file), found))

    async def _fill_in_last(self) -> None:
        self._fill_in(await self.last_values())

    def _fill_in(self, values: Values) -> None:
        self.fill_in(values)
        self.host.say(f"what a model receives, rendered with {values.name}")


def side_choices(workbench: Workbench, name: str) -> list[Choice]:
    """Everything of this prompt that can be compared; the value of each finds it in a workbench."""
    rows = workbench.library.versions(name)
    live = workbench.library.prompt(name).live
    out = [Choice(environment, f"live there: {number}", _version(name, environment)) for environment, number in
           live.items()]  # fmt: skip
    drafts = Drafts.from_kept(workbench.keeping.kept(kept_under(name)))
    out += [Choice("draft", f"made from {base}", _draft(name, base)) for base in drafts.by_base if base]
    for row in rows:
        facts = (*row.environments, row.created_at[:10], name_of(row.author), row.note)
        out.append(Choice(row.number, " · ".join(filter(None, facts)), _version(name, row.number)))
    for run in workbench.running.runs(name, limit=RUNS):
        out.append(
            Choice(f"answer {run.id[:8]}", f"{run.number} · {run.model} · {run.started_at[:16]}", _answer(run.id))
        )
    return out


def set_choices(workbench: Workbench, name: str) -> list[Choice]:
    return [
        Choice(one.name, "  ".join(f"{k}={as_text(v)}" for k, v in one.values.items()), Values(one.name, one.values))
        for one in workbench.inputs.sets(name)
    ]


def run_choices(workbench: Workbench, name: str) -> list[Choice]:
    return [
        Choice(
            f"run {run.id[:8]}",
            f"{run.number} · {run.model} · {run.started_at[:16]}",
            Values(f"run {run.id[:8]}", run.variables),
        )
        for run in (workbench.running.run(row.id) for row in workbench.running.runs(name, limit=RUNS))
    ]


def _version(name: str, selector: str) -> Get:
    return lambda workbench: of_version(workbench.library.version(f"{name}@{selector}"), selector)


def _draft(name: str, base: str) -> Get:
    return lambda workbench: of_draft(workbench.library, workbench.keeping, name, base)


def _answer(run_id: str) -> Get:
    def get(workbench: Workbench) -> Side:
        run = workbench.running.run(run_id)
        return replace(of_text(run.said, f"answer {run.id[:8]} of {run.number}", "output"), answers=run.prompt)

    return get
