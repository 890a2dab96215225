"""`tag` and `archive`: what people put on prompts to find them, and to put them away."""

from __future__ import annotations

from typing import Any

import click

from workbench.cli import diagnostics, output, shapes
from workbench.cli.session import Act, act, current, json_option
from workbench.errors import BadInput

_MINUS = "\0"
"""Stands for the `-` of `-TAG` while click reads the options."""


class _TagAct(Act):
    """Lets `-TAG` through, which would be read as an option."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        let_through = [
            _MINUS + arg[1:] if len(arg) > 1 and arg[0] == "-" and arg[1] != "-" and arg != "-h" else arg
            for arg in args
        ]
        return super().parse_args(ctx, let_through)


@click.command("tag", cls=_TagAct)
@click.argument("reference", metavar="REF")
@click.argument("changes", metavar="[+TAG | -TAG]…", nargs=-1)
@json_option
def tag(reference: str, changes: tuple[str, ...]) -> None:
    """Add and remove tags: NAME tags the prompt, NAME@SELECTOR the version. Without changes, list them."""
    session = current()
    add: list[str] = []
    remove: list[str] = []
    for change in changes:
        sign, name = change[:1], change[1:]
        if sign not in ("+", _MINUS) or not name:
            shown = change.replace(_MINUS, "-")
            raise BadInput(f"{shown!r} is neither +TAG nor -TAG", f"write +{shown.lstrip('+-') or 'TAG'} to add it")
        (add if sign == "+" else remove).append(name)
    library = session.workbench().library
    before = library.version(reference).tags if "@" in reference else library.prompt(reference).tags
    tags = library.tag(reference, add, remove) if changes else before
    if changes and set(tags) == set(before):
        diagnostics.done(f"{reference} had exactly these tags before: {' '.join(tags) or 'none'}", undo="")
    elif changes:
        diagnostics.done(f"{reference} has the tags: {' '.join(tags) or 'none'}")
    if session.json:
        output.data({"reference": reference, "tags": list(tags)})
    elif not changes:
        for name in tags:
            output.line(name)


@act("archive")
@click.argument("prompt")
@click.option("--undo", "back", is_flag=True, help="Bring it back.")
@json_option
def archive(prompt: str, back: bool) -> Any:
    """Put PROMPT away: it leaves the lists, and nothing of it is lost."""
    session = current()
    library = session.workbench().library
    row = library.unarchive(prompt) if back else library.archive(prompt)
    if back:
        diagnostics.done(f"{prompt} is back in the lists", f"workbench archive {prompt}")
    else:
        diagnostics.done(f"{prompt} is archived", f"workbench archive {prompt} --undo")
    if session.json:
        output.data(shapes.prompt(row))
