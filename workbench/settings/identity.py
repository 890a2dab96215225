"""Who acts, when neither a flag, the environment nor the config says: git's user, else login@host.

Git's files are read directly, because starting git costs more than all the rest of a short command; what is not plain
in them (other files that are included, comments, escapes, a worktree) is left to git itself.
"""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from pathlib import Path

_SECTION = re.compile(r"\s*\[\s*([A-Za-z.]+)[^\]]*\]")
_USER = re.compile(r"\s*\[\s*user\s*\]", re.IGNORECASE)
_VALUE = re.compile(r"\s*(name|email)\s*=\s*(.*?)\s*$", re.IGNORECASE)
_LEFT_TO_GIT = re.compile(
    r"^\s*\[\s*include|^\s*\[\s*user\s*\]\s*\S|^\s*(name|email)\s*=(?!\s*(\"[^\"\\\n]*\"|[^\"\\#;\n]*)\s*$)",
    re.MULTILINE | re.IGNORECASE,
)
"""Included files, a value beside its section, and values with comments, escapes or quotes inside."""


def who(start: Path | None = None, env: Mapping[str, str] | None = None) -> str:
    """`Ana Silva <ana@example.org>`, or `ana@host`; never empty."""
    env = os.environ if env is None else env
    start = start or Path.cwd()
    found = _git_user(start, env)
    name = env.get("GIT_AUTHOR_NAME", "").strip() or found.get("name", "")
    email = env.get("GIT_AUTHOR_EMAIL", "").strip() or found.get("email", "")
    if name and email:
        return f"{name} <{email}>"
    return name or email or f"{_login(env)}@{os.uname().nodename if hasattr(os, 'uname') else 'localhost'}"


def _login(env: Mapping[str, str]) -> str:
    for variable in ("LOGNAME", "USER", "USERNAME"):
        if env.get(variable, "").strip():
            return env[variable].strip()
    try:
        import pwd

        return pwd.getpwuid(os.getuid()).pw_name
    except (ImportError, KeyError):
        return f"uid{os.getuid()}" if hasattr(os, "getuid") else "somebody"


def _git_user(start: Path, env: Mapping[str, str]) -> dict[str, str]:
    home = Path(env.get("HOME") or Path.home())
    config_home = Path(env.get("XDG_CONFIG_HOME") or home / ".config")
    files = [
        Path(env.get("GIT_CONFIG_SYSTEM") or "/etc/gitconfig"),
        config_home / "git" / "config",
        home / ".gitconfig",
    ]
    if env.get("GIT_CONFIG_GLOBAL"):
        files[1:] = [Path(env["GIT_CONFIG_GLOBAL"])]
    if env.get("GIT_CONFIG_NOSYSTEM", "").lower() in ("1", "true", "yes", "on"):
        del files[0]
    repository = next((folder / ".git" for folder in (start, *start.parents) if (folder / ".git").exists()), None)
    if repository is not None:
        if repository.is_file():  # a worktree or a submodule: its configuration is elsewhere
            return _ask_git(start, env)
        files.append(repository / "config")
    found: dict[str, str] = {}
    for file in files:
        try:
            text = file.read_text("utf-8", errors="replace")
        except OSError:
            continue
        if _LEFT_TO_GIT.search(text):
            return _ask_git(start, env)
        found.update(_user_section(text))
    return found


def _user_section(text: str) -> dict[str, str]:
    found: dict[str, str] = {}
    inside = False
    for line in text.splitlines():
        if _SECTION.match(line):
            inside = _USER.match(line) is not None
        elif inside and (match := _VALUE.match(line)):
            found[match[1].lower()] = match[2].strip('"')
    return found


def _ask_git(start: Path, env: Mapping[str, str]) -> dict[str, str]:
    import subprocess

    found: dict[str, str] = {}
    for key in ("name", "email"):
        try:
            answer = subprocess.run(
                ["git", "config", f"user.{key}"],
                cwd=start,
                env=dict(env),
                capture_output=True,
                text=True,
                errors="replace",
                timeout=5,
                check=False,
            )
        except (OSError, subprocess.SubprocessError):
            return found
        found[key] = answer.stdout.strip()
    return found
