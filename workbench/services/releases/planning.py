"""Making the plan of a promotion: everything that its sheet shows, read in one state of the store."""

from __future__ import annotations

from typing import TYPE_CHECKING

from workbench.domain.environments import Environment
from workbench.domain.prompts import PromptRow, Version
from workbench.domain.releases.checks import CheckAnswer
from workbench.domain.releases.plans import (
    Before,
    PromotionPlan,
    Ratings,
    VariableChange,
    between,
    refusals_of,
    setting_changes,
    warnings_of,
)
from workbench.domain.rules import Rules
from workbench.services.library import Library
from workbench.services.releases.facts import ReleaseFacts
from workbench.store import Store

if TYPE_CHECKING:
    from workbench.services.releases.signing import Signer


def make_plan(
    store: Store,
    library: Library,
    prompt: PromptRow,
    after: Version,
    environment: Environment,
    before_it: str | None,
    *,
    rules: Rules | None,
    signer: Signer | None,
) -> PromotionPlan:
    """`before_it` is the environment before this one in the order. Inside a snapshot or a transaction."""
    number = prompt.live.get(environment.name)
    live = library.version(f"{prompt.name}@{number}") if number is not None else None
    rows = between(store.versions.rows(prompt.id, (), include_withdrawn=True), number, after.number)
    facts = ReleaseFacts(store, prompt, after, live, environment, rows, rules=rules, signer=signer)
    refusals, hint = refusals_of(
        prompt.name, environment.name, number, after.number, archived=prompt.archived, withdrawn=after.withdrawn
    )
    previous = None
    if before_it is not None:
        previous = Before(before_it, prompt.live.get(before_it), bool(facts.stays(before_it)))
    added, removed = variable_changes(live, after)
    return PromotionPlan(
        environment,
        after,
        live,
        store.deployments.last(prompt.id, environment.name) if live is not None else None,
        rows,
        added,
        removed,
        setting_changes(live, after),
        facts.results,
        Ratings(*store.runs.ratings(after.id)),
        Ratings(*store.runs.ratings(live.id)) if live is not None else Ratings(),
        _answers(environment, facts),
        facts.reviews,
        facts.approvals(),
        previous,
        warnings_of(
            environment.name, after.number, previous, added, facts.approvals().requests, replaces=live is not None
        ),
        refusals,
        hint,
        store.events.head()[0],
        facts.now,
    )


def _answers(environment: Environment, facts: ReleaseFacts) -> tuple[CheckAnswer, ...]:
    if not environment.checks:
        return ()
    from workbench.domain.releases.checking import answers

    return answers(environment.checks, facts)


def variable_changes(
    before: Version | None, after: Version
) -> tuple[tuple[VariableChange, ...], tuple[VariableChange, ...]]:
    """Which variables came and which went, in the order in which they are declared and used."""
    old, new = _variables(before), _variables(after)
    return (
        tuple(change for name, change in new.items() if name not in old),
        tuple(change for name, change in old.items() if name not in new),
    )


def _variables(version: Version | None) -> dict[str, VariableChange]:
    if version is None:
        return {}
    from workbench.domain.templates import missing, variables_of
    from workbench.errors import TemplateError

    content = version.content
    variables = variables_of(content)
    try:
        required = set(missing(content, {}))
    except TemplateError:
        required = {variable.name for variable in variables if not variable.has_default}
    return {
        variable.name: VariableChange(variable.name, variable.description, variable.name in required)
        for variable in variables
    }
