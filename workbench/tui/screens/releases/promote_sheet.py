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
from workbench.tui.widgets.plan_lines import TEXTS, FilledIn, plan_lines

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
        self._chosen_values: tuple[Mapping[str, Any], str] | None = None
        """Values and what they are called; None as long as none were chosen."""

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

    @property
    def acts_on_texts(self) -> Sequence[tuple[str, str]]:
        if self.values is None:
            return super().acts_on_texts
        return [("release.rendered", "templates"), ("release.values", "other values")]

    def read(self, workbench: Workbench) -> PromotionPlan:
        return workbench.releasing.plan(f"{self.prompt}@{self.number}", self.environment)

    async def lines(self, plan: PromotionPlan) -> list[Line]:
        difference = await asyncio.to_thread(difference_of, plan)
        if self.values is None:
            return plan_lines(plan, difference)
        name = self._chosen_values[1] if self._chosen_values else ""
        try:
            return plan_lines(plan, difference, await asyncio.to_thread(filled_in, plan, self.values, name))
        except WorkbenchError as error:
            self.problem(f"cannot be rendered: {error.message}")
            return plan_lines(plan, difference)

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
            if self._chosen_values is None:
                name = self.prompt
                kept = await self.host.call(lambda w: w.keeping.kept(f"inputs:{name}"))
                self._chosen_values = (values_of_kept(kept), "what was filled in last")
            self.values = self._chosen_values[0]
        await self._show_texts()

    async def _show_texts(self) -> None:
        """What was asked for is in sight, wherever on the page it stands."""
        self.problem("")
        await self.look_again(keep=True)
        self._preview.go_to(TEXTS)

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
                self._chosen_values, self.values = value, value[0]
                await self._show_texts()

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


def filled_in(plan: PromotionPlan, values: Mapping[str, Any], name: str) -> FilledIn:
    """What a model would receive, before and after. Raises `TemplateError` and `BadInput` as rendering does."""
    after, absent = rendered(of_version(plan.after), values)
    if plan.before is None:
        return FilledIn(compare(Content((), after.content.format), after.content), name, absent)
    before, absent_before = rendered(of_version(plan.before), values)
    return FilledIn(compare(before.content, after.content), name, tuple(sorted({*absent, *absent_before})))


def _content(before: Version | None, after: Version) -> Content:
    return before.content if before is not None else Content((), after.content.format)
