"""`import` and `export`: prompts from files, and as files."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from workbench.cli import diagnostics, output
from workbench.cli.session import act, current, json_option

if TYPE_CHECKING:
    from workbench.services.porting import ImportItem


@act("import")
@click.argument("paths", nargs=-1, required=True, metavar="PATH…", type=click.Path(path_type=Path))
@click.option("--format", "format", metavar="F", help="The format, where it cannot be told from the files.")
@click.option("--dry-run", is_flag=True, help="Say what would be imported, and change nothing.")
@click.option("--deploy", is_flag=True, help="Make live what the files say is live.")
@json_option
def import_(paths: tuple[Path, ...], format: str | None, dry_run: bool, deploy: bool) -> int:
    """Import prompt files and folders. The same content twice adds nothing."""
    session = current()
    porting = session.workbench(create=True).porting
    plan = porting.plan_import(list(paths), format)
    refused = [item for item in plan.items if item.action == "refused"]
    for item in refused:
        diagnostics.warn(f"{item.file}: {item.reason}")
    told = ", ".join(
        f"{sum(item.action == action for item in plan.items)} {action}"
        for action in ("new", "changed", "same", "refused")
    )
    if dry_run:
        diagnostics.say(f"would import: {told}")
    else:
        report = porting.carry_out(plan, deploy=deploy)
        for warning in getattr(report, "warnings", ()):
            diagnostics.warn(warning)
        diagnostics.done(f"imported: {told}", "")
    if session.json:
        output.data({"dry_run": dry_run, "items": [_item(item) for item in plan.items]})
    elif dry_run or output.on_terminal():
        output.table(
            ("prompt", "version", "", "file"),
            ((item.prompt, item.number or "", item.action, str(item.file)) for item in plan.items),
        )
    return diagnostics.NO if refused else diagnostics.DONE


def _item(item: ImportItem) -> dict[str, Any]:
    return {
        "prompt": item.prompt,
        "version": item.number or None,
        "action": item.action,
        "reason": item.reason or None,
        "file": str(item.file),
    }


@act("export")
@click.argument("folder", metavar="DIR", type=click.Path(path_type=Path, file_okay=False))
@click.argument("prompts", nargs=-1, metavar="[PROMPT]…")
@click.option("--env", "environment", metavar="ENV", help="What is live there, in place of the latest.")
@click.option("--format", "format", default="native", show_default=True, metavar="F", help="The format to write.")
@click.option("--all-versions", is_flag=True, help="Every version, a folder for each prompt.")
@json_option
def export(folder: Path, prompts: tuple[str, ...], environment: str | None, format: str, all_versions: bool) -> None:
    """Write prompts as files into DIR."""
    session = current()
    written = session.workbench().porting.export(folder, list(prompts) or None, environment, format, all_versions)
    diagnostics.say(f"wrote {len(written)} files into {folder}")
    if session.json:
        output.data({"files": [str(path) for path in written]})
    else:
        for path in written:
            output.line(str(path))
