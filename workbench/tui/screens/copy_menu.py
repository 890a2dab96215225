"""The copy menu: by OSC 52, which also works over SSH where the terminal allows it; a file is always the way out."""

from __future__ import annotations

import inspect
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

from textual.app import App

from workbench.errors import WorkbenchError
from workbench.tui.host import host_of
from workbench.tui.screens.ask import AskText
from workbench.tui.screens.pick import Choice, Pick

Get = Callable[[], "str | Awaitable[str]"]
ENDINGS = {
    "Markdown": ".md",
    "page": ".html",
    "line of JSON": ".jsonl",
    "JSON": ".json",
    "curl command": ".sh",
    "Python script": ".py",
}
"""By the last words of what is written; the first that fits."""


def open_copy_menu(app: App[Any], choices: list[tuple[str, Get]]) -> None:
    rows = [Choice(label, "copy", (label, get, False)) for label, get in choices]
    rows += [Choice(label, "write to a file", (label, get, True)) for label, get in choices]
    host = host_of(app)

    async def chosen(value: tuple[str, Get, bool] | None) -> None:
        if value is None:
            return
        label, get, to_file = value
        try:
            got = get()
            text = await got if inspect.isawaitable(got) else got
        except WorkbenchError as error:
            host.say(error.message, error=True)
            return
        if not to_file:
            host.copy_out(text, label)
            return

        def named(name: str | None) -> None:
            if name:
                host.say(*_write(Path(name).expanduser(), text))

        app.push_screen(AskText(f"write {label} to", label.replace(" ", "-") + ending_of(label), replaced=True), named)

    app.push_screen(Pick("copy, or write to a file", rows), chosen)


def ending_of(label: str) -> str:
    """How the name of a file ends that holds what is so called."""
    return next((ending for last_words, ending in ENDINGS.items() if label.endswith(last_words)), ".txt")


def _write(path: Path, text: str) -> tuple[str, bool, bool]:
    """(message, undo, error) of having written; a file that exists is left alone."""
    try:
        with path.open("x", encoding="utf-8", newline="") as file:
            file.write(text)
    except FileExistsError:
        return f"{path} exists already; nothing was written", False, True
    except OSError as error:
        return f"cannot write {path}: {error.strerror}", False, True
    return f"wrote {path}", False, False
