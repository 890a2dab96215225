"""Content and its digest."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from workbench.domain.prompts import MAX_DEPTH, Content, Message, Variable, check_content, content_from_dict
from workbench.errors import BadInput

CONTENTS = st.builds(
    Content,
    st.lists(st.builds(Message, st.sampled_from(["system", "user"]), st.text(max_size=30)), min_size=1, max_size=3).map(
        tuple
    ),
    st.sampled_from(["jinja", "f-string", "literal"]),
    st.lists(
        st.builds(Variable, st.sampled_from("abc"), st.text(max_size=5), st.just(""), st.integers(), st.just(True)),
        max_size=3,
        unique_by=lambda variable: variable.name,
    ).map(tuple),
    st.dictionaries(st.text(max_size=4), st.integers() | st.text(max_size=4), max_size=3),
)


@given(CONTENTS)
def test_the_canonical_form_says_it_all(content: Content) -> None:
    again = content_from_dict(json.loads(content.canonical()))
    assert again.digest == content.digest
    assert again.messages == content.messages
    assert set(again.variables) == set(content.variables)
    assert again.settings == content.settings


@given(CONTENTS, CONTENTS)
def test_digests_are_equal_just_when_contents_are(one: Content, two: Content) -> None:
    assert (one.digest == two.digest) == (one.canonical() == two.canonical())


def test_the_digest_does_not_depend_on_order() -> None:
    one, two = Variable("a", "A"), Variable("b", "B")
    message = (Message("system", "x"),)
    assert (
        Content(message, "jinja", (one, two), {"x": 1, "y": 2}).digest
        == Content(message, "jinja", (two, one), {"y": 2, "x": 1}).digest
    )


def test_a_known_digest_never_changes() -> None:
    # Stored digests are compared with this for ever.
    assert Content.of_text("Hello").canonical() == (
        '{"format":"jinja","messages":[{"content":"Hello","role":"system"}],"settings":{},"variables":{}}'
    )
    assert Content.of_text("Hello").digest == "c0ce51713efda46fe04722672fed19e4165ff55523c5bdacfe9590f0f939c4c4"


def test_text_and_roles() -> None:
    assert Content.of_text("Hello").text == "Hello"
    chat = Content((Message("system", "a"), Message("user", "b")))
    assert chat.text == "[system]\na\n\n[user]\nb"
    assert chat.has_user_message
    assert not Content.of_text("x").has_user_message


def test_extra_fields_of_messages_are_kept() -> None:
    content = Content((Message("tool", "4", {"tool_call_id": "c1"}),))
    assert content_from_dict(json.loads(content.canonical())).messages[0].as_dict() == content.messages[0].as_dict()


def test_a_surrogate_is_refused_with_its_place() -> None:
    with pytest.raises(BadInput, match=r"message 2, line 3: a lone surrogate \(U\+DC00\) at character 5"):
        check_content(Content((Message("system", "fine"), Message("user", "a\nb\n\udc00"))))


def test_depth_is_bounded() -> None:
    nested: object = 1
    for _ in range(MAX_DEPTH - 2):
        nested = [nested]
    fine = Content((Message("system", "x"),), "jinja", (), {"a": nested})
    assert check_content(fine) is fine
    with pytest.raises(BadInput, match="levels deep"):
        check_content(Content((Message("system", "x"),), "jinja", (), {"a": [[nested]]}))
