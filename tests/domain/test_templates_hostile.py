"""Templates that try to reach out, to never end or to fill the memory: each is a plain error, soon."""

from __future__ import annotations

import time
import tracemalloc

import pytest

from workbench.domain.prompts import Content
from workbench.domain.templates import check, render
from workbench.errors import BadInput, MissingVariables, TemplateError

GROWING = "{% set ns = namespace(a=START) %}{% for i in range(1000) %}{% set ns.a = STEP %}{% endfor %}{{ ns.a }}"


def growing(start: str, step: str) -> str:
    return GROWING.replace("START", start).replace("STEP", step)


REACHING_OUT = [
    "{{ ''.__class__ }}",
    "{{ ''['__class__'] }}",
    "{{ ''.__class__.__mro__[1].__subclasses__() }}",
    "{{ {}.__init__.__globals__ }}",
    "{{ cycler.__init__.__globals__.os }}",
    "{{ self.__init__.__globals__ }}",
    "{{ namespace.__call__ }}",
    "{{ '{0.__class__}'.format(1) }}",
    "{{ '{x.__class__}'.format_map({'x': 1}) }}",
    "{{ '' | attr('__class__') }}",
    "{{ ['a'] | map(attribute='__class__') | list }}",
    "{% macro m() %}{% endmacro %}{{ m.__globals__ }}",
    "{% for i in [1] %}{{ loop.__class__ }}{% endfor %}",
    "{{ range.__self__ }}",
    "{{ [1].append(2) }}",
    "{{ {'a': 1}.pop('a') }}",
    "{{ {'a': 1}.update({}) }}",
    "{{ 'x'.encode() }}",
    "{% include '/etc/passwd' %}",
    "{% import 'os' as os %}",
    "{% from 'os' import path %}",
]

NEVER_ENDING = [
    "{{ 'a' * 10**9 }}",
    "{{ 10**9 * 'a' }}",
    "{{ [0] * 10**9 }}",
    "{{ 10**(10**10) }}",
    "{{ 7**(7**(7**7)) }}",
    "{{ (-2)**(10**9) }}",
    "{{ '%1000000000d' % 1 }}",
    "{{ '%*d' % (1000000000, 1) }}",
    "{{ '%.1000000000f' % 1 }}",
    "{{ '%(a)1000000000d' % {'a': 1} }}",
    "{{ '%1000000000d' | format(1) }}",
    growing("'aaaaaaaaaa'", "ns.a ~ ns.a"),
    growing("'aaaaaaaaaa'", "ns.a + ns.a"),
    growing("'aaaaaaaaaa'", "ns.a * 2"),
    growing("'aaaaaaaaaa'", "'%s%s' % (ns.a, ns.a)"),
    growing("'aaaaaaaaaa'", "'%s%s' | format(ns.a, ns.a)"),
    growing("'aaaaaaaaaa'", "[ns.a, ns.a] | join"),
    growing("'aaaaaaaaaa'", "ns.a.join([ns.a, ns.a])"),
    growing("'aaaaaaaaaa'", "ns.a.replace('a', 'aa')"),
    growing("'aaaaaaaaaa'", "ns.a | replace('a', 'aa')"),
    growing("[1]", "ns.a + ns.a"),
    growing("[1]", "[ns.a, ns.a]"),
    growing("[1]", "(ns.a, ns.a)"),
    growing("[1]", "{'a': ns.a, 'b': ns.a}"),
    growing("[1]", "dict(a=ns.a, b=ns.a)"),
    growing("[1]", "[ns.a, ns.a] | list"),
    growing("9", "ns.a * ns.a"),
    growing("9", "ns.a ** 9"),
    "{% macro f() %}{{ f() }}{% endmacro %}{{ f() }}",
    "{% macro f(n) %}{{ f(n + 1) }}{{ f(n + 1) }}{% endmacro %}{{ f(0) }}",
    "{% macro f(n) %}{% if n %}{{ f(n - 1) }}{{ f(n - 1) }}{% endif %}{% endmacro %}{{ f(60) }}",
    "{% block b %}{{ self.b() }}{% endblock %}",
    "{% for x in [[]] recursive %}{{ loop([x]) }}{% endfor %}",
    "{{ range(10**9) | list }}",
    "{% for i in range(10**9) %}{% endfor %}",
    "{% for i in range(99999) %}{% for j in range(99999) %}{% endfor %}{% endfor %}",
    "{% for i in range(99999) %}{% for j in range(99999) if false %}{% endfor %}{% endfor %}",
    "{% for i in range(99999) if i in range(99999) | list %}{% endfor %}",
    "{% for i in range(99999) %}{% set a = range(99999) | list | sort %}{% endfor %}",
    "{% for i in range(99999) %}{% set a = range(99999) | sum %}{% endfor %}",
    "{% for i in range(99999) %}" + "x" * 100_000 + "{% endfor %}",
    "{% set a %}{% for i in range(99999) %}" + "x" * 100_000 + "{% endfor %}{% endset %}",
    "{% macro m() %}"
    + "x" * 100_000
    + "{% endmacro %}{% set a %}{% for i in range(9999) %}{{ m() }}{% endfor %}{% endset %}",
    "{% filter upper %}{% for i in range(99999) %}" + "x" * 100_000 + "{% endfor %}{% endfilter %}",
    "{% set x %}{{ 'a' * 1000000 }}{% endset %}{% for i in range(1000) %}{% set y = x | upper %}{% endfor %}",
    "".join(f"{{% set v{i} = 'a' * 3000000 %}}" for i in range(200)),
    "{{ 'a' | center(10**9) }}",
    "{{ 'a'.center(10**9) }}",
    "{{ 'a'.ljust(10**9) }}{{ 'a'.zfill(10**9) }}",
    "{{ '\t'.expandtabs(10**9) }}",
    "{{ ('\t' * 1000000).expandtabs(9999) }}",
    "{{ 'a\nb' | indent(10**9) }}",
    "{{ ('x\n' * 50000) | indent('y' * 50000) }}",
    "{{ ('x\n' * 50000) | indent(width='y' * 50000) }}",
    "{{ ('a' * 100000) | replace('a', 'b' * 100000) }}",
    "{{ ('a' * 100000) | replace('', 'b' * 100000) }}",
    "{{ ('a' * 100000).replace('a', 'b' * 100000) }}",
    "{{ ('a ' * 100000) | wordwrap(1, wrapstring='b' * 100000) }}",
    "{{ range(99999) | join('b' * 100000) }}",
    "{{ [1] | batch(10**9, 'x') | list }}",
    "{{ [1] | slice(10**9) | list }}",
    "{{ 5 | round(10**9) }}",
    "{{ 5 | round(-10**9, 'floor') }}",
    "{{ [1] | tojson(indent=10**9) }}",
    "{{ (5).to_bytes(10**9) }}",
    "{{ lipsum(n=10**9) }}",
    "{{ " + "(" * 5000 + "1" + ")" * 5000 + " }}",
    "{{ " + "+".join(["1"] * 20_000) + " }}",
    "{{ a" + ".b" * 20_000 + " }}",
    "{% if a %}" * 300 + "{% endif %}" * 300,
]


