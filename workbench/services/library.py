"""The prompts and their versions: listing, finding, saving, tagging, archiving."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial
from typing import Any

from workbench.domain.environments import Environment
from workbench.domain.names import check_prompt_name, check_tag, near
from workbench.domain.prompts import INCLUDING, Content, PromptRow, SearchHit, Version, VersionRow, check_content
from workbench.domain.references import Reference, parse_reference, parse_selector
from workbench.domain.versions import parse_number, propose
from workbench.errors import MovedMeanwhile, NotFound, Refused, Unchanged
from workbench.services.changing import change_tags as change_tags
from workbench.services.changing import check_templates as check_templates
from workbench.services.changing import refuse_live as refuse_live
from workbench.services.finding import found_by, not_found
from workbench.store import Store


class Library:
    """`actor` is who acts, recorded with every change."""

    def __init__(self, store: Store, environments: Sequence[Environment], actor: str) -> None:
        self._store = store
        self._environments = tuple(environment.name for environment in environments)
        self._actor = actor

    # Reading

    def prompts(
        self, *, tag: str | None = None, environment: str | None = None, archived: bool = False
    ) -> list[PromptRow]:
        """Sorted by name. `archived` adds the archived ones; `environment` keeps those with something live in it."""
        if environment is not None:
            self._known(environment)
        with self._store.snapshot():
            return self._store.prompts.all(self._environments, tag=tag, environment=environment, archived=archived)

    def page(self, *, after: str = "", limit: int = 200, archived: bool = False) -> list[PromptRow]:
        """The next prompts by name after the name `after`."""
        with self._store.snapshot():
            return self._store.prompts.page(self._environments, after=after, limit=limit, archived=archived)

    def prompt(self, name: str) -> PromptRow:
        """Raises `NotFound` with the nearest names."""
        found = self._store.prompts.find(name, self._environments)
        if found is None:
            close = near(name, self._store.prompts.names_like(name))
            raise NotFound(f"there is no prompt {name!r}", close, "" if close else self._which_are_there())
        return found

    def _which_are_there(self) -> str:
        if not self._store.prompts.count():
            return "there are no prompts yet: workbench import PATH, or workbench save NAME FILE"
        return "workbench list names all prompts, workbench search TEXT looks in what they say"

    def versions(self, name: str, *, include_withdrawn: bool = False) -> list[VersionRow]:
        """Highest number first."""
        with self._store.snapshot():
            prompt = self.prompt(name)
            return self._store.versions.rows(prompt.id, self._environments, include_withdrawn=include_withdrawn)

    def version(self, reference: str | Reference) -> Version:
        """Raises `BadReference`, or `NotFound` with near numbers, or saying that nothing is live there."""
        if isinstance(reference, str):
            reference = parse_reference(reference, self._environments)
        find = partial(found_by, self._store, self._environments)
        found = find(reference)
        if found is None:
            raise not_found(self._store, self.prompt(reference.name), reference)
        if found.content.format in INCLUDING:
            from workbench.services.partials import with_partials

            return with_partials(found, find, self._environments)
        return found

    def resolve_selector(self, name: str, selector: str) -> Version:
        """`selector` is what may stand behind the `@`."""
        return self.version(parse_selector(name, selector, self._environments))

    def search(self, text: str, limit: int = 50) -> list[SearchHit]:
        """Over names, notes, tags and messages of all versions; any text may be asked for."""
        return self._store.search.find(text, limit)

    def next_number(self, name: str, bump: str = "patch") -> str:
        """The number that saving with this bump would give."""
        prompt = self._store.prompts.find(name)
        if prompt is None:
            return propose((), None, bump)
        return propose(self._store.versions.numbers(prompt.id), prompt.latest or None, bump)

    # Changing

    def save(
        self,
        name: str,
        content: Content,
        *,
        note: str = "",
        bump: str = "patch",
        number: str | None = None,
        parent: str | None = None,
        expect_latest: str | None = None,
        description: str | None = None,
        source: Mapping[str, Any] | None = None,
        author: str | None = None,
        created_at: str | None = None,
    ) -> Version:
        """A new version, and the prompt too when it is new.

        `number` or else `bump` of the latest decides the number; `parent` is what it was made from (the latest when
        not given). Raises `Unchanged` when it says what its parent says, `MovedMeanwhile` when the latest is not
        `expect_latest`, `Refused` for a number that is taken or an archived prompt, `TemplateError`, `BadInput`.
        """
        check_prompt_name(name)
        check_content(content)
        check_templates(content)
        if number is not None:
            parse_number(number)
        store = self._store
        with store.write():
            at = store.clock()
            prompt = store.prompts.find(name)
            latest = prompt.latest if prompt else ""
            if prompt is None:
                self.refuse_other_case(name)
            _refuse_moved(name, latest, expect_latest)
            parent = self._parent(name, prompt, content, parent, merges="merged" in (source or {}))
            if prompt is None:
                prompt_id, taken, besides = store.prompts.add(name, description or "", at), list[str](), {}
            else:
                prompt_id, taken = prompt.id, store.versions.numbers(prompt.id)
                besides = self._change_besides(prompt, description, at)
            if number is None:
                number = propose(taken, latest or None, bump)
            elif number in taken:
                raise Refused(f"{name}@{number} exists already", f"the next free one is {propose(taken, number, bump)}")
            version_id = store.versions.add(
                prompt_id,
                number,
                content,
                author=self._actor if author is None else author,
                at=created_at or at,
                note=note,
                parent=parent,
                source=source or {},
            )
            store.prompts.refresh_latest(prompt_id, at)
            store.runs.tie(prompt_id, content.digest, version_id)
            store.search.index(version_id)
            details = {
                "number": number,
                "digest": content.digest,
                "parent": parent,
                "note": note,
                "rows": [["versions", version_id, store.seals.hash_of("versions", version_id)]],
                **{key: value for key, value in (source or {}).items() if key == "merged"},
                **besides,
            }
            self._record("version.save" if latest else "prompt.create", name, at, details)
            saved = store.versions.by_number(name, number, self._environments)
        assert saved is not None  # noqa: S101 — it was inserted in this transaction
        return saved

    def restore(self, reference: str | Reference, note: str = "") -> Version:
        """The old content as a new version on top. `Unchanged` when it is what the latest says."""
        old = self.version(reference)
        return self.save(old.prompt, old.content, note=note or f"Restore {old.number}", source=old.source)

    def describe(self, name: str, description: str) -> PromptRow:
        with self._store.write():
            prompt = self.prompt(name)
            if prompt.description != description:
                at = self._store.clock()
                self._store.prompts.describe(prompt.id, description, at)
                self._record("prompt.describe", name, at, {"before": prompt.description, "after": description})
            return self.prompt(name)

    def tag(self, reference: str, add: Sequence[str] = (), remove: Sequence[str] = ()) -> tuple[str, ...]:
        """`NAME` tags the prompt, `NAME@SELECTOR` the version. The tags it has then; nothing happens twice."""
        add = [check_tag(tag, self._environments) for tag in dict.fromkeys(add)]
        remove = list(dict.fromkeys(remove))
        both = [tag for tag in add if tag in remove]
        if both:
            raise Refused(f"the tag {both[0]!r} is to be added and removed at once")
        store = self._store
        with store.write():
            version = self.version(reference) if "@" in reference else None
            prompt = self.prompt(version.prompt if version else reference)
            now = version.tags if version else prompt.tags
            added, removed = [t for t in add if t not in now], [t for t in remove if t in now]
            if not added and not removed:
                return now
            at = store.clock()
            change_tags(store, prompt.id, version.id if version else None, added, removed)
            store.prompts.touch(prompt.id, at)
            details = {"number": version.number if version else "", "added": added, "removed": removed}
            self._record("tag.change", prompt.name, at, details)
            return store.versions.tags(version.id) if version else store.prompts.tags(prompt.id)

    def archive(self, name: str) -> PromptRow:
        """Out of the lists; `Refused` while it is live anywhere."""
        with self._store.write():
            prompt = self.prompt(name)
            if prompt.archived:
                raise Unchanged(f"{name} is archived already")
            refuse_live(prompt)
            at = self._store.clock()
            self._store.prompts.archive(prompt.id, at)
            self._record("prompt.archive", name, at, {})
            return self.prompt(name)

    def unarchive(self, name: str) -> PromptRow:
        with self._store.write():
            prompt = self.prompt(name)
            if not prompt.archived:
                raise Unchanged(f"{name} is not archived")
            at = self._store.clock()
            self._store.prompts.unarchive(prompt.id, at)
            self._record("prompt.unarchive", name, at, {})
            return self.prompt(name)

    # Inside

    def _record(self, kind: str, prompt: str, at: str, details: Mapping[str, Any]) -> None:
        self._store.events.append(kind, prompt, actor=self._actor, at=at, details=details)

    def _known(self, environment: str) -> None:
        if environment not in self._environments:
            raise NotFound(f"there is no environment {environment!r}", near(environment, self._environments))

    def refuse_other_case(self, name: str) -> None:
        """`Refused` where another prompt has this name in other upper and lower case."""
        other = self._store.prompts.spelled_otherwise(name)
        if other is not None:
            raise Refused(
                f"{name!r} differs from the prompt {other!r} only in upper and lower case",
                f"use {other}, or another name: both would be one file when exported",
            )

    def _parent(
        self, name: str, prompt: PromptRow | None, content: Content, stated: str | None, *, merges: bool
    ) -> str | None:
        """The number of the version that the new one is made from; None for a first one."""
        if prompt is None or not prompt.latest:
            if stated is not None:
                raise NotFound(f"there is no version {name}@{stated} to make this one from")
            return None
        if prompt.archived:
            raise Refused(f"{name} is archived", "take it out of the archive first")
        parent = stated or prompt.latest
        self._refuse_unchanged(prompt.id, name, content, parent, merges=merges)
        return parent

    def _change_besides(self, prompt: PromptRow, description: str | None, at: str) -> dict[str, Any]:
        """What a new version changes of its prompt, for the same event: undo takes both back."""
        changed: dict[str, Any] = {}
        if description is not None and description != prompt.description:
            self._store.prompts.describe(prompt.id, description, at)
            changed["description"] = {"before": prompt.description, "after": description}
        if prompt.archived:
            self._store.prompts.unarchive(prompt.id, at)
            changed["archived"] = False
        return changed

    def _refuse_unchanged(self, prompt_id: int, name: str, content: Content, parent: str, *, merges: bool) -> None:
        digest = self._store.versions.digest(prompt_id, parent)
        if digest is None:
            near_numbers = near(parent, self._store.versions.numbers(prompt_id))
            raise NotFound(f"there is no version {name}@{parent} to make this one from", near_numbers)
        # A merge that takes all of one side settles what the other one changed.
        if digest == content.digest and not merges:
            raise Unchanged(f"nothing changed: {name}@{parent} says exactly this already")


def _refuse_moved(name: str, latest: str, expected: str | None) -> None:
    if expected is not None and latest != expected:
        raise MovedMeanwhile(
            f"the latest version of {name} is {latest or 'none'}, not {expected} any more",
            f"compare first: workbench diff {name} {expected} {latest}" if latest else "",
        )
