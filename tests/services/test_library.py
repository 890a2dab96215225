"""Saving, finding, tagging and archiving, through the service every face uses."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.support.examples import examples
from workbench.domain.environments import DEFAULT_ENVIRONMENTS
from workbench.domain.prompts import Content, Message, Variable
from workbench.errors import (
    BadInput,
    BadReference,
    MovedMeanwhile,
    NotFound,
    Refused,
    TemplateError,
    Unchanged,
    WorkbenchError,
)
from workbench.services.library import Library
from workbench.services.past.history import History
from workbench.services.releases.deploying import Deploying
from workbench.store import Store, open_store

NAME = "support/customer-support"


def text(words: str) -> Content:
    return Content.of_text(words)


def numbers(library: Library, name: str = NAME) -> list[str]:
    return [row.number for row in library.versions(name)]


# Saving


def test_the_first_save_makes_the_prompt(library: Library, history: History) -> None:
    version = library.save(NAME, text("Hello"), note="start", description="Answers customers")
    assert (version.number, version.author, version.note, version.parent) == ("1.0.0", "ana", "start", None)
    row = library.prompt(NAME)
    assert (row.latest, row.version_count, row.description, row.archived) == ("1.0.0", 1, "Answers customers", False)
    assert [event.kind for event in history.events(NAME)] == ["prompt.create"]


def test_bumps_and_given_numbers(library: Library) -> None:
    library.save(NAME, text("0"))
    for count, (bump, expected) in enumerate(
        [("patch", "1.0.1"), ("minor", "1.1.0"), ("major", "2.0.0"), ("pre", "2.0.1-rc.1"), ("pre", "2.0.1-rc.2")], 1
    ):
        assert library.next_number(NAME, bump) == expected
        assert library.save(NAME, text(str(count)), bump=bump).number == expected
    assert library.save(NAME, text("release"), bump="patch").number == "2.0.1"
    assert library.save(NAME, text("old line"), number="1.5.0").number == "1.5.0"
    assert library.prompt(NAME).latest == "2.0.1"
    assert numbers(library) == ["2.0.1", "2.0.1-rc.2", "2.0.1-rc.1", "2.0.0", "1.5.0", "1.1.0", "1.0.1", "1.0.0"]


def test_a_number_is_taken_once(library: Library) -> None:
    library.save(NAME, text("a"))
    with pytest.raises(Refused, match="exists already") as caught:
        library.save(NAME, text("b"), number="1.0.0")
    assert "1.0.1" in caught.value.hint
    with pytest.raises(BadInput, match="not a version number"):
        library.save(NAME, text("b"), number="one")
    assert numbers(library) == ["1.0.0"]


def test_what_says_the_same_is_not_saved_again(library: Library) -> None:
    library.save(NAME, text("a"))
    library.save(NAME, text("b"))
    with pytest.raises(Unchanged, match=r"1\.0\.1 says exactly this"):
        library.save(NAME, text("b"))
    assert library.save(NAME, text("a")).number == "1.0.2"
    with pytest.raises(Unchanged):
        library.save(NAME, text("b"), parent="1.0.1")
    with pytest.raises(NotFound, match=r"9\.9\.9 to make this one from"):
        library.save(NAME, text("c"), parent="9.9.9")


def test_the_second_of_two_editors_is_refused(library: Library, store_path: Path) -> None:
    library.save(NAME, text("start"))
    other = open_store(store_path)
    theirs = Library(other, DEFAULT_ENVIRONMENTS, "ben")
    mine = theirs.prompt(NAME).latest
    library.save(NAME, text("ana's"), expect_latest="1.0.0")
    with pytest.raises(MovedMeanwhile, match=r"1\.0\.1, not 1\.0\.0"):
        theirs.save(NAME, text("ben's"), expect_latest=mine)
    assert theirs.version(NAME).content.text == "ana's"
    other.close()


def test_expecting_a_version_of_a_prompt_that_is_not_there(library: Library) -> None:
    with pytest.raises(MovedMeanwhile):
        library.save(NAME, text("a"), expect_latest="1.0.0")
    assert library.prompts() == []


@pytest.mark.parametrize("name", ["", "a//b", "../x", "a/..", "a b", "ä", "a\x1b[2J", "a/" * 150])
def test_bad_names_are_refused(library: Library, name: str) -> None:
    with pytest.raises(BadInput):
        library.save(name, text("a"))


def test_names_that_differ_in_case_only_are_refused(library: Library) -> None:
    library.save("Support/x", text("a"))
    with pytest.raises(Refused, match="upper and lower case"):
        library.save("support/X", text("b"))


def test_a_template_error_says_where(library: Library) -> None:
    with pytest.raises(TemplateError) as caught:
        library.save(NAME, Content((Message("system", "fine"), Message("user", "one\ntwo {{ three"))))
    assert caught.value.line == 2
    assert "message 2 (user), line 2" in caught.value.message
    assert library.prompts() == []


@pytest.mark.parametrize(
    "content",
    [
        Content(()),
        Content((Message("robot", "x"),)),
        Content((Message("system", "x"),), "mustache?"),
        Content((Message("system", "\ud800"),)),
        Content((Message("system", "x"),), "jinja", (), {"t": float("nan")}),
        Content((Message("system", "x"),), "jinja", (), {"t": {1, 2}}),
    ],
)
def test_what_cannot_be_kept_is_refused(library: Library, content: Content) -> None:
    with pytest.raises(BadInput):
        library.save(NAME, content)
    assert library.prompts() == []


def test_settings_nested_without_end_are_refused(library: Library) -> None:
    deep: dict[str, object] = {}
    for _ in range(50_000):
        deep = {"a": deep}
    with pytest.raises(BadInput, match="levels deep"):
        library.save(NAME, Content((Message("system", "x"),), "jinja", (), deep))


def test_a_surrogate_in_a_note_is_told_and_nothing_is_written(library: Library, history: History) -> None:
    with pytest.raises(BadInput, match=r"U\+D800"):
        library.save(NAME, text("a"), note="oh \ud800")
    assert library.prompts() == []
    assert history.events() == []


JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(10**9), 10**9)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=6,
)
CONTENTS = st.builds(
    Content,
    st.lists(
        st.builds(Message, st.sampled_from(["system", "user", "assistant"]), st.text(max_size=80)),
        min_size=1,
        max_size=4,
    ).map(tuple),
    st.just("literal"),
    st.lists(
        st.builds(
            Variable,
            st.from_regex(r"[a-z]{1,6}", fullmatch=True),
            st.text(max_size=10),
            st.just(""),
            st.none() | st.text(max_size=5),
            st.just(True),
        ),
        max_size=3,
        unique_by=lambda variable: variable.name,
    ).map(tuple),
    st.dictionaries(st.text(min_size=1, max_size=8), JSON, max_size=4),
)


@examples(80)
@given(CONTENTS)
def test_content_comes_back_as_it_was(library: Library, content: Content) -> None:
    try:
        saved = library.save("any", content)
    except Unchanged:
        saved = library.version("any")
    found = library.version(saved.reference)
    assert found.content.digest == content.digest == found.digest
    assert found.content.messages == content.messages
    assert [message.content for message in found.content.messages] == [m.content for m in content.messages]
    assert found.content.settings == content.settings


def test_the_order_of_variables_and_settings_is_kept(library: Library) -> None:
    schema = {"z": 1, "a": {"y": 2, "b": 3}}
    content = Content((Message("system", "x"),), "jinja", (Variable("zoo", "Z"), Variable("ant", "A")), schema)
    found = library.version(library.save(NAME, content).reference).content
    assert [variable.name for variable in found.variables] == ["zoo", "ant"]
    assert list(found.settings) == ["z", "a"]
    assert list(found.settings["a"]) == ["y", "b"]


@pytest.mark.parametrize(
    "body", ["", " ", "\r\nx\r", "\ufeffx", "no newline", "\0nul\0", "tab\t\x1b[0m", "x" * 1_000_000]
)
def test_texts_come_back_byte_for_byte(library: Library, body: str) -> None:
    assert library.version(library.save(NAME, text(body)).reference).content.messages[0].content == body


def test_time_going_back_changes_no_order(store_path: Path) -> None:
    times = iter(f"20{year}-01-01T00:00:00.000000Z" for year in (30, 29, 28, 27, 26, 25, 24, 23, 22, 21, 20))
    store = open_store(store_path, clock=lambda: next(times))
    library = Library(store, DEFAULT_ENVIRONMENTS, "ana")
    deploying = Deploying(store, DEFAULT_ENVIRONMENTS, "ana")
    for words in "abc":
        library.save(NAME, text(words))
    for number in ("1.0.0", "1.0.1", "1.0.2"):
        deploying.promote(f"{NAME}@{number}", "dev")
    assert numbers(library) == ["1.0.2", "1.0.1", "1.0.0"]
    assert [row.after for row in deploying.ledger(NAME)] == ["1.0.2", "1.0.1", "1.0.0"]
    assert deploying.live(NAME) == {"dev": "1.0.2"}
    assert deploying.rollback(NAME, "dev").after == "1.0.1"
    assert History(store, DEFAULT_ENVIRONMENTS, "ana").undo().event.details["after"] == "1.0.2"
    store.close()


# Finding


def test_references_find_versions(library: Library, deploying: Deploying) -> None:
    first = library.save(NAME, text("a"))
    library.save(NAME, text("b"))
    library.save(NAME, text("c"), bump="pre")
    deploying.promote(f"{NAME}@1.0.0", "staging")
    for selector, number in (
        ("latest", "1.0.2-rc.1"),
        ("1.0.1", "1.0.1"),
        ("staging", "1.0.0"),
        (f"#{first.digest[:6]}", "1.0.0"),
        (f"#{first.digest.upper()}", "1.0.0"),
    ):
        assert library.version(f"{NAME}@{selector}").number == number
        assert library.resolve_selector(NAME, selector).number == number
    assert library.version(NAME).number == "1.0.2-rc.1"
    assert library.version(f"{NAME}@1.0.0").environments == ("staging",)


@pytest.mark.parametrize(
    ("reference", "error", "says"),
    [
        ("support/customer-suport", NotFound, "support/customer-support"),
        ("customer-support", NotFound, "support/customer-support"),
        (f"{NAME}@1.0.9", NotFound, "1.0.0"),
        (f"{NAME}@production", NotFound, "live are dev 1.0.0"),
        (f"{NAME}@#abcdef", NotFound, ""),
        (f"{NAME}@prodution", BadReference, "production"),
        (f"{NAME}@#abc", BadReference, ""),
        (f"{NAME}@", BadReference, ""),
        ("a b@latest", BadReference, ""),
    ],
)
def test_what_does_not_resolve_names_the_nearest(
    library: Library, deploying: Deploying, reference: str, error: type[WorkbenchError], says: str
) -> None:
    library.save(NAME, text("a"))
    deploying.promote(NAME, "dev")
    with pytest.raises(error) as caught:
        library.version(reference)
    assert says in caught.value.hint


def test_equal_content_under_several_numbers_is_not_ambiguous(library: Library) -> None:
    first = library.save(NAME, text("a"))
    library.save(NAME, text("b"))
    library.save(NAME, text("a"))
    assert library.version(f"{NAME}@#{first.digest[:8]}").number == "1.0.2"


def test_lists_and_pages(library: Library, deploying: Deploying) -> None:
    for name in ("b/two", "a/one", "c", "b/one"):
        library.save(name, text(name))
    library.tag("b/one", ["gold"])
    deploying.promote("c", "dev")
    deploying.promote("b/one", "production", "why")
    deploying.promote("b/one", "dev")
    library.archive("a/one")
    assert [row.name for row in library.prompts()] == ["b/one", "b/two", "c"]
    assert [row.name for row in library.prompts(archived=True)] == ["a/one", "b/one", "b/two", "c"]
    assert [row.name for row in library.prompts(tag="gold")] == ["b/one"]
    assert [row.name for row in library.prompts(environment="dev")] == ["b/one", "c"]
    assert list(library.prompt("b/one").live.items()) == [("dev", "1.0.0"), ("production", "1.0.0")]
    assert library.prompts()[0] == library.prompt("b/one") == library.page()[0]
    assert [row.name for row in library.page(after="b/one", limit=1)] == ["b/two"]
    with pytest.raises(NotFound, match="no environment"):
        library.prompts(environment="prod")


def test_many_prompts_list_as_few_do(library: Library, store: Store) -> None:
    with store.write():
        for count in range(600):
            library.save(f"p/{count:03}", text("x"))
        library.tag("p/007", ["bond"])
    rows = library.prompts()
    assert [row.name for row in rows] == [f"p/{count:03}" for count in range(600)]
    assert rows[7] == library.prompt("p/007")
    assert rows[7].tags == ("bond",)


# Tags, descriptions, the archive


def test_tags_of_prompts_and_versions(library: Library, history: History) -> None:
    library.save(NAME, text("a"))
    assert library.tag(NAME, ["team", "best", "team"]) == ("best", "team")
    assert library.tag(f"{NAME}@latest", ["golden"]) == ("golden",)
    assert library.tag(NAME, remove=["team", "never-there"]) == ("best",)
    assert library.version(NAME).tags == ("golden",)
    assert library.prompt(NAME).tags == ("best",)
    done = len(history.events())
    assert library.tag(NAME, ["best"]) == ("best",)
    assert len(history.events()) == done


@pytest.mark.parametrize("tag", ["production", "latest", "", " ", "a b", "x" * 65, "\x1b[0m"])
def test_bad_tags_are_refused(library: Library, tag: str) -> None:
    library.save(NAME, text("a"))
    with pytest.raises(BadInput):
        library.tag(NAME, [tag])


def test_a_tag_is_not_added_and_removed_at_once(library: Library) -> None:
    library.save(NAME, text("a"))
    with pytest.raises(Refused):
        library.tag(NAME, ["x"], ["x"])


def test_the_archive(library: Library, deploying: Deploying) -> None:
    library.save(NAME, text("a"))
    deploying.promote(NAME, "dev")
    with pytest.raises(Refused, match=r"live in dev \(1\.0\.0\)"):
        library.archive(NAME)
    library.save("other", text("a"))
    assert library.archive("other").archived
    with pytest.raises(Unchanged):
        library.archive("other")
    with pytest.raises(Refused, match="is archived"):
        library.save("other", text("b"))
    with pytest.raises(Refused, match="is archived"):
        deploying.promote("other", "dev")
    assert not library.unarchive("other").archived
    with pytest.raises(Unchanged):
        library.unarchive("other")


def test_descriptions(library: Library, history: History) -> None:
    library.save(NAME, text("a"), description="old")
    assert library.describe(NAME, "new").description == "new"
    library.describe(NAME, "new")
    assert [event.kind for event in history.events()] == ["prompt.describe", "prompt.create"]
    history.undo()
    assert library.prompt(NAME).description == "old"


def test_restoring_puts_old_content_on_top(library: Library) -> None:
    library.save(NAME, text("a"))
    library.save(NAME, text("b"))
    restored = library.restore(f"{NAME}@1.0.0", "b was worse")
    assert (restored.number, restored.content.text, restored.note) == ("1.0.2", "a", "b was worse")
    assert restored.parent == "1.0.1"
    with pytest.raises(Unchanged):
        library.restore(NAME)


def test_imported_versions_keep_author_time_and_source(library: Library) -> None:
    version = library.save(
        NAME,
        text("a"),
        author="git user",
        created_at="2020-01-01T00:00:00.000000Z",
        source={"path": "x.yaml", "n": [1]},
    )
    found = library.version(version.reference)
    assert (found.author, found.created_at, found.source) == (
        "git user",
        "2020-01-01T00:00:00.000000Z",
        {"path": "x.yaml", "n": [1]},
    )
