"""Reading and writing files without surprises: bounded, strict UTF-8, never outside the folder that was named."""

from __future__ import annotations

import errno
import os
import re
import stat
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from workbench.errors import FormatError, Refused

MAX_BYTES = 8 * 1024 * 1024
BOM = "\ufeff"


@dataclass(frozen=True)
class FileText:
    text: str
    """As in the file, line ends and all; without the BOM."""
    bom: bool = False

    def encoded(self) -> bytes:
        return encode(self.text, self.bom)


def encode(text: str, bom: bool = False) -> bytes:
    # A text that begins with the character itself needs one more, since reading takes one away.
    return (BOM + text if bom or text.startswith(BOM) else text).encode()


def read_text(path: Path, root: Path) -> FileText:
    """The text of a regular file whose real place is inside `root`; `FormatError` for anything else."""
    name = str(path)
    try:
        if not path.resolve(strict=True).is_relative_to(root.resolve()):
            raise FormatError("is a link that leads out of the folder", "name the file it leads to", file=name)
        # Without O_NONBLOCK a named pipe would be waited on for ever.
        descriptor = os.open(path, os.O_RDONLY | getattr(os, "O_NONBLOCK", 0))
    except (OSError, RuntimeError) as error:
        raise FormatError(f"cannot be read: {_why(error)}", file=name) from error
    with os.fdopen(descriptor, "rb") as stream:
        status = os.fstat(descriptor)
        if not stat.S_ISREG(status.st_mode):
            raise FormatError("is not a regular file", file=name)
        data = stream.read(MAX_BYTES + 1)
    if len(data) > MAX_BYTES:
        raise FormatError(f"has {status.st_size:,} bytes; at most {MAX_BYTES:,} are read", file=name)
    return decoded(data, name)


def decoded(data: bytes, file: str) -> FileText:
    """`FormatError` with the line for what is not UTF-8, or too much."""
    if len(data) > MAX_BYTES:
        raise FormatError(f"has {len(data):,} bytes; at most {MAX_BYTES:,} are read", file=file)
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise FormatError(
            f"byte 0x{data[error.start]:02x} at position {error.start} is not UTF-8",
            "save the file as UTF-8",
            file=file,
            line=line,
        ) from error
    return FileText(text.removeprefix(BOM), text.startswith(BOM))


def write_all(root: Path, files: Mapping[str, bytes]) -> list[Path]:
    """Each file whole or not at all; nothing is written before every place has been found good.

    `files` maps paths relative to `root` to bytes. A file that has the bytes already is left alone. `Refused` for a
    place outside `root` or behind a link that leads out, and for what the system does not let us write.
    """
    places = {relative: inside(root, relative) for relative in files}
    try:
        for relative, place in places.items():
            if not (place.is_file() and not place.is_symlink() and place.read_bytes() == files[relative]):
                _write(place, files[relative])
    except OSError as error:
        raise Refused(f"{error.filename or root} cannot be written: {_why(error)}") from error
    return list(places.values())


def inside(root: Path, relative: str) -> Path:
    """The place of `relative` under `root`; `Refused` when it, or a folder on the way to it, is anywhere else."""
    parts = PurePosixPath(relative).parts
    if not parts or relative.startswith("/") or ".." in parts or "\\" in relative or "\0" in relative:
        raise Refused(f"{relative!r} is not a path inside the export folder")
    real_root = root.resolve()
    place = root.joinpath(*parts)
    if not place.parent.resolve().is_relative_to(real_root):
        raise Refused(f"{place.parent} is a link that leads out of {root}", "export to another folder")
    return place


def _write(place: Path, data: bytes) -> None:
    place.parent.mkdir(parents=True, exist_ok=True)
    descriptor, temporary = tempfile.mkstemp(prefix=".workbench-", dir=place.parent)
    try:
        with os.fdopen(descriptor, "wb") as stream:
            # mkstemp gives 0600; prompts are shared like any source file.
            os.fchmod(descriptor, 0o666 & ~_umask())
            stream.write(data)
            stream.flush()
            os.fsync(descriptor)
        Path(temporary).replace(place)
    except BaseException:
        Path(temporary).unlink(missing_ok=True)
        raise


def _umask() -> int:
    mask = os.umask(0o077)
    os.umask(mask)
    return mask


def _why(error: OSError | RuntimeError) -> str:
    if isinstance(error, OSError) and error.errno == errno.ELOOP:
        return "a link that leads to itself"
    return (error.strerror or str(error)) if isinstance(error, OSError) else "a link that leads to itself"


# Names and places --------------------------------------------------------------------------------------------------

_UNFIT = re.compile(r"[^A-Za-z0-9._-]+")
_TWIN = re.compile(r"~[0-9]+$")


def place_of(name: str) -> str:
    """The relative path of a prompt's name. A segment with a leading dot (`.git`!) is written `~.git`, out of harm."""
    return "/".join(f"~{segment}" if segment.startswith(".") else segment for segment in name.split("/"))


def name_of(place: str) -> str:
    """The reverse of `place_of`; what no name can hold (a space, an umlaut) becomes `-`, "" when nothing is left."""
    segments = []
    for raw in place.replace("\\", "/").split("/"):
        segment = _TWIN.sub("", raw)
        if segment.startswith("~."):
            segment = segment[1:]
        segment = _UNFIT.sub("-", segment)
        if segment.strip("-"):
            segments.append(segment)
    return "/".join(segments)


def twin(place: str, number: int) -> str:
    """Another place for a name that differs from an earlier one only in case: macOS and Windows know one file."""
    return f"{place}~{number}"