def outcome(template: str) -> BadInput:
    with pytest.raises((TemplateError, MissingVariables)) as caught:
        render(Content.of_text(template), {"a": 1})
    return caught.value


@pytest.mark.parametrize("template", REACHING_OUT)
def test_nothing_is_reached(template: str) -> None:
    error = outcome(template)
    assert isinstance(error, TemplateError)
    assert error.line == 1


@pytest.mark.parametrize("template", NEVER_ENDING, ids=lambda template: template[:60])
def test_it_ends_soon_and_small(template: str) -> None:
    started = time.process_time()
    outcome(template)
    # The bound is 1.2 s of the clock and one operation more; the processor's time does not know the neighbours.
    assert time.process_time() - started < 2.5


def test_the_memory_stays_bounded() -> None:
    tracemalloc.start()
    try:
        for template in NEVER_ENDING[11:20]:
            outcome(template)
        assert tracemalloc.get_traced_memory()[1] < 200_000_000
    finally:
        tracemalloc.stop()


@pytest.mark.parametrize("template", ["{{ " + "-" * 50_000 + "1 }}", "{% for i in x %}" * 60 + "{% endfor %}" * 60])
def test_checking_alone_survives_too(template: str) -> None:
    assert check(Content.of_text(template))


def test_the_program_lives_on_after_it() -> None:
    outcome("{% for i in range(99999) %}{% for j in range(99999) %}{% endfor %}{% endfor %}")
    assert render(Content.of_text("{{ 1 + 1 }}"), {}).messages[0].content == "2"


def test_a_long_document_is_no_attack() -> None:
    document = "A line of an ordinary document.\n" * 60_000
    rendered = render(Content.of_text("{{ doc }}\n{{ doc | trim | length }}"), {"doc": document})
    assert rendered.messages[0].content == f"{document}\n{len(document.strip())}"


def test_an_ordinary_list_of_examples_is_no_attack() -> None:
    examples = [{"question": "q" * 100, "answer": "a" * 200} for _ in range(2000)]
    template = "{% for e in examples %}{{ loop.index }}. {{ e.question }} → {{ e.answer | upper }}\n{% endfor %}"
    assert len(render(Content.of_text(template), {"examples": examples}).messages[0].content.splitlines()) == 2000


@pytest.mark.parametrize("template", ["{{ x | map('upper') }}", "{{ x | select }}"])
def test_a_sequence_that_would_print_as_an_address_is_an_error(template: str) -> None:
    with pytest.raises(TemplateError, match=r"add \|list"):
        render(Content.of_text(template), {"x": ["a"]})
