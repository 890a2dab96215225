"""Which prompts a release is of."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from workbench.errors import BadInput, NotFound
from workbench.services.library import Library


def chosen(library: Library, target: str, source: str, prompts: Sequence[str]) -> tuple[list[str], list[str]]:
    """References to plan for, and the prompts that are live in `target` like that already.

    All that is live in `source`, or of that the named `prompts`; without a source `prompts` are references. Raises
    `BadInput` and `NotFound`.
    """
    twice = [name for name, count in Counter(prompts).items() if count > 1]
    if twice:
        raise BadInput(f"{twice[0]} is named twice")
    if not source:
        names = [reference.partition("@")[0] for reference in prompts]
        if len(set(names)) < len(names):
            raise BadInput("a prompt is named twice", "one version of it can be live")
        return list(prompts), []
    if source == target:
        raise BadInput(f"{source} is where it would be promoted to", "name two environments")
    if prompts:
        for name in prompts:
            if "@" in name:
                raise BadInput(f"{name}: with --from the version is what is live there", "name the prompt alone")
        rows = [library.prompt(name) for name in prompts]
        missing = [row.name for row in rows if source not in row.live]
        if missing:
            raise NotFound(f"nothing of {', '.join(missing)} is live in {source}")
    else:
        rows = library.prompts(environment=source)
    differing = [row for row in rows if row.live[source] != row.live.get(target)]
    same = [row.name for row in rows if row.live[source] == row.live.get(target)]
    return [f"{row.name}@{row.live[source]}" for row in differing], same
