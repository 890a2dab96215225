"""What the editor shows: one part at a time, marked and checked while it is typed, and kept as a draft."""

from __future__ import annotations

import asyncio
from dataclasses import replace

from textual.app import ComposeResult
from textual.containers import Vertical
from textual.content import Content as Shown
from textual.timer import Timer
from textual.widgets import Static, TextArea

from workbench.domain.drafts import Draft, Drafts, content_of, draft_of, empty_draft, kept_under
from workbench.domain.prompts import Content, Message, Version
from workbench.domain.templates import Problem, check_text, spans
from workbench.errors import BadInput, WorkbenchError
from workbench.text import one_line
from workbench.tui.screens.base import WorkbenchScreen
from workbench.tui.widgets.field_specs import FieldSpec
from workbench.tui.widgets.forms import Field, GrowingArea
from workbench.tui.widgets.status_line import StatusLine
from workbench.tui.widgets.template_area import TemplateArea

CHECK_AFTER = 0.25
KEEP_AFTER = 0.6
"""Seconds of rest after which the text is checked, and kept."""
MARK_AT_ONCE = 20_000
"""Characters up to which variables are marked with every key; longer texts wait for the check."""


class EditorView(WorkbenchScreen):
    """The parts are the messages and, last, the settings. Drafts are kept under `draft:NAME`, one a beginning."""

    CONTEXT = "editor"

    def __init__(self, version: Version | None, name: str = "") -> None:
        super().__init__()
        self.version = version
        self._start = draft_of(version.content) if version else empty_draft(name)
        self._draft = self._start
        self._others = Drafts()
        self._latest: str | None = None
        self._part = 0
        self._loading = True
        self._area = TemplateArea(id="area")
        self._name_field = Field(FieldSpec("name", "name", "folder/name of the new prompt"), name)
        self._checking: Timer | None = None
        self._keeping: Timer | None = None

    # -- life

    def compose(self) -> ComposeResult:
        what = f"edit {self.version.reference} into a new version" if self.version else "new prompt"
        yield Static(Shown(one_line(what)), id="title", markup=False)
        if self.version is None:
            yield self._name_field
        yield Static(id="parts", markup=False)
        with Vertical(id="text"):
            yield self._area
        yield Static(id="problem", markup=False)
        yield self.bottom()

    async def on_mount(self) -> None:
        self._show_part(0)
        (self._area if self.version or self._start.name else self._name_field.editor).focus()
        try:
            await self._take_draft()
        except WorkbenchError as error:
            self.host.say(error.message, error=True)
        self.query_one(StatusLine).show_status(
            f"edit {self.version.reference}" if self.version else "a new prompt: name, text, then save"
        )
        self._loading = False

    async def _take_draft(self) -> None:
        version = self.version
        if version is not None:
            self._latest = await self.host.call(lambda w: w.library.prompt(version.prompt).latest)
        self._others = Drafts.from_kept(await self.host.call(lambda w: w.keeping.kept(self._kept_key)))
        draft = self._others.by_base.get(self._base)
        if draft is not None and draft != self._start:
            self._draft = draft
            if version is None and draft.name:
                self._name_field.set_value(draft.name)
            self._show_part(0)
            self.call_after_refresh(self.host.say, "your draft is back · f8 throws it away and starts again")
        elif others := [base for base in self._others.by_base if base != self._base]:
            self.call_after_refresh(self.host.say, f"a draft made from {', '.join(others)} is kept there")

    async def on_unmount(self) -> None:
        if self._keeping is not None:
            await self._keep()

    @property
    def _kept_key(self) -> str:
        return kept_under(self.version.prompt if self.version else "")

    @property
    def _base(self) -> str:
        return self.version.number if self.version else ""

    # -- the parts: every message, and last the settings

    @property
    def _on_settings(self) -> bool:
        return self._part == len(self._draft.messages)

    def _show_part(self, part: int) -> None:
        self._part = part
        self._area.load(self._draft.settings if self._on_settings else self._draft.messages[part].content)
        self._mark()
        self._show_parts()
        self._check_soon()

    def _show_parts(self, wrong: frozenset[int] = frozenset()) -> None:
        names = [m.role for m in self._draft.messages] + ["settings"]
        labels = [f"{'✗' if i in wrong else ''}{i + 1} {one_line(name)}" for i, name in enumerate(names)]
        text = "  ".join(f"[{label}]" if i == self._part else f" {label} " for i, label in enumerate(labels))
        if len(text) > self.size.width - 2 and self.size.width:
            text = f"[{labels[self._part]}]  of {len(labels)}"
        self.query_one("#parts", Static).update(Shown(text))

    def _typed(self) -> None:
        """The draft follows the area."""
        text = self._area.value
        if self._on_settings:
            self._draft = replace(self._draft, settings=text)
        else:
            messages = list(self._draft.messages)
            messages[self._part] = replace(messages[self._part], content=text)
            self._draft = replace(self._draft, messages=tuple(messages))
        if self.version is None:
            self._draft = replace(self._draft, name=self._name_field.value)

    def on_text_area_changed(self, event: TextArea.Changed) -> None:
        if event.text_area not in (self._area, self._name_field.editor):
            return
        before = self._draft
        self._typed()
        if event.text_area is self._area and len(event.text_area.text) <= MARK_AT_ONCE:
            self._mark()
        self._check_soon()
        if self._draft != before and not self._loading:
            self._keep_soon()

    def on_growing_area_entered(self, event: GrowingArea.Entered) -> None:
        event.stop()
        self._area.focus()

    def _replace_messages(self, messages: list[Message], part: int) -> None:
        self._draft = replace(self._draft, messages=tuple(messages))
        self._show_part(part)
        self._keep_soon()

    # -- checking while typing

    def _mark(self) -> None:
        self._area.show_spans([] if self._on_settings else spans(self._area.text, self._format))

    @property
    def _format(self) -> str:
        try:
            return content_of(replace(self._draft, messages=(Message("system", ""),)), self._base_content).format
        except BadInput:
            return self.version.content.format if self.version else "jinja"

    @property
    def _base_content(self) -> Content | None:
        return self.version.content if self.version else None

    def _check_soon(self) -> None:
        if self._checking is not None:
            self._checking.stop()
        self._checking = self.set_timer(CHECK_AFTER, self._check)

    async def _check(self) -> None:
        self._checking = None
        problem = ""
        wrong: frozenset[int] = frozenset()
        if self._on_settings:
            try:
                content_of(self._draft, self._base_content)
            except BadInput as error:
                problem = f"{error.message}" + (f" · {error.hint}" if error.hint else "")
        else:
            draft, dialect = self._draft, self._format
            found = await asyncio.to_thread(_problems, draft, dialect)
            wrong = frozenset(p.message_index for p in found)
            problem = next((_told(p) for p in found if p.message_index == self._part), "")
            if len(self._area.text) > MARK_AT_ONCE:
                self._mark()
        if self.is_attached:
            self._say_problem(problem)
            self._show_parts(wrong)

    def _say_problem(self, text: str) -> None:
        line = self.query_one("#problem", Static)
        line.update(Shown(one_line(f"✗ {text}") if text else ""))
        line.set_class(bool(text), "-wrong")

    # -- the draft

    def _keep_soon(self) -> None:
        if self._keeping is not None:
            self._keeping.stop()
        self._keeping = self.set_timer(KEEP_AFTER, self._keep)

    async def _keep(self) -> None:
        self._keeping = None
        if self.host.readonly:
            return
        self._others.by_base.pop(self._base, None)
        if self._draft != self._start:
            self._others.by_base[self._base] = self._draft
        key, drafts = self._kept_key, self._others.as_dict()
        try:
            if drafts:
                await self.host.call(lambda w: w.keeping.keep(key, drafts))
            else:
                await self.host.call(lambda w: w.keeping.forget(key))
        except WorkbenchError as error:
            self.host.say(f"the draft could not be kept: {error.message}", error=True)

    def _go_to(self, problem: Problem) -> None:
        if problem.message_index != self._part:
            self._show_part(problem.message_index)
        row = max(0, problem.line - 1)
        if row < self._area.document.line_count:
            column = min(max(0, problem.column - 1), len(self._area.document.get_line(row)))
            self._area.move_cursor((row, column))
        self._area.focus()
        self._say_problem(_told(problem))


def _problems(draft: Draft, format: str) -> list[Problem]:
    return [
        replace(problem, message_index=index)
        for index, message in enumerate(draft.messages)
        for problem in check_text(message.content, format)
    ]


def _told(problem: Problem) -> str:
    where = f"line {problem.line}, column {problem.column}: " if problem.line else ""
    said = problem.message if problem.message.startswith(where) else where + problem.message
    return said + (f" · {problem.hint}" if problem.hint else "")
