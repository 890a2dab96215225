"""What a column of a comparison is: a version or a draft, on a model, with settings."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from workbench.domain.comparisons import Column
from workbench.domain.drafts import Drafts, content_of, kept_under
from workbench.domain.prompts import Version
from workbench.errors import BadInput, WorkbenchError
from workbench.tui.screens.base import WorkbenchScreen
from workbench.tui.screens.pick import Choice, Pick
from workbench.tui.screens.run.model_pick import ModelPick
from workbench.tui.screens.text_sheet import TextSheet
from workbench.tui.widgets.field_specs import as_json, read_more

if TYPE_CHECKING:
    from workbench.composition import Workbench

Chosen = Callable[[Column], Awaitable[None]]


async def ask_column(screen: WorkbenchScreen, column: Column, chosen: Chosen) -> None:
    """Ask what is to be another way in it; `chosen` gets the column with that one thing changed.

    To be awaited by the key that asks: what is typed next belongs to the list that it opens.
    """

    async def answered(value: Any) -> None:
        if value == "model":
            screen.app.push_screen(ModelPick(column.model or ""), on_model)
        elif value == "settings":
            title = "Settings over those of the version, key=value one a line"
            screen.app.push_screen(TextSheet(title, "takes them", _settings_text(column)), on_settings)
        elif isinstance(value, tuple):
            await chosen(replace(column, model=value[1]))
        elif value is not None:
            try:
                version = await screen.host.call(value)
            except WorkbenchError as error:
                screen.host.say(error.message, error=True)
                return
            await chosen(replace(column, version=version))

    async def on_model(model: str | None) -> None:
        if model is not None:
            await chosen(replace(column, model=model))

    async def on_settings(text: str | None) -> None:
        if text is None:
            return
        try:
            settings = read_more(text)
        except BadInput as error:
            screen.host.say(error.message + (f" · {error.hint}" if error.hint else ""), error=True)
            return
        await chosen(replace(column, settings=settings))

    try:
        rows, favourites = await screen.host.call(
            lambda w: (column_choices(w, column.version.prompt), w.choosing.favourites())
        )
    except WorkbenchError as error:
        screen.host.say(error.message, error=True)
        return
    rows = [
        Choice("model", f"now {column.model or 'that of the version'}", "model"),
        *(Choice(f"model {one}", "★ favourite", ("model", one)) for one in favourites if one != column.model),
        Choice("settings", f"now {_settings_text(column) or 'those of the version'}", "settings"),
        *rows,
    ]
    screen.app.push_screen(Pick("another version or draft, model or settings", rows), answered)


def _settings_text(column: Column) -> str:
    return "\n".join(f"{name}={as_json(value)}" for name, value in column.settings.items())


def column_choices(workbench: Workbench, name: str) -> list[Choice]:
    """The versions and drafts of a prompt; the value of each finds it in a workbench."""
    drafts = Drafts.from_kept(workbench.keeping.kept(kept_under(name)))
    out = [Choice("draft", f"made from {base}", _draft(name, base)) for base in drafts.by_base if base]
    for row in workbench.library.versions(name):
        told = " · ".join(filter(None, (*row.environments, row.created_at[:10], row.author, row.note)))
        out.append(Choice(row.number, told, _version(name, row.number)))
    return out


def _version(name: str, number: str) -> Callable[[Workbench], Version]:
    return lambda workbench: workbench.library.version(f"{name}@{number}")


def _draft(name: str, base: str) -> Callable[[Workbench], Version]:
    def get(workbench: Workbench) -> Version:
        version = workbench.library.version(f"{name}@{base}")
        draft = Drafts.from_kept(workbench.keeping.kept(kept_under(name))).by_base.get(base)
        if draft is None:
            raise BadInput(f"the draft made from {base} is not there any more")
        return workbench.drafting.keep(name, content_of(draft, version.content), parent=base)

    return get
