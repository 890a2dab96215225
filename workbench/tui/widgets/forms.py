"""A form of labelled fields, made from `FieldSpec`s."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from textual.app import ComposeResult
from textual.containers import Vertical, VerticalScroll
from textual.content import Content
from textual.events import Key
from textual.message import Message
from textual.widgets import Static, TextArea

from workbench.text import one_line, visible
from workbench.tui.widgets.choice import Choice
from workbench.tui.widgets.field_specs import FieldSpec
from workbench.tui.widgets.template_area import SafeArea


class GrowingArea(SafeArea):
    """One row that grows with its text. With `single`, enter goes on to the next field while there is one line."""

    DEFAULT_CSS = """
    GrowingArea { height: auto; min-height: 1; max-height: 10; }
    GrowingArea.-long { min-height: 3; }
    """

    def __init__(self, text: str = "", *, single: bool = True, placeholder: str = "", **options: Any) -> None:
        super().__init__(text, placeholder=Content(visible(placeholder)), compact=True, **options)
        self._single = single
        self.highlight_cursor_line = False
        self.set_class(not single, "-long", update=False)
        if single:
            self.move_cursor(self.document.end)

    def put(self, text: str) -> None:
        """In place of what is there; one goes on writing where it ends, as if one had typed it."""
        self.load(text)
        if self._single:
            self.move_cursor(self.document.end)

    async def on_key(self, event: Key) -> None:
        # Textual calls the stock area's handler after this one, unless it is prevented.
        if event.key == "enter" and self._single and self.document.line_count == 1:
            event.stop()
            event.prevent_default()
            self.post_message(self.Entered(self))

    def action_cursor_up(self, select: bool = False) -> None:
        if not select and self.cursor_at_first_line and self._single:
            self.screen.focus_previous()
        else:
            super().action_cursor_up(select)

    def action_cursor_down(self, select: bool = False) -> None:
        if not select and self.cursor_at_last_line and self._single:
            self.screen.focus_next()
        else:
            super().action_cursor_down(select)

    class Entered(Message):
        """Enter was pressed in a field of one line."""

        def __init__(self, area: GrowingArea) -> None:
            super().__init__()
            self.area = area

        @property
        def control(self) -> GrowingArea:
            return self.area


class Field(Vertical):
    """A label with its help, and what is filled in below it; `mark()` turns the label into what is wrong."""

    DEFAULT_CSS = """
    Field { height: auto; margin-bottom: 1; }
    Field > .label { height: auto; color: $foreground; }
    Field.-wrong > .label { color: $error; text-style: bold; }
    Field.-inline { layout: horizontal; margin-bottom: 0; }
    Field.-inline > .label { width: 14; }
    Field.-inline > GrowingArea { width: 1fr; }
    """

    def __init__(self, spec: FieldSpec, text: str | None = None) -> None:
        """`text`: what was kept from last time; None takes the default."""
        super().__init__()
        self.spec = spec
        start = spec.default if text is None else text
        self.editor: Choice | GrowingArea
        if spec.kind == "choice":
            self.editor = Choice(spec.choices, start)
        else:
            self.editor = GrowingArea(start, single=spec.kind == "line", placeholder=spec.placeholder)
        self.set_class(spec.inline, "-inline", update=False)
        self._label = Static(self._content(""), classes="label", markup=False)

    def compose(self) -> ComposeResult:
        yield self._label
        yield self.editor

    @property
    def value(self) -> str:
        """What is filled in; empty text is nothing filled in."""
        return self.editor.value

    def set_value(self, text: str) -> None:
        if isinstance(self.editor, Choice):
            self.editor.choose(text)
        else:
            self.editor.put(text)

    def suggest(self, placeholder: str) -> None:
        """What is shown as long as nothing is filled in."""
        if isinstance(self.editor, GrowingArea):
            self.editor.placeholder = placeholder

    def mark(self, problem: str) -> None:
        """Say what is wrong, "" for nothing."""
        self.set_class(bool(problem), "-wrong")
        self.set_class(self.spec.inline and not problem, "-inline")
        self._label.update(self._content(problem))

    def _content(self, problem: str) -> Content:
        name = Content.styled(one_line(self.spec.label), "bold")
        if problem:
            return Content(f"✗ {one_line(self.spec.label)}: {one_line(problem)}")
        return name + Content.styled(f"  {one_line(self.spec.help)}", "dim") if self.spec.help else name


class Form(VerticalScroll):
    """The fields below each other. `Changed` is sent for everything a person fills in."""

    DEFAULT_CSS = """
    Form { padding: 0 1; }
    Form .section { color: $primary; text-style: bold; margin-bottom: 1; }
    """
    can_focus = False

    class Changed(Message):
        pass

    def __init__(
        self, sections: Iterable[tuple[str, Sequence[FieldSpec]]], kept: Mapping[str, Any], *, id: str | None = None
    ) -> None:
        """`kept`: field key → text, from last time."""
        super().__init__(id=id)
        self._sections = [(title, [Field(s, _text(kept.get(s.key), s)) for s in specs]) for title, specs in sections]
        self.fields: dict[str, Field] = {field.spec.key: field for _, fields in self._sections for field in fields}

    def compose(self) -> ComposeResult:
        for title, fields in self._sections:
            if fields:
                yield Static(Content(title), classes="section", markup=False)
                yield from fields

    def filled(self, prefix: str) -> dict[str, str]:
        """Name → text of the fields that are not empty, for keys that start with `prefix`.

        Two quotes and nothing else stand for a text without characters.
        """
        found = {}
        for key, field in self.fields.items():
            if key.startswith(prefix) and field.value != "":
                found[key.removeprefix(prefix)] = "" if field.value == '""' else field.value
        return found

    def to_keep(self) -> dict[str, str]:
        """Key → text of what differs from the default."""
        return {key: field.value for key, field in self.fields.items() if field.value != field.spec.default}

    def mark(self, problems: Mapping[str, str]) -> None:
        """Key → what is wrong; all other marks go. The first marked field gets the focus."""
        first: Field | None = None
        for key, field in self.fields.items():
            field.mark(problems.get(key, ""))
            if first is None and key in problems:
                first = field
        if first is not None:
            first.editor.focus(scroll_visible=False)
            # With its label, which may be higher now; above the first one stands the head of its section.
            show = self.scroll_home if first.spec.key == next(iter(self.fields)) else first.scroll_visible
            self.call_after_refresh(show, animate=False)

    def reset(self) -> None:
        for field in self.fields.values():
            field.set_value(field.spec.default)
            field.mark("")

    def focus_first(self) -> None:
        for field in self.fields.values():
            # Its label and the head of its section stand above it.
            field.editor.focus(scroll_visible=False)
            self.scroll_home(animate=False)
            return

    def on_choice_changed(self, event: Choice.Changed) -> None:
        event.stop()
        self.post_message(self.Changed())

    def on_text_area_changed(self, event: TextArea.Changed) -> None:
        event.stop()
        self.post_message(self.Changed())

    def on_growing_area_entered(self, event: GrowingArea.Entered) -> None:
        event.stop()
        self.screen.focus_next()


def _text(kept: Any, spec: FieldSpec) -> str | None:
    """A kept choice that no longer exists is forgotten."""
    if not isinstance(kept, str) or (spec.kind == "choice" and kept and kept not in spec.choices):
        return None
    return kept
