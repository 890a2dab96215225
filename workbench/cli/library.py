"""`list`, `search` and `log`: what is in the store."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

import click

from workbench.cli import diagnostics, output, shapes
from workbench.cli.session import act, at_option, current, json_option
from workbench.domain.times import day_and_time, moment

if TYPE_CHECKING:
    from workbench.domain.releases.reviews import Review


@act("list")
@click.option("--tag", metavar="TAG", help="Only prompts with this tag.")
@click.option("--env", "environment", metavar="ENV", help="Only prompts with something live there.")
@click.option("--archived", is_flag=True, help="The archived ones too.")
@at_option
@json_option
def list_(tag: str | None, environment: str | None, archived: bool, time: str | None) -> None:
    """List the prompts, by name."""
    session = current()
    if time is not None:
        then = session.workbench().time_machine.prompts_at(moment(time), archived=archived)
        rows = [
            row for row in then if (tag is None or tag in row.tags) and (environment is None or environment in row.live)
        ]
    else:
        rows = session.workbench().library.prompts(tag=tag, environment=environment, archived=archived)
    if session.json:
        output.data([shapes.prompt(row) for row in rows])
        return
    output.table(
        ("prompt", "latest", "live", "tags", "changed", "description"),
        (
            (
                row.name + (" (archived)" if row.archived and output.on_terminal() else ""),
                row.latest,
                live_text(row.live),
                " ".join(row.tags),
                day_and_time(row.updated_at)[:10],
                row.description,
            )
            for row in rows
        ),
    )
    if not rows and time is not None:
        diagnostics.say(f"there was no prompt at {day_and_time(moment(time))}")
    elif not rows:
        diagnostics.say("no prompts; workbench import PATH or workbench save NAME FILE adds some")


@act("search")
@click.argument("text", nargs=-1, required=True)
@click.option("--limit", default=50, show_default=True, type=click.IntRange(1), help="At most so many.")
@json_option
def search(text: tuple[str, ...], limit: int) -> int:
    """Search the texts of all versions, and names, notes and tags. Any text may be searched for."""
    session = current()
    hits = session.workbench().library.search(" ".join(text), limit=limit)
    if session.json:
        output.data([shapes.hit(found) for found in hits])
    else:
        output.table(("prompt", "version", "text"), ((hit.prompt, hit.number, hit.snippet) for hit in hits))
        if not hits:
            diagnostics.say("nothing found")
    return diagnostics.DONE


@act("log")
@click.argument("prompt")
@click.option("--withdrawn", is_flag=True, help="Versions that were taken back too.")
@at_option
@json_option
def log(prompt: str, withdrawn: bool, time: str | None) -> None:
    """List the versions of PROMPT, the highest number first, and what was said of them."""
    from workbench.cli.release_shapes import review
    from workbench.cli.release_text import review_line

    session = current()
    said: dict[str, list[Review]] = {}
    for one in [] if time is not None else session.workbench().approving.of(prompt):
        said.setdefault(one.digest, []).append(one)
    if time is not None:
        rows = session.workbench().time_machine.versions_at(prompt, moment(time))
    else:
        rows = session.workbench().library.versions(prompt, include_withdrawn=withdrawn)
    if session.json:
        output.data(
            [
                {**shapes.version_row(prompt, row), "reviews": [review(one) for one in said.get(row.digest, ())]}
                for row in rows
            ]
        )
        return
    output.table(
        ("version", "live in", "tags", "saved", "author", "note", *(("reviews",) if said else ())),
        (
            (
                row.number + (" (withdrawn)" if row.withdrawn and output.on_terminal() else ""),
                " ".join(row.environments),
                " ".join(row.tags),
                day_and_time(row.created_at),
                row.author,
                row.note,
                *((_reviews(said.get(row.digest, ())),) if said else ()),
            )
            for row in rows
        ),
    )
    if output.on_terminal():
        for row in rows:
            for one in said.pop(row.digest, ()):
                output.line(review_line(one))


def _reviews(said: Sequence[Review]) -> str:
    """Counted on a terminal, where each has a line of its own below; whole in a pipe."""
    from workbench.cli.release_text import review_line

    if not output.on_terminal():
        return "; ".join(review_line(one) for one in said)
    kinds = [one.kind for one in said if not one.withdrawn]
    signs = {"approve": "✓", "request_changes": "✗", "comment": "#"}
    return " ".join(f"{sign}{kinds.count(kind)}" for kind, sign in signs.items() if kind in kinds)


def live_text(live: Mapping[str, str]) -> str:
    # The last environment matters most, and the end of a column may be cut.
    return " ".join(f"{environment}={number}" for environment, number in reversed(list(live.items())))
