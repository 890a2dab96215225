"""What can stand on one side of a diff: a version, a draft, a file, a text, a file as git has it, what is sent."""

from __future__ import annotations

import subprocess
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from workbench.domain.drafts import Drafts, content_of, kept_under
from workbench.domain.prompts import INPUT, Content, Message, Version
from workbench.domain.templates import check_values, missing, render
from workbench.errors import BadInput, FormatError, NotFound
from workbench.text import name_of

if TYPE_CHECKING:
    from workbench.services.keeping import Keeping
    from workbench.services.library import Library

DRAFT = "draft"
"""What stands for a version after the `@` of a reference that is a draft."""
Kind = Literal["version", "draft", "file", "text", "git", "output"]
GIT_TIMEOUT = 20.0


@dataclass(frozen=True)
class Side:
    """`name` says what it is, for titles; `told` says more, on one line."""

    name: str
    content: Content
    kind: Kind = "version"
    told: str = ""
    version: Version | None = None
    """Of a version itself, and the one that a draft was made from."""
    answers: str = ""
    """Name of the prompt whose answer it is."""

    @property
    def prompt(self) -> str:
        """Name of the prompt that it is of; "" for none."""
        return self.version.prompt if self.version is not None else self.answers

    @property
    def is_plain(self) -> bool:
        """A text without settings, declarations and a template format of its own."""
        return self.kind in ("file", "text", "git", "output")


def of_version(version: Version, as_name: str = "") -> Side:
    """`as_name`: how it was asked for, such as an environment."""
    facts = [*version.environments, name_of(version.author), version.created_at[:10], version.note]
    told = " · ".join(fact for fact in facts if fact)
    name = f"{version.reference} ({as_name})" if as_name and as_name != version.number else version.reference
    return Side(name, version.content, "version", told, version)


def of_draft(library: Library, keeping: Keeping, name: str, base: str = "") -> Side:
    """What the editor keeps of a version of this prompt that is being written: the one made from `base`, or the only
    one. `BadInput` where there are several, `NotFound` for none."""
    drafts = Drafts.from_kept(keeping.kept(kept_under(library.prompt(name).name))).by_base
    bases = [number for number in drafts if number]
    if not base and len(bases) > 1:
        raise BadInput(
            f"there are drafts of {name} made from {', '.join(bases)}",
            f"write {name}@{DRAFT}-{bases[-1]} for one of them",
        )
    found = drafts.get(base or bases[0]) if base or bases else None
    if found is None:
        made = f"there is one made from {', '.join(bases)}" if bases else "the editor keeps one until it is saved"
        raise NotFound(f"{name} has no draft" + (f" made from {base}" if base else ""), hint=made)
    version = library.version(f"{name}@{base or bases[0]}")
    told = f"made from {version.number}, not saved yet"
    return Side(f"draft of {version.reference}", content_of(found, version.content), "draft", told, version)


def of_text(text: str, name: str = "pasted text", kind: Kind = "text") -> Side:
    """The text as one system message in which nothing is a template."""
    return Side(name, Content.of_text(text, "literal"), kind)


def of_file(path: Path) -> Side:
    """Raises `BadInput` for a file that cannot be read, `FormatError` for one that is not UTF-8."""
    try:
        raw = path.expanduser().read_bytes()
    except OSError as error:
        raise BadInput(f"{path} cannot be read: {error.strerror}") from error
    return of_text(_decoded(raw, str(path)), str(path), "file")


def of_git(spec: str, folder: Path | None = None) -> Side:
    """A file as a revision has it, `REV:path` as git writes it; `folder` is where git looks for the repository.

    Raises `BadInput` with what git says, `NotFound` where there is no git.
    """
    revision, colon, path = spec.partition(":")
    if not colon or not revision or not path or revision.startswith("-") or "\0" in spec:
        raise BadInput(f"{spec!r} is not a revision of a file", "write REV:path, for example HEAD~1:prompts/a.md")
    try:
        done = subprocess.run(
            ["git", "--no-pager", "--no-optional-locks", "show", "--no-textconv", "--no-color", "--no-ext-diff", spec],
            cwd=folder,
            capture_output=True,
            stdin=subprocess.DEVNULL,
            timeout=GIT_TIMEOUT,
            check=False,
        )
    except FileNotFoundError as error:
        raise NotFound("git is not installed, or not on the PATH") from error
    except subprocess.TimeoutExpired as error:
        raise BadInput(f"git did not answer within {GIT_TIMEOUT:.0f} s for {spec}") from error
    if done.returncode:
        said = done.stderr.decode("utf-8", "replace").strip().splitlines()
        raise BadInput(f"git cannot show {spec}: {said[-1].removeprefix('fatal: ') if said else 'no reason given'}")
    return of_text(_decoded(done.stdout, spec), spec, "git")


