"""Inputs that are never retyped: named variable sets, files of inputs, and what earlier runs were given."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from workbench.domain.environments import Environment
from workbench.domain.events import Event
from workbench.domain.inputs import Case, InputFormat, VariableSet, check_set_name, read_cases
from workbench.domain.names import near
from workbench.domain.runs import Run
from workbench.errors import BadInput, FormatError, MovedMeanwhile, NotFound, Refused, Unchanged
from workbench.services.library import Library
from workbench.store import Store

MAX_BYTES = 100 * 1024 * 1024
_LAST = "last-set:"
_NAMED = 8
"""Sets that are named where another one was looked for."""


class Inputs:
    """Sets belong to a prompt, so that each of its versions is tried with the same ones.

    Every change is an event that `History.undo` takes back. All methods belong to the store's thread.
    """

    def __init__(self, store: Store, environments: Sequence[Environment], actor: str) -> None:
        self._store = store
        self._actor = actor
        self._library = Library(store, environments, actor)

    def sets(self, prompt: str | None = None) -> list[VariableSet]:
        """By prompt and name. None: of all prompts, as a palette searches them."""
        return self._store.sets.rows(prompt)

    def set(self, prompt: str, name: str) -> VariableSet:
        """Raises `NotFound` with the nearest names."""
        name = check_set_name(name)
        rows = self._store.sets.rows(self._library.prompt(prompt).name)
        for row in rows:
            if row.name == name:
                return row
        close = near(name, [row.name for row in rows])
        there = f"it has {', '.join(row.name for row in rows[:_NAMED])}" if rows and not close else ""
        raise NotFound(
            f"{prompt} has no variable set {name!r}",
            close,
            there if rows else f"save one: workbench inputs save {prompt} NAME -v KEY=VALUE",
        )

    def save(self, prompt: str, name: str, values: Mapping[str, Any]) -> VariableSet:
        """Makes the set, or gives it these values in place of its own.

        Raises `Unchanged` when it says so already, `BadInput` for a name or values that cannot be kept.
        """
        name = check_set_name(name)
        with self._store.write():
            prompt_id = self._library.prompt(prompt).id
            before = self._store.sets.values_id(prompt_id, name)
            if before is not None and self._store.sets.values(before) == dict(values):
                raise Unchanged(f"nothing changed: the set {name!r} of {prompt} says exactly this already")
            after = self._add_values(values)
            self._point(prompt_id, name, after)
            self._record("set.save", prompt, {"name": name, "before": before, "after": after})
            return self.set(prompt, name)

    def add_missing(self, prompt: str, cases: Iterable[Case]) -> int:
        """Makes sets of those cases that have no set of their name yet; how many. Nobody's own set is changed."""
        wanted = list(cases)
        taken = {row.name for row in self.sets(prompt)} if wanted else set()
        missing = [case for case in wanted if case.name not in taken and case.values]
        for case in missing:
            self.save(prompt, case.name, case.values)
        return len(missing)

    def save_run(self, run: Run, name: str) -> VariableSet:
        """What the run was given as a set of its prompt."""
        return self.save(run.prompt, name, run.variables)

    def rename(self, prompt: str, name: str, to: str) -> VariableSet:
        """Raises `Refused` when there is another set of that name."""
        to = check_set_name(to)
        with self._store.write():
            row = self.set(prompt, name)
            if to == row.name:
                raise Unchanged(f"nothing changed: the set is called {to!r} already")
            self._rename(self._library.prompt(prompt).id, row.name, to)
            self._record("set.rename", prompt, {"name": row.name, "to": to})
            return self.set(prompt, to)

    def delete(self, prompt: str, name: str) -> None:
        """Undo brings it back."""
        with self._store.write():
            row = self.set(prompt, name)
            prompt_id = self._library.prompt(prompt).id
            before = self._store.sets.values_id(prompt_id, row.name)
            self._point(prompt_id, row.name, None)
            self._record("set.delete", prompt, {"name": row.name, "before": before, "after": None})

    # The set that comes back by itself

    def use(self, prompt: str, name: str) -> VariableSet:
        """The set, remembered as the one used last. A store that is open for reading only remembers nothing."""
        row = self.set(prompt, name)
        if not self._store.readonly:
            with self._store.write():
                self._store.kept.keep(_LAST + prompt, row.name, self._store.clock())
        return row

    def last_used(self, prompt: str) -> VariableSet | None:
        """None when none was used, or when it was deleted since."""
        name = self._store.kept.get(_LAST + prompt)
        return next((row for row in self._store.sets.rows(prompt) if row.name == name), None)

    # From files and texts

    def read(self, text: str, format: InputFormat | None = None) -> tuple[Case, ...]:
        """The inputs in a text that was pasted; see `domain.inputs.read_cases`."""
        return read_cases(text, "", format)

    def read_file(self, path: Path | str, format: InputFormat | None = None) -> tuple[Case, ...]:
        """The inputs in a file. `FormatError` with file, line and key; `BadInput` where it cannot be read."""
        file = Path(path).expanduser()
        try:
            if file.stat().st_size > MAX_BYTES:
                raise BadInput(f"{path} is larger than {MAX_BYTES // 1024 // 1024} MB", "split it")
            raw = file.read_bytes()
        except OSError as error:
            raise BadInput(f"{path} cannot be read: {error.strerror}") from error
        try:
            return read_cases(raw.decode("utf-8"), str(path), format)
        except UnicodeDecodeError as error:
            line = raw.count(b"\n", 0, error.start) + 1
            raise FormatError(f"not UTF-8 text (byte {error.start})", file=str(path), line=line) from error

    def cases(self, prompt: str, sets: Sequence[str] = (), files: Sequence[Path | str] = ()) -> tuple[Case, ...]:
        """The sets, then every input of the files, in the order given."""
        found = [Case(row.name, row.values) for row in (self.set(prompt, name) for name in sets)]
        for file in files:
            found += self.read_file(file)
        return tuple(found)

    # Inside

    def _add_values(self, values: Mapping[str, Any]) -> int:
        for key in values:
            if not str(key).strip():
                raise BadInput("a variable has no name")
        try:
            return self._store.sets.add_values(values)
        except (TypeError, ValueError) as error:
            raise BadInput(f"the values cannot be written as JSON: {error}") from error

    def _point(self, prompt_id: int, name: str, values_id: int | None) -> None:
        self._store.sets.point(prompt_id, name, values_id, actor=self._actor, at=self._store.clock())

    def _rename(self, prompt_id: int, name: str, to: str) -> None:
        rename_set(self._store, prompt_id, name, to, self._actor)

    def _record(self, kind: str, prompt: str, details: Mapping[str, Any]) -> None:
        self._store.events.append(kind, prompt, actor=self._actor, at=self._store.clock(), details=details)


