"""A prompt's whole story, gathered from a real store and written as a page and as Markdown."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from workbench import Workbench
from workbench.domain.comparisons import Column, Comparison, Given
from workbench.domain.inputs import Case
from workbench.domain.prompts import Content, Version
from workbench.domain.runs import Request, Run, Status, Usage
from workbench.errors import NotFound
from workbench.reports import story_html, story_markdown

NAME = "support/customer-support"
EVIL = "<script>alert(1)</script> \x1b[31m {{ name }}"


@pytest.fixture
def workbench(tmp_path: Path) -> Iterator[Workbench]:
    with Workbench.open(store=tmp_path / "store.db", actor="ana") as opened:
        opened.library.save(
            NAME,
            Content.of_text("You help {{ name }}.\n\nBe kind to all who write to us.", temperature=0.2),
            note="First",
        )
        opened.library.save(
            NAME,
            Content.of_text("You help {{ name }}.\n\nBe patient to all who write to us.", temperature=0.4),
            note="Second",
        )
        opened.library.save(
            NAME,
            Content.of_text(f"You help {EVIL}.\n\nBe patient to all who write to us."),
            note=EVIL,
            number="2.0.0-rc.1",
        )
        opened.library.describe(NAME, "Answers customers")
        yield opened


def run(version: Version, status: Status = "finished", cost: float | None = 0.01, rating: int | None = None) -> Run:
    body = {"model": "m", "messages": []}
    seed = f"{version.reference}{status}{cost}{rating}"
    return Run(
        hashlib.sha256(seed.encode()).hexdigest()[:32],
        version.prompt,
        version.number,
        version.digest,
        {},
        Request("test", "m", body),
        status,
        "hello",
        usage=Usage(100, 20),
        cost=cost,
        duration=2.0,
        started_at="2026-11-01T10:00:00.000000Z",
        rating=rating,
    )


def record(workbench: Workbench, *runs: Run) -> None:
    with workbench.store.write():
        for one in runs:
            workbench.store.runs.add(one)
            workbench.store.runs.mark(one.id, rating=one.rating, starred=one.rating == 5, note="")


def test_a_story_holds_everything_that_is_known(workbench: Workbench) -> None:
    first, second = workbench.get(f"{NAME}@1.0.0"), workbench.get(f"{NAME}@1.0.1")
    workbench.deploying.promote(first.reference, "staging", "try it")
    workbench.deploying.promote(second.reference, "staging", "better")
    workbench.deploying.rollback(NAME, "staging", reason="it was not")
    workbench.approving.approve(second.reference, "staging", "reads well")
    workbench.inputs.save(NAME, "angry", {"name": "Ana"})
    record(workbench, run(first), run(second, rating=5), run(second, rating=3), run(second, "failed", cost=None))
    comparison = Comparison("c" * 32, (Column(first), Column(second)), (Case("one", {}), Case("two", {})))
    with workbench.store.write():
        workbench.store.comparisons.add(comparison)
        for case in (0, 1):
            workbench.store.comparisons.put_verdict(comparison.id, case, Given(case, "b", at="2026-11-02T10:00:00Z"))

    story = workbench.reporting.story(NAME)

    assert [one.version.number for one in story.chapters] == ["2.0.0-rc.1", "1.0.1", "1.0.0"]
    assert [one.before.number if one.before else "" for one in story.chapters] == ["1.0.1", "1.0.0", ""]
    sums = story.chapters[1].runs
    assert sums is not None
    assert (sums.runs, sums.finished, sums.failed, sums.input_tokens, sums.output_tokens) == (3, 2, 1, 300, 60)
    assert (sums.cost, sums.unpriced, sums.duration, sums.rating, sums.rated, sums.starred) == (0.02, 1, 2.0, 4.0, 2, 1)
    assert [one.kind for one in story.deployments] == ["rollback", "promote", "promote"]
    assert story.chapters[1].results[0].standing.tally.a == 2
    assert [(one.kind, one.comment) for one in story.reviews] == [("approve", "reads well")]

    for text in (story_html.story_page(story), story_markdown.story_document(story)):
        for said in (
            *("Answers customers", "Second", "it was not", "reads well", "rolled back", "angry"),
            *("1 of unknown cost", "4.0 of 2", "2 : 0", "<del>kind</del>", "<ins>patient</ins>", "0.0200"),
        ):
            assert said in text
        assert "<script>" not in text
        assert "\x1b" not in text


def test_a_prompt_that_was_only_saved_has_a_short_story(workbench: Workbench) -> None:
    workbench.library.save("new", Content.of_text("Hello."))
    text = story_html.story_page(workbench.reporting.story("new"))
    assert "nowhere" in text
    for absent in ("<h2>Deployments", "<h2>Runs", "<h2>Reviews"):
        assert absent not in text


def test_only_the_highest_versions_can_be_told(workbench: Workbench) -> None:
    seen: list[tuple[int, int]] = []
    story = workbench.reporting.story(NAME, last=2, progress=lambda done, total: seen.append((done, total)))
    assert ([one.version.number for one in story.chapters], story.left_out) == (["2.0.0-rc.1", "1.0.1"], 1)
    assert seen == [(0, 2), (1, 2)]
    assert "1 older version is left out" in story_html.story_page(story)
    assert "3 older versions are left out" in story_markdown.story_document(replace(story, left_out=3))
    with pytest.raises(NotFound):
        workbench.reporting.story("nothing")
