"""Inputs that are not typed again: variable sets, files and pasted texts, and what earlier runs were given."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from workbench.domain.inputs import Case, VariableSet, check_set_name
from workbench.domain.runs import Run, RunRow
from workbench.errors import BadInput, WorkbenchError
from workbench.services.runs.running import BEGINS
from workbench.tui.screens.pick import Choice, Pick
from workbench.tui.screens.run.acts import RunActs
from workbench.tui.screens.run.sending import RunSending, key_of_variable
from workbench.tui.screens.run.told import differing_told, told_row, values_told
from workbench.tui.widgets.field_specs import as_text, settings_as_texts, texts_of

if TYPE_CHECKING:
    from workbench.composition import Workbench

RUNS = 200
"""Newest runs that are offered."""


class RunInputs(RunSending, RunActs):
    _unread = ""
    """What was pasted and could not be read."""

    async def action_run_inputs(self) -> None:
        """One list of all that can be filled in, and of what can be done with the sets."""
        name = self.version.prompt
        try:
            sets, runs, given = await self.host.call(lambda w: (w.inputs.sets(name), *with_given(w, name)))
        except WorkbenchError as error:
            self.host.say(error.message, error=True)
            return

        async def chosen(act: Callable[[], Any] | None) -> None:
            if act is not None:
                found = act()
                if found is not None:
                    await found

        self.app.push_screen(
            Pick("fill in a set, a file or an earlier run; save, rename, delete", self._choices(sets, runs, given)),
            chosen,
        )

    def _choices(
        self, sets: Sequence[VariableSet], runs: Sequence[RunRow], given: Mapping[str, Mapping[str, str]]
    ) -> list[Choice]:
        all_values = [self._beside_defaults(one.values) for one in sets]
        used = next((one for one in sets if one.name == self.set_name), None)
        rows = [
            Choice(f"set {one.name}", values_told(values, all_values), lambda one=one: self._use(one))
            for one, values in zip(sets, all_values, strict=True)
        ]
        rows.append(Choice("save as a set", "keep what is filled in under a name", self._ask_name))
        if used is not None:
            told = f"keep what is filled in as {used.name}"
            rows.insert(len(sets), Choice("save the set", told, lambda: self._save(used.name)))
        rows += [
            Choice("from a file", "JSON, YAML, a row of CSV, a line of JSONL", self._ask_file),
            Choice("from a pasted text", "the same formats", self._ask_text),
        ]
        inputs = {run_id: self._beside_defaults(values) for run_id, values in given.items()}
        for run in runs:
            told = " · ".join(filter(None, (differing_told(inputs[run.id], [*inputs.values()]), told_row(run))))
            rows.append(Choice(f"run {run.number or 'draft'} {run.id[:8]}", told, lambda run=run: self._take(run.id)))
        rows += [Choice(f"rename {one.name}", "the set", lambda one=one: self._ask_rename(one)) for one in sets]
        rows += [
            Choice(f"delete {one.name}", "the set; z undoes it", lambda one=one: self._delete(one)) for one in sets
        ]
        return rows

    def _beside_defaults(self, values: Mapping[str, Any]) -> dict[str, Any]:
        """Without what every form holds anyway."""
        fields = self._form.fields if self._form is not None else {}
        default = {field.spec.label: field.spec.default[:BEGINS] for field in fields.values()}
        return {name: value for name, value in values.items() if as_text(value)[:BEGINS] != default.get(name)}

    # -- sets

    async def _use(self, one: VariableSet) -> None:
        self._fill_in(one.values, f"the set {one.name}")
        self.set_name = one.name
        self.show_title()
        await self.attempt(lambda w: w.inputs.use(one.prompt, one.name))

    def _fill_in(self, values: Mapping[str, Any], what: str, *, whole: bool = True) -> None:
        """`whole`: a set or the input of a run, which stands for itself; what is pasted may name only some."""
        specs = [field.spec for field in self._form.fields.values()] if self._form is not None else []
        texts, unknown = texts_of(values, specs)
        kept = [] if whole else [name for name in self.values if key_of_variable(name) not in texts]
        self.fill(texts, whole=whole)
        self.set_name = ""
        self.show_title()
        left = f"; this version has no {', '.join(unknown)}" if unknown else ""
        left += f"; {', '.join(kept)} as before" if kept else ""
        self.host.say(f"filled in {what}{left}", error=bool(unknown))

    def _ask_name(self) -> None:
        from workbench.tui.screens.ask import AskText

        async def named(name: str | None) -> None:
            if name is not None:
                await self._save(name.strip())

        self.app.push_screen(AskText("name of the variable set", self.set_name, _name_problem), named)

    async def _save(self, name: str) -> None:
        prompt, values = self.version.prompt, self.values
        saved = await self.attempt(lambda w: w.inputs.save(prompt, name, values))
        if saved is not None:
            await self.attempt(lambda w: w.inputs.use(prompt, saved.name))
            self.set_name = saved.name
            self.show_title()
            self.host.say(f"saved the set {saved.name}", undo=True)

    def _ask_rename(self, one: VariableSet) -> None:
        from workbench.tui.screens.ask import AskText

        async def named(name: str | None) -> None:
            if name is None:
                return
            renamed = await self.attempt(lambda w: w.inputs.rename(one.prompt, one.name, name))
            if renamed is not None:
                if self.set_name == one.name:
                    self.set_name = renamed.name
                    self.show_title()
                    await self.attempt(lambda w: w.inputs.use(one.prompt, renamed.name))
                self.host.say(f"the set {one.name} is called {renamed.name} now", undo=True)

        self.app.push_screen(AskText(f"new name of the set {one.name}", one.name, _name_problem), named)

    async def _delete(self, one: VariableSet) -> None:
        def delete(workbench: Workbench) -> bool:
            workbench.inputs.delete(one.prompt, one.name)
            return True

        if await self.attempt(delete):
            if self.set_name == one.name:
                self.set_name = ""
                self.show_title()
            self.host.say(f"deleted the set {one.name}", undo=True)

    # -- files and texts

    def _ask_file(self) -> None:
        from workbench.tui.screens.ask import AskText

        async def named(file: str | None) -> None:
            if file and file.strip():
                await self._offer(await self.attempt(lambda w: w.inputs.read_file(Path(file.strip()))))

        self.app.push_screen(AskText("file with inputs: JSON, YAML, CSV or JSONL"), named)

    def _ask_text(self) -> None:
        from workbench.tui.screens.text_sheet import TextSheet

        async def given(text: str | None) -> None:
            if text and text.strip():
                cases = await self.attempt(lambda w: w.inputs.read(text))
                # What cannot be read is there again to be mended.
                self._unread = text if cases is None else ""
                await self._offer(cases)

        self.app.push_screen(TextSheet("Paste inputs: JSON, YAML, CSV or JSONL", "fills them in", self._unread), given)

    async def _offer(self, cases: Sequence[Case] | None) -> None:
        if not cases:
            return
        if len(cases) == 1:
            self._fill_in(cases[0].values, cases[0].name, whole=False)
            return

        def chosen(case: Case | None) -> None:
            if case is not None:
                self._fill_in(case.values, case.name, whole=False)

        rows = [Choice(case.name, values_told(case.values, [one.values for one in cases]), case) for case in cases]
        self.app.push_screen(Pick(f"which of the {len(cases)} inputs", rows), chosen)

    # -- earlier runs

    async def _take(self, run_id: str) -> None:
        run = await self.attempt(lambda w: w.running.run(run_id))
        if run is not None:
            self.take_over(run)

    def take_over(self, run: Run) -> None:
        """Its input and its settings."""
        self._fill_in(run.variables, f"the input of run {run.id[:8]}")
        if self._form is not None:
            settings = settings_as_texts(self._settings_of(run))
            for key, field in self._form.fields.items():
                if key in settings:
                    field.set_value(settings[key])


def with_given(workbench: Workbench, prompt: str) -> tuple[list[RunRow], dict[str, dict[str, str]]]:
    """The newest runs, and how what each was given begins."""
    rows = workbench.running.runs(prompt, limit=RUNS)
    return rows, workbench.running.given([row.id for row in rows])


def _name_problem(name: str) -> str:
    try:
        check_set_name(name)
    except BadInput as error:
        return error.message
    return ""
