"""The promotion sheet: where to, what is replaced, what changes, and why."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from textual.app import ComposeResult
from textual.containers import Vertical
from textual.content import Content
from textual.widgets import Static

from workbench.domain.deployments import Plan, Refusal
from workbench.domain.environments import Environment
from workbench.errors import MovedMeanwhile, WorkbenchError
from workbench.text import one_line
from workbench.tui.screens.moves import MoveSheet
from workbench.tui.widgets.choice import Choice
from workbench.tui.widgets.field_specs import FieldSpec
from workbench.tui.widgets.forms import Field

if TYPE_CHECKING:
    from workbench.composition import Workbench


def likely_environment(environments: tuple[Environment, ...], live: Mapping[str, str], number: str) -> str:
    """The one after the last in which this version is live; the first when it is live nowhere or everywhere."""
    names = [environment.name for environment in environments]
    here = [index for index, name in enumerate(names) if live.get(name) == number]
    following = here[-1] + 1 if here else 0
    return names[following] if following < len(names) else names[0]


class PromoteSheet(MoveSheet):
    """A protected environment wants its name typed and a reason."""

    CONFIRM = "promote"
    DEFAULT_CSS = """
    PromoteSheet #plan { height: auto; max-height: 5; margin-bottom: 1; }
    """

    def __init__(self, name: str, number: str) -> None:
        super().__init__(name)
        self.number = number
        self._where: Choice | None = None
        self._protected: frozenset[str] = frozenset()
        self._reason = Field(FieldSpec("reason", "why", "kept in the history"))
        self._typed = Field(FieldSpec("typed", "type its name", "this environment is protected"))
        self._typed.display = False

    def compose_sheet(self) -> ComposeResult:
        yield Static(Content(f"Promote {one_line(self.prompt)} {self.number} to"), classes="heading", markup=False)
        yield Vertical(id="where", classes="row")
        yield self._plan_line
        yield self._preview
        yield self._reason
        yield self._typed

    async def on_mount(self) -> None:
        name = self.prompt
        try:
            environments, live = await self.host.call(lambda w: (w.deploying.environments, w.deploying.live(name)))
        except WorkbenchError as error:
            self.problem(error.message)
            return
        self._protected = frozenset(e.name for e in environments if e.protected)
        names = [e.name for e in environments]
        labels = [f"{each} ({live[each]})" if each in live else each for each in names]
        self._where = Choice(names, likely_environment(environments, live, self.number), labels=labels, id="choice")
        await self.query_one("#where").mount(self._where)
        self._where.focus()
        await self._chosen()

    async def on_choice_changed(self, event: Choice.Changed) -> None:
        event.stop()
        await self._chosen()

    async def _chosen(self) -> None:
        protected = self.environment in self._protected
        self._typed.display = protected
        self._typed.set_value("")
        self.problem("")
        await self.look_again()

    @property
    def environment(self) -> str:
        return self._where.value if self._where is not None else ""

    def plan(self, workbench: Workbench) -> Plan | Refusal:
        return workbench.deploying.plan(f"{self.prompt}@{self.number}", self.environment)

    async def carry_out(self) -> bool:
        seen, reason, environment = self.expected(), self._reason.value.strip(), self.environment
        if seen is None:
            return False
        self._reason.mark("")
        self._typed.mark("")
        if environment in self._protected:
            if not reason:
                self._reason.mark(f"{environment} is protected: say why")
                self._reason.editor.focus()
                return False
            if self._typed.value.strip() != environment:
                self._typed.mark(f"type {environment} to promote to it")
                self._typed.editor.focus()
                return False
        reference = f"{self.prompt}@{self.number}"
        try:
            await self.host.call(lambda w: w.deploying.promote(reference, environment, reason, expected=seen.current))
        except MovedMeanwhile as error:
            await self.moved(error)
            return False
        self.host.changed(self.prompt)
        self.after = f"{reference} is live in {environment} (was {seen.current or 'nothing'})"
        return True
