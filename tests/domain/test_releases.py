"""What a plan shows and what a check answers, decided without a store."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from workbench.domain.comparisons import Tally
from workbench.domain.enough import Standing, standing
from workbench.domain.environments import CheckRule
from workbench.domain.prompts import Content, PromptRow, Version, VersionRow
from workbench.domain.releases.checking import answers, known_checks, read_check
from workbench.domain.releases.checks import (
    Answer,
    Check,
    CheckAnswer,
    CommandResult,
    Facts,
    Reading,
    Stay,
    register,
)
from workbench.domain.releases.faults import faults_of
from workbench.domain.releases.plans import Before, VariableChange, between, setting_changes, warnings_of
from workbench.domain.releases.reviews import Approvals, Review, approvals_of, same_person
from workbench.domain.releases.standard_checks import span
from workbench.domain.rules import Rules
from workbench.errors import BadInput

READING = Reading("production", "staging", ("dev", "staging", "production"))
VERSION = Version(7, "x", "1.4.0", Content.of_text("Hello"), "ana", "2026-09-01T00:00:00.000000Z", "softer")
PROMPT = PromptRow(1, "x", "", (), False, "1.4.0", 3, "", {"production": "1.3.0"})


@dataclass
class Told:
    """Facts that a test states."""

    prompt: PromptRow = PROMPT
    version: Version = VERSION
    environment: str = "production"
    now: str = "2026-09-10T00:00:00.000000Z"
    given: Approvals = field(default_factory=Approvals)
    found: Standing | None = None

    def faults(self) -> Sequence[str]:
        return ()

    def stays(self, environment: str) -> Sequence[Stay]:
        return ()

    def approvals(self) -> Approvals:
        return self.given

    def standing(self) -> Standing | None:
        return self.found

    def result(self, command: Sequence[str]) -> CommandResult | None:
        return None


def asked(
    name: str, value: Any = None, *, approvals: Approvals | None = None, standing: Standing | None = None
) -> CheckAnswer:
    facts = Told(given=approvals or Approvals(), found=standing)
    return answers([read_check(name, value, READING)], facts)[0]


@pytest.mark.parametrize(
    ("tally", "state"),
    [
        (Tally(), "unknown"),
        (Tally(a=10, b=5, ties=4), "unknown"),
        (Tally(a=10, b=10), "passed"),
        (Tally(a=9, b=11), "passed"),  # not more than chance
        (Tally(a=1, b=19), "failed"),
        (Tally(a=19, b=1), "passed"),
    ],
)
def test_compared_asks_for_votes_and_for_not_being_worse(tally: Tally, state: str) -> None:
    found = asked("compared", {"min_votes": 20}, standing=standing(tally))
    assert found.state == state
    assert bool(found.hint) == (state != "passed")


def test_compared_without_the_question_of_worse() -> None:
    assert asked("compared", {"min_votes": 5, "not_worse": False}, standing=standing(Tally(b=30))).state == "passed"


def test_what_says_the_same_needs_no_votes() -> None:
    assert asked("compared", {"min_votes": 5}).state == "passed"


@given(st.floats(0, 10**8))
def test_a_span_never_claims_more_than_there_was(seconds: float) -> None:
    shown = span(seconds)
    size = {"s": 1, "m": 60, "h": 3600, "d": 86400}[shown[-1]]
    assert int(shown[:-1]) * size <= seconds


def test_every_check_has_a_sentence_and_an_example_that_can_be_read() -> None:
    from workbench.domain.yaml_core import load_with_lines

    for check in known_checks().values():
        assert check.description
        written, _ = load_with_lines(check.example, "example")
        name, value = next(iter(written.items())) if isinstance(written, dict) else (written, None)
        assert name == check.name
        assert read_check(name, value, READING).name == name


def test_a_check_plugs_in_by_one_call(monkeypatch: pytest.MonkeyPatch) -> None:
    from workbench.domain.releases import checks

    monkeypatch.setattr(checks, "_CHECKS", dict(known_checks()))

    def short(wanted: Mapping[str, Any], facts: Facts) -> Answer:
        fits = len(facts.version.content.text) <= wanted["most"]
        return ("passed" if fits else "failed", f"{len(facts.version.content.text)} characters", "cut it")

    register(Check("short", "it is no longer than this", "short: 100", lambda value, _: {"most": value}, short))
    assert asked("short", 5) == CheckAnswer("short", "short: 5", "passed", "5 characters")
    assert asked("short", 4) == CheckAnswer("short", "short: 4", "failed", "5 characters", "cut it")
    with pytest.raises(BadInput, match="there is a check 'short' already"):
        register(Check("short", "", "", lambda _value, _reading: {}, short))


def test_what_stands_in_the_way_of_a_version() -> None:
    hello = Version(1, "x", "1.0.0", Content.of_text("Hello {{ name }}, sk-abcdefghijklmnopqrstuvwx"), "", "", "")
    rules = Rules(required=("note", "author"), min_length=100)
    found = faults_of(PROMPT, hello, rules)
    for part in ("variable name", "fewer than 100", "looks like a key", "no note", "no author"):
        assert any(part in fault for fault in found), part
    off = Rules(off=dict.fromkeys(("variables", "length", "secret"), "we know"))
    assert faults_of(PROMPT, hello, off) == ()


# The plan ---------------------------------------------------------------------------------------------------------


def row(number: str, *, withdrawn: bool = False) -> VersionRow:
    return VersionRow(0, number, number, "", "", "", None, (), (), withdrawn)


ROWS = [row("1.3.0"), row("1.2.1", withdrawn=True), row("1.2.0"), row("1.1.0"), row("1.0.0")]


@pytest.mark.parametrize(
    ("before", "after", "numbers"),
    [
        ("1.0.0", "1.3.0", ["1.1.0", "1.2.0", "1.3.0"]),
        ("1.2.0", "1.2.1", ["1.2.1"]),
        ("1.3.0", "1.1.0", ["1.3.0", "1.2.0"]),
        (None, "1.1.0", ["1.1.0"]),
        ("1.1.0", "1.1.0", []),
    ],
)
def test_the_versions_in_between(before: str | None, after: str, numbers: list[str]) -> None:
    assert [one.number for one in between(ROWS, before, after)] == numbers


def test_settings_that_change() -> None:
    old = Version(1, "x", "1.0.0", Content.of_text("a", model="m", temperature=1, seed=None))
    new = Version(2, "x", "1.0.1", Content.of_text("a", model="n", temperature=1.0, top_p=0.5))
    found = [(one.name, one.before, one.after) for one in setting_changes(old, new)]
    assert ("model", "m", "n") in found
    assert ("top_p", None, 0.5) in found
    assert "seed" not in {name for name, _, _ in found}


def test_a_variable_with_a_default_and_a_first_promotion_need_no_warning() -> None:
    been = Before("staging", "1.0.0", True)
    required, optional = VariableChange("tier"), VariableChange("tone", required=False)
    assert warnings_of("production", "1.1.0", been, [optional], replaces=True) == ()
    assert warnings_of("production", "1.1.0", been, [required], replaces=False) == ()
    (warning,) = warnings_of("production", "1.1.0", been, [required, optional], replaces=True)
    assert "the variable tier yet" in warning


# Approvals --------------------------------------------------------------------------------------------------------


def review(number: int, kind: Any, actor: str, digest: str = "d", environment: str = "production") -> Review:
    return Review(number, "x", "1.4.0", digest, environment, kind, "why", actor, "")


@pytest.mark.parametrize(
    ("one", "other"),
    [("Ana <a@x.org>", "A. Silva <A@X.org>"), ("ana", " ANA "), ("ana@host", "ana@HOST")],
)
def test_one_person_by_two_names(one: str, other: str) -> None:
    assert same_person(one) == same_person(other)


def test_two_people_of_one_name() -> None:
    assert same_person("Ana <a@x.org>") != same_person("Ana <a@y.org>")


def test_which_approvals_count() -> None:
    said = [
        review(1, "approve", "ben", digest="old"),
        review(2, "approve", "ben"),
        review(3, "approve", "cem", environment="staging"),
        review(4, "request_changes", "dan", environment=""),
        review(5, "approve", "ana"),
    ]
    found = approvals_of(said, "d", "production", authors=["Ana", "ana"], own_approval=False)
    assert [one.actor for one in found.valid] == ["ben"]
    assert [one.actor for one in found.requests] == ["dan"]
    assert [(one.id, why) for one, why in found.not_counted] == [
        (1, "stale: 1.4.0 says something else"),
        (5, "their own version"),
    ]
    assert approvals_of(said, "d", "production", signed=True).valid == ()


def test_a_request_stands_in_the_way_until_the_same_person_approves() -> None:
    asked_for = review(1, "request_changes", "ben")
    blocked = asked("approved", 1, approvals=Approvals((review(2, "approve", "cem"),), (asked_for,)))
    assert (blocked.state, blocked.reason) == ("failed", "ben requested changes: why")
    assert approvals_of([asked_for, review(3, "approve", "ben")], "d", "production").requests == ()


def test_labels_are_what_was_written() -> None:
    assert CheckRule("note", "note").label == read_check("note", None, READING).label
    assert read_check("tagged", ["a", "b"], READING).label == "tagged: a b"
