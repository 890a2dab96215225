"""The library as it was at a time: what was live, what there was, and what it said.

Times are as they are stored, `2026-09-01T12:00:00.000000Z`; `domain.times.moment` makes them from what people type.
A version was there from the time that it carries, which for one imported from git is that of its commit.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Literal

from workbench.domain.deployments import Deployment
from workbench.domain.environments import Environment
from workbench.domain.names import near
from workbench.domain.prompts import PromptRow, Version, VersionRow
from workbench.domain.references import Reference, parse_reference
from workbench.domain.times import day_and_time
from workbench.domain.versions import precedence
from workbench.errors import NotFound
from workbench.services.library import Library
from workbench.services.past.thought_away import row_before, tags_before
from workbench.store import Store

_WITHDRAWN = ("version.withdraw", "version.reinstate")
_FEW = 1000
"""Prompts up to which their versions are asked for one by one."""


@dataclass(frozen=True)
class Then:
    """What was live of one prompt in one environment."""

    prompt: str
    environment: str
    number: str
    now: str | None
    """What is live there now; None for nothing."""
    deployment: Deployment
    """Which made it live."""


@dataclass(frozen=True)
class Changed:
    """One thing about a prompt that is not what it was."""

    prompt: str
    what: Literal["new", "gone", "version", "live", "tags", "description"]
    """`version`: what is the latest now; `new` and `gone`: it was not, is not, in the library, or put away."""
    environment: str = ""
    """Of what is live."""
    before: str | None = None
    after: str | None = None
    """None: nothing was, or is, live."""
    at: str = ""
    actor: str = ""
    note: str = ""
    """Of the version or deployment that is there now; "" of everything else."""


@dataclass(frozen=True)
class PromptsThen:
    """A page of the library as it was."""

    rows: list[PromptRow]
    """By name. Fewer than asked for, even none, do not mean that there are no more: not all that are there now were
    there then."""
    next: str | None
    """What to give as `after` for the next page; None: that was all."""


class TimeMachine:
    """Reads only. Every method answers from one state of the store."""

    def __init__(self, store: Store, environments: Sequence[Environment]) -> None:
        self._store = store
        self._environments = tuple(environment.name for environment in environments)
        self._library = Library(store, environments, "")

    def live_at(
        self,
        at: str,
        name: str | None = None,
        environment: str | None = None,
        *,
        after: tuple[str, str] | None = None,
        limit: int | None = None,
    ) -> list[Then]:
        """By prompt and environment; `after` is the prompt and environment of the last one already seen.

        Raises `NotFound` for an unknown prompt, and for an environment that neither the config nor the ledger knows.
        """
        with self._store.snapshot():
            prompt_id = None if name is None else self._library.prompt(name).id
            if environment is not None:
                self._check_environment(environment)
            found = self._store.past.live(
                at, prompt_id=prompt_id, environment=environment, after=after, limit=-1 if limit is None else limit
            )
            rows = self._store.deployments.of_ids([row for row, _ in found])
            return [
                Then(row.prompt, row.environment, row.after, now, row)
                for row, (_, now) in zip(rows, found, strict=True)
                if row.after is not None
            ]

    def prompts_at(self, at: str, *, archived: bool = False) -> list[PromptRow]:
        """By name: those that had a version then, each as the library showed it. `archived` adds those put away."""
        with self._store.snapshot():
            return self._as_then(self._store.prompts.all(self._environments, archived=True), at, archived, few=False)

    def page_at(self, at: str, *, after: str = "", limit: int = 200, archived: bool = False) -> PromptsThen:
        """As `prompts_at`, of the next `limit` prompts of today whose names come after `after`."""
        with self._store.snapshot():
            rows = self._store.prompts.page(self._environments, after=after, limit=limit, archived=True)
            return PromptsThen(
                self._as_then(rows, at, archived, few=True), rows[-1].name if len(rows) == limit else None
            )

    def named_at(self, names: Sequence[str], at: str, *, archived: bool = False) -> list[PromptRow]:
        """As `prompts_at`, of these in their order; those that nobody knows are left out."""
        with self._store.snapshot():
            found = [self._store.prompts.find(name, self._environments) for name in names]
            return self._as_then([row for row in found if row is not None], at, archived, few=True)

    def prompt_at(self, name: str, at: str) -> PromptRow:
        """Raises `NotFound` when it was not there yet."""
        with self._store.snapshot():
            found = self._as_then([self._library.prompt(name)], at, True, few=True)
        if not found:
            raise NotFound(f"{name} was not there yet at {day_and_time(at)}", hint=f"workbench log {name}")
        return found[0]

    def versions_at(self, name: str, at: str) -> list[VersionRow]:
        """Highest number first, with the tags and environments of then."""
        with self._store.snapshot():
            prompt = self.prompt_at(name, at)
            looks = self._store.past.looks_since(at, [name])
            there = self._numbers(at, looks, {name: prompt.id})[prompt.id]
            tags: dict[str, list[Mapping[str, Any]]] = defaultdict(list)
            for kind, _, details in looks:
                if kind == "tag.change" and details["number"]:
                    tags[details["number"]].append(details)
            return [
                replace(
                    row,
                    tags=tags_before(row.tags, tags.get(row.number, ())),
                    environments=tuple(where for where, number in prompt.live.items() if number == row.number),
                    withdrawn=False,
                )
                for row in self._store.versions.rows(prompt.id, self._environments, include_withdrawn=True)
                if row.number in there
            ]

    def changes(self, since: str, until: str | None = None) -> list[Changed]:
        """What is different, by prompt: what came and went again in between is not."""
        with self._store.snapshot():
            then = {row.name: row for row in self.prompts_at(since)}
            if until is None:
                now = {row.name: row for row in self._library.prompts()}
                until = "9999"
            else:
                now = {row.name: row for row in self.prompts_at(until)}
            return [
                change
                for name in sorted({*then, *now})
                if then.get(name) != now.get(name)
                for change in self._changes_of(then.get(name), now.get(name), until)
            ]

    def _changes_of(self, before: PromptRow | None, after: PromptRow | None, until: str) -> Iterator[Changed]:
        if after is None:
            yield Changed(before.name if before else "", "gone", before=before.latest if before else None)
            return
        name = after.name
        if before is None or before.latest != after.latest:
            version = self._library.resolve_selector(name, after.latest)
            what: Literal["new", "version"] = "new" if before is None else "version"
            told = (version.created_at, version.author, version.note)
            yield Changed(name, what, "", before.latest if before else None, after.latest, *told)
        was = before.live if before else {}
        now = {row.environment: row.deployment for row in self.live_at(until, name)} if was != after.live else {}
        for environment in dict.fromkeys([*was, *after.live]):
            if was.get(environment) != after.live.get(environment):
                deployed = now.get(environment)
                more = (deployed.at, deployed.actor, deployed.reason) if deployed else ()
                yield Changed(name, "live", environment, was.get(environment), after.live.get(environment), *more)
        if before is not None and before.tags != after.tags:
            yield Changed(name, "tags", before=" ".join(before.tags), after=" ".join(after.tags))
        if before is not None and before.description != after.description:
            yield Changed(name, "description", before=before.description, after=after.description)

    def version_at(self, reference: str | Reference, at: str) -> Version:
        """The version that the reference meant then. Raises `BadReference`; `NotFound` saying what was there."""
        if isinstance(reference, str):
            reference = parse_reference(reference, self._environments)
        with self._store.snapshot():
            prompt = self.prompt_at(reference.name, at)
            when = day_and_time(at)
            if reference.kind == "latest":
                number = prompt.latest
            elif reference.kind == "environment":
                number = prompt.live.get(reference.value, "")
                if not number:
                    live = ", ".join(f"{where} {what}" for where, what in prompt.live.items())
                    raise NotFound(
                        f"nothing of {prompt.name} was live in {reference.value} at {when}",
                        hint=f"live were {live}" if live else f"workbench history {prompt.name}",
                    )
            else:
                number = self._library.version(reference).number
            for row in self.versions_at(prompt.name, at):
                if row.number == number:
                    found = self._library.version(Reference(prompt.name, "number", number))
                    return replace(found, tags=row.tags, environments=row.environments, withdrawn=False)
            raise NotFound(
                f"{prompt.name}@{number} was not there at {when}", hint=f"the latest then was {prompt.latest}"
            )

    # Inside

    def _as_then(self, rows: Sequence[PromptRow], at: str, archived: bool, *, few: bool) -> list[PromptRow]:
        """These rows before what was done since. `few`: they are looked up one by one; else they are all there are."""
        if not rows:
            return []
        past = self._store.past
        ids = {row.name: row.id for row in rows}
        among = list(ids.values()) if few else None
        live: dict[int, dict[str, str | None]] = defaultdict(dict)
        for prompt_id, environment, number in past.moved_since(at, among):
            live[prompt_id][environment] = number
        changes = past.looks_since(at, list(ids) if few else None)
        versions_changed = {ids.get(prompt, 0) for kind, prompt, _ in changes if kind in _WITHDRAWN}
        versions_changed.update(past.saved_since(at, among))
        numbers = self._numbers(at, changes, {row.name: row.id for row in rows if row.id in versions_changed})
        looks: dict[str, list[tuple[str, Mapping[str, Any]]]] = defaultdict(list)
        for kind, prompt, details in changes:
            looks[prompt].append((kind, details))
        then = []
        for row in rows:
            was: dict[str, Any] = {}
            there = row.version_count
            if row.id in versions_changed:
                there = len(numbers[row.id])
                was |= {"latest": max(numbers[row.id], key=precedence, default=""), "version_count": there}
            if not there:
                continue
            if row.id in live:
                was["live"] = self._in_order({**row.live, **live[row.id]})
            if row.updated_at > at:
                was["updated_at"] = at
            row = replace(row, **was) if was else row
            if row.name in looks:
                row = row_before(row, looks[row.name])
            if archived or not row.archived:
                then.append(row)
        return then

    def _numbers(
        self, at: str, changes: Sequence[tuple[str, str, Mapping[str, Any]]], ids: Mapping[str, int]
    ) -> dict[int, set[str]]:
        """By prompt the versions that were there; one that was taken back before then was not."""
        past = self._store.past
        found: dict[int, set[str]] = defaultdict(set)
        for prompt_id, number in past.numbers(at, None if len(ids) > _FEW else list(ids.values())):
            found[prompt_id].add(number)
        gone = set(past.withdrawn())
        for kind, name, details in changes:
            if kind in _WITHDRAWN and name in ids:
                (gone.discard if kind == "version.withdraw" else gone.add)((ids[name], details["number"]))
        for prompt_id, number in gone:
            found[prompt_id].discard(number)
        return found

    def _in_order(self, live: Mapping[str, str | None]) -> dict[str, str]:
        names = [name for name in self._environments if name in live]
        names += sorted(name for name in live if name not in self._environments)
        return {name: number for name in names if (number := live[name]) is not None}

    def _check_environment(self, name: str) -> None:
        known = dict.fromkeys([*self._environments, *self._store.past.environments()])
        if name not in known:
            close = near(name, list(known))
            raise NotFound(f"there is no environment {name!r}", close, "" if close else "there are " + ", ".join(known))
