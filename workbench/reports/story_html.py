"""A prompt's whole story as one page."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from workbench.domain.prompts import Content
from workbench.domain.stories import Chapter, Story
from workbench.reports import story as words
from workbench.reports.diff_html import difference
from workbench.reports.html import escape, escape_text, page, table
from workbench.reports.story import SUM_HEADERS

_NUMBERS = (1, 2, 3, 4, 5, 6)


def story_page(story: Story) -> str:
    return page(f"{story.prompt.name}: the whole story", _body(story))


def _body(story: Story) -> Iterator[str]:
    yield f"<h1>{escape(story.prompt.name)}</h1>"
    if story.prompt.description:
        yield f"<p>{escape(story.prompt.description)}</p>"
    yield table(("", ""), ((escape(name), escape(value)) for name, value in words.facts(story)))
    yield from _section(
        "Deployments", ("when", "where", "", "version", "who", "why"), map(words.move, story.deployments)
    )
    yield from _section("Reviews", ("when", "who", "", "version", "where", "words"), map(words.said, story.reviews))
    yield from _section("Runs", SUM_HEADERS, words.all_sums(story), _NUMBERS)
    yield "<h2>Versions</h2>"
    for chapter in story.chapters:
        yield from _chapter(story, chapter)
    if story.left_out:
        yield f'<p class="dim">{words.left_out(story)}</p>'


def _section(
    title: str, headers: Sequence[str], rows: Iterable[Sequence[str]], numbers: Sequence[int] = ()
) -> Iterator[str]:
    made = table(headers, ([escape(cell) for cell in row] for row in rows), numbers)
    if made:
        yield f"<h2>{title}</h2>"
        yield made


def _chapter(story: Story, chapter: Chapter) -> Iterator[str]:
    version = chapter.version
    live = " ".join(f'<span class="live">{escape(one)}</span>' for one in version.environments)
    yield f'<h3 id="v{escape(version.number)}">{escape(version.number)} {live}</h3>'
    told = [words.day(version.created_at), version.author, ", ".join(version.tags), f"#{version.digest[:12]}"]
    was = words.deployments_of(story, version.number)
    yield f'<p class="dim">{escape(" · ".join([part for part in told if part]))}</p>'
    if was:
        yield f'<p class="dim">live in {escape(was)}</p>'
    if version.note:
        yield f"<p>{escape(version.note)}</p>"
    yield table(
        ("against", "verdict", "votes", "last"),
        ([escape(cell) for cell in words.verdict(one)] for one in chapter.results),
    )
    if chapter.difference is not None and chapter.before is not None:
        if chapter.difference.same:
            yield f"<p>Says what {escape(chapter.before.number)} says.</p>"
        else:
            yield f"<details open><summary>Changed since {escape(chapter.before.number)}</summary>"
            yield from difference(chapter.difference)
            yield "</details>"
    yield from _whole(version.content, is_open=chapter.before is None)


def _whole(content: Content, *, is_open: bool) -> Iterator[str]:
    yield f"<details{' open' if is_open else ''}><summary>The whole text</summary>"
    for message in content.messages:
        yield f'<p class="dim">{escape(message.role)}</p><pre>{escape_text(message.content)}</pre>'
    yield "</details>"
