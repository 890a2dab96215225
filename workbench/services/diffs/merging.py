"""Merging two versions into a new one, which was made of both."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from workbench.domain.merging import Merge, Names, Pick, ancestors, merge_contents, merge_sets, nearest_ancestors
from workbench.domain.prompts import Content, Version, VersionRow
from workbench.domain.versions import highest
from workbench.errors import BadInput, Unchanged
from workbench.services.library import Library, change_tags
from workbench.store import Store


@dataclass(frozen=True)
class Proposal:
    """Two versions, what both were made of, and what they say together."""

    base: Version
    ours: Version
    theirs: Version
    merge: Merge

    @property
    def names(self) -> Names:
        """For the marks of conflicts."""
        return Names(f"base {self.base.reference}", f"ours {self.ours.reference}", f"theirs {self.theirs.reference}")

    @property
    def tags(self) -> tuple[str, ...]:
        return merge_sets(self.base.tags, self.ours.tags, self.theirs.tags)

    @property
    def note(self) -> str:
        """What is said of the new version where nothing else is."""
        theirs = self.theirs.number if self.theirs.prompt == self.ours.prompt else self.theirs.reference
        return f"Merge {theirs} into {self.ours.number}"


class Merging:
    def __init__(self, store: Store, library: Library) -> None:
        self._store = store
        self._library = library

    def plan(self, ours: str, theirs: str, base: str | None = None) -> Proposal:
        """What merging the version `theirs` into `ours` gives; changes nothing.

        Without `base` it is the nearest version that both were made of. Raises `NotFound`, `BadReference`; `BadInput`
        where they have no such version, and `Unchanged` where one was made of the other, so that it has all of it.
        """
        one, other = self._library.version(ours), self._library.version(theirs)
        common = self._common(one, other) if base is None else self._library.version(base)
        return self.of(common, one, other)

    def of(self, base: Version, ours: Version, theirs: Version) -> Proposal:
        return Proposal(base, ours, theirs, merge_contents(base.content, ours.content, theirs.content))

    def save(
        self,
        planned: Proposal,
        picks: Mapping[int, Pick] | None = None,
        *,
        content: Content | None = None,
        note: str = "",
        bump: str = "patch",
        number: str | None = None,
        expect_latest: str | None = None,
    ) -> Version:
        """The merged version: its parent is `ours`, and `theirs` stands in its source and in the
        event as `merged`.

        `content` takes the place of what the merge says, where somebody wrote it. Raises as `Library.save`, and
        `BadInput` for a conflict that nobody decided.
        """
        ours, theirs = planned.ours, planned.theirs
        merged = theirs.number if theirs.prompt == ours.prompt else theirs.reference
        tags = list(planned.tags)
        with self._store.write():
            saved = self._library.save(
                ours.prompt,
                content or planned.merge.content(picks),
                note=note or planned.note,
                bump=bump,
                number=number,
                parent=ours.number,
                expect_latest=expect_latest,
                source={"merged": merged},
            )
            if tags:
                prompt = self._library.prompt(ours.prompt)
                change_tags(self._store, prompt.id, saved.id, tags, ())
            return self._library.version(saved.reference)

    def base_of(self, name: str, one: str, other: str) -> str | None:
        """The number of the nearest version that both were made of; of several the highest, None for none."""
        parents = self._store.versions.parents(self._library.prompt(name).id)
        return highest(number for number in nearest_ancestors(parents, one, other) if number in parents)

    def beside(self, name: str, number: str) -> list[VersionRow]:
        """The versions that were made beside this one: neither of it nor it of them, and not of each other. Highest
        first."""
        parents = self._store.versions.parents(self._library.prompt(name).id)
        rows = self._library.versions(name)
        above = {row.number: ancestors(parents, row.number) for row in rows}
        found = [row for row in rows if row.number not in above[number] and number not in above[row.number]]
        return [row for row in found if not any(row.number in above[o.number] for o in found if o is not row)]

    def _common(self, ours: Version, theirs: Version) -> Version:
        number = self.base_of(ours.prompt, ours.number, theirs.number) if ours.prompt == theirs.prompt else None
        if number is None:
            raise BadInput(
                f"{ours.reference} and {theirs.reference} were not made of one version",
                "say with --base which one to compare them with",
            )
        if ours.number == theirs.number:
            raise Unchanged(f"{ours.reference} is to be merged with itself")
        if number in (ours.number, theirs.number):
            newer = theirs if number == ours.number else ours
            raise Unchanged(
                f"nothing to merge: {newer.reference} was made of {number} and has all of it",
                f"look at what it changed: workbench diff {newer.prompt} {number} {newer.number}",
            )
        return self._library.version(f"{ours.prompt}@{number}")
