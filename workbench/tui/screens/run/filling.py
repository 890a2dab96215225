"""What is filled in to run a version: a form made from its variables and settings, kept from one time to the next."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from textual.timer import Timer

from workbench.domain.prompts import INPUT, Version
from workbench.domain.runs import Run
from workbench.errors import BadInput, WorkbenchError
from workbench.tui.screens.run.view import WIDE, RunView
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

KEEP_AFTER = 0.4
"""Seconds of rest after which what was typed is kept."""
SETTING_KEYS = ("setting:", MORE_KEY, FAVOURITE_KEY)


class RunFilling(RunView):
    """What is filled in is kept under `inputs:NAME` and is there again next time."""

    def __init__(self, version: Version, run: Run | None = None) -> None:
        super().__init__(version, run)
        self.takes_keys = False
        self._form: Form | None = None
        self._keeping: Timer | None = None
        self._favourite = ""
        """The favourite that was chosen last."""

    async def on_mount(self) -> None:
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
        self.show_fields()
        self.on_form_changed()

    def show_fields(self) -> None:
        """On a narrow screen: the form, and the keys with it."""
        self.has_shown_fields = True
        self.remove_class("-answering")
        form, focused = self._form, self.focused
        if form is not None and self.has_class("-narrow") and (focused is None or form not in focused.ancestors):
            form.focus_first()

    def show_form(self, problems: Mapping[str, str]) -> None:
        self.show_fields()
        if self._form is not None:
            self._form.mark(problems)
        if problems:
            told = (f"{key.partition(':')[2] or key.rstrip(':')}: {what}" for key, what in problems.items())
            self.host.say("; ".join(told), error=True)
