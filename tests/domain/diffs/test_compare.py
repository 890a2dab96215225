"""What two versions differ in beside their words: settings, variables, messages."""

from __future__ import annotations

import json
import subprocess
import sys
import time
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.support.examples import examples
from workbench.domain.diffs import Change, WhiteSpace, compare, compare_values, diff_lines, mirror
from workbench.domain.prompts import Content, Message, Variable, Version

JSON = st.dictionaries(
    st.sampled_from(["a", "b", "c"]),
    st.recursive(
        st.booleans() | st.integers(0, 3) | st.sampled_from(["", "x", "y"]),
        lambda inner: (
            st.lists(inner, max_size=4) | st.dictionaries(st.sampled_from(["p", "q", "name"]), inner, max_size=3)
        ),
        max_leaves=12,
    ),
    max_size=3,
)


def with_settings(**settings: Any) -> Content:
    return Content.of_text("same", **settings)


def settings_changed(before: dict[str, Any], after: dict[str, Any]) -> list[tuple[str, str, Any, Any]]:
    changes = compare(with_settings(**before), with_settings(**after)).settings
    return [(change.path, change.kind, change.before, change.after) for change in changes]


def tool(name: str, **parameters: Any) -> dict[str, Any]:
    return {"type": "function", "function": {"name": name, "parameters": {"properties": parameters}}}


def test_the_same_is_the_same() -> None:
    content = Content((Message("system", "a"),), variables=(Variable("x"),), settings={"model": "m", "stop": ["a"]})
    assert compare(content, content).same


@pytest.mark.parametrize(
    ("before", "after", "expected"),
    [
        ({"temperature": 0.3}, {"temperature": 0.7}, [("temperature", "changed", 0.3, 0.7)]),
        ({}, {"seed": 7}, [("seed", "added", None, 7)]),
        ({"seed": 7}, {}, [("seed", "removed", 7, None)]),
        ({"seed": None}, {}, []),
        ({"temperature": 1}, {"temperature": 1.0}, []),
        ({"stream": True}, {"stream": 1}, [("stream", "changed", True, 1)]),
        ({"stop": ["a", "b"]}, {"stop": ["a", "c"]}, [("stop.1", "changed", "b", "c")]),
        ({"tags": ["a", "b"]}, {"tags": ["b", "a"]}, []),
        (
            {"tags": ["reviewed", "x"]},
            {"tags": ["x", "trial"]},
            [("tags", "removed", "reviewed", None), ("tags", "added", None, "trial")],
        ),
        ({"a": {"b.c": 1}}, {"a": {"b.c": 2}}, [('a."b.c"', "changed", 1, 2)]),
        (
            {"a": {"x": 1, "y": 2}},
            {"a": {"x": 5, "z": 2}},
            [("a.x", "changed", 1, 5), ("a.y", "removed", 2, None), ("a.z", "added", None, 2)],
        ),
        ({"a": "1"}, {"a": 1}, [("a", "changed", "1", 1)]),
    ],
)
def test_settings(before: dict[str, Any], after: dict[str, Any], expected: list[Any]) -> None:
    assert settings_changed(before, after) == expected


def test_a_tool_in_the_middle_is_one_change() -> None:
    before = {"tools": [tool("a"), tool("c")]}
    after = {"tools": [tool("a"), tool("b"), tool("c")]}
    assert settings_changed(before, after) == [("tools.b", "added", None, tool("b"))]


def test_a_parameter_of_a_tool_is_named_by_its_path() -> None:
    before = {"tools": [tool("a"), tool("b", city={"type": "string"})]}
    after = {"tools": [tool("a"), tool("b", city={"type": "array"})]}
    path = "tools.b.function.parameters.properties.city.type"
    assert settings_changed(before, after) == [(path, "changed", "string", "array")]


def test_tools_in_another_order_are_one_change() -> None:
    before = {"tools": [tool("a"), tool("b"), tool("c")]}
    after = {"tools": [tool("new"), tool("c"), tool("a"), tool("b")]}
    assert settings_changed(before, after) == [
        ("tools.new", "added", None, tool("new")),
        ("tools", "reordered", ["a", "b", "c"], ["c", "a", "b"]),
    ]


