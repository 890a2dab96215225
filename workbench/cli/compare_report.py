"""How comparisons are told on the command line: as a table, as JSON, in one line."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from workbench.cli import output
from workbench.cli.carrying import cost
from workbench.cli.session import current
from workbench.domain.comparisons import LETTERS
from workbench.errors import MissingVariables

if TYPE_CHECKING:
    from workbench.composition import Workbench
    from workbench.domain.comparisons import Column, Comparison, Given
    from workbench.domain.enough import Standing
    from workbench.domain.inputs import Case
    from workbench.domain.repeats import Folded, Spread
    from workbench.services.comparisons.comparing import Compared


def reckoning(workbench: Workbench, columns: Sequence[Column], inputs: Sequence[Case], repeats: int) -> None:
    """What it comes to, column by column. Raises `MissingVariables` where an input cannot be sent."""
    from workbench.services.runs.previewing import reckon

    sample = workbench.previewing.sample(columns, inputs)
    missing = sorted({name for previews in sample for one in previews for name in one.missing})
    if missing:
        raise MissingVariables(missing)
    reckoned = reckon(sample, len(inputs), repeats)
    calls = len(inputs) * repeats
    if current().json:
        output.data(
            [
                {
                    "column": letter,
                    "version": column.version.reference,
                    "model": column.model_or(workbench.config.default_model),
                    "calls": calls,
                    "input_tokens": one.input_tokens,
                    "estimated": True,
                    "sent_cost": one.sent,
                    "likely_cost": one.likely,
                    "most_cost": one.most,
                }
                for letter, column, one in zip(LETTERS, columns, reckoned, strict=False)
            ]
        )
        return
    output.table(
        ("column", "version", "model", "calls", "tokens sent", "for them", "likely cost", "at most"),
        (
            (
                letter.upper(),
                column.version.reference,
                column.model_or(workbench.config.default_model),
                str(calls),
                f"≈{one.input_tokens}",
                cost(one.sent),
                cost(one.likely),
                cost(one.most),
            )
            for letter, column, one in zip(LETTERS, columns, reckoned, strict=False)
        ),
    )


def told(comparison: Comparison, standing: Standing, a: int, b: int) -> str:
    """`1.3.2 against 1.4.0: 3 won, 28 lost, 2 tied, 0 neither; 12 % (3 to 28 %); 1.4.0 is better, 33 votes`."""
    names = [label(comparison, column) for column in (a, b)]
    counts = standing.tally
    share = "" if standing.share is None else f"{standing.share:.0%} ({standing.low:.0%} to {standing.high:.0%}); "
    return (
        f"{names[0]} against {names[1]}: {counts.a} won, {counts.b} lost, {counts.ties} tied, "
        f"{counts.neither} neither; {share}{standing.said(*names)}"
    )


def label(comparison: Comparison, position: int) -> str:
    """The shortest name of a column that tells it from the others."""
    columns = comparison.columns
    one = columns[position]
    version = one.version.number or f"draft {one.version.digest[:8]}"
    if len({column.version.prompt for column in columns}) > 1:
        version = one.version.reference
    if len({(column.version.reference) for column in columns}) == 1 and one.model:
        return one.model
    return f"{version} on {one.model}" if one.model and len({column.model for column in columns}) > 1 else version


def table(compared: Compared) -> None:
    comparison = compared.comparison
    rows = []
    for case in range(len(comparison.cases)):
        for column in range(len(comparison.columns)):
            runs, folded = compared.runs(case, column), compared.folded(case, column)
            done = [run for run in runs if run.status == "finished"]
            rows.append(
                (
                    comparison.cases[case].name,
                    LETTERS[column].upper(),
                    label(comparison, column),
                    f"{folded.finished} of {comparison.repeats}",
                    _spread(folded.tokens, "{:.0f}"),
                    _spread(folded.first_token, "{:.2f}"),
                    _spread(folded.seconds, "{:.2f}"),
                    cost(folded.cost.middle) if folded.cost else "cost unknown" if done else "",
                    _distinct(folded),
                    done[0].said if done else runs[0].error if runs else "",
                )
            )
    headers = ("input", "", "column", "done", "tokens", "first", "seconds", "cost", "distinct", "answer")
    if not output.on_terminal():
        output.table(headers, rows)
        return
    # The names once, and nothing that nobody knows, as the first token of what was not streamed: the answers need room.
    for column in range(len(comparison.columns)):
        output.line(f"{LETTERS[column].upper()}  {label(comparison, column)}")
    shown = [place for place, name in enumerate(headers) if name != "column" and any(row[place] for row in rows)]
    output.table([headers[place] for place in shown], [[row[place] for place in shown] for row in rows])


def verdict_told(comparison: Comparison, given: Given) -> str:
    """`1.4.0 is better`, `tie`; with the name of the input before it and the note behind it."""
    winner = given.winner
    what = given.verdict if winner is None else f"{label(comparison, winner)} is better"
    return f"{comparison.cases[given.case].name}: {what}" + (f" ({given.note})" if given.note else "")


def _distinct(folded: Folded) -> str:
    """How many answers, and of JSON in which fields they differ: `3 (due 2, total 3)`."""
    differing = [f"{name} {count}" for name, count in folded.agreement.fields.items() if count > 1]
    return str(folded.agreement.distinct) + (f" ({', '.join(differing)})" if differing else "")


def _spread(found: Spread | None, form: str) -> str:
    if found is None:
        return ""
    middle = form.format(found.middle)
    return middle if found.least == found.most else f"{middle} ({form.format(found.least)}–{form.format(found.most)})"


def shape(workbench: Workbench, compared: Compared) -> dict[str, Any]:
    """A comparison with its answers, figures and votes, as `--json` tells it."""
    comparison = compared.comparison
    verdicts = workbench.comparing.verdicts(comparison)
    rows = []
    for place, case in enumerate(comparison.cases):
        cells = [_cell(compared, place, column) for column in range(len(comparison.columns))]
        given = verdicts.get(place)
        verdict = None if given is None else {"verdict": given.verdict, "note": given.note, "hidden": given.hidden}
        rows.append({"name": case.name, "variables": dict(case.values), "cells": cells, "verdict": verdict})
    against_first = [workbench.comparing.standing(comparison, 0, b) for b in range(1, len(comparison.columns))]
    return {
        "id": comparison.id,
        "columns": [_column(column, letter) for column, letter in zip(comparison.columns, LETTERS, strict=False)],
        "repeats": comparison.repeats,
        "blind": comparison.blind,
        "seed": comparison.seed,
        "inputs": rows,
        "standings": [_standing(one, LETTERS[b]) for b, one in enumerate(against_first, 1)],
    }


def _column(column: Column, letter: str) -> dict[str, Any]:
    return {
        "column": letter,
        "prompt": column.version.prompt,
        "version": column.version.number or None,
        "digest": column.version.digest,
        "model": column.model,
        "settings": dict(column.settings),
    }


def _cell(compared: Compared, case: int, column: int) -> dict[str, Any]:
    runs, folded = compared.runs(case, column), compared.folded(case, column)
    return {
        "column": LETTERS[column],
        "runs": [{"id": r.id, "status": r.status, "output": r.output, "error": r.error or None} for r in runs],
        "finished": folded.finished,
        "failed": folded.failed,
        "cancelled": folded.cancelled,
        **_figures(folded),
        "distinct": folded.agreement.distinct,
        "commonest": folded.agreement.commonest,
        "fields": dict(folded.agreement.fields),
    }


def _figures(folded: Folded) -> dict[str, Any]:
    def values(found: Spread | None) -> dict[str, float] | None:
        return None if found is None else {"least": found.least, "middle": found.middle, "most": found.most}

    return {
        "characters": values(folded.characters),
        "tokens": values(folded.tokens),
        "first_token": values(folded.first_token),
        "seconds": values(folded.seconds),
        "cost": values(folded.cost),
    }


def _standing(standing: Standing, b: str) -> dict[str, Any]:
    return {
        "a": "a",
        "b": b,
        "won": standing.tally.a,
        "lost": standing.tally.b,
        "tied": standing.tally.ties,
        "neither": standing.tally.neither,
        "share": standing.share,
        "interval": [standing.low, standing.high],
        "error_rate": standing.alpha,
        "answer": standing.answer,
        "more": standing.more,
        "said": standing.said("a", b),
    }
