"""Rendering, finding names, and saying what is wrong with a template."""

from __future__ import annotations

import json
import subprocess
import sys
from itertools import pairwise

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from workbench.domain.prompts import Content, Message, Variable
from workbench.domain.templates import check, check_text, missing, names_in, render, spans, variables_of
from workbench.errors import BadInput, MissingVariables, TemplateError

NAMES = st.from_regex(r"[a-z_][a-z0-9_]{0,8}", fullmatch=True).filter(
    lambda name: (
        not name.startswith("own_")
        and name not in {"range", "dict", "namespace", "cycler", "joiner", "loop", "self", "true", "false", "none"}
        and name not in {"and", "or", "not", "in", "is", "if", "else", "varargs", "kwargs", "caller", "context"}
    )
)
PLAIN = st.text(st.characters(exclude_characters="{}%#", exclude_categories=["Cs"]), max_size=20)


def text_of(template: str, format: str = "jinja", **values: object) -> str:
    return render(Content.of_text(template, format), values).messages[0].content


def test_a_value_is_put_in() -> None:
    assert text_of("Hello {{ name }}!\n", name="Ana") == "Hello Ana!\n"


def test_loops_keep_their_length_and_index() -> None:
    template = "{% for x in xs %}{{ loop.index }}/{{ loop.length }}{{ x }}{{ ',' if not loop.last }}{% endfor %}"
    assert text_of(template, xs=["a", "b"]) == "1/2a,2/2b"


def test_recursive_loops_macros_and_call_blocks_work() -> None:
    tree = [{"n": 1, "c": [{"n": 2, "c": []}]}]
    assert text_of("{% for x in t recursive %}{{ x.n }}{{ loop(x.c) }}{% endfor %}", t=tree) == "12"
    assert text_of("{% macro m(a) %}<{{ a }}{{ caller() }}>{% endmacro %}{% call m(1) %}x{% endcall %}") == "<1x>"


def test_nothing_is_escaped() -> None:
    assert text_of("{{ x }} {{ x | tojson }} {{ x ~ '&' }}", x="<b>'\"") == '<b>\'" "<b>\'\\"" <b>\'"&'


def test_carriage_returns_of_a_value_stay() -> None:
    assert text_of("{{ x }}", x="a\r\nb\rc") == "a\r\nb\rc"


@given(PLAIN, PLAIN)
@example("a\r\n", "\rb\n\n")
def test_the_text_around_stays_byte_for_byte(before: str, after: str) -> None:
    assert text_of(before + "{{ x }}" + after, x="") == before + after


def test_carriage_returns_inside_tags_are_white_space() -> None:
    assert text_of("{% if\r\n x -%}\r\n a{{ 'b\r\nc' }}\r\n{%- endif %}", x=1) == "ab\r\nc"


@pytest.mark.parametrize("format", ["jinja", "f-string"])
@given(value=st.text(st.characters(exclude_categories=["Cs"])))
def test_a_value_is_never_read_as_a_template(format: str, value: str) -> None:
    field = "{{ x }}" if format == "jinja" else "{x}"
    for hostile in (value, value + "{{ y }}", "{% for" + value, "{y}" + value):
        assert text_of(f"a{field}b", format, x=hostile) == f"a{hostile}b"


@given(st.text(st.characters(exclude_categories=["Cs"])))
def test_literal_replaces_nothing(text: str) -> None:
    assert text_of(text, "literal") == text
    assert names_in(text, "literal") == frozenset()


@given(st.lists(st.tuples(PLAIN, NAMES), min_size=1, max_size=6))
def test_exactly_the_names_of_the_template_are_found(parts: list[tuple[str, str]]) -> None:
    names = {name for _, name in parts}
    shapes = [
        lambda p, n: f"{p}{{{{ {n} }}}}",
        lambda p, n: f"{p}{{% if {n} %}}{p}{{% endif %}}",
        lambda p, n: f"{{% for own_item in {n} %}}{{{{ own_item }}}}{p}{{% endfor %}}",
        lambda p, n: f"{p}{{# {{{{ commented_out }}}} #}}{{{{ {n} | upper }}}}",
        lambda p, n: f"{{% set own_value = {n} %}}{{{{ own_value }}}}",
    ]
    template = "".join(shapes[i % len(shapes)](plain, name) for i, (plain, name) in enumerate(parts))
    assert names_in(template, "jinja") == names


@given(st.lists(st.tuples(st.text(st.characters(exclude_categories=["Cs"])), NAMES), max_size=6))
def test_f_string_gives_back_what_was_escaped(parts: list[tuple[str, str]]) -> None:
    template = "".join(text.replace("{", "{{").replace("}", "}}") + "{" + name + "}" for text, name in parts)
    values = {name: f"<{name}>" for _, name in parts}
    expected = "".join(text + values[name] for text, name in parts)
    assert text_of(template, "f-string", **values) == expected
    assert names_in(template, "f-string") == set(values)


