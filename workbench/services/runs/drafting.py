"""Running what is not saved yet: a draft is kept by its digest, and its runs become the version's once it is saved."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from workbench.domain.deployments import Environment
from workbench.domain.names import check_prompt_name
from workbench.domain.overrides import merged
from workbench.domain.prompts import Content, Version, check_content
from workbench.domain.versions import highest
from workbench.errors import NotFound
from workbench.services.library import Library, check_templates
from workbench.store import Store


class Drafting:
    """All methods belong to the store's thread."""

    def __init__(self, store: Store, environments: Sequence[Environment], actor: str) -> None:
        self._store = store
        self._actor = actor
        self._library = Library(store, environments, actor)

    def keep(self, prompt: str, content: Content, *, parent: str | None = None) -> Version:
        """The content as something that can be run and compared, kept word for word.

        Where a version says the same it is that version; else a draft: a `Version` without a number. A prompt that is
        new is made, put away until it has a version. `parent` is the number that it was made from. Raises
        `TemplateError`, `BadInput` and `StoreReadOnly`.
        """
        check_prompt_name(prompt)
        check_content(content)
        check_templates(content)
        self._store.database.refuse_readonly("the store is read-only: a draft could not be kept")
        found = self._store.prompts.find(prompt)
        saved = self._saved(prompt, found.id, content) if found else None
        if saved is not None:
            return saved
        with self._store.write():
            at = self._store.clock()
            if found is None:
                self._library.refuse_other_case(prompt)
                prompt_id = self._store.prompts.add(prompt, "", at)
                self._store.prompts.archive(prompt_id, at)
            else:
                prompt_id = found.id
            self._store.drafts.keep(prompt_id, content, parent=parent, actor=self._actor, at=at)
        return Version(0, prompt, "", content, self._actor, at, parent=parent)

    def get(self, prompt: str, digest: str) -> Version:
        """The draft whose digest begins so, as `keep` gave it; `NotFound` for none."""
        prompt_id = self._library.prompt(prompt).id
        found = self._store.drafts.get(prompt_id, digest.removeprefix("#").lower()) if digest else None
        if found is None:
            raise NotFound(f"{prompt} has no draft with the digest {digest}")
        content, parent, actor, at = found
        return self._saved(prompt, prompt_id, content) or Version(0, prompt, "", content, actor, at, parent=parent)

    def save_settings(
        self, version: Version, settings: Mapping[str, Any], *, note: str = "", bump: str = "patch"
    ) -> Version:
        """The version with other settings as a new version; None takes one away. `Unchanged` when nothing differs."""
        content = replace(version.content, settings=merged(version.content.settings, settings))
        parent = version.number or version.parent
        return self._library.save(version.prompt, content, note=note, bump=bump, parent=parent)

    def _saved(self, prompt: str, prompt_id: int, content: Content) -> Version | None:
        number = highest(number for number, _ in self._store.versions.by_digest(prompt_id, content.digest))
        return self._library.resolve_selector(prompt, number) if number else None
