"""`show` and `render`: a version's text, as it is stored and as it is sent."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

import click

from workbench.cli import diagnostics, output, shapes
from workbench.cli.session import act, at_option, current, json_option
from workbench.cli.values import text, variable_options, variables
from workbench.domain.prompts import INPUT, Version
from workbench.domain.times import day_and_time, moment

if TYPE_CHECKING:
    from workbench.domain.releases.reviews import Review


def _bundle_options(command: Callable[..., object]) -> Callable[..., object]:
    """`bundle` and `digest`, as `_from_bundle` takes them."""
    command = click.option("--digest", metavar="HEX", default="", help="Only the bundle with this digest.")(command)
    return click.option("--bundle", metavar="DIR", help="From what `export --bundle` wrote, without a store.")(command)


def _from_bundle(bundle: str, digest: str, reference: str) -> Version:
    from workbench.services.releases.bundles import open_bundle

    return open_bundle(bundle, digest).get(reference)


@act("show")
@click.argument("reference", metavar="REF")
@at_option
@click.option("--file", "as_file", is_flag=True, help="As a prompt file, which `save` and `import` read back.")
@_bundle_options
@json_option
def show(reference: str, time: str | None, as_file: bool, bundle: str | None, digest: str) -> None:
    """Show a version. In a pipe: its text alone, byte for byte."""
    session = current()
    version = _version(reference, time, bundle, digest)

    def said() -> Sequence[Review]:
        # Of the past and of a bundle nothing is told.
        return (
            []
            if time is not None or bundle is not None
            else session.workbench().approving.of_version(version.reference)
        )

    if session.json:
        from workbench.cli.release_shapes import review

        output.data({**shapes.version(version), "reviews": [review(one) for one in said()]})
    elif as_file:
        from workbench.cli.prompt_file import written

        output.content(written(version))
    else:
        if output.on_terminal():
            _head(version, said())
        output.content(version.content.text)


def _version(reference: str, time: str | None, bundle: str | None, digest: str) -> Version:
    if bundle is not None:
        if time is not None:
            raise click.UsageError("a bundle holds what was live when it was written: --bundle goes without --at")
        return _from_bundle(bundle, digest, reference)
    _needs_bundle(digest)
    workbench = current().workbench()
    return workbench.get(reference) if time is None else workbench.time_machine.version_at(reference, moment(time))


def _needs_bundle(digest: str) -> None:
    if digest:
        raise click.UsageError("--digest is that of a bundle: --bundle DIR; a version's stands behind NAME@#")


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
@_bundle_options
@json_option
def render(
    reference: str, pairs: tuple[str, ...], file: str | None, typed: str | None, bundle: str | None, digest: str
) -> None:
    """Fill in the variables and print the messages. Nothing is sent."""
    from workbench.domain.prompts import Content
    from workbench.domain.templates import render as rendered

    session = current()
    values = variables(pairs, file)
    if typed is not None:
        values[INPUT] = text("-") if typed == "-" else typed
    if bundle is not None:
        version = _from_bundle(bundle, digest, reference)
    else:
        _needs_bundle(digest)
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
