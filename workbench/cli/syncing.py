"""`sync`: a repository and the store brought together, both ways."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from workbench.cli import diagnostics, output
from workbench.cli.merging import conflict
from workbench.cli.session import act, current, json_option
from workbench.domain.merging import marked_text

if TYPE_CHECKING:
    from workbench.services.git.syncing import SyncReport

_SAYS = {
    "import": ("came in", "would come in"),
    "merge": ("merged", "would be merged"),
    "archive": ("archived", "would be archived"),
    "write": ("to write", "to write"),
    "conflict": ("conflict", "conflict"),
    "left": ("left alone", "left alone"),
}


@act("sync")
@click.argument("path", default=".", type=click.Path(path_type=Path, exists=True))
@click.argument("prompts", nargs=-1, metavar="[PROMPT]…")
@click.option("--format", "format", metavar="F", help="The format, where it cannot be told from the files.")
@click.option("--one-commit", is_flag=True, help="What goes back goes into one commit.")
@click.option("--dry-run", is_flag=True, help="Say exactly what would be done, and do nothing.")
@json_option
def sync(path: Path, prompts: tuple[str, ...], format: str | None, one_commit: bool, dry_run: bool) -> int:
    """Bring the prompt files below PATH, in a git repository, and the store together.

    First what the files say comes in, and what both changed is merged; then what the store has goes back, a commit for
    each version. Where both changed the same it stops in between, shows base, theirs and ours, and answers 1; when
    that is solved, run it again. Nothing is ever pushed.
    """
    from workbench.cli.rehearsing import rehearsal_or_store

    session = current()
    with diagnostics.counting("looking at prompt") as advance:
        report = rehearsal_or_store(dry_run=dry_run).syncing.sync(
            path, list(prompts) or None, format, one_commit=one_commit, dry_run=dry_run, progress=advance
        )
    for warning in dict.fromkeys(report.warnings):
        diagnostics.warn(warning)
    for reason in report.left:
        diagnostics.warn(f"left alone: {reason}")
    if session.json:
        _json(report, dry_run=dry_run)
    else:
        _show(report, dry_run=dry_run)
    return diagnostics.NO if report.stopped or report.left else diagnostics.DONE


def _show(report: SyncReport, *, dry_run: bool) -> None:
    rows = [item for item in report.items if item.action not in ("same", "left")]
    output.table(
        ("prompt", "", "version", "file", "why"),
        ((item.prompt, _SAYS[item.action][dry_run], item.number, item.file, item.reason) for item in rows),
    )
    for item in report.conflicts:
        if item.proposal is not None:
            output.line()
            output.content(marked_text(item.proposal.merge, item.proposal.names))
        if item.proposal is not None and not dry_run:
            diagnostics.say(
                f"{item.prompt}: solve it in the app (M on {item.proposal.ours.number}), or: workbench merge "
                f"{item.proposal.ours.reference} {item.proposal.theirs.number}"
            )
    for one in report.commits:
        output.line(f"{one.commit[:10] or 'commit'} {one.message.splitlines()[0]}")
    same = sum(item.action == "same" for item in report.items)
    told = [f"{same} the same"]
    told += [
        f"{count} {says[dry_run]}"
        for action, says in _SAYS.items()
        if (count := sum(item.action == action for item in report.items))
    ]
    count = len(report.commits)
    if report.stopped:
        told.append("stopped before writing: solve the conflicts, then sync again")
    else:
        told.append(f"{'would make' if dry_run else 'made'} {count} commit{'s' * (count != 1)}; nothing was pushed")
    diagnostics.say(", ".join(told) if report.items else "there are no prompts, neither here nor there")


def _json(report: SyncReport, *, dry_run: bool) -> None:
    output.data(
        {
            "dry_run": dry_run,
            "stopped": report.stopped,
            "items": [
                {
                    "prompt": item.prompt or None,
                    "action": item.action,
                    "version": item.number or None,
                    "file": item.file or None,
                    "reason": item.reason or None,
                    "conflicts": [conflict(one) for one in item.proposal.merge.conflicts] if item.proposal else [],
                }
                for item in report.items
            ],
            "commits": [
                {"commit": one.commit or None, "message": one.message.strip(), "files": list(one.files)}
                for one in report.commits
            ],
            "left": report.left,
        }
    )
