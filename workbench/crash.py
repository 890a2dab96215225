"""The report of a crash: where it happened, never what was in it.

Tracebacks name lines of code; the message of the error is freed of keys, of what was typed and of credentials in
addresses before it is written.
"""

from __future__ import annotations

import os
import platform
import re
import traceback
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path

from workbench.text import visible

_SECRET_NAME = re.compile(r"KEY|TOKEN|SECRET|PASS|AUTH|CREDENTIAL", re.IGNORECASE)
_SECRET_SHAPE = re.compile(
    r"(?<=://)[^/@\s]+@|\b(?:sk|pk|gsk|ghp|xox[a-z])[-_][A-Za-z0-9_\-]{6,}|\bAIza[\w-]{20,}|(?i:bearer|basic)\s+[\w.~+/=-]+"
)
_SHORTEST = 4
"""A typed value shorter than this is too common a word to be taken out."""


def without_secrets(text: str, typed: Sequence[str] = (), env: Mapping[str, str] | None = None) -> str:
    """`text` with keys, typed values and credentials replaced by `…`."""
    hidden = [value for name, value in (os.environ if env is None else env).items() if _SECRET_NAME.search(name)]
    for argument in typed:
        hidden += [argument, argument.partition("=")[2]]
    for value in sorted({value for value in hidden if len(value) >= _SHORTEST}, key=len, reverse=True):
        text = text.replace(value, "…")
    return _SECRET_SHAPE.sub("…", text)


def write_report(error: BaseException, folder: Path, typed: Sequence[str] = ()) -> Path | None:
    """Write `crash-TIME-PID.txt` (mode 0600) in `folder`; None when even that is not possible.

    `typed` are the command line's arguments; the report names the command and hides all else.
    """
    trace = "".join(traceback.format_exception(error))
    lines = [
        f"python {platform.python_version()} on {platform.platform()}",
        "command: " + _outline(typed),
        "",
        without_secrets(trace, typed[1:]),
    ]
    path = folder / f"crash-{datetime.now(UTC):%Y%m%dT%H%M%S}-{os.getpid()}.txt"
    try:
        folder.mkdir(parents=True, exist_ok=True)
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(handle, "w", encoding="utf-8", errors="backslashreplace") as file:
            file.write(visible("\n".join(lines)))
    except OSError:
        return None
    return path


def _outline(typed: Sequence[str]) -> str:
    """The command and the names of the options; never a value."""
    shown = []
    for position, argument in enumerate(typed):
        if argument.startswith("-"):
            shown.append(argument.partition("=")[0])
        else:
            shown.append(argument if position == 0 and re.fullmatch("[a-z]{2,12}", argument) else "…")
    return " ".join(shown)
