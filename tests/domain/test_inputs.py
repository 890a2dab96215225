"""Inputs are read from what people have, and what cannot be read is named with its place."""

from __future__ import annotations

import pytest

from workbench.domain.inputs import check_set_name, format_of, read_cases
from workbench.errors import BadInput, FormatError


@pytest.mark.parametrize(
    ("text", "file", "format"),
    [
        ('{"a": 1}', "", "json"),
        ('[{"a": 1}]', "", "json"),
        ('{"a": 1}\n{"a": 2}\n', "", "jsonl"),
        ('{\n"a": 1}\n', "", "json"),
        ("a: 1\nb: 2\n", "", "yaml"),
        ("name,tier\nAna,pro\n", "", "csv"),
        ("name;tier\nAna;pro\n", "", "csv"),
        ("just: one line", "", "yaml"),
        ("a: 1", "x.CSV", "csv"),
        ("a,b", "x.yaml", "yaml"),
    ],
)
def test_the_format_is_told_by_suffix_then_by_looks(text: str, file: str, format: str) -> None:
    assert format_of(text, file) == format


def test_one_mapping_is_one_input_and_keeps_its_types() -> None:
    (case,) = read_cases('{"name": "Ana", "items": [1, null, true]}')
    assert case.values == {"name": "Ana", "items": [1, None, True]}
    (case,) = read_cases("name: no\ncount: 010\n", "in.yaml")
    assert case.values == {"name": "no", "count": 10}


def test_lists_lines_and_rows_are_inputs_named_by_their_place() -> None:
    cases = read_cases('{"a": 1}\n\n{"a": "x"}\n', "/some/where/cases.jsonl")
    assert [(case.name, case.values) for case in cases] == [
        ("cases.jsonl:1", {"a": 1}),
        ("cases.jsonl:3", {"a": "x"}),
    ]
    cases = read_cases("\ufeffname, text\nAna,\"two\nlines, quoted\"\nBo,''\n", "cases.csv")
    assert [case.values for case in cases] == [
        {"name": "Ana", "text": "two\nlines, quoted"},
        {"name": "Bo", "text": "''"},
    ]
    assert [case.name for case in cases] == ["cases.csv:2", "cases.csv:4"]
    cases = read_cases("- {a: 1}\n- {a: 2}\n", "l.yaml")
    assert [case.name for case in cases] == ["l.yaml:1", "l.yaml:2"]
    assert [case.values for case in read_cases('[{"a": 1}, {"a": 2}]')] == [{"a": 1}, {"a": 2}]
    assert [case.values for case in read_cases("a\tb\n1\t2,3\n", "x.tsv")] == [{"a": "1", "b": "2,3"}]


@pytest.mark.parametrize(
    ("text", "file", "said"),
    [
        ('{"a": 1}\n{"a": }\n', "c.jsonl", "c.jsonl:2: is not JSON"),
        ('{"a": 1}\n[1]\n', "c.jsonl", "c.jsonl:2: the line is a list"),
        ('{"a": 1, "a": 2}', "c.json", "the key 'a' stands twice"),
        ('{"a": NaN}', "c.json", "NaN is not a number"),
        ('{"a": "\\ud800"}', "c.json", "lone surrogate"),
        ('{"a":\n\n oops}', "c.json", "c.json:3"),
        ("[1, 2]", "c.json", "item 1 is a single value"),
        ("a: 1\na: 2\n", "c.yaml", "c.yaml:2"),
        ("a,b\n1,2\n3\n", "c.csv", "c.csv:3: 1 values for 2 keys: the key 'b' has no value"),
        ("a,b\n1,2,3\n", "c.csv", "c.csv:2: 3 values for 2 keys: a value has no key"),
        ("a,a\n1,2\n", "c.csv", "c.csv:1: the key 'a' stands twice"),
        ("a,\n1,2\n", "c.csv", "c.csv:1: column 2 has no name"),
        ('a\n"open\n', "c.csv", "is not CSV"),
        ("a,b\n", "c.csv", "holds no inputs"),
        ("", "", "the pasted text: holds no inputs"),
        ('{"": 1}', "", "empty key"),
        ("[" * 5000, "c.json", "c.json"),
        ("1" * 5000, "c.json", "c.json"),
    ],
)
def test_what_cannot_be_read_is_named_with_file_line_and_key(text: str, file: str, said: str) -> None:
    with pytest.raises(FormatError) as caught:
        read_cases(text, file)
    assert said in caught.value.message


def test_names_of_sets() -> None:
    assert check_set_name("  angry customer ") == "angry customer"
    for bad in ("", "  ", "two\nlines", "x" * 81, "\x1b[31m"):
        with pytest.raises(BadInput):
            check_set_name(bad)
