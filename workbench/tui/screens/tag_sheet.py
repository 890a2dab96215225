"""Tags of a prompt or of one version: `+x` adds, `-y` removes."""

from __future__ import annotations

from textual.app import ComposeResult
from textual.containers import Vertical
from textual.content import Content
from textual.widgets import Static

from workbench.text import one_line
from workbench.tui.screens.sheets import Sheet
from workbench.tui.widgets.choice import Choice
from workbench.tui.widgets.field_specs import FieldSpec
from workbench.tui.widgets.forms import Field


def read_tags(text: str) -> tuple[list[str], list[str]]:
    """(to add, to remove) from words like `+x`, `-y` and `x`; a comma separates as a blank does."""
    add: list[str] = []
    remove: list[str] = []
    for word in text.replace(",", " ").split():
        (remove if word.startswith("-") else add).append(word.lstrip("+") if word[0] == "+" else word.removeprefix("-"))
    return [tag for tag in add if tag], [tag for tag in remove if tag]


class TagSheet(Sheet):
    """`number` None tags the prompt only."""

    CONFIRM = "tag"
    DEFAULT_CSS = """
    TagSheet > #box { height: auto; }
    """

    def __init__(self, name: str, number: str | None) -> None:
        super().__init__()
        self._prompt, self._number = name, number
        options = ("version", "prompt") if number else ("prompt",)
        labels = (f"version {number}", "the whole prompt") if number else ("the whole prompt",)
        self._target = Choice(options, options[0], labels=labels, id="target")
        self._tags = Field(FieldSpec("tags", "change", "+word adds, -word removes; several with blanks between"))
        self._now = Static(id="now", markup=False)

    def compose_sheet(self) -> ComposeResult:
        yield Static(Content(f"Tag {one_line(self._prompt)}"), classes="heading", markup=False)
        with Vertical(classes="row"):
            yield self._target
            yield self._now
        yield self._tags

    async def on_mount(self) -> None:
        self._tags.editor.focus()
        await self._show_now()

    async def on_choice_changed(self, event: Choice.Changed) -> None:
        event.stop()
        await self._show_now()

    @property
    def _reference(self) -> str:
        return f"{self._prompt}@{self._number}" if self._target.value == "version" else self._prompt

    async def _show_now(self) -> None:
        reference, name = self._reference, self._prompt
        if "@" in reference:
            tags = await self.host.call(lambda w: w.library.version(reference).tags)
        else:
            tags = await self.host.call(lambda w: w.library.prompt(name).tags)
        self._now.update(Content(one_line("tags now: " + (", ".join(tags) or "none"))))

    async def carry_out(self) -> bool:
        add, remove = read_tags(self._tags.value)
        if not add and not remove:
            self.problem("type +word to add a tag, -word to remove one")
            return False
        reference = self._reference
        tags = await self.host.call(lambda w: w.library.tag(reference, add, remove))
        self.host.changed(self._prompt)
        self.after = f"tags of {reference}: {', '.join(tags) or 'none'}"
        return True
