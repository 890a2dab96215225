"""A prompt's whole story as Markdown."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from workbench.domain.prompts import Content
from workbench.domain.stories import Chapter, Story
from workbench.reports import story as words
from workbench.reports.diff_markdown import difference, whole_text
from workbench.reports.markdown import cell, code, document, folded, plain, table
from workbench.reports.story import SUM_HEADERS


def story_document(story: Story) -> str:
    return document(_parts(story))


def _parts(story: Story) -> Iterator[str]:
    yield f"# {plain(story.prompt.name)}"
    yield plain(story.prompt.description)
    yield table(("", ""), ((cell(name), cell(value)) for name, value in words.facts(story)))
    yield from _section(
        "Deployments", ("when", "where", "", "version", "who", "why"), map(words.move, story.deployments)
    )
    yield from _section("Reviews", ("when", "who", "", "version", "where", "words"), map(words.said, story.reviews))
    yield from _section("Runs", SUM_HEADERS, words.all_sums(story))
    yield "## Versions"
    for chapter in story.chapters:
        yield from _chapter(story, chapter)
    if story.left_out:
        yield words.left_out(story)


def _section(title: str, headers: Sequence[str], rows: Iterable[Sequence[str]]) -> Iterator[str]:
    made = table(headers, ([cell(one) for one in row] for row in rows))
    if made:
        yield f"## {title}"
        yield made


def _chapter(story: Story, chapter: Chapter) -> Iterator[str]:
    version = chapter.version
    live = " · ".join(version.environments)
    yield f"### {plain(version.number)}" + (f" **{plain(live)}**" if live else "")
    told = [words.day(version.created_at), version.author, ", ".join(version.tags), f"#{version.digest[:12]}"]
    was = words.deployments_of(story, version.number)
    yield plain(" · ".join([part for part in (*told, f"live in {was}" if was else "") if part]))
    yield plain(version.note)
    yield table(
        ("against", "verdict", "votes", "last"), ([cell(one) for one in words.verdict(r)] for r in chapter.results)
    )
    if chapter.difference is not None and chapter.before is not None:
        if chapter.difference.same:
            yield f"Says what {plain(chapter.before.number)} says."
        else:
            yield folded(f"Changed since {code(chapter.before.number)}", difference(chapter.difference))
    yield _whole(version.content)


def _whole(content: Content) -> str:
    return folded("The whole text", [whole_text(message.role, message.content) for message in content.messages])