def find(library: Library, wanted: str, folder: Path | None = None, keeping: Keeping | None = None) -> Side:
    """A reference, the path of a file, or `REV:path`; with `keeping` also `NAME@draft`, and `NAME@draft-BASE` where
    there are several.

    A prompt's name wins over a file's, because a file can be written with `./` before it.
    """
    path = (folder or Path()) / Path(wanted).expanduser()
    try:
        return of_version(library.version(wanted))
    except (NotFound, BadInput):
        name, _, selector = wanted.partition("@")
        if keeping is not None and (selector == DRAFT or selector.startswith(f"{DRAFT}-")):
            return of_draft(library, keeping, name, selector[len(DRAFT) + 1 :])
        if path.is_file():
            return replace(of_file(path), name=wanted)
        if ":" in wanted:
            return of_git(wanted, folder)
        raise


def levelled(left: Side, right: Side) -> tuple[Side, Side]:
    """Both sides so that only what both can say is compared: a plain text beside a version is its text, with the
    version's settings; a version of several messages beside it is one text too."""
    if left.is_plain == right.is_plain:
        return left, right
    if left.is_plain:
        right, left = _beside(right, left)
        return left, right
    return _beside(left, right)


def _beside(version: Side, plain: Side) -> tuple[Side, Side]:
    content = version.content
    if len(content.messages) == 1:
        message = replace(content.messages[0], content=plain.content.text)
        return version, replace(plain, content=replace(content, messages=(message,)))
    as_one = replace(content, messages=(Message("system", content.text),), format="literal")
    return replace(version, content=as_one), replace(plain, content=replace(as_one, messages=plain.content.messages))


def rendered(side: Side, values: Mapping[str, Any]) -> tuple[Side, tuple[str, ...]]:
    """What a model receives with these values, message by message, and the names that have none.

    Those stay in the text as they are written. Raises `TemplateError`, and `BadInput` for a value that does not fit.
    """
    absent = missing(side.content, values)
    undeclared = tuple(v for v in side.content.variables if v.name not in absent)
    standing = {name: _placeholder(name, side.content.format) for name in absent}
    content = replace(side.content, variables=undeclared)
    messages = render(content, {**values, **standing}).messages
    told = replace(side, name=f"{side.name} rendered", content=replace(content, messages=messages, format="literal"))
    return told, absent


def filled_in(
    left: Side, right: Side, values: Mapping[str, Any], *, complete: bool = False
) -> tuple[Side, Side, tuple[str, ...]]:
    """Both sides as a model receives them, levelled, and the names that have no value on one of them.

    A plain text beside a version of one message is a template as that is; beside one of several messages it is what
    was sent already. Raises as `rendered` does; if it is to be `complete`, `MissingVariables` for names without values.
    """
    absent: dict[str, None] = {}

    def fill(side: Side) -> Side:
        if complete:
            check_values(side.content, values)
        done, without = rendered(side, values)
        absent.update(dict.fromkeys(without))
        return done

    if left.is_plain != right.is_plain and any(len(s.content.messages) > 1 for s in (left, right) if not s.is_plain):
        left, right = (side if side.is_plain else fill(side) for side in (left, right))
        return *levelled(left, right), tuple(absent)
    left, right = levelled(left, right)
    return fill(left), fill(right), tuple(absent)


def values_of_kept(kept: Any) -> dict[str, str]:
    """The variables that were filled in last for a run: what is kept under `inputs:NAME`."""
    found: dict[str, str] = {}
    for key, text in kept.items() if isinstance(kept, Mapping) else ():
        kind, _, name = str(key).partition(":")
        if isinstance(text, str) and text and kind in ("variable", "input"):
            found[name if kind == "variable" else INPUT] = "" if text == '""' else text
    return found


def _placeholder(name: str, format: str) -> str:
    return f"{{{{{name}}}}}" if format == "jinja" else f"{{{name}}}"


def _decoded(raw: bytes, where: str) -> str:
    try:
        return raw.decode("utf-8")
    except UnicodeDecodeError as error:
        line = raw.count(b"\n", 0, error.start) + 1
        raise FormatError(f"not UTF-8 text (byte {error.start})", file=where, line=line) from error
