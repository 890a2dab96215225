"""Making commits without a checkout, hooks, filters or the index that a person works with.

Blobs are stored as they are, a tree is made in an index of its own, and the branch moves only if it is still where it
was.
"""

from __future__ import annotations

import os
import subprocess
import tempfile
from collections.abc import Mapping
from pathlib import Path

from workbench.errors import BadInput, MovedMeanwhile, Refused
from workbench.formats.git.repository import SAFE, git, git_environment

_IN_PROGRESS = ("MERGE_HEAD", "CHERRY_PICK_HEAD", "REVERT_HEAD", "rebase-merge", "rebase-apply", "BISECT_LOG")


def refuse_unfinished(top: Path) -> None:
    """`Refused` while a merge, rebase, pick, revert or bisection is going on."""
    folder = top / git(top, "rev-parse", "--git-dir").decode().strip()
    for name in _IN_PROGRESS:
        if (folder / name).exists():
            raise Refused(f"{top} is in the middle of something ({name})", "finish it, or give it up, first")


def commit(top: Path, head: str, files: Mapping[str, bytes], message: str, *, author: str, time: str) -> str:
    """The id of a commit on `head` with these files changed. `author` is `Name <mail>` or a name, `time` ISO 8601.

    Raises `MovedMeanwhile` when the branch is not at `head` any more, `BadInput` with git's words otherwise.
    """
    with tempfile.TemporaryDirectory(prefix="workbench-") as folder:
        environment = {"GIT_INDEX_FILE": str(Path(folder) / "index")}
        _git(top, environment, "read-tree", head)
        entries = []
        for path, data in files.items():
            blob = _git(top, environment, "hash-object", "-w", "--no-filters", "--stdin", given=data)
            mode = _mode(top, head, path)
            entries.append(f"{mode} {blob}\t{path}\0".encode())
        _git(top, environment, "update-index", "-z", "--add", "--index-info", given=b"".join(entries))
        tree = _git(top, environment, "write-tree")
    name, _, mail = author.partition("<")
    identity = {"GIT_AUTHOR_NAME": name.strip() or "unknown", "GIT_AUTHOR_DATE": time}
    identity["GIT_AUTHOR_EMAIL"] = mail.rstrip("> ") or _mail(top)
    made = _git(top, identity, "commit-tree", tree, "-p", head, given=message.encode())
    try:
        git(top, "update-ref", "-m", f"workbench: {message.splitlines()[0]}", "HEAD", made, head)
    except BadInput as error:
        raise MovedMeanwhile(f"the branch of {top} moved meanwhile", "try again") from error
    _follow(top, b"".join(entries))
    return made


def _follow(top: Path, entries: bytes) -> None:
    """The person's own index follows for these paths only, so that nothing looks staged.

    In an empty work tree, because git would else compare files of the same second through the filters that are set.
    """
    folder = (top / git(top, "rev-parse", "--git-dir").decode().strip()).resolve()
    with tempfile.TemporaryDirectory(prefix="workbench-") as empty:
        environment = {"GIT_DIR": str(folder), "GIT_WORK_TREE": empty}
        _git(Path(empty), environment, "update-index", "-z", "--add", "--index-info", given=entries)


def _mode(top: Path, head: str, path: str) -> str:
    listed = git(top, "ls-tree", "-z", head, path).decode(errors="surrogateescape")
    return "100755" if listed.startswith("100755") else "100644"


def _mail(top: Path) -> str:
    try:
        return git(top, "config", "user.email").decode().strip()
    except BadInput:
        return "workbench@localhost"


def _git(top: Path, environment: Mapping[str, str], *arguments: str, given: bytes = b"") -> str:
    done = subprocess.run(
        ["git", *SAFE, "-C", str(top), *arguments],
        input=given,
        capture_output=True,
        env={**git_environment(), **environment},
        check=False,
    )
    if done.returncode:
        said = done.stderr.decode(errors="replace").strip().splitlines()
        raise BadInput(f"git {arguments[0]}: {said[0] if said else done.returncode}", "set user.name and user.email")
    return os.fsdecode(done.stdout).strip()
