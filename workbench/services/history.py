"""The audit log, and taking acts back: by whomever and from wherever they were done."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from workbench.domain.environments import Environment
from workbench.domain.events import Event, undo_and_redo
from workbench.domain.prompts import PromptRow, Version
from workbench.errors import MovedMeanwhile, Refused
from workbench.services.deploying import move
from workbench.services.inputs import move_set
from workbench.services.judging import judge_again
from workbench.services.library import Library, change_tags, refuse_live
from workbench.services.rating import mark_again
from workbench.store import Store

WINDOW = 500
"""How many of the newest events undo looks at, so that it costs the same in a store of any age."""


@dataclass(frozen=True)
class Undone:
    event: Event
    """The event that was recorded for this undo or redo."""
    message: str
    undo_hint: str
    """How to take it back again."""


class History:
    """`actor` is who acts, recorded with every undo and redo."""

    def __init__(self, store: Store, environments: Sequence[Environment], actor: str) -> None:
        self._store = store
        self._actor = actor
        self._library = Library(store, environments, actor)

    def events(self, name: str | None = None, *, limit: int = 200, before: int | None = None) -> list[Event]:
        """Newest first; `before` is the id of the last event already seen. Raises `NotFound` for an unknown prompt."""
        if name is not None:
            self._library.prompt(name)
        return self._store.events.newest(name, limit=limit, before=before)

    def next_undo(self) -> str:
        """What undo would take back, in one line; "" for nothing."""
        act, _ = self._candidates()
        return told(act) if act else ""

    def undo(self) -> Undone:
        """Takes the last act back in one transaction. `Refused` when there is nothing, or not possible any more."""
        with self._store.write():
            act, _ = self._candidates()
            if act is None:
                raise Refused("nothing to undo")
            event = self._apply(act, backwards=True, undoes=act.id)
        return Undone(event, f"took back: {told(act)}", "redo does it again")

    def redo(self) -> Undone:
        """Does again what the last undo took back."""
        with self._store.write():
            _, undo = self._candidates()
            act = self._store.events.get(undo.undoes) if undo and undo.undoes else None
            if undo is None or act is None:
                raise Refused("nothing to redo")
            event = self._apply(act, backwards=False, redoes=undo.id)
        return Undone(event, f"did again: {told(act)}", "undo takes it back")

    def _candidates(self) -> tuple[Event | None, Event | None]:
        return undo_and_redo(self._store.events.newest(limit=WINDOW)[::-1])

    def _apply(self, act: Event, *, backwards: bool, undoes: int | None = None, redoes: int | None = None) -> Event:
        """Does `act` again, or its opposite; every check is made again on what is there now."""
        prompt = self._library.prompt(act.prompt)
        if act.kind in ("deployment.promote", "deployment.rollback"):
            self._deploy(act, prompt, backwards, undoes, redoes)
            return self._store.events.newest(limit=1)[0]
        if act.kind in ("version.save", "prompt.create"):
            kind = self._withdraw(act, prompt) if backwards else self._reinstate(act, prompt)
            details: Mapping[str, Any] = {"number": act.details["number"]}
        elif act.kind in ("prompt.archive", "prompt.unarchive"):
            kind, details = self._archive(act.kind, prompt, backwards), {}
        elif act.kind == "tag.change":
            kind, details = "tag.change", self._tag(act, prompt, backwards)
        elif act.kind in ("set.save", "set.rename", "set.delete"):
            kind, details = act.kind, move_set(self._store, prompt.id, act, self._actor, backwards=backwards)
        elif act.kind == "run.mark":
            kind, details = act.kind, mark_again(self._store, act, backwards=backwards)
        elif act.kind == "verdict.give":
            kind, details = act.kind, judge_again(self._store, act, backwards=backwards)
        else:
            kind, details = "prompt.describe", self._describe(act, prompt, backwards)
        return self._store.events.append(
            kind,
            act.prompt,
            actor=self._actor,
            at=self._store.clock(),
            details=details,
            undoes=undoes,
            redoes=redoes,
        )

    def _deploy(self, act: Event, prompt: PromptRow, backwards: bool, undoes: int | None, redoes: int | None) -> None:
        environment = act.details["environment"]
        came_from, went_to = act.details["before"], act.details["after"]
        if backwards:
            came_from, went_to = went_to, came_from
        now = prompt.live.get(environment)
        if now != came_from:
            raise MovedMeanwhile(
                f"{now or 'nothing'} is live in {environment} by now, not {came_from or 'nothing'}",
                f"look at the history of {prompt.name}",
            )
        version = self._usable(prompt, went_to) if went_to is not None else None
        if prompt.archived and version is not None:
            raise Refused(f"{prompt.name} is archived", "take it out of the archive first")
        kind: Literal["promote", "rollback"] = (
            "rollback" if backwards or act.kind == "deployment.rollback" else "promote"
        )
        move(
            self._store,
            kind,
            prompt,
            environment,
            version.id if version else None,
            actor=self._actor,
            reason=("undo: " if backwards else "redo: ") + told(act),
            undoes=undoes,
            redoes=redoes,
        )

    def _usable(self, prompt: PromptRow, number: str) -> Version:
        version = self._library.resolve_selector(prompt.name, number)
        if version.withdrawn:
            raise Refused(f"{version.reference} was withdrawn", "redo it or choose another version")
        return version

    def _withdraw(self, act: Event, prompt: PromptRow) -> str:
        version = self._library.resolve_selector(prompt.name, act.details["number"])
        if version.environments:
            raise Refused(f"{version.reference} is live in {', '.join(version.environments)}", "roll it back first")
        if version.withdrawn:
            raise Refused(f"{version.reference} was withdrawn already")
        at = self._store.clock()
        self._store.versions.withdraw(version.id, at, self._actor)
        self._store.prompts.refresh_latest(prompt.id, at)
        # A prompt is never deleted: one without a version is put away until something is saved to it again.
        if prompt.version_count == 1 and not prompt.archived:
            self._store.prompts.archive(prompt.id, at)
        return "version.withdraw"

    def _reinstate(self, act: Event, prompt: PromptRow) -> str:
        version = self._library.resolve_selector(prompt.name, act.details["number"])
        if not version.withdrawn:
            raise Refused(f"{version.reference} is there already")
        at = self._store.clock()
        self._store.versions.reinstate(version.id)
        self._store.prompts.refresh_latest(prompt.id, at)
        if prompt.version_count == 0 and prompt.archived:
            self._store.prompts.unarchive(prompt.id, at)
        return "version.reinstate"

    def _archive(self, kind: str, prompt: PromptRow, backwards: bool) -> str:
        to_archive = (kind == "prompt.archive") != backwards
        if prompt.archived == to_archive:
            raise Refused(f"{prompt.name} is {'archived already' if to_archive else 'not archived any more'}")
        at = self._store.clock()
        if to_archive:
            refuse_live(prompt)
            self._store.prompts.archive(prompt.id, at)
            return "prompt.archive"
        self._store.prompts.unarchive(prompt.id, at)
        return "prompt.unarchive"

    def _tag(self, act: Event, prompt: PromptRow, backwards: bool) -> Mapping[str, Any]:
        number, added, removed = act.details["number"], act.details["added"], act.details["removed"]
        if backwards:
            added, removed = removed, added
        version = self._library.resolve_selector(prompt.name, number) if number else None
        change_tags(self._store, prompt.id, version.id if version else None, added, removed)
        self._store.prompts.touch(prompt.id, self._store.clock())
        return {"number": number, "added": added, "removed": removed}

    def _describe(self, act: Event, prompt: PromptRow, backwards: bool) -> Mapping[str, Any]:
        after = act.details["before" if backwards else "after"]
        self._store.prompts.describe(prompt.id, after, self._store.clock())
        return {"before": prompt.description, "after": after}


def told(event: Event) -> str:
    """An event in a few words, for status lines and logs; the text may hold what users wrote."""
    prompt, details = event.prompt, event.details
    number = details.get("number", "")
    if event.kind in ("deployment.promote", "deployment.rollback"):
        environment, after, before = details["environment"], details["after"], details["before"]
        if after is None:
            return f"take {prompt} {before} out of {environment}"
        verb = "promote" if event.kind == "deployment.promote" else "roll back"
        return f"{verb} {prompt} {f'to {after} in' if verb == 'roll back' else f'{after} to'} {environment}"
    if event.kind == "tag.change":
        signs = [f"+{tag}" for tag in details["added"]] + [f"-{tag}" for tag in details["removed"]]
        return f"tag {prompt}{'@' + number if number else ''} {' '.join(signs)}"
    verbs = {
        "prompt.create": f"create {prompt} {number}",
        "version.save": f"save {prompt} {number}",
        "version.withdraw": f"withdraw {prompt} {number}",
        "version.reinstate": f"bring back {prompt} {number}",
        "prompt.archive": f"archive {prompt}",
        "prompt.unarchive": f"take {prompt} out of the archive",
        "prompt.describe": f"describe {prompt}",
        "set.save": f"save the variable set {details.get('name', '')!r} of {prompt}",
        "set.delete": f"delete the variable set {details.get('name', '')!r} of {prompt}",
        "set.rename": f"rename the variable set {details.get('name', '')!r} of {prompt} to {details.get('to', '')!r}",
        "verdict.give": f"give a verdict on input {details.get('case', 0) + 1} of a comparison of {prompt}",
        "run.mark": f"mark the run {str(details.get('run', ''))[:8]} of {prompt}",
    }
    return verbs.get(event.kind, f"{event.kind} {prompt}".strip())
