"""The run screen: fill in, look at the request, send, read the answer, and go on from it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from workbench.domain.overrides import differences
from workbench.domain.prompts import Version
from workbench.domain.runs import Run
from workbench.services.runs.calls import Prepared
from workbench.text import shorten
from workbench.tui.bindings import bindings_for
from workbench.tui.screens.run.inputs import RunInputs
from workbench.tui.screens.run.sending import Prepare
from workbench.tui.widgets.field_specs import FieldSpec, setting_specs
from workbench.tui.workers import start_worker

if TYPE_CHECKING:
    from workbench.composition import Workbench

__all__ = ["RunScreen"]


class RunScreen(RunInputs, inherit_bindings=False):
    BINDINGS = bindings_for("run")

    def __init__(self, version: Version, run: Run | None = None, *, replay: bool | Prepare = False) -> None:
        """`run`: an earlier one, which is shown; with `replay` it is sent again, as it was or as that prepares it."""
        super().__init__(version, run)
        self._replays = replay

    async def on_mount(self) -> None:
        # Textual calls the other classes' own.
        if self._replays and self.shown_run is not None:
            self.call_after_refresh(self._replay, self.shown_run)

    def _replay(self, run: Run) -> None:
        if self.may_run():
            given = self._replays
            self.send(given if callable(given) else lambda w: w.conversing.replay(run), "replay")

    async def meant_version(self) -> tuple[str, str] | None:
        return self.version.prompt, self.version.number

    async def meant_run(self) -> Run | None:
        if self.shown_run is None:
            self.host.say("there is no answer yet", error=True)
            return None
        run_id = self.shown_run.id
        found: Run | None = await self.attempt(lambda w: w.running.run(run_id))
        return found

    async def run_marked(self, run: Run) -> None:
        if self.shown_run is not None and self.shown_run.id == run.id:
            self.say_marks(run)

    def prompt_changed(self, prompt: str | None) -> None:
        if prompt in (None, self.version.prompt):
            self.run_recorded()

    def run_recorded(self) -> None:
        """A mark may have been taken back, or made elsewhere."""
        if self.shown_run is not None and not self.is_busy:
            start_worker(self, self._read_marks, self.shown_run, group="marks", exclusive=True, exit_on_error=False)

    async def _read_marks(self, shown: Run) -> None:
        run = await self.attempt(lambda w: w.running.run(shown.id))
        if run is not None and self.shown_run is shown and marks_of(run) != marks_of(shown):
            self.say_marks(run)

    # -- model and settings

    def action_run_model(self) -> None:
        from workbench.tui.screens.run.model_pick import ModelPick

        def chosen(model: str | None) -> None:
            if model is not None and self._form is not None:
                field = self._form.fields["setting:model"]
                field.set_value(model)
                self.show_fields()
                self.on_form_changed()
                field.editor.focus()

        settings, _ = self.read_settings()
        own = self.version.content.settings.get("model")
        self.app.push_screen(ModelPick(str(settings.get("model") or own or self.host.config.default_model)), chosen)

    async def action_run_keep_settings(self) -> None:
        """The version with the settings of the form as a new version."""
        settings, problems = self.read_settings()
        if problems:
            self.show_form(problems)
            return
        changed = differences(self.version.content.settings, settings)
        if not changed:
            self.host.say("the settings are those of the version", error=True)
            return
        if self.host.readonly:
            self.host.say("opened for reading only: nothing can be saved", error=True)
            return
        number = await self.attempt(lambda w: w.library.next_number(self.version.prompt))
        if number is None:
            return
        from workbench.tui.screens.ask import AskText

        async def noted(note: str | None) -> None:
            if note is None:
                return
            saved = await self.attempt(lambda w: w.drafting.save_settings(self.version, settings, note=note.strip()))
            if saved is not None:
                self._take_version(saved)

        told = ", ".join(shorten(one.told, 120) for one in changed)
        self.app.push_screen(AskText(f"save as {number}: {told}. Why?"), noted)

    def _take_version(self, version: Version) -> None:
        """The form goes on with the version that was saved; its settings need not be given any more."""
        self.version = version
        if self._form is not None:
            for spec in setting_specs(version.content, self.host.config.default_model):
                self._form.fields[spec.key].suggest(spec.placeholder)
                self._form.fields[spec.key].set_value("")
        self.on_form_changed()
        self.show_title()
        self.host.changed(version.prompt)
        self.host.say(f"saved {version.reference}")

    # -- going on

    async def action_run_go_on(self) -> None:
        run = await self.meant_run()
        if run is None or not self.may_run():
            return
        if run.tool_calls:
            self._answer_tools(run)
            return
        from workbench.tui.screens.text_sheet import TextSheet

        def said(message: str | None) -> None:
            if message and message.strip():
                self.send(self._going_on(run, message))

        self.app.push_screen(TextSheet("Go on: what do you say next?", "sends it"), said)

    def _going_on(self, run: Run, message: str) -> Any:
        settings, _ = self.read_settings()
        model = settings.pop("model", None)

        def prepare(workbench: Workbench) -> Prepared:
            return workbench.conversing.go_on(run, message, model=model, settings=settings)

        return prepare

    def _answer_tools(self, run: Run) -> None:
        from workbench.services.runs.conversing import arguments_of
        from workbench.tui.screens.text_sheet import TextsSheet

        specs = [
            FieldSpec(str(call["id"]), str(call["function"]["name"]), " ".join(arguments_of(call).split()), "text")
            for call in run.tool_calls
        ]

        def answered(results: Mapping[str, str] | None) -> None:
            if results is not None:
                self.send(lambda w: w.conversing.answer_tools(run, results))

        self.app.push_screen(TextsSheet("What do the tools answer?", "sends it", specs), answered)

    # -- elsewhere

    async def action_run_compare(self) -> None:
        """With the model and the settings of the form in both columns."""
        from workbench.domain.comparisons import Column
        from workbench.tui.screens.compare.setup import CompareSetup
        from workbench.tui.screens.editor.running import beside

        settings, problems = self.read_settings()
        if problems:
            self.show_form(problems)
            return
        if self._keeping is not None:
            self._keeping.stop()
            await self._keep()
        model = settings.pop("model", None)
        version = self.version
        other = await self.attempt(lambda w: beside(w, version)) or version
        columns = [Column(one, model, settings) for one in (other, version)]
        self.app.push_screen(CompareSetup([], columns))

    def action_run_list(self) -> None:
        from workbench.tui.screens.run.runs import RunsScreen

        self.app.push_screen(RunsScreen(self.version.prompt))

    def action_run_reset(self) -> None:
        form = self._form
        if form is None or not form.to_keep():
            self.host.say("every field is at its default already", error=True)
            return
        from workbench.tui.screens.ask import Ask

        def answered(yes: bool | None) -> None:
            if yes:
                form.reset()
                form.focus_first()
                self.set_name = ""
                self.show_title()

        self.app.push_screen(Ask("What is filled in is forgotten", "Put every field back to its default?"), answered)


def marks_of(run: Run) -> tuple[bool, int | None, str]:
    return run.starred, run.rating, run.note
