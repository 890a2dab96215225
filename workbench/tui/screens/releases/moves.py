"""A sheet for one move of an environment: the plan as it is now on a page, and saying who moved it meanwhile."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from typing import TYPE_CHECKING

from workbench.domain.deployments import Deployment, Plan, Refusal
from workbench.domain.diffs import compare
from workbench.domain.prompts import Version
from workbench.domain.times import day_and_time
from workbench.errors import MovedMeanwhile, NotFound, WorkbenchError
from workbench.services.comparisons.results import results_of
from workbench.tui.screens.sheets import Sheet
from workbench.tui.widgets.diff_preview import DiffPreview, Line, preview_lines
from workbench.tui.widgets.result_texts import result_text
from workbench.tui.workers import start_worker

if TYPE_CHECKING:
    from workbench.composition import Workbench
    from workbench.domain.releases.results import Result


@dataclass(frozen=True)
class Look:
    """One moment of the store: the plan, or why not; what is live; and both versions where there are two."""

    plan: Plan | Refusal
    current: str | None
    before: Version | None
    after: Version | None
    result: Result | None = None
    """What comparisons found of `after` against `before`."""


def look(workbench: Workbench, name: str, environment: str, plan: Plan | Refusal) -> Look:
    current = workbench.deploying.live(name).get(environment)
    target = plan.target if isinstance(plan, Plan) else None
    results = results_of(workbench.store, name, target) if target and current else []
    return Look(
        plan,
        current,
        workbench.library.version(f"{name}@{current}") if current else None,
        workbench.library.version(f"{name}@{target}") if target else None,
        next((one for one in results if one.b == f"{name}@{current}"), None),
    )


class MoveSheet(Sheet):
    """`shown` is what the sheet shows; only that is carried out."""

    PREVIEWS = True
    DEFAULT_CSS = """
    MoveSheet > #box { width: 100%; height: 100%; max-height: 50; }
    MoveSheet .row { margin-bottom: 0; }
    MoveSheet Field { margin-bottom: 0; }
    """

    def __init__(self, name: str) -> None:
        super().__init__()
        self.prompt = name
        self.shown: Look | None = None
        self._before: tuple[str, Look] | None = None
        """The environment, and what was shown of it before others did something of which nothing was said yet: looking
        for it begins anew whenever they do something more."""
        self._preview = DiffPreview(id="preview")

    @property
    def environment(self) -> str:
        raise NotImplementedError

    def plan(self, workbench: Workbench) -> Plan | Refusal:
        raise NotImplementedError

    async def look_again(self) -> None:
        """Read the plan and what it changes, and show both."""
        environment = self.environment
        if not environment:
            return
        try:
            seen = await self.host.call(lambda w: look(w, self.prompt, environment, self.plan(w)))
        except WorkbenchError as error:
            self.shown = None
            self._preview.say(error.message + (f" · {error.hint}" if error.hint else ""))
            return
        if environment != self.environment:
            return  # the choice has moved on; its own look is under way
        self.shown = seen
        plan = _told(seen, environment)
        if seen.after is None or seen.before is None:
            self._preview.show(plan)
            return
        # Not the changes of what was chosen before, below the plan of this.
        self._preview.show([*plan, ("…", "reading what changes …", ())])
        difference = await asyncio.to_thread(compare, seen.before.content, seen.after.content)
        if self.shown is seen:
            self._preview.show([*plan, *(preview_lines(difference) or [("…", "both versions say the same", ())])])

    def expected(self) -> Look | None:
        """What was shown, when it can be carried out; else None after saying why not."""
        seen = self.shown
        if seen is None:
            self.problem("there is nothing to carry out yet")
        elif isinstance(seen.plan, Refusal):
            self.problem("; ".join(seen.plan.reasons))
        else:
            return seen
        return None

    def prompt_changed(self, prompt: str | None) -> None:
        if self.shown is not None and not self._acting and prompt in (None, self.prompt):
            if self._before is None or self._before[0] != self.environment:
                self._before = self.environment, self.shown
            start_worker(self, self._look_for_moves, *self._before, group="moves", exclusive=True, exit_on_error=False)

    async def _look_for_moves(self, environment: str, before: Look) -> None:
        """Another process did something: where something else is live now, say who moved it."""
        name = self.prompt
        await self.list_again()
        await self.look_again()
        newest = await self.host.call(lambda w: w.deploying.ledger(name, environment, limit=1))
        self._before = None
        if self.shown is None or self.shown.current == before.current or environment != self.environment:
            return
        if newest:
            self.problem(_who(newest[0]) + " · this is the plan as it is now")

    async def list_again(self) -> None:
        """Read again what can be chosen from; the choice stays."""

    async def moved(self, error: MovedMeanwhile) -> None:
        """Somebody was faster: say who, and show what confirming would do now."""
        environment, name = self.environment, self.prompt
        try:
            newest = await self.host.call(lambda w: w.deploying.ledger(name, environment, limit=1))
        except NotFound:
            newest = []
        await self.look_again()
        self.problem((_who(newest[0]) if newest else error.message) + " · look at the new plan before confirming again")


def _who(row: Deployment) -> str:
    what = f"put {row.after} live" if row.after else f"took {row.before} out"
    return f"moved meanwhile: {row.actor or 'somebody'} {what} in {row.environment} at {day_and_time(row.at)}"


def _told(seen: Look, environment: str) -> list[Line]:
    if isinstance(seen.plan, Refusal):
        return [*(("✗", reason, ()) for reason in seen.plan.reasons), ("…", "nothing would change", ())]
    lines: list[Line] = [("#", f"{environment}: {seen.current or 'nothing'} → {seen.plan.target}", ())]
    if seen.before is None:
        lines.append((" ", "live now  nothing: it would be the first", ()))
    else:
        lines.append((" ", f"live now  {seen.before.number}  {seen.before.note or '(no note)'}", ()))
    if seen.after is not None:
        lines.append((" ", f"then      {seen.after.number}  {seen.after.note or '(no note)'}", ()))
    if seen.result is not None:
        lines.append((" ", f"compared  {result_text(seen.result)}", ()))
    return lines + [("⚠", warning, ()) for warning in seen.plan.warnings]
