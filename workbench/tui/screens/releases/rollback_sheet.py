"""The rollback sheet: back to what was live before, or to any version that ever was."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from textual.app import ComposeResult
from textual.containers import Vertical
from textual.content import Content
from textual.widgets import Static

from workbench.domain.deployments import Deployment, Plan, Refusal
from workbench.domain.environments import Environment
from workbench.domain.times import day_and_time
from workbench.errors import MovedMeanwhile, WorkbenchError
from workbench.text import name_of, one_line, shorten
from workbench.tui.screens.releases.moves import MoveSheet
from workbench.tui.widgets.choice import Choice
from workbench.tui.widgets.field_specs import FieldSpec
from workbench.tui.widgets.forms import Field
from workbench.tui.widgets.line_list import LineList, Part, inks_of

if TYPE_CHECKING:
    from workbench.composition import Workbench


class EarlierList(LineList):
    """What was live before, newest first, each version once: the row under the cursor is what comes back.

    Above them, where nothing was live before what is live now, a row that says so: going further back than the first
    version is never taken for going forward again.
    """

    DEFAULT_CSS = """
    EarlierList { height: auto; min-height: 1; max-height: 20%; background: $background; }
    """

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self.rows: list[Deployment | None] = []

    def show(self, rows: list[Deployment], number: str | None) -> None:
        self.rows = [*rows] if number is not None or not rows else [None, *rows]
        found = (i for i, row in enumerate(self.rows) if row is not None and row.after == number)
        self.set_count(len(self.rows), next(found, 0))

    @property
    def number(self) -> str | None:
        row = self.rows[self.cursor] if self.rows else None
        return row.after if row is not None else None

    def parts(self, index: int, width: int) -> list[Part]:  # noqa: ARG002 the list gives it
        row, ink = self.rows[index], inks_of(self)
        if row is None:
            return [(" nothing was live before; below is what was live later", ink.dim)]
        return [
            (f" {row.after or '':<14}", ink.strong),
            (f"{day_and_time(row.at)}  {shorten(name_of(row.actor), 12):<12}  ", ink.dim),
            (one_line(row.reason), ink.text),
        ]


class RollbackSheet(MoveSheet):
    """`environment` None: the one that was moved last, so that rolling back again goes on there; where it cannot be
    rolled back after a promotion, the last one, in the order of environments, that can.
    """

    CONFIRM = "roll back"
    CHOOSING = (Choice, EarlierList)

    def __init__(self, name: str, environment: str | None, to: str = "") -> None:
        """`to`: the number that the cursor is put on; "" for what was live before."""
        super().__init__(name)
        self._wanted, self._to = environment, to
        self._where: Choice | None = None
        self._earlier = EarlierList(id="earlier")
        self._earlier.empty_text = "no other version was ever live here"
        self._reason = Field(FieldSpec("reason", "why", placeholder="kept in the history", inline=True))

    def compose_sheet(self) -> ComposeResult:
        yield Static(Content(f"Roll back {one_line(self.prompt)} in"), classes="heading", markup=False)
        yield Vertical(id="where", classes="row")
        yield self._earlier
        yield self._preview
        yield self._reason

    async def on_mount(self) -> None:
        name = self.prompt
        try:
            environments, live, likely = await self.host.call(lambda w: _state(w, name))
        except WorkbenchError as error:
            self.problem(error.message)
            return
        names = [e.name for e in environments]
        chosen = next((each for each in (self._wanted, likely) if each in names), names[-1])
        self._where = Choice(names, chosen, labels=_labels(names, live), id="choice")
        await self.query_one("#where").mount(self._where)
        await self._list_earlier()
        self._earlier.focus()

    async def on_choice_changed(self, event: Choice.Changed) -> None:
        event.stop()
        self.problem("")
        await self._list_earlier()

    async def _list_earlier(self) -> None:
        name, environment = self.prompt, self.environment
        rows, target = await self.host.call(lambda w: _earlier(w, name, environment))
        if environment == self.environment:
            self._earlier.show(rows, self._to if any(row.after == self._to for row in rows) else target)
            await self.look_again()

    async def list_again(self) -> None:
        name, environment, chosen = self.prompt, self.environment, self._earlier.number
        live = await self.host.call(lambda w: w.deploying.live(name))
        if self._where is not None:
            self._where.set_labels(_labels(self._where.options, live))
        rows, target = await self.host.call(lambda w: _earlier(w, name, environment))
        if environment == self.environment:
            self._earlier.show(rows, chosen if any(row.after == chosen for row in rows) else target)

    def on_line_list_sideways(self, event: LineList.Sideways) -> None:
        event.stop()
        if self._where is not None:
            self._where.step(event.step)

    async def on_line_list_moved(self, event: LineList.Moved) -> None:
        event.stop()
        if self._where is not None:
            await self.look_again()

    @property
    def environment(self) -> str:
        return self._where.value if self._where is not None else ""

    def plan(self, workbench: Workbench) -> Plan | Refusal:
        return workbench.deploying.plan_rollback(self.prompt, self.environment, self._earlier.number)

    async def carry_out(self) -> bool:
        seen, reason, environment, name = self.expected(), self._reason.value.strip(), self.environment, self.prompt
        if seen is None or not isinstance(seen.plan, Plan):
            return False
        target = seen.plan.target
        try:
            await self.host.call(
                lambda w: w.deploying.rollback(name, environment, reason, to=target, expected=seen.current)
            )
        except MovedMeanwhile as error:
            await self.moved(error)
            return False
        self.host.changed(name)
        self.after = f"{name}@{target} is live again in {environment} (was {seen.current or 'nothing'})"
        return True


def _labels(environments: Sequence[str], live: Mapping[str, str]) -> list[str]:
    return [f"{each} ({live[each]})" if each in live else each for each in environments]


def _state(workbench: Workbench, name: str) -> tuple[tuple[Environment, ...], dict[str, str], str]:
    """The environments, what is live, and in which of them a rollback is meant most likely."""
    deploying = workbench.deploying
    newest = deploying.ledger(name, limit=1)
    moved_last = newest[0].environment if newest else ""
    possible = [e.name for e in deploying.environments if isinstance(deploying.plan_rollback(name, e.name), Plan)]
    if moved_last in possible or (newest and newest[0].kind == "rollback"):
        return deploying.environments, deploying.live(name), moved_last
    return deploying.environments, deploying.live(name), possible[-1] if possible else ""


def _earlier(workbench: Workbench, name: str, environment: str) -> tuple[list[Deployment], str | None]:
    """The newest deployment of each version that is not live now, and the number that rolling back would take."""
    current = workbench.deploying.live(name).get(environment)
    found: dict[str, Deployment] = {}
    for row in workbench.deploying.ledger(name, environment, limit=1000):
        if row.after is not None and row.after != current:
            found.setdefault(row.after, row)
    plan = workbench.deploying.plan_rollback(name, environment)
    return list(found.values()), plan.target if isinstance(plan, Plan) else None