@pytest.mark.parametrize(
    ("template", "column", "says"),
    [
        ("ab {x.y}", 4, "attribute"),
        ("{x[0]}", 1, "index"),
        ("{x!r}", 1, "conversion"),
        ("{x:>10}", 1, "format"),
        ("{ x }", 1, "spaces"),
        ("{}", 1, "no variable"),
        ('{"k": 1}', 1, "not a variable name"),
        ("a {", 3, "never closed"),
        ("a }", 3, "closes nothing"),
        ("{x.__class__.__mro__}", 1, "attribute"),
    ],
)
def test_f_string_takes_plain_names_only(template: str, column: int, says: str) -> None:
    with pytest.raises(TemplateError, match=says) as caught:
        text_of("first\n" + template, "f-string", x=1)
    assert (caught.value.line, caught.value.column) == (2, column)


@pytest.mark.parametrize(
    ("template", "line", "column", "says"),
    [
        ("a\nb {{ foo bar }}", 2, 10, "got 'bar'"),
        ("a\n {% foo %}", 2, 5, "unknown tag 'foo'"),
        ("{{ a | nofilter }}", 1, 8, "No filter named 'nofilter'"),
        ("a\n\n{% if x %}", 3, 4, "Unexpected end"),
        ("{{ a", 1, 1, "unexpected end"),
        ("x\n{% include 'other' %}", 2, 4, "include"),
        ("{% extends 'other' %}", 1, 4, "extends"),
        ("{{ a | attr('b') }}", 1, 8, "attr"),
    ],
)
def test_syntax_errors_say_line_and_column(template: str, line: int, column: int, says: str) -> None:
    (problem,) = check_text(template, "jinja")
    assert (problem.line, problem.column) == (line, column)
    assert says in problem.message
    with pytest.raises(TemplateError, match=f"line {line}, column {column}"):
        text_of(template, a=1, x=1, foo=1)


def test_check_names_the_message() -> None:
    content = Content((Message("system", "{{ fine }}"), Message("user", "{{ not fine }")))
    assert [problem.message_index for problem in check(content)] == [1]
    assert check(Content.of_text("{{ fine }} {% raw %}{{ {% endraw %}")) == ()


def test_an_error_of_one_of_several_messages_says_which() -> None:
    content = Content((Message("system", "fine"), Message("user", "a\n{{ 1 / 0 }}")))
    with pytest.raises(TemplateError, match=r"message 2 \(user\), line 2: division by zero") as caught:
        render(content, {})
    assert caught.value.line == 2


def test_all_missing_names_are_said_at_once_in_the_order_of_use() -> None:
    content = Content((Message("system", "{{ b }} {{ a }}"), Message("user", "{{ c }}")), variables=(Variable("a"),))
    with pytest.raises(MissingVariables) as caught:
        render(content, {})
    assert caught.value.names == ("b", "a", "c")
    assert missing(content, {"a": 1, "c": 2}) == ("b",)


def test_a_default_of_the_version_is_used() -> None:
    content = Content((Message("system", "{{ a }}{{ b }}"),), variables=(Variable("a", default="A", has_default=True),))
    assert missing(content, {}) == ("b",)
    assert render(content, {"b": "B"}).messages[0].content == "AB"
    assert render(content, {"a": "x", "b": "B"}).messages[0].content == "xB"


def test_names_the_template_asks_about_may_be_missing() -> None:
    template = "{{ tone | default('calm') }}{% if extra is defined %}{{ extra }}{% endif %}"
    assert missing(Content.of_text(template), {}) == ()
    assert text_of(template) == "calm"
    assert names_in(template, "jinja") == {"tone", "extra"}


def test_a_name_asked_about_but_used_anyway_is_missing() -> None:
    with pytest.raises(MissingVariables) as caught:
        text_of("{{ x }}{% if x is defined %}{% endif %}")
    assert caught.value.names == ("x",)


def test_an_unknown_attribute_of_a_value_is_an_error() -> None:
    with pytest.raises(TemplateError, match=r"line 2.*nickname"):
        text_of("\n{{ user.nickname }}", user={"name": "Ana"})


def test_unused_values_are_named() -> None:
    assert render(Content.of_text("{{ a }}"), {"z": 1, "a": 2, "b": 3}).unused == ("z", "b")


def test_variables_are_the_declared_ones_and_then_those_found() -> None:
    content = Content((Message("system", "{{ z }}{{ b }}{{ a }}"),), variables=(Variable("a"), Variable("idle")))
    assert [v.name for v in variables_of(content)] == ["a", "idle", "z", "b"]
    assert [v.name for v in variables_of(Content.of_text("{{ broken"))] == []


