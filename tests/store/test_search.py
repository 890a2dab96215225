"""Any text may be searched for; what is found is marked where it is."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.support.examples import examples
from workbench.domain.prompts import Content
from workbench.services.library import Library
from workbench.services.past.history import History

ODD = [
    '"',
    "'",
    "foo:bar",
    "NEAR(",
    "NEAR(a b, 3)",
    "*",
    "%",
    "_",
    "a*",
    "-a",
    "AND",
    "a OR",
    "(",
    "^a",
    "\\",
    "{{",
    "\0",
]


@pytest.fixture
def found(library: Library) -> Library:
    library.save("support/x", Content.of_text('Say "hi" to {{name}} 100% of_the time\nfoo:bar'), note="polite tone")
    library.save("support/y", Content.of_text("Refunds within 30 days. Größe, Café."))
    return library


def names(library: Library, text: str) -> list[str]:
    return [hit.prompt for hit in library.search(text)]


def test_it_finds_messages_names_notes_and_tags(found: Library) -> None:
    found.tag("support/y", ["billing"])
    found.tag("support/x@latest", ["golden"])
    assert names(found, "refunds") == ["support/y"]
    assert names(found, "refu") == ["support/y"]
    assert names(found, "polite") == ["support/x"]
    assert names(found, "billing") == ["support/y"]
    assert names(found, "golden") == ["support/x"]
    assert names(found, "support") == ["support/y", "support/x"]
    assert names(found, "days refunds") == ["support/y"]
    assert names(found, "cafe") == ["support/y"]
    assert names(found, "nowhere") == []


@pytest.mark.parametrize("query", ["100%", "of_the", '"hi"', "foo:bar", "}}", "{{name}}"])
def test_signs_are_taken_literally(found: Library, query: str) -> None:
    assert names(found, query) == ["support/x"]


@pytest.mark.parametrize("query", ["", "   ", "\0", "\ud800"])
def test_nothing_finds_nothing(found: Library, query: str) -> None:
    assert found.search(query) == []


@pytest.mark.parametrize("query", [*ODD, '"' * 5_000, "a " * 5_000, "x" * 10_000, "%" * 10_000])
def test_odd_queries_never_raise(found: Library, query: str) -> None:
    found.search(query)


@examples(150)
@given(st.lists(st.sampled_from([*ODD, "name", "a", " "]) | st.text(max_size=5), max_size=6).map("".join))
def test_no_query_raises_and_marks_lie_inside(found: Library, query: str) -> None:
    for hit in found.search(query):
        assert 0 <= hit.start <= hit.end <= len(hit.snippet)
        assert "\n" not in hit.snippet


@examples(60)
@given(st.from_regex(r"[a-z]{3,12}", fullmatch=True))
def test_a_word_that_was_saved_is_found_and_marked(library: Library, word: str) -> None:
    name = f"p/{word}"
    if name not in {row.name for row in library.prompts()}:
        library.save(name, Content.of_text(f"before\n{word.upper()}, after"))
    hit = next(hit for hit in library.search(f"{word} after", limit=500) if hit.prompt == name)
    assert hit.snippet[hit.start : hit.end].lower() == f"{word}, after"


def test_the_mark_is_on_the_match(found: Library) -> None:
    (hit,) = found.search("refunds")
    assert hit.snippet[hit.start : hit.end] == "Refunds"
    (hit,) = found.search("}}")
    assert hit.snippet[hit.start : hit.end] == "}}"


def test_the_words_in_a_row_come_before_the_words_anywhere(library: Library) -> None:
    library.save("first", Content.of_text("Answer by the customer's plan."), note="Answer by plan")
    library.save("first", Content.of_text("Answer by the customer's own plan."), note="whose plan it is")
    library.save("second", Content.of_text("By and by, the plan is the answer."))
    hits = [(hit.prompt, hit.number) for hit in library.search("answer by plan")]
    assert hits == [("first", "1.0.0"), ("second", "1.0.0")]


def test_each_prompt_is_told_once_with_its_newest_match(found: Library) -> None:
    found.save("support/y", Content.of_text("Refunds within 60 days."))
    found.save("support/y", Content.of_text("Nothing about money."))
    assert [(hit.prompt, hit.number) for hit in found.search("refunds")] == [("support/y", "1.0.1")]


def test_what_was_untagged_or_undone_is_not_found(found: Library, history: History) -> None:
    found.tag("support/x", ["billing"])
    found.tag("support/x", remove=["billing"])
    assert found.search("billing") == []
    found.save("support/y", Content.of_text("zebra"))
    assert names(found, "zebra") == ["support/y"]
    history.undo()
    assert found.search("zebra") == []
    history.redo()
    assert names(found, "zebra") == ["support/y"]


def test_limit_counts_prompts(found: Library) -> None:
    assert len(found.search("support", limit=1)) == 1
    assert found.search("support", limit=0) == []
