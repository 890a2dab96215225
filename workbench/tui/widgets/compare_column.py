"""One column of a comparison: what it is, what it took, and its answer."""

from __future__ import annotations

import time

from textual.app import ComposeResult
from textual.containers import Vertical

from workbench.domain.runs import Run
from workbench.tui.comparing import CellState
from workbench.tui.widgets.answer_view import AnswerView
from workbench.tui.widgets.column_head import ColumnHead


class CompareColumn(Vertical):
    DEFAULT_CSS = """
    CompareColumn { width: 1fr; height: 1fr; }
    /* Of what fills it: a border of its own would have every row of it drawn twice. */
    CompareColumn > * { border-right: solid $panel; }
    /* The bar stands from the first: in all columns it would come in the middle of the same key. */
    CompareColumn AnswerView { padding: 0 1; overflow-y: scroll; }
    """

    def __init__(self, place: int) -> None:
        """`place`: on the screen, from the left."""
        super().__init__()
        self.place = place
        self.answer = AnswerView(paced=False)
        self.head = ColumnHead()
        self._shown: CellState | None = None
        self._fed = 0
        self._ended = False

    def compose(self) -> ComposeResult:
        yield self.head
        yield self.answer

    @property
    def run(self) -> Run | None:
        """What has ended here."""
        return self._shown.run if self._shown is not None else None

    def show_state(self, state: CellState, hidden: bool = False) -> bool:
        """Draw what is new in the cell; `hidden` shows nothing of it. True when its end is drawn for the first time,
        so that it can be laid out."""
        if state is not self._shown:
            self._shown, self._fed, self._ended = state, 0, False
            self.answer.start()
        if hidden or self._ended:
            return False
        for piece in state.pieces[self._fed :]:
            self.answer.add(piece)
        self._fed = len(state.pieces)
        self.answer.flush()
        if state.run is None:
            return False
        self._ended = True
        return True

    async def lay_out(self, hidden: bool = False) -> None:
        """`hidden`: what went wrong is not said, for it can name the model."""
        run = self.run
        if run is None:
            return
        if self._fed:
            await self.answer.ended(run)
        else:
            await self.answer.show_run(run)
            self.answer.scroll_home(animate=False)
        if run.error:
            self.answer.append("── no whole answer" if hidden else f"── {run.error}", "error")
            self.answer.flush()


def progress(state: CellState) -> list[str]:
    """What is said of a cell that has not ended."""
    if state.status == "lost":
        return ["✗ " + state.told]
    if state.status == "waits":
        return ["waits for its turn"]
    if state.status == "unasked":
        return ["was not asked · r asks"]
    since = f"{time.monotonic() - state.began:.0f} s"
    return [
        f"running · {since} · {state.characters:,} characters" if state.characters else f"running · {since}",
        state.told,
    ]
