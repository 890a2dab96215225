"""What two versions differ in beside their words: settings, variables, messages."""

from __future__ import annotations

import subprocess
import sys
from typing import Any

import pytest

from workbench.domain.diffs import Change, compare
from workbench.domain.prompts import Content, Message, Variable


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
    after = {"tools": [tool("b", city={"type": "array"}), tool("a")]}
    path = "tools.b.function.parameters.properties.city.type"
    assert settings_changed(before, after) == [(path, "changed", "string", "array")]


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
