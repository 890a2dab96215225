"""Diffs and reports as files to hand on: `diff --html`, `diff --markdown` and `report`."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from workbench.cli import diagnostics, output
from workbench.cli.session import act, current, json_option
from workbench.errors import BadInput, Refused

if TYPE_CHECKING:
    from workbench.domain.diffs import ContentDiff
    from workbench.domain.releases.results import Result
    from workbench.domain.stories import Story
    from workbench.services.diffs.sides import Side

STANDARD_OUTPUT = "-"
_PAGES = (".html", ".htm")
_MARKDOWNS = (".md", ".markdown")
_LOOKED_AT = 1000
"""Bytes of a file in which it says who made it."""


def share_diff(
    left: Side, right: Side, found: ContentDiff, page: Path | None, markdown: str | None, context: int
) -> None:
    """To the files that were named. Raises `BadInput` and `Refused` before anything is written."""
    from workbench.reports import diff_html, diff_markdown

    facts = [f"{side.name}: {side.told}" for side in (left, right) if side.told]
    places = checked_places(page, markdown)
    if page is not None:
        write(page, diff_html.diff_page(left.name, right.name, found, context=context, facts=facts))
    if markdown is not None:
        text = diff_markdown.diff_document(left.name, right.name, found, context=context, facts=facts)
        write(places[-1], text)


@act("report")
@click.argument("prompt", metavar="PROMPT")
@click.option("--html", "html", metavar="FILE", type=click.Path(path_type=Path), help="Write it as a page to share.")
@click.option(
    "--markdown",
    "markdown",
    is_flag=False,
    flag_value="-",
    metavar="[FILE]",
    help="Write it as Markdown; this unasked.",
)
@click.option("--last", metavar="N", type=click.IntRange(1), help="Tell the highest N versions only.")
@json_option
def report(prompt: str, html: Path | None, markdown: str | None, last: int | None) -> int:
    """A prompt's whole story: versions with their notes and diffs, deployments, reviews, runs and verdicts."""
    from workbench.reports import story_html, story_markdown

    session = current()
    if session.json and markdown == STANDARD_OUTPUT:
        raise click.UsageError("--markdown and --json both write to standard output; name a file for one")
    if html is None and markdown is None and not session.json:
        markdown = STANDARD_OUTPUT
    places = checked_places(html, markdown)
    with diagnostics.counting("reading version") as advance:
        story = session.workbench().reporting.story(prompt, last, progress=advance)
    if html is not None:
        write(places[0], story_html.story_page(story))
    if markdown is not None:
        write(places[-1], story_markdown.story_document(story))
    if session.json:
        output.data(_story(story))
    return diagnostics.DONE


def _story(story: Story) -> dict[str, Any]:
    """All but the texts, which `show` and `diff` give."""
    from workbench.cli import release_shapes, shapes

    return {
        "prompt": shapes.prompt(story.prompt),
        "versions": [
            {
                "version": one.version.number,
                "digest": one.version.digest,
                "author": one.version.author,
                "created_at": one.version.created_at,
                "note": one.version.note,
                "tags": list(one.version.tags),
                "environments": list(one.version.environments),
                "before": one.before.number if one.before else None,
                "runs": asdict(one.runs) if one.runs else None,
                "verdicts": [_verdict(result) for result in one.results],
            }
            for one in story.chapters
        ],
        "left_out": story.left_out,
        "deployments": [shapes.deployment(one) for one in story.deployments],
        "reviews": [release_shapes.review(one) for one in story.reviews],
        "runs_of_drafts": asdict(story.drafts) if story.drafts else None,
        "sets": dict(story.sets),
    }


def _verdict(result: Result) -> dict[str, Any]:
    tally = result.standing.tally
    return {
        "against": result.b,
        "better": tally.a,
        "worse": tally.b,
        "ties": tally.ties,
        "neither": tally.neither,
        "answer": result.standing.answer,
        "comparisons": list(result.comparisons),
    }


def checked_places(page: Path | None, markdown: str | None) -> list[Path | None]:
    """Where to write to, None for standard output; a place that holds something of somebody else's is refused."""
    places: list[Path | None] = []
    if page is not None:
        places.append(_place(page, "--html", _PAGES))
    if markdown is not None:
        places.append(None if markdown == STANDARD_OUTPUT else _place(Path(markdown), "--markdown", _MARKDOWNS))
    return places


def write(place: Path | None, text: str) -> None:
    if place is None:
        output.content(text)
        return
    try:
        place.write_text(text, "utf-8")
    except OSError as error:
        raise Refused(f"{place} cannot be written: {error.strerror}") from error
    diagnostics.say(f"wrote {place}")


def _place(place: Path, option: str, endings: tuple[str, ...]) -> Path:
    from workbench.reports import html, markdown

    place = place.expanduser()
    if place.suffix.lower() not in endings:
        raise BadInput(
            f"{option} writes a file that ends in {endings[0]}, not {place}",
            f"put the option last, or write {option}=FILE{endings[0]}",
        )
    try:
        with place.open("rb") as file:
            begins = file.read(_LOOKED_AT).decode("utf-8", "replace")
    except FileNotFoundError:
        return place
    except OSError as error:
        raise Refused(f"{place} cannot be written: {error.strerror}") from error
    if begins and html.MADE_BY not in begins and not begins.startswith(markdown.MADE_BY):
        raise Refused(f"{place} is there already, and was not made by workbench", "name another file")
    return place
