"""JSON answers against what was asked for."""

from __future__ import annotations

from typing import Any

import pytest

from workbench.domain.answers import check_answer

SCHEMA = {
    "type": "object",
    "properties": {
        "items": {"type": "array", "items": {"type": "object", "properties": {"price": {"type": "number"}}}}
    },
    "required": ["items", "total"],
    "additionalProperties": False,
}


def schema(body: Any) -> dict[str, Any]:
    return {"type": "json_schema", "json_schema": {"name": "x", "schema": body}}


def test_what_fits_is_laid_out() -> None:
    check = check_answer(
        '{"items":[{"price":1}],"total":2}', {**schema({**SCHEMA, "properties": {}, "additionalProperties": True})}
    )
    assert (check.ok, check.wanted, check.is_json) == (True, "schema", True)
    assert check.pretty.splitlines()[1:3] == ['  "items": [', "    {"]


@pytest.mark.parametrize(
    ("answer", "format", "said"),
    [
        ('{"items": [{"price": "x"}], "more": 1}', schema(SCHEMA), "$.items[0].price: 'x' is not of type 'number'"),
        ('{"items": []}', schema(SCHEMA), "$: 'total' is a required property"),
        ('```json\n{"items": [], "total": 1}\n```', schema(SCHEMA), "code fence"),
        ("Here you go: {}", schema(SCHEMA), "not JSON: Expecting value (line 1, column 1)"),
        ('{"a": ', {"type": "json_object"}, "not JSON"),
        ('{"a": NaN}', {"type": "json_object"}, "NaN"),
        ("[1]", {"type": "json_object"}, "no object"),
        ("{}", schema({"type": "nonsense"}), "the schema is wrong"),
        ("{}", schema({"$ref": "http://127.0.0.1:9/schema.json"}), "refers to what is not in it"),
        ("{}", schema({"$ref": "#/$defs/none"}), "refers to what is not in it"),
        ("{}", {"type": "json_schema"}, "no schema"),
        ("{}", schema({"$ref": "#"}), "cannot be used"),
    ],
)
def test_what_does_not_fit_is_named_with_its_place(answer: str, format: Any, said: str) -> None:
    check = check_answer(answer, format)
    assert any(said in problem for problem in check.problems), check.problems


def test_text_is_left_alone_and_json_in_it_laid_out() -> None:
    assert check_answer("Hello {}").pretty == "Hello {}"
    assert check_answer('{"a":1}').pretty == '{\n  "a": 1\n}'
    for text in ('{"a":', "[see below]", "[" * 100_000):
        check = check_answer(text)
        assert (check.ok, check.pretty) == (True, text)


def test_a_thousand_problems_are_not_all_told() -> None:
    check = check_answer(str(list(range(1000))), schema({"items": {"type": "string"}}))
    assert len(check.problems) == 21