def test_input_becomes_the_user_message_word_for_word() -> None:
    rendered = render(Content.of_text("Hi {{ a }}"), {"a": "A", "input": "{{ a }}\r\n"})
    assert rendered.messages[1] == Message("user", "{{ a }}\r\n")
    assert rendered.unused == ()


def test_input_is_an_ordinary_variable_where_templates_use_it() -> None:
    rendered = render(Content.of_text("Q: {{ input }}"), {"input": "why"})
    assert [m.content for m in rendered.messages] == ["Q: why"]


def test_input_is_unused_where_there_is_a_user_message() -> None:
    rendered = render(Content((Message("user", "hello"),)), {"input": "why"})
    assert [m.content for m in rendered.messages] == ["hello"]
    assert rendered.unused == ("input",)


def test_fields_beside_the_text_are_kept() -> None:
    content = Content((Message("tool", "{{ a }}", {"tool_call_id": "{{ a }}"}),))
    assert render(content, {"a": "x"}).messages == (Message("tool", "x", {"tool_call_id": "{{ a }}"}),)


@pytest.mark.parametrize(
    ("type", "given_value", "expected"),
    [
        ("integer", "3", 3),
        ("integer", 3.0, 3),
        ("number", "0.5", 0.5),
        ("number", "7", 7),
        ("boolean", "Yes", True),
        ("boolean", "false", False),
        ("list", '["a", 1]', ["a", 1]),
        ("object", '{"k": [1]}', {"k": [1]}),
        ("string", "3", "3"),
        ("", {"any": 1}, {"any": 1}),
    ],
)
def test_text_is_read_as_the_declared_type(type: str, given_value: object, expected: object) -> None:
    content = Content((Message("system", "{{ v | tojson }}"),), variables=(Variable("v", type=type),))
    assert json.loads(render(content, {"v": given_value}).messages[0].content) == expected


@pytest.mark.parametrize(
    ("type", "given_value"),
    [
        ("integer", "3.5"),
        ("integer", True),
        ("number", "nan"),
        ("number", "three"),
        ("boolean", "maybe"),
        ("list", '{"k": 1}'),
        ("list", "[1,"),
        ("list", "[" * 100_000),
        ("object", "[]"),
        ("string", ["a"]),
    ],
)
def test_what_does_not_fit_its_type_is_refused_by_name(type: str, given_value: object) -> None:
    content = Content((Message("system", "{{ v }}"),), variables=(Variable("v", type=type),))
    with pytest.raises(BadInput, match="variable v: "):
        render(content, {"v": given_value})


def test_a_wrong_choice_is_refused_with_the_nearest() -> None:
    content = Content((Message("system", "{{ tier }}"),), variables=(Variable("tier", choices=("free", "pro")),))
    with pytest.raises(BadInput, match="'fre' is not one of its choices") as caught:
        render(content, {"tier": "fre"})
    assert caught.value.hint == "did you mean free? choices: free, pro"


def test_a_choice_may_be_given_as_text() -> None:
    content = Content((Message("system", "{{ stars + 1 }}"),), variables=(Variable("stars", choices=(1, 5)),))
    assert render(content, {"stars": "5"}).messages[0].content == "6"


def test_an_unknown_format_is_an_error() -> None:
    with pytest.raises(BadInput, match="unknown template format 'jinja2'") as caught:
        names_in("x", "jinja2")
    assert "did you mean jinja?" in caught.value.hint


def test_spans_are_the_tags_even_of_half_written_text() -> None:
    text = "a {{ b }} {% raw %}{{ c }}{% endraw %} {# d #} {{ e"
    assert [text[s:e] for s, e in spans(text, "jinja")] == ["{{ b }}", "{% raw %}", "{% endraw %}", "{# d #}"]
    text = "a {b} {{c}} {d.e} {"
    assert [text[s:e] for s, e in spans(text, "f-string")] == ["{b}"]


@given(st.text("{}%# a-raw\n", max_size=60), st.sampled_from(["jinja", "f-string", "literal"]))
def test_no_text_makes_the_faces_stumble(text: str, format: str) -> None:
    ranges = spans(text, format)
    assert all(0 <= start < end <= len(text) for start, end in ranges)
    assert all(a[1] <= b[0] for a, b in pairwise(ranges))
    problems = check_text(text, format)
    if not problems:
        names_in(text, format)
    for problem in problems:
        assert problem.message
        assert 0 <= problem.line <= text.count("\n") + 1


def test_jinja_is_imported_only_for_a_template_with_tags() -> None:
    code = (
        "import sys; from workbench.domain.templates import render; from workbench.domain.prompts import Content\n"
        "render(Content.of_text('{a}', 'f-string'), {'a': 1}); render(Content.of_text('plain'), {})\n"
        "assert 'jinja2' not in sys.modules\n"
    )
    subprocess.run([sys.executable, "-c", code], check=True)
