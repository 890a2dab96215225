"""The checks that come with the program."""

from __future__ import annotations

import shlex
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from math import ceil, floor
from typing import Any

from workbench.domain.names import check_tag
from workbench.domain.releases.checks import Answer, Check, CheckAnswer, Facts, Reading, Stay, register
from workbench.domain.releases.wanted import alone, check_options, count, known_environment, seconds_of
from workbench.domain.times import day_and_time
from workbench.errors import BadInput

_SHOWN = 3
TIME_LIMIT = 600.0
"""Seconds that a command may take where the config says nothing else."""
COUNTS_FOR = 3600.0
"""Seconds for which the result of a command counts where the config says nothing else."""


# validates, note, tagged ---------------------------------------------------------------------------------------------


def _validates(_: Mapping[str, Any], facts: Facts) -> Answer:
    faults = facts.faults()
    if not faults:
        return "passed", "nothing is wrong with it", ""
    more = f" and {len(faults) - _SHOWN} more" if len(faults) > _SHOWN else ""
    hint = f"workbench validate {facts.prompt.name} tells all; validate: off in the config turns a code off"
    return "failed", "; ".join(faults[:_SHOWN]) + more, hint


def _note(_: Mapping[str, Any], facts: Facts) -> Answer:
    if facts.version.note.strip():
        return "passed", facts.version.note.strip().splitlines()[0], ""
    return "failed", f"{facts.version.number} has no note", "save it again with a note: workbench restore … -m NOTE"


def _read_tags(value: Any, reading: Reading) -> Mapping[str, Any]:
    tags = value if isinstance(value, list) else [value]
    if not tags or not all(isinstance(tag, str) for tag in tags):
        raise BadInput("tagged must name a tag", "for example tagged: reviewed")
    return {"tags": tuple(check_tag(tag, reading.environments) for tag in tags)}


def _tagged(wanted: Mapping[str, Any], facts: Facts) -> Answer:
    missing = [tag for tag in wanted["tags"] if tag not in facts.version.tags]
    if not missing:
        return "passed", f"{facts.version.number} is tagged {' '.join(wanted['tags'])}", ""
    signs = " ".join(f"+{tag}" for tag in missing)
    plural = "s" * (len(missing) > 1)
    elsewhere = " ".join(tag for tag in missing if tag in facts.prompt.tags)
    which = f"; the prompt as a whole has {elsewhere}, which counts for no version" if elsewhere else ""
    return (
        "failed",
        f"{facts.version.number} has not the tag{plural} {' '.join(missing)}{which}",
        f"workbench tag {facts.version.reference} {signs}",
    )


# was_in, soaked ------------------------------------------------------------------------------------------------------


def _read_was_in(value: Any, reading: Reading) -> Mapping[str, Any]:
    return {"environment": known_environment(value, reading, "was_in")}


def _was_in(wanted: Mapping[str, Any], facts: Facts) -> Answer:
    where = wanted["environment"]
    stays = facts.stays(where)
    if not stays:
        return (
            "failed",
            f"{facts.version.number} has never been in {where}",
            f"workbench promote {facts.version.reference} {where}",
        )
    return "passed", f"in {where} {_when(stays[-1])}", ""


def _read_soaked(value: Any, reading: Reading) -> Mapping[str, Any]:
    where: Any = reading.before
    if isinstance(value, Mapping):
        said = check_options(value, ("time", "in"), "soaked")
        value, where = said.get("time"), said.get("in", reading.before)
    if where is None:
        raise BadInput(f"soaked: there is no environment before {reading.environment}", "take it out")
    return {"seconds": seconds_of(value, "soaked"), "environment": known_environment(where, reading, "soaked")}


def _soaked(wanted: Mapping[str, Any], facts: Facts) -> Answer:
    where, needed = wanted["environment"], wanted["seconds"]
    stays = facts.stays(where)
    if not stays:
        return (
            "failed",
            f"{facts.version.number} has never been in {where}",
            f"workbench promote {facts.version.reference} {where}",
        )
    longest = max(_length(stay, facts.now) for stay in stays)
    if longest >= needed:
        return "passed", f"{span(longest)} in {where}", ""
    if stays[-1].until is None:
        left = span(needed - _length(stays[-1], facts.now), ceil)
        return "failed", f"{span(longest)} in {where}, not yet {span(needed)}", f"wait {left} more"
    return (
        "failed",
        f"only {span(longest)} in {where}, then it was replaced",
        f"workbench promote {facts.version.reference} {where}, and wait {span(needed)}",
    )


def _length(stay: Stay, now: str) -> float:
    """Seconds; a clock that was put back makes none negative."""
    since, until = (_moment(text) for text in (stay.since, stay.until or now))
    return max(0.0, (until - since).total_seconds())


def _moment(text: str) -> datetime:
    try:
        return datetime.fromisoformat(text)
    except ValueError:
        return datetime.fromtimestamp(0, UTC)


def _when(stay: Stay) -> str:
    since = day_and_time(stay.since)
    return f"since {since}" if stay.until is None else f"from {since} to {day_and_time(stay.until)}"


def span(seconds: float, rounded: Callable[[float], int] = floor) -> str:
    """`3d`, `23h`, `59m`, `5s`: whole units, rounded down, so that what is not reached is not shown as reached; with
    `ceil`, so that who waits so long has waited enough."""
    for unit, size in (("d", 86400), ("h", 3600), ("m", 60)):
        if seconds >= size and (unit != "d" or seconds >= 2 * size):
            return f"{rounded(seconds / size)}{unit}"
    return f"{rounded(seconds)}s"


# approved ------------------------------------------------------------------------------------------------------------