def rename_set(store: Store, prompt_id: int, name: str, to: str, actor: str) -> None:
    values_id = store.sets.values_id(prompt_id, name)
    if values_id is None:
        raise NotFound(f"there is no variable set {name!r} any more")
    if store.sets.values_id(prompt_id, to) is not None:
        raise Refused(f"there is a variable set {to!r} already", "delete or rename that one first")
    at = store.clock()
    store.sets.point(prompt_id, name, None, actor=actor, at=at)
    store.sets.point(prompt_id, to, values_id, actor=actor, at=at)


def move_set(store: Store, prompt_id: int, act: Event, actor: str, *, backwards: bool) -> Mapping[str, Any]:
    """Does the act again, or its opposite: the details of the event to record. Inside `write()`."""
    name = act.details["name"]
    if act.kind == "set.rename":
        came_from, went_to = (act.details["to"], name) if backwards else (name, act.details["to"])
        rename_set(store, prompt_id, came_from, went_to, actor)
        return {"name": came_from, "to": went_to}
    before, after = act.details["before"], act.details["after"]
    if backwards:
        before, after = after, before
    if store.sets.values_id(prompt_id, name) != before:
        raise MovedMeanwhile(f"the variable set {name!r} was changed since", "look at it before you change it again")
    store.sets.point(prompt_id, name, after, actor=actor, at=store.clock())
    return {"name": name, "before": before, "after": after}
