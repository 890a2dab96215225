"""Texts that templates include by name, found among the prompts of the store."""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import replace

from workbench.domain.prompts import Version
from workbench.domain.references import Reference, parse_reference
from workbench.domain.templates import dialects
from workbench.errors import BadReference, NotFound, TemplateError

_MAX = 100


def with_partials(
    version: Version, find: Callable[[Reference], Version | None], environments: Collection[str]
) -> Version:
    """The version with all texts that it includes, and that those include.

    A partial `x` of `support/reply` is the prompt `support/x` or `support/_x`, else `x` or `_x`; `x@1.2.0` is one
    version of it, `x` the latest.
    """
    content = version.content
    found: dict[str, str] = {}
    wanted = [name for message in content.messages for name in included(message.content, content.format)]
    folder = version.prompt.rpartition("/")[0]
    while wanted and len(found) < _MAX:
        name = wanted.pop()
        if name in found:
            continue
        for candidate in candidates(folder, name):
            text = _text(candidate, find, environments)
            if text is not None:
                found[name] = text
                wanted += included(text, content.format)
                break
    return replace(version, content=replace(content, partials=found)) if found else version


def _text(reference: str, find: Callable[[Reference], Version | None], environments: Collection[str]) -> str | None:
    try:
        found = find(parse_reference(reference, environments))
    except (BadReference, NotFound):
        return None
    return found.content.messages[0].content if found is not None else None


def candidates(folder: str, name: str) -> tuple[str, ...]:
    """The references that a partial may mean in a prompt of the folder, the first that is there counts."""
    head, slash, last = name.rpartition("/")
    spelled = (name, f"{head}{slash}_{last}")
    return (*(f"{folder}/{one}" for one in spelled if folder), *spelled)


def included(text: str, format: str) -> list[str]:
    """The names of what a template includes; none where it cannot be read."""
    try:
        return sorted(dialects.partials_in(text, format))
    except TemplateError:
        return []
