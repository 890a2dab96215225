"""A git repository read through git itself: no checkout, no hooks, no filters, nothing fetched.

Blobs come from one `git cat-file --batch` process. What a repository's own configuration would run (pagers, external
diffs, text conversion, file system monitors, signature checks) is switched off for every command.
"""

from __future__ import annotations

import os
import subprocess
from collections import OrderedDict
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from types import TracebackType

from workbench.errors import BadInput, FormatError, NotFound
from workbench.formats.files import MAX_BYTES, FileText, decoded
from workbench.formats.tree import skipped

_SETTINGS = (
    "core.fsmonitor=false",
    "core.hooksPath=/dev/null",
    "core.quotePath=false",
    "diff.external=",
    "log.showSignature=false",
    "protocol.allow=never",
)
SAFE = (
    *("--no-pager", "--no-optional-locks", "--literal-pathspecs"),
    *(word for setting in _SETTINGS for word in ("-c", setting)),
)
_CACHED = 256


def git_environment() -> dict[str, str]:
    kept = {key: value for key, value in os.environ.items() if not key.startswith("GIT_")}
    return {**kept, "GIT_TERMINAL_PROMPT": "0", "GIT_OPTIONAL_LOCKS": "0", "GIT_NO_LAZY_FETCH": "1", "LC_ALL": "C"}


def git(top: Path, *arguments: str, given: bytes | None = None, index: str = "") -> bytes:
    """What a git command writes. `BadInput` with git's own words when it fails or is not there.

    `index`: the file to take for git's index; "" is the repository's own.
    """
    try:
        done = subprocess.run(
            ["git", *SAFE, "-C", str(top), *arguments],
            input=given,
            capture_output=True,
            env={**git_environment(), **({"GIT_INDEX_FILE": index} if index else {})},
            check=False,
        )
    except OSError as error:
        raise BadInput(f"git cannot be started: {error.strerror}", "install git") from error
    if done.returncode:
        said = done.stderr.decode(errors="replace").strip().splitlines()
        raise BadInput(f"git {arguments[0]}: {said[0] if said else f'ended with {done.returncode}'}")
    return done.stdout


def pieces_of(top: Path, arguments: Sequence[str], separator: bytes) -> Iterator[bytes]:
    """What a git command writes, cut at a byte, as it comes. `BadInput` when the command fails."""
    with subprocess.Popen(
        ["git", *SAFE, "-C", str(top), *arguments],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        env=git_environment(),
    ) as process:
        assert process.stdout is not None  # noqa: S101 — it is a pipe
        rest = b""
        try:
            while chunk := process.stdout.read(1 << 18):
                *whole, rest = (rest + chunk).split(separator)
                yield from whole
        except GeneratorExit:
            process.kill()
            raise
        yield rest
    if process.returncode:
        raise BadInput(f"git {arguments[0]}: ended with {process.returncode}")


def top_of(path: Path) -> Path:
    """The top folder of the repository that holds `path`. `NotFound` where there is none."""
    if not path.exists():
        raise NotFound(f"there is no file or folder {path}")
    folder = path if path.is_dir() else path.parent
    try:
        found = git(folder, "rev-parse", "--show-toplevel").decode(errors="surrogateescape").rstrip("\n")
    except BadInput as error:
        raise NotFound(f"{path} is in no git repository", hint=error.message) from error
    return Path(found)


class Blobs:
    """Contents by `commit:path` or by id, through one process; the last ones are remembered."""

    def __init__(self, top: Path) -> None:
        self._process = subprocess.Popen(
            ["git", *SAFE, "-C", str(top), "cat-file", "--batch"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env=git_environment(),
        )
        self._recent: OrderedDict[str, bytes | None] = OrderedDict()

    def get(self, name: str, *, limit: int = MAX_BYTES) -> bytes | None:
        """None for what is not there or no blob; a blob longer than `limit` comes as its first `limit` + 1 bytes."""
        if name in self._recent:
            self._recent.move_to_end(name)
            return self._recent[name]
        data = self._read(name, limit)
        self._remember(name, data)
        return data

    def prefetch(self, names: Sequence[str]) -> None:
        """Ask for several at once: one wait in place of many. Each must be an id, and there must be fewer than 500."""
        wanted = [name for name in dict.fromkeys(names) if name not in self._recent]
        sink = self._process.stdin
        assert sink is not None  # noqa: S101 — it is a pipe
        sink.write("".join(f"{name}\n" for name in wanted).encode())
        sink.flush()
        for name in wanted:
            self._remember(name, self._answer(MAX_BYTES))

    def _remember(self, name: str, data: bytes | None) -> None:
        self._recent[name] = data
        while len(self._recent) > _CACHED:
            self._recent.popitem(last=False)

    def _read(self, name: str, limit: int) -> bytes | None:
        sink = self._process.stdin
        assert sink is not None  # noqa: S101 — it is a pipe
        if "\n" in name:
            return None
        sink.write(name.encode(errors="surrogateescape") + b"\n")
        sink.flush()
        return self._answer(limit)

    def _answer(self, limit: int) -> bytes | None:
        source = self._process.stdout
        assert source is not None  # noqa: S101 — it is a pipe
        header = source.readline().split()
        if len(header) != 3 or not header[2].isdigit():
            return None
        size = int(header[2])
        data = source.read(min(size, limit + 1))
        left = size - len(data) + 1
        while left > 0 and (chunk := source.read(min(left, 1 << 20))):
            left -= len(chunk)
        return data if header[1] == b"blob" else None

    def close(self) -> None:
        for pipe in (self._process.stdin, self._process.stdout):
            if pipe is not None:
                pipe.close()
        self._process.wait()

    def __enter__(self) -> Blobs:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


class CommitTree:
    """The files of one commit below a folder of the repository; a `Tree`."""

    def __init__(
        self, top: Path, blobs: Blobs, commit: str, folder: str = "", ids: Mapping[str, str] | None = None
    ) -> None:
        self.top = top
        self.commit = commit
        self.folder = folder
        self._blobs = blobs
        self._ids = ids or {}
        """Blobs that are known already, by full path: quicker than to ask for them through the commit."""

    @property
    def name(self) -> str:
        return self.folder.rpartition("/")[2] or self.top.name

    def text(self, path: str) -> FileText:
        data = self._blobs.get(self._spec(path))
        if data is None:
            raise FormatError("is not in this commit", file=self.shown(path))
        return decoded(data, self.shown(path))

    def has(self, path: str) -> bool:
        return self._blobs.get(self._spec(path)) is not None

    def below(self, folder: str) -> Iterator[str]:
        place = "/".join(part for part in (self.folder, folder) if part)
        listed = git(self.top, "ls-tree", "-r", "-z", "--name-only", self.commit, *([f"{place}/"] if place else []))
        cut = len(self.folder) + 1 if self.folder else 0
        for raw in sorted(listed.split(b"\0")):
            path = raw.decode(errors="surrogateescape")[cut:]
            if path and not any(skipped(part) for part in path.split("/")[:-1]):
                yield path

    def shown(self, path: str) -> str:
        return f"{self._full(path)}@{self.commit[:10]}"

    def _full(self, path: str) -> str:
        return f"{self.folder}/{path}" if self.folder else path

    def _spec(self, path: str) -> str:
        full = self._full(path)
        return self._ids.get(full) or f"{self.commit}:{full}"
