"""Approving a version for an environment, requesting changes, or commenting: on all of it, or on one line."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from textual.app import ComposeResult
from textual.containers import Vertical
from textual.content import Content
from textual.widgets import Static

from workbench.domain.environments import Environment
from workbench.domain.releases.reviews import Review
from workbench.errors import WorkbenchError
from workbench.text import one_line, shorten
from workbench.tui.screens.releases.promote_sheet import likely_environment
from workbench.tui.screens.sheets import Sheet
from workbench.tui.widgets.choice import Choice
from workbench.tui.widgets.diff_preview import DiffPreview
from workbench.tui.widgets.field_specs import FieldSpec
from workbench.tui.widgets.forms import Field
from workbench.tui.widgets.plan_lines import review_told

if TYPE_CHECKING:
    from workbench.composition import Workbench

APPROVE, REQUEST, COMMENT, WITHDRAW = "approve", "request changes", "comment", "take back"
ANYWHERE = "anywhere"
DONE = {APPROVE: "approved", REQUEST: "requested changes of", COMMENT: "commented on", WITHDRAW: "took back a word on"}


class Place(NamedTuple):
    """A line of a version: its number in `Content.text`, from 1."""

    number: str
    line: int
    text: str


class ReviewSheet(Sheet):
    """`place` None: the whole version is reviewed. `environment` "": the likely one is chosen."""

    CONFIRM = "say so"
    PREVIEWS = True
    DEFAULT_CSS = """
    ReviewSheet > #box { height: auto; max-height: 100%; }
    ReviewSheet .row { margin-bottom: 0; }
    ReviewSheet DiffPreview { height: auto; max-height: 8; min-height: 1; margin-bottom: 1; }
    """

    def __init__(self, name: str, number: str, environment: str = "", place: Place | None = None) -> None:
        super().__init__()
        self.prompt, self.number = name, number
        self.place = place
        self._wanted = environment
        kinds = (COMMENT, REQUEST) if place is not None else (APPROVE, REQUEST, COMMENT, WITHDRAW)
        self._kind = Choice(kinds, kinds[0], id="kind")
        self._where: Choice | None = None
        self._preview = DiffPreview(id="said")
        about = "what you mean" if place is not None else "what you mean; may be left out of an approval"
        self._comment = Field(FieldSpec("comment", "comment", about))

    def compose_sheet(self) -> ComposeResult:
        where = f"{one_line(self.prompt)} {self.number}{self._line_told}"
        yield Static(Content(f"Review {where}"), classes="heading", markup=False)
        if self.place is not None:
            yield Static(Content(f"  {shorten(self.place.text, 200)}"), classes="row", markup=False)
        yield self._kind
        yield Vertical(id="where", classes="row")
        yield self._preview
        yield self._comment

    @property
    def _line_told(self) -> str:
        if self.place is None:
            return ""
        of = "" if self.place.number == self.number else f" of {self.place.number}"
        return f", line {self.place.line}{of}"

    async def on_mount(self) -> None:
        name, reference = self.prompt, f"{self.prompt}@{self.number}"
        try:
            environments, live, said = await self.host.call(
                lambda w: (w.releasing.environments, w.deploying.live(name), w.approving.of_version(reference))
            )
        except WorkbenchError as error:
            self.problem(error.message)
            return
        names = [ANYWHERE, *(e.name for e in environments)]
        self._where = Choice(names, self._first(environments, live), labels=["anywhere", *names[1:]], id="environment")
        await self.query_one("#where").mount(self._where)
        self._show_said(said)
        (self._kind if self.place is None else self._comment.editor).focus()

    def _first(self, environments: tuple[Environment, ...], live: dict[str, str]) -> str:
        if self.place is not None:
            return ANYWHERE
        if any(each.name == self._wanted for each in environments):
            return self._wanted
        asking = [e.name for e in environments if any(rule.name == "approved" for rule in e.checks)]
        open_in = [name for name in asking if live.get(name) != self.number]
        return open_in[0] if open_in else likely_environment(environments, live, self.number)

    def _show_said(self, said: list[Review]) -> None:
        lines = [("…" if review.withdrawn else " ", review_told(review), ()) for review in said]
        self._preview.show(list(lines) or [("…", "nobody has said anything of what this version says", ())])

    @property
    def kind(self) -> str:
        return self._kind.value

    async def carry_out(self) -> bool:
        environment = self._where.value if self._where is not None else ANYWHERE
        environment = "" if environment == ANYWHERE else environment
        kind, comment = self.kind, self._comment.value.strip()
        self._comment.mark("")
        if kind in (REQUEST, COMMENT) and not comment:
            self._comment.mark("say what should change" if kind == REQUEST else "write it here")
            self._comment.editor.focus()
            return False
        if kind == APPROVE and not environment:
            self.problem("an approval is for one environment: choose it")
            return False
        await self.host.call_asking(lambda w: self._say(w, kind, comment, environment))
        self.host.changed(self.prompt)
        where = f" for {environment}" if environment else ""
        self.after = f"{DONE[kind]} {self.prompt}@{self.number}{self._line_told}{where}"
        return True

    def _say(self, workbench: Workbench, kind: str, comment: str, environment: str) -> Review:
        approving, reference = workbench.approving, f"{self.prompt}@{self.number}"
        line, line_of = (self.place.line, self.place.number) if self.place is not None else (None, None)
        if kind == APPROVE:
            return approving.approve(reference, environment, comment)
        if kind == REQUEST:
            return approving.request_changes(reference, comment, environment, line=line, line_of=line_of)
        if kind == COMMENT:
            return approving.comment(reference, comment, environment, line=line, line_of=line_of)
        return approving.withdraw(reference, environment)
