"""`compare`: versions and models side by side on the same inputs, and votes on the answers."""

from __future__ import annotations

import asyncio
import json
import sys
import time
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import click

from workbench.cli import diagnostics, output
from workbench.cli.carrying import stopping
from workbench.cli.compare_report import label, reckoning, shape, table, told
from workbench.cli.session import act, current, json_option
from workbench.cli.values import cases, settings, variable_options, variables
from workbench.domain.comparisons import LETTERS, columns_of
from workbench.domain.inputs import Case
from workbench.domain.references import parse_selector
from workbench.domain.runs import Failed, RunEnd
from workbench.domain.times import day_and_time
from workbench.errors import BadInput, BadReference
from workbench.services.comparisons.sessions import Lost

if TYPE_CHECKING:
    from workbench.composition import Workbench
    from workbench.domain.comparisons import Comparison
    from workbench.domain.prompts import Version


@act("compare")
@click.argument("what", nargs=-1, metavar="REF… | PROMPT SEL…")
@variable_options
@click.option("--inputs", "files", multiple=True, metavar="FILE|-", help="A JSON, YAML, CSV or JSONL file of inputs.")
@click.option("--use", "sets", multiple=True, metavar="SET", help="A named variable set of the first prompt.")
@click.option("--model", "models", multiple=True, metavar="ENDPOINT/MODEL", help="Each version on this model.")
@click.option("--set", "overrides", metavar="NAME=VALUE|JSON", multiple=True, help="A setting for all columns.")
@click.option("--repeat", default=1, show_default=True, type=click.IntRange(1, 100), help="Runs of each cell.")
@click.option("--blind", is_flag=True, help="Shuffle the sides of each input; hide the names until all are judged.")
@click.option("--seed", type=int, help="Of the shuffling; a new one if not given.")
@click.option("--dry-run", is_flag=True, help="Say what it comes to in calls, tokens and price; send nothing.")
@click.option("--vote", is_flag=True, help="Show the answers of each input and ask which is better.")
@click.option("--resume", metavar="ID", help="Go on with this comparison: run what is missing, vote on what is open.")
@click.option("--list", "listed", is_flag=True, help="List the comparisons (of one PROMPT).")
@click.option("--export", "exported", metavar="ID", help="Print its votes as JSONL with prompt, chosen and rejected.")
@json_option
def compare(
    what: tuple[str, ...],
    pairs: tuple[str, ...],
    file: str | None,
    files: tuple[str, ...],
    sets: tuple[str, ...],
    models: tuple[str, ...],
    overrides: tuple[str, ...],
    repeat: int,
    blind: bool,
    seed: int | None,
    dry_run: bool,
    vote: bool,
    resume: str | None,
    listed: bool,
    exported: str | None,
) -> int:
    """Run 2 to 6 columns (versions × models) on the same inputs, and say how they differ, or vote on them."""
    workbench = current().workbench()
    if exported is not None:
        _export(workbench, exported)
        return diagnostics.DONE
    if listed:
        _list(workbench, what[0] if what else None)
        return diagnostics.DONE
    if resume is not None:
        comparison = workbench.comparing.comparison(resume)
    else:
        versions = _versions(workbench, what)
        inputs = _inputs(workbench, versions[0].prompt, variables(pairs, file), files, sets)
        columns = columns_of(versions, models, settings(overrides))
        if dry_run:
            reckoning(workbench, columns, inputs, repeat)
            return diagnostics.DONE
        comparison = workbench.comparing.begin(columns, inputs, repeats=repeat, blind=blind, seed=seed)
    if vote:
        from workbench.cli.compare_vote import vote_on

        interrupted = vote_on(workbench, comparison)
    else:
        interrupted = asyncio.run(_run_all(workbench, comparison))
    return _report(workbench, comparison, interrupted, voted=vote)


def _versions(workbench: Workbench, what: Sequence[str]) -> list[Version]:
    """`a@1 b@2` are references; in `a 1 2` the others are selectors of the first, which is no column itself."""
    if not what:
        raise BadInput("name what to compare", "two references, or a prompt and two of its versions")
    name, environments = what[0], workbench.config.environment_names
    if len(what) > 1 and "@" not in name:
        try:
            references = [parse_selector(name, selector, environments) for selector in what[1:]]
        except BadReference:
            pass
        else:
            return [workbench.library.version(reference) for reference in references]
    return [workbench.get(reference) for reference in what]


