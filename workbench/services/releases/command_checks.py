"""The commands that a plan waits for: made ready to run, and what they answered put into the store."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

from workbench.domain.releases.checks import CommandResult
from workbench.domain.releases.plans import PromotionPlan, ReleasePlan
from workbench.models.secrets import Secret
from workbench.services.releases.commands import Command, Runner
from workbench.store import Store


def runner_for(
    plan: PromotionPlan | ReleasePlan, store: Store, folder: Path, actor: str, secrets: Sequence[Secret]
) -> Runner:
    """Each command of each prompt once."""
    plans = plan.plans if isinstance(plan, ReleasePlan) else (plan,)
    commands = tuple(command for one in plans for command in _commands(one, store, folder))
    return Runner(commands, actor, store.clock, tuple(secrets))


def _commands(plan: PromotionPlan, store: Store, folder: Path) -> Iterator[Command]:
    limits = {rule.label: rule.wanted for rule in plan.environment.checks if rule.name == "command"}
    variables = (
        ("WORKBENCH_REFERENCE", plan.after.reference),
        ("WORKBENCH_PROMPT", plan.prompt),
        ("WORKBENCH_VERSION", plan.target),
        ("WORKBENCH_DIGEST", plan.after.digest),
        ("WORKBENCH_ENVIRONMENT", plan.environment.name),
        ("WORKBENCH_CURRENT", plan.current or ""),
        ("WORKBENCH_STORE", str(store.path)),
    )
    for check in plan.to_run:
        yield Command(
            check.label,
            check.command,
            limits[check.label]["timeout"],
            folder,
            variables,
            plan.prompt,
            plan.after.digest,
            plan.environment.name,
        )


def keep_results(store: Store, results: Sequence[CommandResult], actor: str) -> None:
    """Each with its event, in one transaction."""
    if not results:
        return
    with store.write():
        for result in results:
            prompt = store.prompts.find(result.prompt)
            rows = [
                row
                for row in (store.versions.rows(prompt.id, (), include_withdrawn=True) if prompt else ())
                if row.digest == result.digest
            ]
            if prompt is None or not rows:
                continue
            row_id = store.reviews.keep_result(prompt.id, rows[0].id, result)
            store.events.append(
                "check.run",
                prompt.name,
                actor=actor,
                at=result.at,
                details={
                    "number": rows[0].number,
                    "digest": result.digest,
                    "environment": result.environment,
                    "command": list(result.command),
                    "ended": result.ended,
                    "exit_code": result.exit_code,
                    "seconds": result.seconds,
                    "rows": [["command_results", row_id, store.seals.hash_of("command_results", row_id)]],
                },
            )
