"""Nunjucks as the real one has it: what is expected here is what Nunjucks 3.2 gave for the same texts and values."""

from __future__ import annotations

from typing import Any

import pytest

from workbench.domain.prompts import Content, Message, Variable
from workbench.domain.templates import missing, nunjucks, render
from workbench.domain.templates.converting import to_jinja
from workbench.errors import MissingVariables, TemplateError

VALUES: dict[str, Any] = {
    "s": "abc",
    "e": "",
    "n": 0,
    "f": 1.0,
    "h": 2.5,
    "t": True,
    "z": None,
    "l": ["a", "b"],
    "el": [],
    "m": {"k": "v", "n": 1},
    "rows": [{"k": "x"}, {"k": 2}],
    "pairs": [["a", 1], ["b", 2]],
}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("{% if el %}yes{% else %}no{% endif %}|{% if e %}yes{% elif s %}s{% endif %}", "yes|s"),
        ("{{ 'a' if n else 'b' }}{{ 'a' if n }}", "b"),
        (
            "{% for x in l %}{{ loop.index }}/{{ loop.length }} {{ x }}{% if not loop.last %}, {% endif %}{% endfor %}",
            "1/2 a, 2/2 b",
        ),
        (
            "{% for x in el %}{{ x }}{% else %}nothing{% endfor %}{% for x in m %}{{ x }}{% else %}none{% endfor %}",
            "nothingnone",
        ),
        (
            "{% for k, v in m %}{{ k }}={{ v }};{% endfor %}{% for a, b in pairs %}{{ a }}{{ b }}{% endfor %}",
            "k=v;n=1;a1b2",
        ),
        (
            "{{ t }} {{ f }} {{ h }} {{ z }} {{ l }} {{ m }} {{ missing.x.y }}{{ z.k }}",
            "true 1 2.5  a,b [object Object] ",
        ),
        ("{{ s ~ z ~ missing ~ t }}|{{ s + 1 }}|{{ n + 1 }}", "abcnullundefinedtrue|abc1|1"),
        ("{{ 7 / 2 }}|{{ -7 % 3 }}|{{ '3' * 2 }}|{{ 1 / n }}", "3.5|-1|6|Infinity"),
        ("{{ n == '0' }} {{ z == missing }} {{ 'b' < 'a' }} {{ '10' > 9 }}", "true true false true"),
        ("{{ 'b' in l }} {{ 'k' in m }} {{ 'bc' in s }} {{ '1' not in l }}", "true true true true"),
        ("{{ s | upper }} {{ missing | default('d') }} {{ z | default('d') }}{{ e | default('d', true) }}", "ABC d d"),
        ("{{ l | join(', ') }} {{ rows | join('-', 'k') }}", "a, b x-2"),
        ("{{ rows | dump }} {{ m | length }} {{ l | first }}{{ l | last }}", '[{"k":"x"},{"k":2}] 2 ab'),
        ("{{ s | replace('b', 'o') | capitalize }} {{ '  p ' | trim }} {{ s | safe }}", "Aoc p abc"),
        ("{% set x = 1 %}{% for y in l %}{% set x = y %}{% endfor %}{{ x }}", "b"),
        ("{{ 's' or n }} {{ n or e or 'last' }} {{ s and l }} {{ not el }}", "s last a,b false"),
        ("{% for row in rows %}\n- {{ row.k }}{{ row['zz'] }}\n{%- endfor %}\n{# note #}{{- s }}", "\n- x\n- 2\nabc"),
        ("{{ s.length }} {{ l.length }} {{ '😀'.length }} {{ s[1] }} {{ l[9] }}", "3 2 2 b "),
        ("{{ missing is defined }} {{ z is none }} {{ s is not defined }}", "false true false"),
    ],
)
def test_it_renders_what_the_real_one_renders(text: str, expected: str) -> None:
    assert nunjucks.render(text, VALUES) == expected


@pytest.mark.parametrize(
    ("text", "what"),
    [
        ("a\n{{ f(1) }}", "line 2: a call"),
        ("{{ env.HOME }}", "env"),
        ("{{ s | sort }}", "the filter sort"),
        ("{{ s is odd }}", "the test odd"),
        ("{{ s is divisibleby(2) }}", "the test divisibleby"),
        ("{% for x in l if x %}{% endfor %}", "a condition of its own"),
        ("{% set a, b = l %}", "several names"),
        ("{{ n < h < 3 }}", "three things"),
        ("{{ n - h + 1 }}", "several kinds"),
        ("{{ (s | safe) == s }}", "the filter safe inside"),
        ("{% macro m() %}{% endmacro %}", "macro"),
        ("{% set x %}a{% endset %}", "assignblock"),
    ],
)
def test_what_is_not_known_here_is_refused_by_name(text: str, what: str) -> None:
    with pytest.raises(TemplateError, match=what):
        nunjucks.render(text, VALUES)


@pytest.mark.parametrize(
    "text", ["{{ n | upper }}", "{{ s | join }}", "{{ z | first }}", "{{ 'a' in n }}", "{{ '😀'[0] }}"]
)
def test_what_the_real_one_fails_on_fails_here(text: str) -> None:
    with pytest.raises(TemplateError):
        nunjucks.render(text, VALUES)


def test_a_rendering_is_bounded() -> None:
    with pytest.raises(TemplateError, match="steps"):
        nunjucks.render(
            "{% for a in l %}{% for b in l %}{% for c in l %}x{% endfor %}{% endfor %}{% endfor %}", {"l": [0] * 200}
        )
    with pytest.raises(TemplateError, match="longer"):
        nunjucks.render("{% for a in l %}{{ s }}{% endfor %}", {"l": [0] * 100, "s": "a" * 100_000})


def test_what_is_only_asked_for_may_be_missing() -> None:
    content = Content((Message("user", "{{ a }}{% if b or c %}{{ b }}{% endif %}{{ d | default('x') }}"),), "nunjucks")
    assert missing(content, {}) == ("a",)
    assert render(content, {"a": 1}).messages[0].content == "1x"
    with pytest.raises(MissingVariables):
        render(content, {"b": 1})


@pytest.mark.parametrize("values", [{}, {"a": "x"}, {"a": "pro"}, {"n": 3}, {"t": True, "a": ""}])
def test_conditions_on_declared_variables_are_converted_and_render_the_same(values: dict[str, Any]) -> None:
    variables = (
        Variable("a", type="string", default="free", has_default=True),
        Variable("n", type="integer", default=0, has_default=True),
        Variable("t", type="boolean", default=False, has_default=True),
    )
    text = "{% if a == 'pro' and not t %}P{% elif n or t %}{{ n }}{% else %}{{ a }}{% endif %}!"
    content = Content((Message("user", text),), "nunjucks", variables)
    made, why = to_jinja(content)
    assert why == ""
    assert made is not None
    assert made.format == "jinja"
    assert render(made, values).messages == render(content, values).messages