def cases(count: int) -> list[dict[str, Any]]:
    return [{"ask": f"question {n}", "say": {"text": f"answer {n}", "score": n}} for n in range(count)]


@pytest.mark.parametrize("at", [0, 3, 40])
def test_an_item_put_into_a_list_is_one_change(at: int) -> None:
    longer = cases(40)
    longer.insert(at, {"ask": "a new one", "say": {"text": "x", "score": 1}})
    assert settings_changed({"cases": cases(40)}, {"cases": longer}) == [
        (f"cases.{at}", "added", None, {"ask": "a new one", "say": {"text": "x", "score": 1}})
    ]
    assert [c[:2] for c in settings_changed({"cases": longer}, {"cases": cases(40)})] == [(f"cases.{at}", "removed")]


def test_items_of_a_list_are_known_again_when_edited() -> None:
    edited = [{"ask": "first", "say": {}}, *cases(5)]
    edited[3]["say"] = {"text": "answer 2", "score": 7}
    del edited[5]
    assert [c[:2] for c in settings_changed({"cases": cases(5)}, {"cases": edited})] == [
        ("cases.0", "added"),
        ("cases.3.say.score", "changed"),
        ("cases.4", "removed"),
    ]


@pytest.mark.parametrize(
    ("before", "after", "expected"),
    [
        ({"stop": ["a", "b", "c"]}, {"stop": ["x", "a", "b", "c"]}, [("stop.0", "added", None, "x")]),
        ({"a": {"b": True}}, {"a": {"b": 1}}, [("a.b", "changed", True, 1)]),
        ({"a": {"b": 1}}, {"a": {"b": 1.0}}, []),
        ({"a": {"b": 1}}, {"a": {"b": 1.5}}, [("a.b", "changed", 1, 1.5)]),
        ({"a": {"b": [1]}}, {"a": {"b": {"c": 1}}}, [("a.b", "changed", [1], {"c": 1})]),
        ({"a": {"k\"q'": 1}}, {"a": {"k\"q'": 2}}, [("a.k\"q'", "changed", 1, 2)]),
        ({"a": {"b": ""}}, {"a": {}}, [("a.b", "removed", "", None)]),
        ({"a": {"required": ["x", "y"]}}, {"a": {"required": ["y", "x", "z"]}}, [("a.required", "added", None, "z")]),
        (
            {"a": {"enum": ["free", "pro"]}},
            {"a": {"enum": ["pro", "trial"]}},
            [("a.enum", "removed", "free", None), ("a.enum", "added", None, "trial")],
        ),
        ({"a": [[1, 2], [3]]}, {"a": [[1, 2], [3, 4]]}, [("a.1.1", "added", None, 4)]),
        ({"a": [1, 2, 3]}, {"a": [1, "2", 3]}, [("a.1", "changed", 2, "2")]),
    ],
)
def test_nested_settings(before: dict[str, Any], after: dict[str, Any], expected: list[Any]) -> None:
    assert settings_changed(before, after) == expected


def test_paths_are_unambiguous_as_keys() -> None:
    (found,) = compare(with_settings(a={"b.c": {"": [1]}}), with_settings(a={"b.c": {"": [1, 2]}})).settings
    assert found.keys == ("a", "b.c", "", 1)
    assert found.path == 'a."b.c"."".1'


def test_long_texts_inside_settings_are_compared_by_their_words() -> None:
    before = "Look up the order by its number.\nNever guess."
    tools = [
        [{"type": "function", "function": {"name": "find", "description": text}}] for text in (before, before + "!")
    ]
    (found,) = compare(with_settings(tools=tools[0]), with_settings(tools=tools[1])).settings
    assert found.path == "tools.find.function.description"
    assert found.text is not None
    assert [row.kind for row in found.text.rows] == ["equal", "change"]
    (short,) = compare(with_settings(a={"b": "x"}), with_settings(a={"b": "y"})).settings
    assert short.text is None


def test_huge_settings_are_compared_as_texts_and_soon() -> None:
    before = {f"key {n}": {"value": n, "text": "x" * 40} for n in range(4000)}
    after = {**before, "key 77": {"value": 78, "text": "x" * 40}}
    started = time.process_time()
    (found,) = compare(with_settings(big=before), with_settings(big=after)).settings
    assert time.process_time() - started < 4
    assert (found.path, found.kind) == ("big", "changed")
    assert found.text is not None
    (row,) = (row for row in found.text.rows if row.kind != "equal")
    assert found.text.right_lines[row.r0].strip() == '"value": 78'


