"""The answer of a run: what the model thinks, says, calls and refuses, each apart, and laid out once it has ended."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Mapping, Sequence
from typing import Any

from rich.segment import Segment
from textual.events import Resize

from workbench.domain.answers import AnswerCheck, check_answer
from workbench.domain.runs import Delta, Piece, Reasoning, Refusal, Run, ToolCall
from workbench.text import one_line
from workbench.tui.widgets.markdown_rows import is_markdown, markdown_rows
from workbench.tui.widgets.stream_view import StreamView
from workbench.tui.workers import start_worker

SPEAKERS = {"user": "you", "assistant": "answered", "tool": "tool result"}
THINKS, ANSWERS, REFUSES = "── thinks", "── answers", "── refuses"


class AnswerView(StreamView):
    """Pieces are appended as they come; `ended` lays JSON and Markdown out, which `show_raw` takes back."""

    DEFAULT_CSS = """
    AnswerView { height: 1fr; background: $background; }
    """

    def __init__(self, *, id: str | None = None, paced: bool = True) -> None:
        super().__init__(id=id, paced=paced)
        self._last = ""
        self._raw = False
        self._pretty = ""
        self._markdown = ""
        self._styled: dict[int, list[Segment]] = {}
        self._came: list[Piece] = []
        self._turns: Sequence[Mapping[str, Any]] = ()

    @property
    def raw(self) -> bool:
        """The answer is shown as it came, although it could be laid out."""
        return self._raw

    @property
    def can_be_laid_out(self) -> bool:
        return bool(self._pretty or self._markdown)

    def start(self, turns: Sequence[Mapping[str, Any]] = ()) -> None:
        """For another answer; `turns` is the conversation that it continues, which is shown above it."""
        self._last = self._pretty = self._markdown = ""
        self._styled, self._came, self._turns = {}, [], turns
        self.clear()
        self._write_turns()

    def _write_turns(self) -> None:
        tools: dict[str, str] = {}
        for turn in self._turns:
            who = SPEAKERS.get(str(turn.get("role")), str(turn.get("role")))
            if turn.get("role") == "tool":
                who = " ".join(filter(None, (who, one_line(tools.get(str(turn.get("tool_call_id")), "")))))
            tools |= {str(call.get("id")): str(call["function"]["name"]) for call in turn.get("tool_calls") or ()}
            self.append(f"── {who}", "strong")
            told = [turn_text(turn.get("content")), *(_called(call) for call in turn.get("tool_calls") or ())]
            self.append("\n".join(filter(None, told)), "dim")
            self._last = "turn"

    # -- while it comes

    def add(self, piece: Piece) -> None:
        self._came.append(piece)
        self._write(piece)

    def _write(self, piece: Piece) -> None:
        match piece:
            case Delta(text):
                # An answer alone needs no heading.
                self._under(ANSWERS if self._last else "", "text")
                self.append(text)
            case Reasoning(text):
                self._under(THINKS, "thinks")
                self.append(text, "dim")
            case Refusal(text):
                self._under(REFUSES, "refuses")
                self.append(text, "error")
            case ToolCall(index, call_id, name, arguments):
                if name or self._last != f"tool {index}":
                    self._under(f"── calls {name}" + (f"  {call_id}" if call_id else ""), f"tool {index}")
                self.append(arguments, "accent")

    def _under(self, heading: str, part: str) -> None:
        if self._last != part:
            if heading:
                self.append(heading, "strong")
            self._last = part

    # -- once it has ended

    async def show_run(self, run: Run) -> AnswerCheck:
        """All of a recorded run, laid out."""
        self.start(run.turns)
        for piece in pieces_of(run):
            self.add(piece)
        self.flush()
        return await self.ended(run)

    async def ended(self, run: Run) -> AnswerCheck:
        """Check the answer against what was asked for, and lay it out."""
        self.flush()
        self.settle()
        check = await asyncio.to_thread(check_answer, run.output, run.request.body.get("response_format"))
        if run.output != self.text:
            return check  # another answer is shown meanwhile
        if check.is_json:
            self._pretty = check.pretty if check.pretty != run.output else ""
        elif is_markdown(run.output):
            self._markdown = run.output
        if not self._raw:
            await self._lay_out_final()
        return check

    async def show_raw(self, raw: bool) -> None:
        self._raw = raw
        if raw:
            self._rewrite(self._came)
        else:
            await self._lay_out_final()

    async def _lay_out_final(self) -> None:
        if self._pretty:
            others = [piece for piece in self._came if not isinstance(piece, Delta)]
            self._rewrite([*others, Delta(self._pretty)])
        elif self._markdown and self._width:
            await self._render_markdown(self._markdown, self._width)

    def _rewrite(self, pieces: list[Piece]) -> None:
        self._styled, self._last, self._pieces = {}, "", []
        top = self.scroll_offset.y
        self._write_turns()
        for piece in pieces:
            self._write(piece)
        self.lay_out_again()
        self.scroll_to(y=top, animate=False, immediate=True, force=True)

    async def _render_markdown(self, text: str, width: int) -> None:
        rows = await asyncio.to_thread(markdown_rows, text, width, self.app.current_theme.dark)
        if self._markdown != text or self._width != width or self._raw or not self.is_attached:
            return
        follows = self.is_vertical_scroll_end and self.max_scroll_y > 0
        self._rewrite([piece for piece in self._came if not isinstance(piece, Delta)])
        if self._rows:
            self._add_row([Segment(ANSWERS, self.ink("strong"))])
        for row in rows:
            self._add_row(row)
        self.rows_changed()
        if follows:
            self.scroll_to(y=self.max_scroll_y, animate=False, immediate=True, force=True)

    def _add_row(self, row: list[Segment]) -> None:
        self._lines.append(len(self._rows))
        self._styled[len(self._rows)] = row
        self._rows.append("".join(segment.text for segment in row))
        self._kinds.append("")

    @property
    def text(self) -> str:
        return "".join(piece.text for piece in self._came if isinstance(piece, Delta))

    def styled(self, row: int) -> list[Segment]:
        known = self._styled.get(row)
        return known if known is not None and not self._found_in_row(row) else super().styled(row)

    def _found_in_row(self, row: int) -> bool:
        return bool(self._matches) and bool(self._found_in(row))

    def on_resize(self, event: Resize) -> None:
        before = self._width
        super().on_resize(event)
        if self._width != before and self._markdown and not self._raw:
            start_worker(self, self._render_markdown, self._markdown, self._width, group="markdown", exclusive=True)


def pieces_of(run: Run) -> list[Piece]:
    """A recorded run as if it came once more."""
    found: list[Piece] = []
    if run.reasoning:
        found.append(Reasoning(run.reasoning))
    if run.output:
        found.append(Delta(run.output))
    if run.refusal:
        found.append(Refusal(run.refusal))
    for index, call in enumerate(run.tool_calls):
        function = call.get("function", {})
        found.append(
            ToolCall(index, str(call.get("id", "")), str(function.get("name", "")), str(function.get("arguments", "")))
        )
    return found


def turn_text(content: Any) -> str:
    """What a message says: text, or its parts as JSON."""
    if content is None:
        return ""
    return content if isinstance(content, str) else json.dumps(content, ensure_ascii=False)


def _called(call: Mapping[str, Any]) -> str:
    function = call.get("function", {})
    return f"calls {function.get('name', '')} {function.get('arguments', '')}"