def _read_approved(value: Any, _reading: Reading) -> Mapping[str, Any]:
    return {"count": count(1 if value in (None, True) else value, "approved")}


def _approved(wanted: Mapping[str, Any], facts: Facts) -> Answer:
    found, needed = facts.approvals(), wanted["count"]
    said = f"{len(found.valid)} of {needed} approvals"
    ask = f"somebody else may: workbench approve {facts.version.reference} {facts.environment}"
    if found.requests:
        who = ", ".join(review.actor for review in found.requests)
        return (
            "failed",
            f"{who} requested changes: {found.requests[-1].comment.splitlines()[0]}",
            "save a new version, or ask again",
        )
    if len(found.valid) >= needed:
        return "passed", "approved by " + ", ".join(review.actor for review in found.valid), ""
    if found.not_counted:
        review, why = found.not_counted[-1]
        said += f"; that of {review.actor} does not count: {why}"
    return "failed", said, ask


# compared ------------------------------------------------------------------------------------------------------------


def _read_compared(value: Any, _reading: Reading) -> Mapping[str, Any]:
    said = check_options({} if value in (None, True) else value, ("min_votes", "not_worse"), "compared")
    not_worse = said.get("not_worse", True)
    if not isinstance(not_worse, bool):
        raise BadInput("compared.not_worse must be true or false")
    return {"min_votes": count(said.get("min_votes", 1), "compared.min_votes"), "not_worse": not_worse}


def _compared(wanted: Mapping[str, Any], facts: Facts) -> Answer:
    current = facts.prompt.live.get(facts.environment)
    standing = facts.standing()
    if current is None:
        return "passed", f"nothing is live in {facts.environment} that it could be compared with", ""
    ask = f"workbench compare {facts.prompt.name}@{current} {facts.version.reference} --inputs FILE --vote"
    if standing is None:
        return "passed", f"{current} says the same", ""
    counts = f"{standing.tally.a} : {standing.tally.b}, {standing.tally.even} even, against {current}"
    if standing.votes < wanted["min_votes"]:
        return "unknown", f"{standing.votes} of {wanted['min_votes']} votes against {current}", ask
    if wanted["not_worse"] and standing.answer == "b":
        return "failed", f"{current} is better: {counts}", "improve it, or compare on more inputs: " + ask
    return "passed", ("better: " if standing.answer == "a" else "not worse: ") + counts, ""


# command -------------------------------------------------------------------------------------------------------------


def _read_command(value: Any, _reading: Reading) -> Mapping[str, Any]:
    said = value if isinstance(value, Mapping) else {"run": value}
    check_options(said, ("run", "timeout", "counts_for"), "command")
    words = said.get("run")
    if isinstance(words, str):
        try:
            words = shlex.split(words)
        except ValueError as error:
            raise BadInput(
                f"command cannot be split into words: {error}", "close the quotes, or write a list"
            ) from error
    if not isinstance(words, list) or not words or not all(isinstance(word, str) for word in words) or not words[0]:
        raise BadInput("command must be a text or a list of texts", 'for example command: "pytest -q tests/prompts"')
    if any("\0" in word for word in words):
        raise BadInput("command holds a NUL character")
    timeout, counts_for = said.get("timeout"), said.get("counts_for")
    return {
        "command": tuple(words),
        "timeout": TIME_LIMIT if timeout is None else seconds_of(timeout, "command.timeout"),
        "counts_for": COUNTS_FOR if counts_for is None else seconds_of(counts_for, "command.counts_for"),
    }


def _command(wanted: Mapping[str, Any], facts: Facts) -> CheckAnswer:
    command: tuple[str, ...] = wanted["command"]
    result = facts.result(command)
    run = f"run it: workbench check {facts.version.reference} {facts.environment}"

    def answer(state: Any, reason: str, hint: str, output: str = "") -> CheckAnswer:
        return CheckAnswer("command", "", state, reason, hint, output, command)

    if result is None:
        return answer("unknown", "not run for this content yet", run)
    when = day_and_time(result.at)
    age = _length(Stay(result.at, None), facts.now)
    if result.ended == "timed_out":
        return answer("failed", f"stopped after {span(result.seconds)}, {when}", run, result.output)
    if result.ended == "not_started":
        return answer("failed", f"could not be started, {when}", "see what it says, then " + run, result.output)
    if result.exit_code != 0:
        return answer(
            "failed", f"ended with {result.exit_code}, {when}", "see what it says, then " + run, result.output
        )
    if age > wanted["counts_for"]:
        return answer("unknown", f"passed {span(age)} ago, which is too long", run, result.output)
    return answer("passed", f"passed {when}, by {result.actor}", "", result.output)


for _check in (
    Check(
        "validates",
        "templates, variables, lengths and required metadata are right",
        "validates",
        alone("validates"),
        _validates,
    ),
    Check("note", "the version has a change note", "note", alone("note"), _note),
    Check("tagged", "the version has this tag, or all of a list", "tagged: reviewed", _read_tags, _tagged),
    Check("was_in", "the content was live in that environment", "was_in: staging", _read_was_in, _was_in),
    Check(
        "soaked", "it was live so long in the environment before, or `in` another", "soaked: 24h", _read_soaked, _soaked
    ),
    Check(
        "approved",
        "so many people approved this content for here, and nobody requests changes",
        "approved: 1",
        _read_approved,
        _approved,
    ),
    Check(
        "compared",
        "votes against what is live: enough of them, and it is not worse",
        "compared: {min_votes: 20, not_worse: true}",
        _read_compared,
        _compared,
    ),
    Check(
        "command",
        "a command of yours exits with 0; `run`, `timeout`, `counts_for`",
        'command: "pytest -q tests/prompts"',
        _read_command,
        _command,
    ),
):
    register(_check)