@given(JSON, JSON)
@examples(150)
def test_something_is_told_exactly_where_something_differs(before: dict[str, Any], after: dict[str, Any]) -> None:
    changes = compare_values(before, after)
    assert bool(changes) == (canonical(before) != canonical(after))
    assert len({(change.keys, change.kind) for change in changes}) == len(changes)
    assert compare_values(before, before) == ()
    for change in changes:
        if change.kind == "added":
            assert at(after, change.keys) == change.after
        elif change.kind == "removed" and not any(isinstance(key, int) for key in change.keys[:-1]):
            assert at(before, change.keys) == change.before


def canonical(value: Any) -> str:
    return json.dumps(value, sort_keys=True)


def at(value: Any, keys: tuple[str | int, ...]) -> Any:
    for key in keys:
        value = value[key]
    return value


def test_variables_declared_and_used() -> None:
    a = Content(
        (Message("system", "{{ old }} {{ both }}"),), variables=(Variable("tier", default="free", has_default=True),)
    )
    b = Content(
        (Message("system", "{{ new }} {{ both }}"),), variables=(Variable("tier", default="pro", has_default=True),)
    )
    difference = compare(a, b)
    assert difference.variables == (Change("tier.default", "changed", "free", "pro", ("tier", "default")),)
    assert difference.variables_used_added == ("new",)
    assert difference.variables_used_removed == ("old",)


def test_a_template_that_cannot_be_read_can_still_be_compared() -> None:
    difference = compare(Content.of_text("{{ broken"), Content.of_text("{{ fine }}"))
    assert difference.variables_used_added == ("fine",)
    assert not difference.same
    while_typing = compare(Content.of_text("{{ fine }}"), Content.of_text("{{ fine }} {{ brok"))
    assert while_typing.variables_used_removed == ()


def test_format() -> None:
    difference = compare(Content.of_text("{a}", "literal"), Content.of_text("{a}", "f-string"))
    assert difference.format == Change("format", "changed", "literal", "f-string", ("format",))
    assert not difference.same


def sides(left: list[tuple[str, str]], right: list[tuple[str, str]]) -> list[tuple[str, str | None, str | None]]:
    a, b = (Content(tuple(Message(*m) for m in messages)) for messages in (left, right))
    return [
        (m.role, m.left.content if m.left else None, m.right.content if m.right else None)
        for m in compare(a, b).messages
    ]


def test_messages_are_paired_by_role_and_place() -> None:
    assert sides([("system", "a"), ("user", "b")], [("system", "x"), ("user", "y")]) == [
        ("system", "a", "x"),
        ("user", "b", "y"),
    ]


def test_an_example_put_in_the_middle_leaves_the_others_alone() -> None:
    one, two, new = (
        (("user", "1"), ("assistant", "one")),
        (("user", "2"), ("assistant", "two")),
        (("user", "3"), ("assistant", "x")),
    )
    assert sides([*one, *two], [*one, *new, *two]) == [
        ("user", "1", "1"),
        ("assistant", "one", "one"),
        ("user", None, "3"),
        ("assistant", None, "x"),
        ("user", "2", "2"),
        ("assistant", "two", "two"),
    ]


def test_a_message_that_stands_elsewhere_now_is_moved_and_shows_its_edit() -> None:
    one = "Ask for the number of the order before anything else is said."
    two = "Never promise a refund, whatever the customer may threaten with."
    a = Content((Message("system", "s"), Message("user", one), Message("assistant", "ok"), Message("user", two)))
    b = Content(
        (Message("user", two + " Ever."), Message("system", "s"), Message("user", one), Message("assistant", "ok"))
    )
    found = compare(a, b)
    assert [(m.left_index, m.right_index, m.moved) for m in found.messages] == [
        (3, 0, True),
        (0, 1, False),
        (1, 2, False),
        (2, 3, False),
    ]
    assert [row.kind for row in found.messages[0].diff.rows] == ["change"]
    assert not found.same
    assert not compare(b, Content((*b.messages[1:], b.messages[0]))).same


