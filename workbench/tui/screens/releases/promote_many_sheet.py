"""The promotion sheet of several prompts: one act, all of them or none."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from workbench.domain.environments import Environment
from workbench.domain.releases.plans import PromotionPlan, ReleasePlan
from workbench.tui.screens.releases.promote_sheet import PromoteSheet, difference_of
from workbench.tui.screens.releases.release_sheet import ReleaseSheet
from workbench.tui.widgets.diff_preview import Line
from workbench.tui.widgets.plan_lines import release_lines

if TYPE_CHECKING:
    from workbench.composition import Workbench


class PromoteManySheet(ReleaseSheet[ReleasePlan]):
    """`chosen`: prompt and number of each."""

    def __init__(self, chosen: Sequence[tuple[str, str]]) -> None:
        super().__init__()
        self._chosen_versions = tuple(sorted(chosen))

    @property
    def heading(self) -> str:
        return f"Promote {len(self._chosen_versions)} prompts as one act to"

    @property
    def prompts(self) -> Sequence[str]:
        return [name for name, _ in self._chosen_versions]

    async def choices(self) -> tuple[tuple[Environment, ...], Sequence[str], str]:
        """The first environment in which not all of them are live already is the likely one."""
        chosen = self._chosen_versions
        environments, live = await self.host.call(
            lambda w: (w.deploying.environments, {name: w.deploying.live(name) for name, _ in chosen})
        )
        open_in = [e.name for e in environments if any(live[name].get(e.name) != number for name, number in chosen)]
        return environments, [e.name for e in environments], (open_in or [environments[0].name])[0]

    def read(self, workbench: Workbench) -> ReleasePlan:
        references = [f"{name}@{number}" for name, number in self._chosen_versions]
        return workbench.releasing.plan_many(self.environment, prompts=references)

    async def lines(self, plan: ReleasePlan) -> list[Line]:
        return await asyncio.to_thread(lambda: release_lines(plan, [difference_of(each) for each in plan.plans]))

    def promote(self, workbench: Workbench, plan: ReleasePlan, reason: str) -> str:
        done = workbench.releasing.promote_many(plan, reason, force=self.forced)
        forced = ", forced past their checks" if self.forced else ""
        return f"{len(done)} prompts are live in {plan.environment.name}{forced}, as one act"

    # -- one of them

    def _pick(self, title: str, then: Callable[[PromotionPlan], None]) -> None:
        from workbench.tui.screens.pick import Choice, Pick

        def chosen(plan: PromotionPlan | None) -> None:
            if plan is not None:
                then(plan)

        plans = self.shown.plans if self.shown is not None else ()
        rows = [Choice(plan.prompt, f"{plan.current or 'nothing'} → {plan.target}", plan) for plan in plans]
        self.app.push_screen(Pick(title, rows), chosen)

    def action_release_diff(self) -> None:
        from workbench.tui.screens.diff.screen import DiffScreen

        def chosen(plan: PromotionPlan) -> None:
            if plan.before is None:
                self.problem(f"nothing of {plan.prompt} is live there that it could be compared with")
            else:
                self.app.push_screen(DiffScreen(plan.before, plan.after))

        self._pick("the whole diff of", chosen)

    def action_release_rendered(self) -> None:
        def chosen(plan: PromotionPlan) -> None:
            self.app.push_screen(PromoteSheet(plan.prompt, plan.target, plan.environment.name))

        self._pick("the sheet of one alone, where its texts can be rendered", chosen)

    action_release_values = action_release_rendered

    def action_release_review(self) -> None:
        from workbench.tui.screens.releases.review_sheet import ReviewSheet

        async def closed(done: bool | None) -> None:
            if done:
                await self.look_again(keep=True)

        def chosen(plan: PromotionPlan) -> None:
            self.app.push_screen(ReviewSheet(plan.prompt, plan.target, plan.environment.name), closed)

        self._pick("review", chosen)
