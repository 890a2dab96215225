"""`save` and `restore`: new versions."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from workbench.cli import diagnostics, output, shapes
from workbench.cli.session import act, current, json_option
from workbench.cli.values import settings, text
from workbench.domain.prompts import FORMATS, Content, Message, Version
from workbench.domain.versions import BUMPS
from workbench.errors import BadInput, NotFound

if TYPE_CHECKING:
    from workbench.services.library import Library

_PROMPT_FILES = (".yaml", ".yml", ".json")


@act("save")
@click.argument("prompt")
@click.argument("file", metavar="FILE|-", required=False)
@click.option("-m", "--note", default="", metavar="NOTE", help="What changed, and why.")
@click.option("--bump", type=click.Choice(BUMPS), help="Which part counts up; patch if not given.")
@click.option("--number", metavar="N", help="This number, in place of counting up.")
@click.option("--set", "sets", metavar="NAME=VALUE", multiple=True, help="A setting; the value is JSON or text.")
@click.option("--unset", "unsets", metavar="NAME", multiple=True, help="Leave a setting out.")
@click.option("--message", "position", type=click.IntRange(1), metavar="N", help="The text is the Nth message.")
@click.option("--format", "format", type=click.Choice(FORMATS), help="The template dialect; jinja for a new prompt.")
@click.option("--parent", metavar="NUMBER", help="The version it was made from; the latest if not given.")
@click.option("--expect-latest", metavar="NUMBER", help="Only if this is the latest version now.")
@json_option
def save(
    prompt: str,
    file: str | None,
    note: str,
    bump: str | None,
    number: str | None,
    sets: tuple[str, ...],
    unsets: tuple[str, ...],
    position: int | None,
    format: str | None,
    parent: str | None,
    expect_latest: str | None,
) -> None:
    """Save FILE (or standard input) as a new version of PROMPT, which is made where there is none.

    A text becomes the prompt's message; a .yaml, .yml or .json file is read as a prompt file. Variables and settings
    are the parent's unless the file states its own, and so is the number that counts up: one that the file states is
    taken where it is new and neither --number nor --bump is given. Without FILE, only the settings change.
    """
    if file is None and not sets and not unsets and format is None:
        raise BadInput("there is nothing to save", "name a FILE, or - for standard input, or give --set NAME=VALUE")
    session = current()
    library = session.workbench(create=file is not None).library
    before = _parent(library, prompt, parent)
    content = content_of(prompt, file, before, position, format)
    if number is None and bump is None and _is_prompt_file(file):
        number = _new_number(library, prompt, file or "", before)
    changed = {key: value for key, value in {**content.settings, **settings(sets)}.items() if key not in unsets}
    saved = library.save(
        prompt,
        replace(content, settings=changed),
        note=note,
        bump=bump or "patch",
        number=number,
        parent=parent,
        expect_latest=expect_latest,
    )
    _saved(saved, "saved")


@act("restore")
@click.argument("reference", metavar="REF")
@click.option("-m", "--note", default="", metavar="WHY", help="Why; the new version's note.")
@json_option
def restore(reference: str, note: str) -> None:
    """Save the content of the old version REF again as a new version on top."""
    _saved(current().workbench().library.restore(reference, note), f"restored {reference} as")


def _saved(saved: Version, verb: str) -> None:
    diagnostics.done(f"{verb} {saved.reference}")
    if current().json:
        output.data(shapes.version(saved))
    else:
        output.line(saved.reference)


def _parent(library: Library, prompt: str, parent: str | None) -> Version | None:
    if parent is not None:
        return library.resolve_selector(prompt, parent)
    try:
        return library.version(prompt)
    except NotFound:
        return None


def _new_number(library: Library, prompt: str, file: str, before: Version | None) -> str | None:
    """The number that a prompt file states, where no version has it yet: one that is taken names what was edited."""
    from workbench.cli.prompt_file import stated

    number = stated(Path(file).expanduser(), prompt).number
    rows = library.versions(prompt, include_withdrawn=True) if before else []
    return number if number not in {row.number for row in rows} else None


def _is_prompt_file(file: str | None) -> bool:
    return file not in (None, "-") and Path(file or "").suffix.lower() in _PROMPT_FILES


def content_of(
    prompt: str, file: str | None, before: Version | None, position: int | None, format: str | None
) -> Content:
    """What FILE says: a prompt file, or the text of message `position` of `before` (None: the prompt is new)."""
    if file is None:
        if before is None:
            raise NotFound(f"there is no prompt {prompt!r} whose settings could change")
        base = before.content
    elif _is_prompt_file(file):
        from workbench.cli.prompt_file import stated

        base = stated(Path(file).expanduser(), prompt).content
    else:
        base = _with_text(prompt, before, text(file), position)
    return base if format is None else replace(base, format=format)


def _with_text(prompt: str, before: Version | None, written: str, position: int | None) -> Content:
    if before is None:
        if position not in (None, 1):
            raise BadInput(f"{prompt} is new and has no message {position}")
        return Content.of_text(written)
    messages = list(before.content.messages)
    if position is None and len(messages) > 1:
        raise BadInput(
            f"{prompt} has {len(messages)} messages, and a text is one",
            f"give --message N, or save a prompt file: workbench show {prompt} --file > FILE.yaml",
        )
    at = (position or 1) - 1
    if at >= len(messages):
        raise BadInput(f"{before.reference} has no message {position}", f"it has {len(messages)}")
    extra: Mapping[str, Any] = messages[at].extra
    messages[at] = Message(messages[at].role, written, extra)
    return replace(before.content, messages=tuple(messages))
