"""`diff`: what changed between two versions or two files."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from workbench.cli import diagnostics, output
from workbench.cli.session import act, current, json_option
from workbench.cli.values import variable_options, variables
from workbench.errors import BadInput

if TYPE_CHECKING:
    from workbench.domain.diffs import Engine
    from workbench.services.diffs.sides import Side

_SIDE_BY_SIDE = 100
"""Columns from which a terminal shows two texts beside each other unasked."""


@act("diff")
@click.argument("what", nargs=-1, metavar="REF REF | PROMPT SEL SEL | FILE FILE | PROMPT")
@click.option("--split", "layout", flag_value="split", help="Side by side.")
@click.option("--unified", "layout", flag_value="unified", help="One below the other, changed words marked.")
@click.option("--words", "layout", flag_value="words", help="One text with [-old-]{+new+} words in it.")
@click.option("--patch", "layout", flag_value="patch", help="A patch; this is what a pipe gets unasked.")
@click.option("--stat", "layout", flag_value="stat", help="How much changed, one line a message.")
@click.option("--html", "html", metavar="FILE", type=click.Path(path_type=Path), help="Write it as a page to share.")
@click.option(
    "--markdown",
    "markdown",
    is_flag=False,
    flag_value="-",
    metavar="[FILE]",
    help="Write it as Markdown to share.",
)
@click.option("--at", "time", metavar="TIME", help="With one REF: what it was then against what it is now.")
@click.option("--rendered", is_flag=True, help="Compare what would be sent, with the variables filled in.")
@click.option("--engine", type=click.Choice(["words", "difflib"]), default="words", help="What compares the texts.")
@click.option(
    "--white-space",
    "mode",
    type=click.Choice(["exact", "trailing", "amount", "all"]),
    default="exact",
    help="Which white space does not count: none of it, at line ends, its amount, all.",
)
@click.option("--ascii", is_flag=True, help="Draw with plain signs only, as WORKBENCH_ASCII=1 does.")
@click.option("--exit-code", is_flag=True, help="Exit with 1 when something differs.")
@click.option("-P", "--no-pager", is_flag=True, help="Do not page, whatever PAGER says.")
@click.option(
    "--context", default=3, show_default=True, type=click.IntRange(0), help="Unchanged lines around a change."
)
@variable_options
@json_option
def diff(
    what: tuple[str, ...],
    layout: str | None,
    html: Path | None,
    markdown: str | None,
    time: str | None,
    rendered: bool,
    engine: Engine,
    mode: str,
    ascii: bool,
    exit_code: bool,
    no_pager: bool,
    context: int,
    pairs: tuple[str, ...],
    file: str | None,
) -> int:
    """Compare two versions: texts, settings and variables. With one PROMPT: what is live in the last environment
    (else the version before) against the latest.

    A side can also be a file, - for standard input, REV:path for a file as git has it, or NAME@draft for what the
    editor holds unsaved (alone: against what it was made from). Works as GIT_EXTERNAL_DIFF and with git difftool -x.
    """
    from workbench.cli.diff_sides import is_external, sides_of, then_and_now
    from workbench.cli.diff_told import counting, show
    from workbench.domain.diffs import WhiteSpace, compare
    from workbench.services.diffs.sides import levelled

    if not what:
        taken = (
            f"--markdown took {markdown}; put it last" if markdown not in (None, "-") else "workbench diff -h says how"
        )
        raise BadInput("there is nothing to compare", taken)
    for_git = is_external(what)
    left, right = sides_of(what) if time is None else then_and_now(what, time)
    if rendered:
        left, right = _rendered(left, right, variables(pairs, file))
    elif pairs or file is not None:
        raise BadInput("variables matter only to --rendered", "add --rendered")
    else:
        left, right = levelled(left, right)
    whole = not rendered and left.kind == right.kind == "version"
    pair = [side.version if whole and side.version is not None else side.content for side in (left, right)]
    found = compare(*pair, mode=WhiteSpace(mode), engine=engine)
    same = counting(found).same
    if html is not None or markdown is not None:
        from workbench.cli.sharing import share_diff

        share_diff(left, right, found, html, markdown, context)
    if current().json and markdown != "-":
        from workbench.cli.diff_json import shape

        output.data(shape(left.name, right.name, found, same=same))
    elif html is None and markdown is None:
        from workbench.cli import diff_view
        from workbench.cli.pager import paged

        # Git pages what its external diffs say, unless that is not wished for.
        with diff_view.signs(ascii), _reader_may_leave(for_git), paged(not (no_pager or for_git)):
            show(left.name, right.name, found, layout or default_layout(for_git=for_git), context)
    return diagnostics.NO if exit_code and not same else diagnostics.DONE


@contextmanager
def _reader_may_leave(for_git: bool) -> Iterator[None]:
    """Git would end with an error about an external diff that died, where somebody only left its pager."""
    try:
        yield
        sys.stdout.flush()
    except BrokenPipeError:
        if not for_git:
            raise
        output.give_up()


def default_layout(*, for_git: bool) -> str:
    if not output.on_terminal() and not (for_git and output.coloured()):
        return "patch"
    return "split" if output.width() >= _SIDE_BY_SIDE else "unified"


def _rendered(left: Side, right: Side, values: dict[str, Any]) -> tuple[Side, Side]:
    """As a run would send it: a missing variable is an error here, not a gap."""
    from workbench.services.diffs.sides import filled_in

    if left.is_plain and right.is_plain:
        raise BadInput(
            f"neither {left.name} nor {right.name} is a version, so there is nothing to fill in",
            "--rendered needs a version on one side; without it the texts are compared as they are",
        )
    left, right, _ = filled_in(left, right, values, complete=True)
    return left, right
