"""Versions into one: messages, settings, declarations, and what was decided about their conflicts."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from workbench.domain.merging import (
    Conflict,
    Names,
    Pick,
    ancestors,
    marked_text,
    merge_contents,
    merge_sets,
    nearest_ancestors,
    unsolved,
)
from workbench.domain.merging.contents import Take
from workbench.domain.prompts import Content, Message, Variable
from workbench.errors import BadInput

TEXTS = st.sampled_from(["", "You are kind.", "You are kind. Be brief.", "- one\n- two\n", "Ask.\n\nThen act."])
VALUES = st.recursive(
    st.sampled_from([True, 1, 0.3, "gpt", ["a"], None]),
    lambda inner: st.dictionaries(st.sampled_from(["p", "q"]), inner, max_size=2),
    max_leaves=4,
)
TOOLS = st.lists(
    st.builds(
        lambda name, about: {"type": "function", "function": {"name": name, "description": about}},
        st.sampled_from(["find", "send"]),
        st.sampled_from(["x", "y"]),
    ),
    max_size=2,
)
CONTENTS = st.builds(
    Content,
    st.lists(st.builds(Message, st.sampled_from(["system", "user", "assistant"]), TEXTS), min_size=1, max_size=3).map(
        tuple
    ),
    st.sampled_from(["jinja", "literal"]),
    st.dictionaries(st.sampled_from(["tier", "lang"]), st.sampled_from(["", "string", "list"]), max_size=2).map(
        lambda found: tuple(Variable(name, type=kind) for name, kind in found.items())
    ),
    st.fixed_dictionaries({}, optional={"model": VALUES, "top_p": VALUES, "tools": TOOLS}),
)


@given(CONTENTS, CONTENTS)
def test_a_side_that_is_the_base_or_the_other_side_changes_nothing(base: Content, side: Content) -> None:
    for ours, theirs in ((side, side), (base, side), (side, base)):
        merge = merge_contents(base, ours, theirs)
        assert merge.clean
        assert merge.content().digest == side.digest


@given(CONTENTS, CONTENTS, CONTENTS)
def test_exchanging_the_sides_exchanges_them_and_picking_a_side_needs_no_more(
    base: Content, ours: Content, theirs: Content
) -> None:
    merge, turned = merge_contents(base, ours, theirs), merge_contents(base, theirs, ours)
    told = sorted((c.where, c.base, c.ours, c.theirs) for c in merge.conflicts)
    assert told == sorted((c.where, c.base, c.theirs, c.ours) for c in turned.conflicts)
    assert [c.number for c in merge.conflicts] == list(range(len(merge.conflicts)))
    turns: tuple[tuple[Take, Take], ...] = (("ours", "theirs"), ("theirs", "ours"))
    for take, other in turns:
        picks = {c.number: Pick(take) for c in merge.conflicts}
        if not any(isinstance(m, Conflict) for m in merge.messages):
            back = turned.content({c.number: Pick(other) for c in turned.conflicts})
            assert merge.content(picks).digest == back.digest


BASE = Content(
    (Message("system", "You are kind. Be brief."), Message("user", "{{ question }}")),
    variables=(Variable("question", "what they ask"),),
    settings={"model": "a", "temperature": 0.3, "response_format": {"type": "json_object"}},
)


def changed(**settings: Any) -> Content:
    return replace(BASE, settings={**BASE.settings, **settings})


def test_settings_go_together_key_by_key() -> None:
    merge = merge_contents(BASE, changed(model="b", response_format={"type": "text"}), changed(temperature=0.5, seed=7))
    assert merge.content().settings == {
        "model": "b",
        "temperature": 0.5,
        "seed": 7,
        "response_format": {"type": "text"},
    }


def test_a_value_that_both_changed_is_one_conflict_and_can_be_written() -> None:
    merge = merge_contents(BASE, changed(temperature=True), changed(temperature=1))
    (conflict,) = merge.conflicts
    assert (conflict.where, conflict.base, conflict.ours, conflict.theirs) == (
        "settings.temperature",
        "0.3",
        "true",
        "1",
    )
    assert not conflict.can_take_both
    with pytest.raises(BadInput, match=r"nobody decided what becomes of settings\.temperature"):
        merge.content()
    with pytest.raises(BadInput, match="has one value"):
        merge.content({0: Pick("both")})
    assert merge.content({0: Pick(text="[1, yes]")}).settings["temperature"] == [1, "yes"]
    assert "temperature" not in merge.content({0: Pick(text=" ")}).settings


def test_tools_are_known_by_their_names() -> None:
    def tool(name: str, about: str) -> dict[str, Any]:
        return {"type": "function", "function": {"name": name, "description": about}}

    base = changed(tools=[tool("find", "x")])
    merge = merge_contents(
        base, changed(tools=[tool("find", "finds")]), changed(tools=[tool("find", "x"), tool("send", "y")])
    )
    assert merge.content().settings["tools"] == [tool("find", "finds"), tool("send", "y")]


def test_messages_and_declarations_go_together() -> None:
    ours = replace(BASE, messages=(Message("system", "You are calm. Be brief."), *BASE.messages[1:]))
    theirs = replace(
        BASE,
        messages=(*BASE.messages, Message("assistant", "Sure.")),
        variables=(Variable("question", "what they ask", "text"), Variable("lang")),
    )
    found = merge_contents(BASE, ours, theirs).content()
    assert [m.content for m in found.messages] == ["You are calm. Be brief.", "{{ question }}", "Sure."]
    assert found.variables == theirs.variables


def test_a_message_that_one_took_out_and_the_other_edited() -> None:
    ours = replace(BASE, messages=BASE.messages[:1])
    theirs = replace(BASE, messages=(BASE.messages[0], Message("user", "{{ question }}!", {"name": "ana"})))
    merge = merge_contents(BASE, ours, theirs)
    (conflict,) = merge.conflicts
    assert (conflict.kind, conflict.where, conflict.ours, conflict.theirs) == (
        "messages", "message 2", "", "[user]\n{{ question }}!",
    )  # fmt: skip
    assert merge.content({0: Pick("ours")}).digest == ours.digest
    assert merge.content({0: Pick("theirs")}).digest == theirs.digest
    written = merge.content({0: Pick(text="[user]\nHello\n[assistant]\nYes?")})
    assert [m.as_dict() for m in written.messages[1:]] == [
        {"role": "user", "content": "Hello", "name": "ana"},
        {"role": "assistant", "content": "Yes?"},
    ]
    with pytest.raises(BadInput, match="belongs to nobody"):
        merge.content({0: Pick(text="Hello")})


def test_marks_stand_on_lines_of_their_own() -> None:
    ours = Content.of_text("You are calm. Be brief.", model="b")
    theirs = Content.of_text("You are strict. Be brief.", model="c")
    merge = merge_contents(Content.of_text("You are kind. Be brief.", model="a"), ours, theirs)
    assert marked_text(merge, Names("1.0.0", "1.1.0", "1.2.0")) == (
        "<<<<<<< 1.1.0\nYou are calm. Be brief.\n||||||| 1.0.0\nYou are kind. Be brief.\n"
        "=======\nYou are strict. Be brief.\n>>>>>>> 1.2.0\n"
        'settings.model:\n<<<<<<< 1.1.0\n"b"\n||||||| 1.0.0\n"a"\n=======\n"c"\n>>>>>>> 1.2.0\n'
    )
    both = merge.content({0: Pick("both"), 1: Pick("theirs")})
    assert (both.text, both.settings["model"]) == ("You are calm. You are strict. Be brief.", "c")
    assert json.loads(merge.conflicts[1].base) == "a"


def test_taking_one_side_out_of_the_marks_leaves_the_other_one() -> None:
    base = "You are kind. Be brief.\n\n- one\n- two\n- three\n"
    ours = base.replace("kind", "calm").replace("brief", "short").replace("- two\n", "")
    theirs = base.replace("kind", "strict").replace("two", "2") + "- four\n"
    merge = merge_contents(*map(Content.of_text, (base, ours, theirs)))
    text = marked_text(merge, Names("base", "ours", "theirs"))
    taken = re.sub(r"<<<<<<< ours\n(.*?)\|{7} .*?>>>>>>> theirs\n", r"\1", text, flags=re.DOTALL)
    assert taken == merge.content({c.number: Pick("ours") for c in merge.conflicts}).text
    assert unsolved(text) == 1
    assert unsolved(taken) == 0


def test_sets_keep_what_was_added_and_lose_what_was_taken_away() -> None:
    assert merge_sets(["a", "b"], ["a", "b", "c"], ["b", "d"]) == ("b", "c", "d")


def test_the_nearest_ancestor() -> None:
    parents = {"2": ["1"], "3": ["2"], "4": ["2"], "5": ["3", "4"], "6": ["4"], "7": ["4", "3"]}
    assert ancestors(parents, "5") == {"1", "2", "3", "4", "5"}
    assert nearest_ancestors(parents, "3", "4") == {"2"}
    assert nearest_ancestors(parents, "5", "6") == {"4"}
    assert nearest_ancestors(parents, "2", "6") == {"2"}
    assert nearest_ancestors(parents, "5", "7") == {"3", "4"}
    assert nearest_ancestors(parents, "1", "x") == frozenset()
