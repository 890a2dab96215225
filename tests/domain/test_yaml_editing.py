"""An edit changes what it must and nothing else, or is not made at all."""

from __future__ import annotations

import copy
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.support.examples import examples
from workbench.domain import yaml_core
from workbench.domain.yaml_editing import edited, same

TEXT = """\
# top
name: "a"   # the name
list:
- one   # first
- {b: 1, c: [x, y]}
text: |
  First line.

  Last line.
inner:
  deep: 1
  # between
  more:
    - x: 'q'
      y: 2
end: yes
"""


def load(text: str) -> Any:
    return yaml_core.load(text, "x")


def change(path: str, value: Any) -> tuple[str | None, Any]:
    old = load(TEXT)
    new = copy.deepcopy(old)
    *parents, last = [int(step) if step.isdigit() else step for step in path.split(".")]
    place = new
    for step in parents:
        place = place[step]
    if value is KeyError:
        del place[last]
    else:
        place[last] = value
    return edited(TEXT, old, new, load), new


@pytest.mark.parametrize(
    ("path", "value", "before", "after"),
    [
        ("name", "b", 'name: "a"   # the name', "name: b   # the name"),
        ("list.0", "two", "- one   # first", "- two   # first"),
        ("list.1.b", 2, "{b: 1, c", "{b: 2, c"),
        ("list.1.c.0", "z, z", "[x, y]", '["z, z", y]'),
        ("text", "Other.\nText.\n", "  First line.\n\n  Last line.\n", "  Other.\n  Text.\n"),
        ("text", "short", "|\n  First line.\n\n  Last line.\n", "short\n"),
        ("inner.deep", "a\nb\n", "deep: 1\n", "deep: |\n    a\n    b\n"),
        ("inner.more.0.y", 3, "y: 2", "y: 3"),
        ("inner.new", 5, "      y: 2\n", "      y: 2\n  new: 5\n"),
        ("new", [1, 2], "end: yes\n", "end: yes\nnew: [1, 2]\n"),
        ("name", KeyError, 'name: "a"   # the name\n', ""),
        ("text", KeyError, "text: |\n  First line.\n\n  Last line.\n", ""),
    ],
)
def test_one_change_touches_one_place(path: str, value: Any, before: str, after: str) -> None:
    assert before in TEXT
    result, _ = change(path, value)
    assert result == TEXT.replace(before, after, 1)


def test_line_ends_stay_as_they_are() -> None:
    text = TEXT.replace("\n", "\r\n")
    old = load(text)
    assert edited(text, old, {**old, "text": "A\nB\n"}, load) == TEXT.replace(
        "  First line.\n\n  Last line.\n", "  A\n  B\n"
    ).replace("\n", "\r\n")


@pytest.mark.parametrize("text", ["a: &x 1\nb: *x\n", "a: 1\n---\nb: 2\n", "", "just text", "[1, 2]"])
def test_what_cannot_be_edited_in_place_is_left_to_others(text: str) -> None:
    assert edited(text, {"a": 1, "b": 1}, {"a": 2, "b": 1}, load) is None


JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-5, 5) | st.text(alphabet="ab \n#:'\"{}-", max_size=12),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(["k", "l", "m n"]), inner, max_size=3),
    max_leaves=8,
)
DOCUMENTS = st.dictionaries(st.sampled_from(["a", "b", "c"]), JSON, min_size=1, max_size=3)


@examples(400)
@given(DOCUMENTS, DOCUMENTS)
def test_an_edit_says_what_was_meant_or_is_not_made(old: dict[str, Any], new: dict[str, Any]) -> None:
    text = yaml_core.dump(old)
    result = edited(text, old, new, load)
    assert result is None or same(load(result), new)
    if same(old, new):
        assert result == text


@pytest.mark.parametrize(
    ("text", "new", "after"),
    [
        # YAML: items come and go, keys of a mapping on one line too
        ("# c\n- a # 1\n- b # 2\n", ["a", "z", "b"], "# c\n- a # 1\n- z\n- b # 2\n"),
        ("x:\n  - {id: 1}  # 1\n  - {id: 2}  # 2\n", {"x": [{"id": 2}]}, "x:\n  - {id: 2}  # 2\n"),
        ("x:\n  - id: 1 # 1\n", {"x": [{"id": 0}, {"id": 1}]}, "x:\n  - id: 0\n  - id: 1 # 1\n"),
        ("s: {a: 1, b: 2} # s\nt: 'q'\n", {"s": {"a": 1}, "t": "q"}, "s: {a: 1} # s\nt: 'q'\n"),
        ("s: {a: 1} # s\r\nt: 'q'\r\n", {"s": {"a": 1, "b": 2}, "t": "q"}, "s: {a: 1, b: 2} # s\r\nt: 'q'\r\n"),
        # JSON: keys and items are added as the others stand
        ('{\n   "a": 1, "b": 2\n}\n', {"a": 1, "b": 2, "d": 4}, '{\n   "a": 1, "b": 2,\n   "d": 4\n}\n'),
        ('[\r\n  {"a": 1}\r\n]', [{"a": 1}, {"a": 2}], '[\r\n  {"a": 1},\r\n  {"a": 2}\r\n]'),
        ('{"a": [1, 2]}', {"a": [0, 1, 2]}, '{"a": [0, 1, 2]}'),
        ('[\n  {\n    "a": 1\n  }\n]\n', [{"a": 1}, {"a": 2}], '[\n  {\n    "a": 1\n  },\n  {\n    "a": 2\n  }\n]\n'),
    ],
)  # fmt: skip
def test_items_and_keys_come_and_go_alone(text: str, new: Any, after: str) -> None:
    assert edited(text, load(text), new, load, is_json=text[0] in "{[") == after
