"""What saving, tagging, archiving and taking them back have in common. Inside `write()`."""

from __future__ import annotations

from collections.abc import Sequence

from workbench.domain.prompts import Content, PromptRow
from workbench.errors import Refused, TemplateError
from workbench.store import Store


def refuse_live(prompt: PromptRow) -> None:
    """`Refused` naming every environment in which the prompt is live."""
    if prompt.live:
        where = ", ".join(f"{environment} ({number})" for environment, number in prompt.live.items())
        raise Refused(f"{prompt.name} is live in {where}", "what is live cannot be archived")


def change_tags(
    store: Store, prompt_id: int, version_id: int | None, added: Sequence[str], removed: Sequence[str]
) -> None:
    """Of one version, or of the prompt when `version_id` is None; the search index follows."""
    if version_id is not None:
        touched = [version_id]
    else:
        touched = [row.id for row in store.versions.rows(prompt_id, (), include_withdrawn=True)]
    for each in touched:
        store.search.unindex(each)
    if version_id is not None:
        store.versions.change_tags(version_id, added, removed)
    else:
        store.prompts.change_tags(prompt_id, added, removed)
    for each in touched:
        store.search.index(each)


def check_templates(content: Content) -> None:
    """`TemplateError` for the first template that cannot be read."""
    from workbench.domain.templates import check

    for problem in check(content):
        role = content.messages[problem.message_index].role
        where = f"message {problem.message_index + 1} ({role}), "
        raise TemplateError(where + problem.message, problem.hint, line=problem.line, column=problem.column)
