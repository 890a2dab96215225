"""What the run screen shows: a form made from the variables, and the answer or the request beside it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from textual.app import ComposeResult
from textual.containers import Horizontal, Vertical
from textual.content import Content
from textual.timer import Timer
from textual.widgets import Static

from workbench.domain.answers import AnswerCheck
from workbench.domain.prompts import INPUT, Version
from workbench.domain.runs import Run
from workbench.errors import BadInput, WorkbenchError
from workbench.text import one_line, visible
from workbench.tui.screens.base import WorkbenchScreen
from workbench.tui.widgets.answer_view import AnswerView
from workbench.tui.widgets.asked_line import SearchLine
from workbench.tui.widgets.content_view import ContentView
from workbench.tui.widgets.field_specs import (
    FAVOURITE_KEY,
    INPUT_KEY,
    MORE_KEY,
    SETTINGS,
    read_more,
    read_setting,
    setting_specs,
    settings_as_texts,
    texts_of,
    variable_specs,
)
from workbench.tui.widgets.forms import Form
from workbench.tui.widgets.run_facts import run_facts
from workbench.tui.widgets.status_line import StatusLine

WIDE = 110
"""Cells from which on the form and the answer stand side by side."""
KEEP_AFTER = 0.4
"""Seconds of rest after which what was typed is kept."""
SETTING_KEYS = ("setting:", MORE_KEY, FAVOURITE_KEY)


class RunView(WorkbenchScreen):
    """Runs one version. What is filled in is kept under `inputs:NAME` and is there again next time."""

    CONTEXT = "run"
    HORIZONTAL_BREAKPOINTS = [(0, "-narrow"), (WIDE, "-wide")]

    def __init__(self, version: Version, run: Run | None = None) -> None:
        """`run`: an earlier one, whose input is filled in and whose answer is shown at first."""
        super().__init__()
        self.takes_keys = False
        self.version = version
        self._given = run
        self.shown_run = run
        """The run whose answer is shown; None while there is none."""
        # Before it stands: a class that comes later has the styles of all fields worked out once more.
        self.set_class(run is not None, "-answering", update=False)
        self.set_name = ""
        """The variable set that was filled in last."""
        self._form: Form | None = None
        self._stream = AnswerView(id="stream")
        self._facts = Static(Content("not run yet"), id="facts", markup=False)
        self._request = ContentView(id="request")
        self._find = SearchLine(self._stream, self.found, "find in the answer", id="find")
        self._tall = False
        self._keeping: Timer | None = None
        self._favourite = ""
        """The favourite that was chosen last."""

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
        # A form takes longer than all the rest: what is known already is drawn before it.
        self.call_after_refresh(self._put_up_form)

    async def _put_up_form(self) -> None:
        content = self.version.content
        kept, last, favourites = await self._kept()
        model = str(getattr(self.host.config, "default_model", "") or "")
        specs = variable_specs(content)
        if self._given is not None:
            run = self._given
            kept = {**texts_of(run.variables, specs)[0], **settings_as_texts(self._settings_of(run))}
        elif last is not None and not kept:
            kept = texts_of(last[1], specs)[0]
        if last is not None and self._given is None and self._says(kept, texts_of(last[1], specs)[0]):
            self.set_name = last[0]
        sections = [("variables", specs), ("model and settings", setting_specs(content, model, favourites))]
        self._form = Form(sections, kept, id="form")
        self._favourite = kept.get(FAVOURITE_KEY, "")
        await self.query_one("#fields").mount(self._form)
        # Asked of the app: a screen that was only just put up has not been told that it is narrow.
        if self.app.size.width >= WIDE or not self.has_class("-answering"):
            self._form.focus_first()
        if self.set_name:
            self.show_title()
        self.takes_keys = True

    async def _kept(self) -> tuple[dict[str, str], tuple[str, Mapping[str, Any]] | None, tuple[str, ...]]:
        """What was filled in last time, by field; the set that was used last, its name and values; favourite models."""
        name = self.version.prompt
        try:
            kept = await self.host.call(lambda w: w.keeping.kept(self._kept_key))
            last, favourites = await self.host.call(lambda w: (w.inputs.last_used(name), w.choosing.favourites()))
        except WorkbenchError as error:
            self.host.say(error.message, error=True)
            return {}, None, ()
        texts = {str(k): v for k, v in kept.items() if isinstance(v, str)} if isinstance(kept, Mapping) else {}
        return texts, (last.name, last.values) if last is not None else None, favourites

    def _says(self, filled: Mapping[str, str], wanted: Mapping[str, str]) -> bool:
        """Whether the variables among `filled` are exactly those."""
        given = {key: text for key, text in filled.items() if not key.startswith(SETTING_KEYS)}
        return given == {key: text for key, text in wanted.items() if text}

    def _settings_of(self, run: Run) -> dict[str, Any]:
        """What a run was sent with that its version does not say."""
        own = self.version.content.settings
        sent = {k: v for k, v in run.request.body.items() if k not in ("messages", "stream", "stream_options", "model")}
        found = {name: value for name, value in sent.items() if own.get(name) != value}
        model = f"{run.request.endpoint}/{run.request.model}"
        return {"model": model, **found} if own.get("model") not in (model, run.request.model) else found

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

    def say_facts(self, text: str, wrong: bool = False) -> None:
        if self.is_attached:
            self._facts.set_class(wrong, "-wrong")
            # Nothing but the tail is laid out anew while it streams: a clock that ticks on one line needs no layout.
            tall = "\n" in text or len(text) >= self._facts.size.width
            self._facts.update(Content(visible(text)), layout=tall or self._tall)
            self._tall = tall

    def found(self, text: str) -> None:
        """This was typed to be found in the answer."""

    # -- what is filled in

    @property
    def _kept_key(self) -> str:
        return f"inputs:{self.version.prompt}"

    def on_form_changed(self) -> None:
        self._follow_favourite()
        if self._keeping is not None:
            self._keeping.stop()
        self._keeping = self.set_timer(KEEP_AFTER, self._keep)

    def _follow_favourite(self) -> None:
        """A favourite that is chosen becomes the model; another model that is typed is none of them any more."""
        fields = self._form.fields if self._form is not None else {}
        if FAVOURITE_KEY not in fields:
            return
        favourite, model = fields[FAVOURITE_KEY], fields["setting:model"]
        if favourite.value != self._favourite:
            self._favourite = favourite.value
            if favourite.value:
                model.set_value(favourite.value)
        elif favourite.value and favourite.value != model.value:
            self._favourite = ""
            favourite.set_value("")

    async def _keep(self) -> None:
        self._keeping = None
        form = self._form
        if form is None or self.host.readonly:
            return
        filled = form.to_keep()
        try:
            if filled:
                await self.host.call(lambda w: w.keeping.keep(self._kept_key, filled))
            else:
                await self.host.call(lambda w: w.keeping.forget(self._kept_key))
        except WorkbenchError as error:
            self.host.say(error.message, error=True)

    async def on_unmount(self) -> None:
        if self._keeping is not None:
            await self._keep()

    @property
    def values(self) -> dict[str, str]:
        """The variables as they are filled in, the input included."""
        form = self._form
        if form is None:
            return {}
        found = form.filled("variable:")
        text = form.filled(INPUT_KEY).get("")
        return found if text is None else {**found, INPUT: text}

    def read_settings(self) -> tuple[dict[str, Any], dict[str, str]]:
        """What is set differently for this run, `model` among it, and what cannot be read: key → problem."""
        settings: dict[str, Any] = {}
        problems: dict[str, str] = {}
        if self._form is None:
            return settings, problems
        for name, text in self._form.filled("setting:").items():
            try:
                settings[name] = read_setting(name, text) if name in SETTINGS else text.strip()
            except BadInput as error:
                problems[f"setting:{name}"] = error.message
        try:
            settings.update(read_more(self._form.filled(MORE_KEY).get("", "")))
        except BadInput as error:
            problems[MORE_KEY] = error.message
        return settings, problems

    def fill(self, texts: Mapping[str, str], *, whole: bool = True) -> None:
        """Put these into the fields of the variables, by key. `whole`: they are all of an input, and what they do not
        name goes back to its default; else that stays as it is."""
        form = self._form
        if form is None:
            return
        for key, field in form.fields.items():
            if not key.startswith(SETTING_KEYS) and (whole or key in texts):
                field.set_value(texts.get(key, field.spec.default))
                field.mark("")
        self.remove_class("-answering")
        self.on_form_changed()

    def show_form(self, problems: Mapping[str, str]) -> None:
        self.remove_class("-answering")
        if self._form is not None:
            self._form.mark(problems)
        if problems:
            told = (f"{key.partition(':')[2] or key.rstrip(':')}: {what}" for key, what in problems.items())
            self.host.say("; ".join(told), error=True)
