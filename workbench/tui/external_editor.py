"""Editing a text in the person's own editor."""

from __future__ import annotations

import os
import shlex
import subprocess
import tempfile
from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager
from pathlib import Path

from textual.app import SuspendNotSupported

from workbench.errors import BadInput


def editor_command(environment: Mapping[str, str]) -> list[str]:
    """From `VISUAL`, else `EDITOR`; `BadInput` when neither says anything usable."""
    text = environment.get("VISUAL") or environment.get("EDITOR") or ""
    try:
        command = shlex.split(text)
    except ValueError as error:
        raise BadInput(f"$EDITOR cannot be read: {error}") from error
    if not command:
        raise BadInput("$EDITOR is not set", "export EDITOR=nano, or go on in this one")
    return command


def edit_outside(text: str, suffix: str, suspend: Callable[[], AbstractContextManager[None]]) -> str:
    """The text as the editor left it, byte for byte.

    `suspend` gives the terminal away for a while (`App.suspend`). Raises `BadInput` when there is no editor, it cannot
    be started, it failed, or what it wrote is not UTF-8; the text is then as it was.
    """
    command = editor_command(os.environ)
    with tempfile.TemporaryDirectory(prefix="workbench-") as folder:
        path = Path(folder) / f"prompt{suffix}"
        path.write_bytes(text.encode("utf-8", "surrogatepass"))
        problem = ""
        try:
            with suspend():
                # An error that leaves this block would leave the terminal outside of the app.
                try:
                    status = subprocess.run([*command, str(path)], check=False).returncode
                    if status:
                        problem = f"{command[0]} ended with status {status}; the text is as it was"
                except OSError as error:
                    problem = f"{command[0]} cannot be started: {error.strerror or error}"
        except SuspendNotSupported:
            problem = "this terminal cannot be lent to another program; go on in this editor"
        if problem:
            raise BadInput(problem)
        try:
            return path.read_bytes().decode()
        except (OSError, UnicodeDecodeError) as error:
            raise BadInput(f"what {command[0]} wrote cannot be read: {error}") from error