def test_a_rewritten_message_keeps_its_place_and_an_edited_example_its_pair() -> None:
    assert sides([("system", "all old words here")], [("system", "nothing of that")]) == [
        ("system", "all old words here", "nothing of that")
    ]
    examples = [("user", "How do I return a pair of shoes?"), ("assistant", "Print the label and post them.")]
    edited = [("user", "How may I return a pair of shoes?"), ("assistant", "Print our label and post them.")]
    new = [("user", "Where is my parcel now?"), ("assistant", "Give me its number first.")]
    assert [side[1] is None for side in sides(examples, [*new, *edited])] == [True, True, False, False]


def test_the_first_phase_compares_messages_by_line() -> None:
    left, right = Content.of_text("Keep this\nold words"), Content.of_text("Keep this\nnew words")
    (message,) = compare(left, right, words=False).messages
    assert message.diff == diff_lines("Keep this\nold words", "Keep this\nnew words")
    (message,) = compare(left, right, mode=WhiteSpace.ALL, engine="difflib").messages
    assert (message.diff.mode, message.diff.engine) == (WhiteSpace.ALL, "difflib")


def test_metadata_of_versions_is_told_but_makes_no_difference() -> None:
    content = Content.of_text("same")
    a = Version(1, "p", "1.0.0", content, "ana", note="first", tags=("x", "y"))
    b = Version(2, "p", "1.0.1", content, "ana", note="second", tags=("y", "x", "z"))
    found = compare(a, b)
    assert [(c.path, c.kind) for c in found.metadata] == [("note", "changed"), ("tags", "added")]
    assert found.same
    assert compare(a, content).metadata == ()


def test_a_removed_message_and_fields_beside_the_text() -> None:
    assert sides([("system", "a"), ("user", "b")], [("user", "b")]) == [("system", "a", None), ("user", "b", "b")]
    a = Content((Message("tool", "x", {"tool_call_id": "1"}),))
    b = Content((Message("tool", "x", {"tool_call_id": "2"}),))
    (message,) = compare(a, b).messages
    assert [change.path for change in message.extra] == ["tool_call_id"]
    assert not compare(a, b).same


def test_deepdiff_is_imported_only_for_a_difference_inside_a_setting() -> None:
    code = (
        "import sys; from workbench.domain.diffs import compare; from workbench.domain.prompts import Content\n"
        "compare(Content.of_text('a', stop=['x']), Content.of_text('b', stop=['x'], seed=1))\n"
        "assert 'deepdiff' not in sys.modules\n"
        "compare(Content.of_text('a', stop=['x']), Content.of_text('a', stop=['y']))\n"
        "assert 'deepdiff' in sys.modules\n"
    )
    subprocess.run([sys.executable, "-c", code], check=True)


@pytest.mark.parametrize(("text", "lines"), [("", 1), ("one", 1), ("one\ntwo", 2), ("one\ntwo\n", 2), ("\n", 1)])
def test_a_message_of_one_side_has_the_lines_of_that_side_only(text: str, lines: int) -> None:
    message = Message("user", text)
    for left, right, kind in (((), (message,), "insert"), ((message,), (), "delete")):
        [found] = compare(Content(left), Content(right)).messages
        assert [row.kind for row in found.diff.rows if row.kind != "equal"] == [kind]
        assert (found.diff.stats.lines_added, found.diff.stats.lines_removed) == (
            (lines, 0) if kind == "insert" else (0, lines)
        )
        assert (found.diff.left, found.diff.right) == (("", text) if kind == "insert" else (text, ""))
        assert mirror(mirror(found.diff)) == found.diff
        assert found == compare(Content(left), Content(right), words=False).messages[0]
        assert not found.same


def test_a_message_found_again_elsewhere_is_not_taken_for_the_one_that_stands_there_now() -> None:
    answer = Message("assistant", "I will look into the order at once and come back to you with the answer.")
    before = Content((Message("system", "Greet them."), answer))
    edited = Message("assistant", answer.content.replace("at once", "now"))
    after = Content((edited, Message("system", "Greet them."), Message("assistant", "Is there anything else?")))
    moved, kept, new = compare(before, after).messages
    assert (moved.moved, moved.left_index, moved.right_index) == (True, 1, 0)
    assert kept.same
    assert new.left is None