def _inputs(
    workbench: Workbench, prompt: str, given: Mapping[str, Any], files: Sequence[str], sets: Sequence[str]
) -> list[Case]:
    """The sets, then the files; `-v` and `--vars` go into each of them, or are the only input."""
    found = list(workbench.inputs.cases(prompt, sets))
    for file in files:
        found += cases(file)
    if not found:
        return [Case("input", dict(given))]
    return [Case(case.name, {**case.values, **given}) for case in found]


async def _run_all(workbench: Workbench, comparison: Comparison) -> int:
    """0, or the exit code of the signal that stopped it; what came is kept."""
    begun = len(workbench.comparing.answers(comparison))
    session = workbench.comparing.session(comparison, watched=False)
    progress = _Progress(session.waiting, session.waiting - (len(comparison.cells()) - begun))
    try:
        with stopping(session.stop) as stopped_by:
            async for cell, event in session.events():
                if isinstance(event, RunEnd | Lost):
                    progress.one_more()
                if isinstance(event, Lost | Failed):
                    where = comparison.cases[cell.case].name
                    # Which side it was, and what it says of a model, would tell the sides apart.
                    side = LETTERS[cell.column].upper()
                    diagnostics.warn(
                        f"{where}, " + ("an answer failed" if comparison.blind else f"{side}: {event.message}")
                    )
            return stopped_by()
    finally:
        await workbench.gateway.release()


class _Progress:
    """Lines for whoever waits at a terminal; the longer it takes, the fewer."""

    def __init__(self, total: int, again: int) -> None:
        """`again`: of how many there is an answer that did not end well."""
        self._total, self._ended = total, 0
        self._began = time.monotonic()
        self._next = 2.0
        if total and diagnostics.on_terminal():
            repeated = f", {again} of them again" if again else ""
            diagnostics.say(f"asking for {total} answer{'s' * (total != 1)}{repeated}; ctrl+c keeps what came …")

    def one_more(self) -> None:
        self._ended += 1
        passed = time.monotonic() - self._began
        if diagnostics.on_terminal() and (self._ended == self._total or passed >= self._next):
            self._next = max(passed + 2.0, passed * 1.3)
            diagnostics.say(f"{self._ended} of {self._total} answers")


def _report(workbench: Workbench, comparison: Comparison, interrupted: int, *, voted: bool) -> int:
    compared = workbench.comparing.compared(comparison)
    missing = len(comparison.cells()) - len(compared.answers)
    failed = any(run.status == "failed" for run in compared.answers.values())
    hidden = not voted and workbench.comparing.keeps_names(comparison)
    if current().json:
        output.data(shape(workbench, compared))
    elif not voted and not hidden:
        table(compared)
    for b in range(1, len(comparison.columns)):
        standing = workbench.comparing.standing(comparison, 0, b)
        if standing.votes and not voted and not hidden:
            diagnostics.say(told(comparison, standing, 0, b))
    again = sum(run.attempts - 1 for run in compared.answers.values())
    if again:
        diagnostics.say(f"{again} call{'s' * (again != 1)} sent again after errors that may pass")
    if hidden:
        judged = len(workbench.comparing.verdicts(comparison))
        diagnostics.say(f"{judged} of {len(comparison.cases)} judged; until all are, the sides stay hidden")
    diagnostics.say(f"kept: workbench compare --resume {comparison.id[:8]}" + (" --vote" if hidden else ""))
    if interrupted:
        return interrupted
    return diagnostics.MODEL_FAILED if failed or (missing and not voted) else diagnostics.DONE


def _export(workbench: Workbench, wanted: str) -> None:
    comparison = workbench.comparing.comparison(wanted)
    count = 0
    for row in workbench.comparing.preferences(comparison):
        count += 1
        output.content(json.dumps(row, ensure_ascii=sys.stdout.isatty()) + "\n")
    diagnostics.say(f"{count} preferences; votes without a better side make none")


def _list(workbench: Workbench, prompt: str | None) -> None:
    found = workbench.comparing.newest(prompt)
    if current().json:
        output.data([shape(workbench, workbench.comparing.compared(one)) for one in found])
        return
    rows = []
    for one in found:
        names = " · ".join(label(one, column) for column in range(len(one.columns)))
        standing = workbench.comparing.standing(one)
        said = standing.said(label(one, 0), label(one, 1)) if standing.votes else "no votes"
        rows.append((one.id[:8], day_and_time(one.started_at), one.prompt, names, str(len(one.cases)), said))
    output.table(("comparison", "when", "prompt", "columns", "inputs", "result"), rows, stretch=3)
    if not found:
        diagnostics.say("no comparisons yet")
