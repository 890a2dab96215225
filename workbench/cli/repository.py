"""Prompts in git repositories: `import --history`, `export --commit` and `status`."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from workbench.cli import diagnostics, output
from workbench.cli.session import act, current, json_option

if TYPE_CHECKING:
    from workbench.composition import Workbench
    from workbench.services.git.history import HistoryItem, HistoryReport
    from workbench.services.git.status import StatusItem

_SHOWN = 200


def import_history(paths: tuple[Path, ...], format: str | None, *, dry_run: bool, deploy: bool) -> int:
    from workbench.cli.rehearsing import rehearsal_or_store

    if deploy:
        raise click.UsageError("--history makes nothing live; import the files themselves with --deploy afterwards")
    history = rehearsal_or_store(dry_run=dry_run).git_history
    refused = 0
    told = []
    for path in paths:
        with diagnostics.counting("reading commit") as advance:
            report = history.bring(path, format, dry_run=dry_run, progress=advance)
        refused += report.count("refused") + len(report.problems)
        items = [item for item in report.items if item.action != "same"]
        _tell_import(report, items, dry_run=dry_run)
        told.append(
            {
                "path": str(path),
                "commits": report.commits,
                "archived": report.archived,
                "items": [
                    {
                        "prompt": item.prompt,
                        "version": item.number or None,
                        "action": item.action,
                        "reason": item.reason or None,
                        "commit": item.commit,
                    }
                    for item in items
                ],
            }
        )
    if current().json:
        output.data({"dry_run": dry_run, "repositories": told})
    return diagnostics.NO if refused else diagnostics.DONE


def _tell_import(report: HistoryReport, items: list[HistoryItem], *, dry_run: bool) -> None:
    """`items`: those that are not there already."""
    for warning in dict.fromkeys(report.warnings):
        diagnostics.warn(warning)
    for problem in report.problems:
        diagnostics.warn(f"not read: {problem}")
    for item in items:
        if item.action == "refused":
            why = f"{item.reason} ({item.hint})" if item.hint else item.reason
            diagnostics.warn(f"not imported: {item.prompt} of commit {item.commit[:10]}: {why}")
    for name in report.archived:
        diagnostics.say(f"archived, because its file is gone: {name}")
    counts = ", ".join(f"{report.count(action)} {action}" for action in ("new", "changed", "same", "refused"))
    commits = f"{report.commits} commit{'s' * (report.commits != 1)}"
    diagnostics.say(f"{'would import' if dry_run else 'imported'} from {commits}: {counts}")
    if not current().json and (dry_run or output.on_terminal()):
        rows = [(item.prompt, item.number, item.action, item.commit[:10]) for item in items]
        output.table(("prompt", "version", "", "commit"), rows if dry_run else rows[-_SHOWN:])


def commit_versions(
    folder: Path, prompts: tuple[str, ...], format: str | None, *, one_commit: bool, dry_run: bool
) -> int:
    session = current()
    report = session.workbench().git_writing.commit(
        folder, list(prompts) or None, format, one_commit=one_commit, dry_run=dry_run
    )
    for warning in report.warnings:
        diagnostics.warn(warning)
    for reason in report.refused:
        diagnostics.warn(f"left alone: {reason}")
    count = len(report.commits)
    made = "would make" if dry_run else "made"
    diagnostics.say(f"{made} {count} commit{'s' * (count != 1)}; nothing was pushed")
    if session.json:
        commits = [
            {"commit": one.commit or None, "message": one.message.strip(), "files": list(one.files)}
            for one in report.commits
        ]
        output.data({"dry_run": dry_run, "commits": commits, "refused": report.refused})
    else:
        for one in report.commits:
            output.line(f"{one.commit[:10]} {one.message.splitlines()[0]}".strip())
    return diagnostics.NO if report.refused else diagnostics.DONE


@act("status")
@click.argument("path", default=".", type=click.Path(path_type=Path, exists=True))
@click.option("--format", "format", metavar="F", help="The format, where it cannot be told from the files.")
@click.option("--diff", "with_diff", is_flag=True, help="Show what differs in the texts.")
@json_option
def status(path: Path, format: str | None, with_diff: bool) -> int:
    """What differs between the prompt files below PATH and the store. Exits with 1 when something does."""
    session = current()
    workbench = session.workbench()
    items = workbench.git_status.items(path, format)
    differing = [item for item in items if item.state != "same"]
    if session.json:
        output.data(
            {
                "ok": not differing,
                "items": [
                    {
                        "prompt": item.prompt or None,
                        "state": item.state,
                        "file": item.file or None,
                        "in_file": item.in_file or None,
                        "in_store": item.in_store or None,
                        "reason": item.reason or None,
                    }
                    for item in items
                ],
            }
        )
        return diagnostics.NO if differing else diagnostics.DONE
    output.table(
        ("prompt", "", "file says", "store has", "file"),
        ((item.prompt, item.state, item.in_file or "–", item.in_store or "–", item.file) for item in differing),
    )
    for item in differing if with_diff else ():
        _difference(workbench, item)
    for item in differing:
        if item.reason:
            diagnostics.say(f"{item.prompt or item.file}: {item.reason}")
    same = len(items) - len(differing)
    diagnostics.say(
        f"{same} the same, {len(differing)} differ" if items else "there are no prompts, neither here nor there"
    )
    return diagnostics.NO if differing else diagnostics.DONE


def _difference(workbench: Workbench, item: StatusItem) -> None:
    """From the older to the newer one; from nothing where only one is there."""
    from workbench.cli.diff import default_layout
    from workbench.cli.diff_told import show
    from workbench.domain.diffs import compare
    from workbench.domain.prompts import Content

    stored = workbench.library.version(f"{item.prompt}@{item.in_store}").content if item.in_store else Content(())
    sides = [
        (f"{item.prompt}@{item.in_store}" if item.in_store else "/dev/null", stored),
        (item.file or "/dev/null", item.stated or Content(())),
    ]
    if item.state in ("store is newer", "only in the store", "file is gone"):
        sides.reverse()
    (left, before), (right, after) = sides
    found = compare(before, after)
    if not found.same:
        show(left, right, found, default_layout(for_git=False), 3)
