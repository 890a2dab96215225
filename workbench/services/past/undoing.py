"""How each kind of act is done backwards and again: one function a kind, in `TABLE`.

Every check is made on what is there now: where somebody has moved on since, it is refused with the reason. All of it
belongs inside `write()`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from workbench.domain.events import Event
from workbench.domain.prompts import PromptRow, Version
from workbench.errors import MovedMeanwhile, Refused
from workbench.services.changing import change_tags, refuse_live
from workbench.services.comparisons.judging import judge_again
from workbench.services.library import Library
from workbench.services.past.telling import told
from workbench.services.releases.moving import move
from workbench.services.runs.inputs import move_set
from workbench.services.runs.rating import mark_again
from workbench.store import Store


@dataclass(frozen=True)
class Taking:
    """One event that is taken back (`backwards`) or done again, and who does it."""

    store: Store
    library: Library
    actor: str
    act: Event
    prompt: PromptRow
    backwards: bool
    undoes: int | None = None
    redoes: int | None = None
    shared: int | None = None
    """What the events of one act of several have in common; None for an act of one."""

    def record(self, kind: str, details: Mapping[str, Any]) -> Event:
        return self.store.events.append(
            kind,
            self.act.prompt,
            actor=self.actor,
            at=self.store.clock(),
            details={**details, **self.extra},
            undoes=self.undoes,
            redoes=self.redoes,
        )

    @property
    def extra(self) -> Mapping[str, Any]:
        return {"act": self.shared} if self.shared is not None else {}

    def sides(self) -> tuple[Any, Any]:
        """What must be there now, and what is there then, of an act that recorded `before` and `after`."""
        before, after = self.act.details["before"], self.act.details["after"]
        return (after, before) if self.backwards else (before, after)


def take(taking: Taking) -> Event:
    """Does it, and records it. Raises `Refused`, `MovedMeanwhile`, `NotFound`."""
    return TABLE[taking.act.kind](taking)


def _deployment(taking: Taking) -> Event:
    act, prompt, store = taking.act, taking.prompt, taking.store
    environment = act.details["environment"]
    came_from, went_to = taking.sides()
    now = prompt.live.get(environment)
    if now != came_from:
        newest = store.deployments.newest(prompt.id, environment, 1)
        who = f"{newest[0].actor} moved it" if newest else "it was moved"
        raise MovedMeanwhile(
            f"{who} since: {now or 'nothing'} is live in {environment} by now, not {came_from or 'nothing'}",
            f"look first: workbench history {prompt.name} --env {environment}",
        )
    version = _usable(taking, went_to) if went_to is not None else None
    more: dict[str, Any] = {"details": taking.extra} if taking.extra else {}
    if prompt.archived and version is not None:
        raise Refused(f"{prompt.name} is archived", "take it out of the archive first")
    move(
        store,
        "rollback" if taking.backwards or act.kind == "deployment.rollback" else "promote",
        prompt,
        environment,
        version.id if version else None,
        actor=taking.actor,
        reason=("undo: " if taking.backwards else "redo: ") + told(act),
        undoes=taking.undoes,
        redoes=taking.redoes,
        **more,
    )
    return store.events.newest(limit=1)[0]


def _usable(taking: Taking, number: str) -> Version:
    version = taking.library.resolve_selector(taking.prompt.name, number)
    if version.withdrawn:
        raise Refused(f"{version.reference} was withdrawn", "redo it or choose another version")
    return version


def _save(taking: Taking) -> Event:
    return _withdraw(taking) if taking.backwards else _reinstate(taking)


def _withdraw(taking: Taking) -> Event:
    store, prompt, details = taking.store, taking.prompt, taking.act.details
    version = taking.library.resolve_selector(prompt.name, details["number"])
    if version.environments:
        raise Refused(f"{version.reference} is live in {', '.join(version.environments)}", "roll it back first")
    if version.withdrawn:
        raise Refused(f"{version.reference} was withdrawn already")
    at = store.clock()
    store.versions.withdraw(version.id, at, taking.actor)
    store.prompts.refresh_latest(prompt.id, at)
    recorded: dict[str, Any] = {"number": version.number}
    recorded |= _description_too(taking, at)
    # A prompt is never deleted: one without a version is put away until something is saved to it again.
    if prompt.version_count == 1 and not prompt.archived:
        store.prompts.archive(prompt.id, at)
        recorded["archived"] = True
    return taking.record("version.withdraw", recorded)


def _reinstate(taking: Taking) -> Event:
    store, prompt, details = taking.store, taking.prompt, taking.act.details
    version = taking.library.resolve_selector(prompt.name, details["number"])
    if not version.withdrawn:
        raise Refused(f"{version.reference} is there already")
    at = store.clock()
    store.versions.reinstate(version.id)
    store.prompts.refresh_latest(prompt.id, at)
    recorded: dict[str, Any] = {"number": version.number}
    recorded |= _description_too(taking, at)
    if prompt.version_count == 0 and prompt.archived:
        store.prompts.unarchive(prompt.id, at)
        recorded["archived"] = False
    return taking.record("version.reinstate", recorded)


def _description_too(taking: Taking, at: str) -> Mapping[str, Any]:
    """A save may have changed the description as well."""
    changed = taking.act.details.get("description")
    if changed is None:
        return {}
    before, after = changed["before"], changed["after"]
    if taking.backwards:
        before, after = after, before
    _change_description(taking, before, after, at)
    return {"description": {"before": before, "after": after}}


def _archive(taking: Taking) -> Event:
    store, prompt = taking.store, taking.prompt
    to_archive = (taking.act.kind == "prompt.archive") != taking.backwards
    if prompt.archived == to_archive:
        raise MovedMeanwhile(f"{prompt.name} is {'archived already' if to_archive else 'not archived any more'}")
    at = store.clock()
    if to_archive:
        refuse_live(prompt)
        store.prompts.archive(prompt.id, at)
        return taking.record("prompt.archive", {})
    store.prompts.unarchive(prompt.id, at)
    return taking.record("prompt.unarchive", {})


def _tag(taking: Taking) -> Event:
    store, prompt, details = taking.store, taking.prompt, taking.act.details
    number, added, removed = details["number"], details["added"], details["removed"]
    if taking.backwards:
        added, removed = removed, added
    version = taking.library.resolve_selector(prompt.name, number) if number else None
    now = version.tags if version else prompt.tags
    if [tag for tag in added if tag in now] or [tag for tag in removed if tag not in now]:
        raise MovedMeanwhile(f"the tags of {prompt.name}{f'@{number}' * bool(number)} were changed since")
    change_tags(store, prompt.id, version.id if version else None, added, removed)
    store.prompts.touch(prompt.id, store.clock())
    return taking.record("tag.change", {"number": number, "added": added, "removed": removed})


def _describe(taking: Taking) -> Event:
    before, after = taking.sides()
    _change_description(taking, before, after, taking.store.clock())
    return taking.record("prompt.describe", {"before": before, "after": after})


def _change_description(taking: Taking, before: str, after: str, at: str) -> None:
    if taking.prompt.description != before:
        raise MovedMeanwhile(f"the description of {taking.prompt.name} was changed since")
    taking.store.prompts.describe(taking.prompt.id, after, at)


def _set(taking: Taking) -> Event:
    details = move_set(taking.store, taking.prompt.id, taking.act, taking.actor, backwards=taking.backwards)
    return taking.record(taking.act.kind, details)


def _review(taking: Taking) -> Event:
    from workbench.services.releases.approving import review_again

    kind, details = review_again(taking.store, taking.act, taking.prompt, taking.actor, backwards=taking.backwards)
    return taking.record(kind, details)


def _of(again: Callable[..., Mapping[str, Any]]) -> Callable[[Taking], Event]:
    """From `(store, act, *, backwards) → details of the event to record`, which is of the same kind."""

    def taken(taking: Taking) -> Event:
        return taking.record(taking.act.kind, again(taking.store, taking.act, backwards=taking.backwards))

    return taken


TABLE: Mapping[str, Callable[[Taking], Event]] = {
    "deployment.promote": _deployment,
    "deployment.rollback": _deployment,
    "prompt.create": _save,
    "version.save": _save,
    "prompt.archive": _archive,
    "prompt.unarchive": _archive,
    "prompt.describe": _describe,
    "tag.change": _tag,
    "set.save": _set,
    "set.rename": _set,
    "set.delete": _set,
    "run.mark": _of(mark_again),
    "verdict.give": _of(judge_again),
    "review.approve": _review,
    "review.request_changes": _review,
    "review.comment": _review,
    "review.withdraw": _review,
}
"""How to take back each kind of `domain.events.UNDOABLE`."""
