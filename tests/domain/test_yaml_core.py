"""YAML 1.2 core, its bounds, and writing that reads back equal."""

from __future__ import annotations

import time

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from tests.support.examples import examples
from workbench.domain import yaml_core
from workbench.errors import FormatError

TEXT = st.text(alphabet=st.characters(exclude_categories=["Cs"])) | st.text(
    alphabet=" \n\t\r-#:|>a'\"\\\x85\u2028\ufeff\x00{}[]?,&*!%@`~<=yn01."
)
JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(10**20), 10**20)
    | st.floats(allow_nan=False, allow_infinity=False)
    | TEXT,
    lambda children: st.lists(children) | st.dictionaries(TEXT, children),
    max_leaves=12,
)


@pytest.mark.parametrize(
    ("scalar", "value"),
    [
        ("Yes", "Yes"),
        ("no", "no"),
        ("on", "on"),
        ("true", True),
        ("FALSE", False),
        ("tRue", "tRue"),
        ("012", 12),
        ("0o17", 15),
        ("0x1F", 31),
        ("1_000", "1_000"),
        ("12:30:45", "12:30:45"),
        ("2026-09-01", "2026-09-01"),
        ("1.3.2", "1.3.2"),
        ("1.5", 1.5),
        ("+1.5e3", 1500.0),
        (".5", 0.5),
        ("~", None),
        ("", None),
        ("'1'", "1"),
        ("85%", "85%"),
    ],
)
def test_scalars_are_what_the_core_schema_says(scalar: str, value: object) -> None:
    found = yaml_core.load(f"key: {scalar}\n", "x.yaml")["key"]
    assert found == value
    assert type(found) is type(value)


def test_a_key_is_text_as_it_stands() -> None:
    assert yaml_core.load("1: a\ntrue: b\non: c\n", "x") == {"1": "a", "true": "b", "on": "c"}


BOMB = "a0: &a0 [x,x,x,x,x,x,x,x,x,x]\n" + "".join(
    f"a{i}: &a{i} [{','.join([f'*a{i - 1}'] * 10)}]\n" for i in range(1, 12)
)


@pytest.mark.parametrize(
    ("text", "line", "words"),
    [
        (BOMB, 6, "aliases"),
        ("a: &a " + "x" * 1_000_000 + "\nb: [" + "*a, " * 100 + "]", 2, "aliases"),
        ("[" * 100_000, 1, "deeper"),
        ("- " * 200 + "a", 1, "deeper"),
        ("a: 1\nb: 2\na: 3\n", 3, "twice; first in line 1"),
        ("a: 1\nb: !!python/object/apply:os.system [ls]\n", 2, "tag"),
        ("b: !!str 1\n", 1, "!!str"),
        ("\na: .nan\n", 2, "not a number"),
        ("a: -.inf\n", 1, "not a number"),
        ("a: 1e999\n", 1, "too large"),
        ("a: " + "9" * 10_000, 1, "10000 digits"),
        ("a: &b [*b]\n", 1, "inside its own anchor"),
        ("\n\na: *b\n", 3, "no anchor"),
        ("a: 1\n---\nb: 2\n", 2, "second document"),
        ("é: 1\nb: \x07\n", 2, "U+0007"),
        ("a: 1\nb: \ud800\n", 2, "surrogate"),
        ("? [a]\n: b\n", 1, "key"),
        ("a: [1,\nb: 2\n", 2, ""),
        ("a: 'x\n", 1, ""),
        ("#" * (yaml_core.MAX_BYTES + 1), 0, "bytes"),
    ],
)
def test_what_is_refused_is_refused_with_its_line_and_at_once(text: str, line: int, words: str) -> None:
    began = time.process_time()
    with pytest.raises(FormatError) as refused:
        yaml_core.load(text, "bad.yaml")
    assert time.process_time() - began < 2
    assert (refused.value.file, words in refused.value.message) == ("bad.yaml", True), refused.value.message
    assert refused.value.line in (line, line + 1) if not words else refused.value.line == line


def test_an_alias_is_read_where_it_stays_small() -> None:
    assert yaml_core.load("a: &x [1]\nb: *x\n", "x") == {"a": [1], "b": [1]}


def test_lines_of_keys_and_items() -> None:
    _, lines = yaml_core.load_with_lines("\na: 1\nb:\n  - c: 2\n    d: 3\n  - e\n", "x")
    assert lines == {(): 1, ("a",): 2, ("b",): 3, ("b", 0): 4, ("b", 0, "c"): 4, ("b", 0, "d"): 5, ("b", 1): 6}


@examples(400)
@given(JSON)
def test_what_is_written_is_read_back_equal(value: object) -> None:
    written = yaml_core.dump(value)
    assert yaml_core.load(written, "x") == value
    assert yaml_core.dump(yaml_core.load(written, "x")) == written


@examples(300)
@given(JSON)
def test_other_readers_read_the_same(value: object) -> None:
    assert yaml.load(yaml_core.dump(value), Loader=yaml.CSafeLoader) == value


@pytest.mark.parametrize(
    ("text", "style"),
    [
        ("a\nb\n", "|"),
        ("a\nb", "|-"),
        ("a\n\n\n", "|+"),
        ("  a\nb\n", "|2"),
        ("a  \n \nb\t\n", "|"),
        ("\n\na\n", "|2"),
        ("a\r\nb\r\n", '"'),
        ("a\x1b[31m\nb", '"'),
        ("a\u2028b\n", '"'),
        ("\n", '"'),
        ("", '"'),
    ],
)
def test_text_is_a_block_scalar_only_where_one_carries_it(text: str, style: str) -> None:
    written = yaml_core.dump({"content": text})
    assert written.startswith(f"content: {style}")
    assert yaml_core.load(written, "x") == {"content": text}


@pytest.mark.parametrize("value", [{"a": float("nan")}, {"a": float("inf")}, {"a": object()}, {"a": "\ud800"}])
def test_what_is_not_json_is_not_written(value: object) -> None:
    with pytest.raises(FormatError):
        yaml_core.dump(value)
