"""The promotion sheet of one prompt: where to, what is replaced, what changes and holds, and why."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from workbench.domain.diffs import ContentDiff, compare
from workbench.domain.environments import Environment
from workbench.domain.prompts import Content, Version
from workbench.domain.releases.plans import PromotionPlan
from workbench.errors import WorkbenchError
from workbench.services.diffs.sides import of_version, rendered, values_of_kept
from workbench.text import one_line
from workbench.tui.screens.releases.release_sheet import ReleaseSheet
from workbench.tui.widgets.diff_preview import Line
from workbench.tui.widgets.plan_lines import plan_lines

if TYPE_CHECKING:
    from workbench.composition import Workbench


def likely_environment(environments: tuple[Environment, ...], live: Mapping[str, str], number: str) -> str:
    """The one after the last in which this version is live; the first when it is live nowhere or everywhere."""
    names = [environment.name for environment in environments]
    here = [index for index, name in enumerate(names) if live.get(name) == number]
    following = here[-1] + 1 if here else 0
    return names[following] if following < len(names) else names[0]


class PromoteSheet(ReleaseSheet[PromotionPlan]):
    """A protected environment wants its name typed and a reason."""

    def __init__(self, name: str, number: str, environment: str = "") -> None:
        """`environment`: the one that is chosen at first; "" for the likely one."""
        super().__init__()
        self.prompt, self.number = name, number
        self._wanted = environment
        self.values: Mapping[str, Any] | None = None
        """What the texts are rendered with; None shows the templates."""
        self.values_name = ""

    @property
    def heading(self) -> str:
        return f"Promote {one_line(self.prompt)} {self.number} to"

    @property
    def prompts(self) -> Sequence[str]:
        return (self.prompt,)

    async def choices(self) -> tuple[tuple[Environment, ...], Sequence[str], str]:
        name = self.prompt
        environments, live = await self.host.call(lambda w: (w.deploying.environments, w.deploying.live(name)))
        labels = [f"{e.name} ({live[e.name]})" if e.name in live else e.name for e in environments]
        known = {e.name for e in environments}
        wanted = self._wanted if self._wanted in known else likely_environment(environments, live, self.number)
        return environments, labels, wanted

    def read(self, workbench: Workbench) -> PromotionPlan:
        return workbench.releasing.plan(f"{self.prompt}@{self.number}", self.environment)

    async def lines(self, plan: PromotionPlan) -> list[Line]:
        difference = await asyncio.to_thread(difference_of, plan)
        if self.values is None:
            return plan_lines(plan, difference)
        try:
            filled = await asyncio.to_thread(rendered_difference, plan, self.values)
        except WorkbenchError as error:
            self.problem(f"cannot be rendered: {error.message}")
            return plan_lines(plan, difference)
        return plan_lines(plan, difference, filled, self.values_name)

    def promote(self, workbench: Workbench, plan: PromotionPlan, reason: str) -> str:
        workbench.releasing.promote(plan, reason, force=self.forced)
        forced = ", forced past its checks" if self.forced else ""
        return (
            f"{self.prompt}@{self.number} is live in {plan.environment.name}{forced} (was {plan.current or 'nothing'})"
        )

    # -- looking closer

    async def action_release_diff(self) -> None:
        from workbench.tui.screens.diff.screen import DiffScreen

        plan = self.shown
        if plan is None:
            return
        if plan.before is None:
            self.problem("nothing is live there that it could be compared with")
            return
        screen = DiffScreen(plan.before, plan.after)
        screen.values = self.values
        self.app.push_screen(screen)

    async def action_release_rendered(self) -> None:
        if self.values is not None:
            self.values = None
        else:
            name = self.prompt
            kept = await self.host.call(lambda w: w.keeping.kept(f"inputs:{name}"))
            self.values, self.values_name = values_of_kept(kept), "what was filled in last"
        await self.look_again(keep=True)

    async def action_release_values(self) -> None:
        from workbench.tui.screens.pick import Choice, Pick
        from workbench.tui.widgets.field_specs import as_text

        name = self.prompt
        sets, kept = await self.host.call(lambda w: (w.inputs.sets(name), w.keeping.kept(f"inputs:{name}")))
        choices = [
            Choice("last", "what was filled in last for a run", (values_of_kept(kept), "what was filled in last"))
        ]
        choices += [Choice("defaults", "nothing but the declared defaults", ({}, "the defaults"))]
        choices += [
            Choice(one.name, "  ".join(f"{k}={as_text(v)}" for k, v in one.values.items()), (one.values, one.name))
            for one in sets
        ]

        async def chosen(value: tuple[Mapping[str, Any], str] | None) -> None:
            if value is not None:
                self.values, self.values_name = value
                await self.look_again(keep=True)

        self.app.push_screen(Pick("render both with", choices), chosen)

    def action_release_review(self) -> None:
        from workbench.tui.screens.releases.review_sheet import ReviewSheet

        async def closed(done: bool | None) -> None:
            if done:
                await self.look_again(keep=True)

        if self.shown is not None:
            self.app.push_screen(ReviewSheet(self.prompt, self.number, self.environment), closed)


def difference_of(plan: PromotionPlan) -> ContentDiff:
    return compare(_content(plan.before, plan.after), plan.after.content)


def rendered_difference(plan: PromotionPlan, values: Mapping[str, Any]) -> ContentDiff:
    """What a model would receive, before and after. Raises `TemplateError` and `BadInput` as rendering does."""
    after = rendered(of_version(plan.after), values)[0].content
    if plan.before is None:
        return compare(Content((), after.format), after)
    return compare(rendered(of_version(plan.before), values)[0].content, after)


def _content(before: Version | None, after: Version) -> Content:
    return before.content if before is not None else Content((), after.content.format)
