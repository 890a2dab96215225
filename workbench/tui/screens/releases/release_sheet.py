"""What the sheets for one prompt and for several share: the plan on a page, its checks, and carrying out just that."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Generic, TypeVar

from textual.app import ComposeResult
from textual.containers import Vertical
from textual.content import Content
from textual.widgets import Static

from workbench.domain.environments import Environment
from workbench.domain.releases.plans import PromotionPlan, ReleasePlan
from workbench.errors import WorkbenchError
from workbench.services.releases.releasing import PlanMoved
from workbench.text import visible
from workbench.tui.bindings import bindings_for
from workbench.tui.screens.releases.checks import CheckRunning
from workbench.tui.widgets.choice import Choice
from workbench.tui.widgets.diff_preview import DiffPreview, Line
from workbench.tui.widgets.field_specs import FieldSpec
from workbench.tui.widgets.forms import Field
from workbench.tui.workers import start_worker

if TYPE_CHECKING:
    from workbench.composition import Workbench

AnyPlan = PromotionPlan | ReleasePlan
P = TypeVar("P", PromotionPlan, ReleasePlan)


class ReleaseSheet(CheckRunning[P], Generic[P]):
    """`shown` is the plan that is shown; only that is carried out."""

    CONTEXT = "release"
    BINDINGS = bindings_for("release")
    CONFIRM = "promote"
    PREVIEWS = True
    DEFAULT_CSS = """
    ReleaseSheet > #box { width: 100%; height: 100%; max-height: 50; }
    ReleaseSheet .row { margin-bottom: 0; }
    ReleaseSheet Field { margin-bottom: 0; }
    ReleaseSheet #keys { height: auto; max-height: 2; }
    """

    def __init__(self) -> None:
        super().__init__()
        self.forced = False
        self._looks = 0
        """Counts the plans that were begun to be shown: what an older one brings is not wanted any more."""
        self._where: Choice | None = None
        self._environments: tuple[Environment, ...] = ()
        self._preview = DiffPreview(id="preview")
        self._reason = Field(FieldSpec("reason", "why", placeholder="kept in the history", inline=True))
        self._typed = Field(FieldSpec("typed", "type its name", inline=True))
        self._typed.display = False

    # -- what subclasses say

    @property
    def heading(self) -> str:
        raise NotImplementedError

    @property
    def prompts(self) -> Sequence[str]:
        raise NotImplementedError

    async def choices(self) -> tuple[tuple[Environment, ...], Sequence[str], str]:
        """The environments, what each is called in the choice, and which one is meant most likely."""
        raise NotImplementedError

    def read(self, workbench: Workbench) -> P:
        """The plan as it is now, for the chosen environment."""
        raise NotImplementedError

    async def lines(self, plan: P) -> list[Line]:
        raise NotImplementedError

    def promote(self, workbench: Workbench, plan: P, reason: str) -> str:
        """Carry the plan out; what is said of it then."""
        raise NotImplementedError

    @property
    def acts_on_texts(self) -> Sequence[tuple[str, str]]:
        """Id and verb of what can be done with the texts as they are shown."""
        return [("release.rendered", "render")]

    # -- the page

    def compose_sheet(self) -> ComposeResult:
        yield Static(Content(visible(self.heading)), classes="heading", markup=False)
        yield Vertical(id="where", classes="row")
        yield self._preview
        yield self.progress
        yield self._reason
        yield self._typed

    async def on_mount(self) -> None:
        try:
            environments, labels, likely = await self.choices()
        except WorkbenchError as error:
            self.problem(error.message)
            return
        self._environments = environments
        self._where = Choice([e.name for e in environments], likely, labels=labels, id="choice")
        await self.query_one("#where").mount(self._where)
        self._where.focus()
        await self._chosen()

    async def on_choice_changed(self, event: Choice.Changed) -> None:
        event.stop()
        await self._chosen()

    async def _chosen(self) -> None:
        self._typed.display = self._is_protected
        self._typed.set_value("")
        self._typed.suggest(f"{self.environment}, for it is protected")
        self.forced = False
        self.problem("")
        await self.look_again()

    @property
    def environment(self) -> str:
        return self._where.value if self._where is not None else ""

    @property
    def _is_protected(self) -> bool:
        return any(each.protected for each in self._environments if each.name == self.environment)

    async def look_again(self, keep: bool = False) -> None:
        """Read the plan and show it. `keep`: the page stays where it is."""
        environment = self.environment
        if not environment:
            return
        try:
            plan = await self.host.call(self.read)
        except WorkbenchError as error:
            self.shown = None
            self._preview.say(error.message + (f" · {error.hint}" if error.hint else ""))
            return
        if environment == self.environment:  # else the choice has moved on; its own look is under way
            await self.show(plan, keep)

    async def show(self, plan: P, keep: bool = False) -> None:
        self._looks += 1
        look = self._looks
        lines = await self.lines(plan)
        if look != self._looks:
            return  # a newer plan is on its way
        # Only now, so that nothing can be carried out that is not on the page yet, nor ever comes there.
        self.shown = plan
        self.forced = self.forced and plan.forceable
        self._preview.show(lines, keep)
        self.query_one("#keys", Static).update(Content(self.keys_told()))

    def keys_told(self) -> str:
        plan, key = self.shown, self.host.key_of
        acts: list[tuple[str, str]] = [
            ("sheet.confirm", "FORCE" if self.forced else self.CONFIRM),
            ("list.page_down", "page"),
        ]
        if plan is not None and plan.to_run:
            acts.append(("release.checks", "run checks"))
        if plan is not None and plan.forceable:
            acts.append(("release.force", "do not force" if self.forced else "force"))
        acts += [("release.diff", "diff"), *self.acts_on_texts, ("release.review", "review")]
        return " · ".join(f"{key(each)} {verb}" for each, verb in [*acts, ("sheet.cancel", "leave")])

    # -- what others do meanwhile

    def prompt_changed(self, prompt: str | None) -> None:
        if self.shown is not None and not self._acting and prompt in (None, *self.prompts):
            start_worker(self, self._look_for_moves, self.shown, group="moves", exclusive=True, exit_on_error=False)

    async def _look_for_moves(self, before: P) -> None:
        """Another process did something: the same plan stays, another one is shown with who did what."""
        try:
            _, labels, _ = await self.choices()
            if self._where is not None:
                self._where.set_labels(labels)
            found = await self.host.call(lambda w: _moved(w, before, self.read(w)))
        except WorkbenchError:
            return
        if found is None or self.shown is not before:
            return
        plan, who, what = found
        await self.show(plan, keep=True)
        if who != self.host.actor:
            self.problem(f"{what} · this is the plan as it is now")

    # -- doing it

    def action_release_force(self) -> None:
        plan = self.shown
        if plan is None:
            return
        if not plan.forceable:
            self.problem(_why_not_forced(plan))
            return
        self.forced = not self.forced
        self.problem("past what does not hold; the ledger says so for ever, with your reason" if self.forced else "")
        self.query_one("#keys", Static).update(Content(self.keys_told()))

    async def carry_out(self) -> bool:
        plan, reason = self.shown, self._reason.value.strip()
        if plan is None or self.is_checking or plan.environment.name != self.environment:
            self.problem("the checks still run" if self.is_checking else "there is nothing to carry out yet")
            return False
        if not plan.allowed and not self.forced:
            await self._refuse()
            return False
        self._reason.mark("")
        self._typed.mark("")
        if not reason and (self.forced or self._is_protected):
            self._reason.mark("forcing needs a reason" if self.forced else f"{self.environment} is protected: say why")
            self._reason.editor.focus()
            return False
        if self._is_protected and self._typed.value.strip() != self.environment:
            self._typed.mark(f"type {self.environment} to promote to it")
            self._typed.editor.focus()
            return False
        try:
            self.after = await self.host.call_asking(lambda w: self.promote(w, plan, reason))
        except PlanMoved as error:
            await self.look_again()
            self.problem(f"{error.message} · look at the new plan before confirming again")
            return False
        for name in self.prompts:
            self.host.changed(name)
        return True

    async def _refuse(self) -> None:
        """What stood against it may have passed by, as a time that was waited for: it is read again first."""
        await self.look_again(keep=True)
        plan = self.shown
        if plan is None:
            return
        if plan.allowed:
            self.problem("nothing stands against it any more · look at the plan before confirming again")
            return
        unmet = [check for each in plans_of(plan) for check in each.unmet]
        if not any(each.refusals for each in plans_of(plan)) and unmet and all(check.command for check in unmet):
            self.run_checks()
        else:
            self.problem(why_not(plan) + (f" · {self.host.key_of('release.force')} forces" if plan.forceable else ""))


def plans_of(plan: AnyPlan) -> tuple[PromotionPlan, ...]:
    return plan.plans if isinstance(plan, ReleasePlan) else (plan,)


def why_not(plan: AnyPlan) -> str:
    """The reasons, each with its prompt where there are several."""
    if not plans_of(plan):
        return "every one of them is live there with this version already"
    several = isinstance(plan, ReleasePlan)
    told = []
    for each in plans_of(plan):
        reasons = [*each.refusals, *(f"{check.label}: {check.reason}" for check in each.unmet)]
        if reasons:
            told.append((f"{each.prompt}: " if several else "") + "; ".join(reasons))
    return " · ".join(told)


def _why_not_forced(plan: AnyPlan) -> str:
    if plan.allowed:
        return "nothing stands against it: there is nothing to force"
    if any(each.refusals for each in plans_of(plan)):
        return why_not(plan)
    name = plan.environment.name
    return f"the config does not let {name} be forced (force: true beside its checks)"


def _moved(workbench: Workbench, before: P, now: P) -> tuple[P, str, str] | None:
    """The new plan, who did the newest act on its prompts, and what was done since; None where it is the same plan."""
    from workbench.services.past.meanwhile import who_moved

    pairs = [
        (old, new)
        for old, new in zip(plans_of(before), plans_of(now), strict=False)
        if old.expectation != new.expectation
    ]
    if not pairs and len(plans_of(before)) == len(plans_of(now)):
        return None
    newest = [event for old, _ in pairs for event in workbench.history.events(old.prompt, limit=1)]
    who = max(newest, key=lambda event: event.id).actor if newest else ""
    return now, who, "; ".join(who_moved(workbench.store, *pair) for pair in pairs[:3]) or "other prompts are to move"
