"""`show` and `render`: a version's text, as it is stored and as it is sent."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import TYPE_CHECKING

import click

from workbench.cli import diagnostics, output, shapes
from workbench.cli.session import act, at_option, current, json_option
from workbench.cli.values import text, variable_options, variables
from workbench.domain.prompts import INPUT, Version
from workbench.domain.times import day_and_time, moment

if TYPE_CHECKING:
    from workbench.domain.releases.reviews import Review


@act("show")
@click.argument("reference", metavar="REF")
@at_option
@click.option("--file", "as_file", is_flag=True, help="As a prompt file, which `save` and `import` read back.")
@json_option
def show(reference: str, time: str | None, as_file: bool) -> None:
    """Show a version. In a pipe: its text alone, byte for byte."""
    session = current()
    workbench = session.workbench()
    version = workbench.get(reference) if time is None else workbench.time_machine.version_at(reference, moment(time))
    if session.json:
        from workbench.cli.release_shapes import review

        said = [] if time is not None else workbench.approving.of_version(version.reference)
        output.data({**shapes.version(version), "reviews": [review(one) for one in said]})
    elif as_file:
        from workbench.cli.prompt_file import written

        output.content(written(version))
    else:
        if output.on_terminal():
            _head(version, [] if time is not None else workbench.approving.of_version(version.reference))
        output.content(version.content.text)


def _head(version: Version, reviews: Sequence[Review]) -> None:
    from workbench.cli.release_text import review_line

    content = version.content
    output.facts(
        {
            "version": version.reference,
            "live in": ", ".join(version.environments),
            "tags": " ".join(version.tags),
            "saved": f"{day_and_time(version.created_at)} by {version.author}",
            "note": version.note,
            "parent": version.parent or "",
            "merged with": str(version.source.get("merged", "")),
            "digest": "#" + version.digest[:12],
            "format": content.format,
            "variables": ", ".join(
                variable.name + (f"={variable.default}" if variable.has_default else "")
                for variable in content.variables
            ),
            "settings": " ".join(f"{key}={_short(value)}" for key, value in content.settings.items()),
            "withdrawn": "yes" if version.withdrawn else "",
        }
    )
    for review in reviews:
        output.line(review_line(review))
    output.line()


def _short(value: object) -> str:
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


@act("render")
@click.argument("reference", metavar="REF")
@variable_options
@click.option("--input", "typed", metavar="TEXT|-", help="The user message of a version that has none.")
@json_option
def render(reference: str, pairs: tuple[str, ...], file: str | None, typed: str | None) -> None:
    """Fill in the variables and print the messages. Nothing is sent."""
    from workbench.domain.prompts import Content
    from workbench.domain.templates import render as rendered

    session = current()
    values = variables(pairs, file)
    if typed is not None:
        values[INPUT] = text("-") if typed == "-" else typed
    version = session.workbench().get(reference)
    result = rendered(version.content, values)
    for name in result.unused:
        diagnostics.warn(f"{version.reference} does not use the variable {name}")
    if session.json:
        output.data(
            {
                "prompt": version.prompt,
                "version": version.number,
                "messages": [message.as_dict() for message in result.messages],
                "unused": list(result.unused),
            }
        )
    else:
        output.content(Content(result.messages).text)
