"""`import` and `export`: prompts from files, and as files."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from workbench.cli import diagnostics, output
from workbench.cli.rehearsing import rehearsal_or_store
from workbench.cli.session import act, current, json_option

if TYPE_CHECKING:
    from workbench.services.files.porting import ImportItem


@act("import")
@click.argument("paths", nargs=-1, required=True, metavar="PATH…", type=click.Path(path_type=Path))
@click.option("--format", "format", metavar="F", help="The format, where it cannot be told from the files.")
@click.option("--dry-run", is_flag=True, help="Say what would be imported, and change nothing.")
@click.option("--deploy", is_flag=True, help="Make live what the files say is live.")
@click.option("--history", is_flag=True, help="Every commit that changed a prompt becomes a version.")
@click.option("--convert", is_flag=True, help="Rewrite templates in jinja, where that is provably the same.")
@json_option
def import_(
    paths: tuple[Path, ...], format: str | None, dry_run: bool, deploy: bool, history: bool, convert: bool
) -> int:
    """Import prompt files and folders. The same content twice adds nothing."""
    session = current()
    if history and convert:
        raise click.UsageError("--history keeps each version as it was; convert the newest afterwards")
    if history:
        from workbench.cli.repository import import_history

        return import_history(paths, format, dry_run=dry_run, deploy=deploy)
    porting = rehearsal_or_store(dry_run=dry_run).porting
    plan = porting.plan_import(list(paths), format, convert=convert)
    items, warnings = plan.items, plan.warnings
    if not dry_run:
        with diagnostics.counting("importing") as advance:
            report = porting.carry_out(plan, deploy, progress=advance)
        items, warnings = report.items, report.warnings
        for name, environment, number in report.deployed:
            diagnostics.say(f"made live: {name} {number} in {environment}")
    for warning in warnings:
        diagnostics.warn(warning)
    refused = [item for item in items if item.action == "refused"]
    for item in refused:
        diagnostics.warn(f"not imported: {_place(item)}: {item.reason}" + (f" ({item.hint})" if item.hint else ""))
    if plan.passed_over:
        diagnostics.say(plan.passed_over)
    told = ", ".join(f"{sum(item.action == action for item in items)} {action}" for action in _ACTIONS)
    diagnostics.say(f"{'would import' if dry_run else 'imported'}: {told}")
    if session.json:
        output.data({"dry_run": dry_run, "items": [_item(item) for item in items], "other": list(plan.other)})
    elif dry_run or output.on_terminal():
        output.table(
            ("prompt", "version", "", "file"),
            ((item.prompt, item.number, item.action, _place(item)) for item in items),
        )
    return diagnostics.NO if refused else diagnostics.DONE


_ACTIONS = ("new", "changed", "same", "refused")


def _place(item: ImportItem) -> str:
    return f"{item.file}:{item.line}" if item.line else item.file


def _item(item: ImportItem) -> dict[str, Any]:
    return {
        "prompt": item.prompt,
        "version": item.number or None,
        "action": item.action,
        "reason": item.reason or None,
        "file": item.file,
        "line": item.line or None,
    }


@act("export")
@click.argument("folder", metavar="DIR", type=click.Path(path_type=Path, file_okay=False))
@click.argument("prompts", nargs=-1, metavar="[PROMPT]…")
@click.option("--env", "environment", metavar="ENV", help="What is live there; without a format as a bundle.")
@click.option("--format", "format", metavar="F", help="The format to write; native, with --commit each file's own.")
@click.option("--all-versions", is_flag=True, help="Every version, a folder for each prompt.")
@click.option(
    "--bundle", is_flag=True, help="What --env writes: digests and the ledger's hash too, read without a store."
)
@click.option(
    "--commit", is_flag=True, help="DIR is in a git repository: commit each version that it lacks. Never pushes."
)
@click.option("--one-commit", is_flag=True, help="With --commit: all in one.")
@click.option("--dry-run", is_flag=True, help="With --commit: say what would be committed.")
@json_option
def export(
    folder: Path,
    prompts: tuple[str, ...],
    environment: str | None,
    format: str | None,
    all_versions: bool,
    bundle: bool,
    commit: bool,
    one_commit: bool,
    dry_run: bool,
) -> int:
    """Write prompts as files into DIR."""
    session = current()
    if commit:
        from workbench.cli.repository import commit_versions

        if environment or all_versions or bundle:
            raise click.UsageError("--commit writes the newest versions, one after the other")
        return commit_versions(folder, prompts, format, one_commit=one_commit, dry_run=dry_run)
    if one_commit or dry_run:
        raise click.UsageError("--one-commit and --dry-run belong to --commit")
    if bundle or (environment and not format and not all_versions):
        if environment is None or format not in (None, "native") or all_versions:
            raise click.UsageError("a bundle is what is live in one environment: --env ENV --bundle, and no format")
        return _bundle(folder, environment, prompts)
    written = session.workbench().porting.export_report(
        folder, list(prompts) or None, environment, format or "native", all_versions
    )
    for warning in written.warnings:
        diagnostics.warn(warning)
    diagnostics.say(f"wrote {len(written.files)} file{'s' * (len(written.files) != 1)} into {folder}")
    if session.json:
        output.data({"files": [str(path) for path in written.files], "warnings": list(written.warnings)})
    else:
        for path in written.files:
            output.line(str(path))
    return diagnostics.DONE


def _bundle(folder: Path, environment: str, prompts: tuple[str, ...]) -> int:
    written = current().workbench().bundling.write(folder, environment, prompts)
    count = f"{written.prompts} prompt{'s' * (written.prompts != 1)}"
    diagnostics.say(f"wrote a bundle of {count} into {folder}, with the digest {written.digest}")
    if current().json:
        output.data({"files": [str(path) for path in written.files], "digest": written.digest})
    else:
        for path in written.files:
            output.line(str(path))
    return diagnostics.DONE
