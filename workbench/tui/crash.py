"""What is left of a crash: a report file with the traceback, without local variables, prompts or keys."""

from __future__ import annotations

import platform
import sys
import time
import traceback
from pathlib import Path

from workbench.settings.paths import log_dir


def write_report(error: BaseException | None, folder: Path | None = None) -> Path | str:
    """The path of the report, mode 0600; the reason in words where it could not be written.

    Only the exception's type is named, not its message: messages quote data.
    """
    lines = [f"python {platform.python_version()} on {sys.platform}", ""]
    while error is not None:
        lines.append(f"{type(error).__module__}.{type(error).__qualname__}")
        frames = traceback.extract_tb(error.__traceback__)
        lines += [f"  {frame.filename}:{frame.lineno} in {frame.name}" for frame in frames]
        # Textual wraps what a worker raised without naming it as the cause.
        wrapped = getattr(error, "error", None)
        error = error.__cause__ or error.__context__ or (wrapped if isinstance(wrapped, BaseException) else None)
    try:
        folder = folder or log_dir()
        folder.mkdir(parents=True, exist_ok=True)
        path = folder / time.strftime("crash-%Y%m%d-%H%M%S.txt")
        path.touch(mode=0o600)
        path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    except OSError as failure:
        return f"nowhere: {failure.strerror}"
    return path
