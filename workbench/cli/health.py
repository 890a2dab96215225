"""`validate`, `verify` and `backup`: is everything in order, and a copy for when it is not."""

from __future__ import annotations

from pathlib import Path

import click

from workbench.cli import diagnostics, output
from workbench.cli.session import act, current, json_option


@act("verify")
@json_option
def verify() -> int:
    """Check the file, all digests and the chain of events. Exits with 1 when something is wrong."""
    from workbench.services.maintenance import verify as verified

    session = current()
    report = verified(session.workbench().store)
    if session.json:
        output.data(
            {
                "ok": report.ok,
                "checks": [{"name": check.name, "ok": check.ok, "detail": check.detail} for check in report.checks],
            }
        )
    else:
        output.table(
            ("check", "", "detail"),
            ((check.name, "ok" if check.ok else "FAILED", check.detail) for check in report.checks),
        )
        diagnostics.say("the store is sound" if report.ok else "the store is damaged; restore a backup")
    return diagnostics.DONE if report.ok else diagnostics.NO


@act("backup")
@click.argument("file", type=click.Path(path_type=Path))
@json_option
def backup(file: Path) -> None:
    """Copy the store to FILE, which must not exist. Others may work on it meanwhile."""
    from workbench.services.maintenance import backup as copied

    session = current()
    made = copied(session.workbench().store, file.expanduser().absolute())
    size = made.stat().st_size
    diagnostics.done(f"copied the store to {made} ({size:,} bytes)", "")
    if session.json:
        output.data({"file": str(made), "bytes": size})


@act("validate")
@click.argument("what", nargs=-1, metavar="[PATH|PROMPT]…")
@json_option
def validate(what: tuple[str, ...]) -> int:
    """Check prompt files and stored prompts; without any, all stored prompts. Exits with 1 when one is not right."""
    from workbench.services.validating import validate_paths

    session = current()
    files = [Path(one) for one in what if Path(one).exists()]
    prompts = [one for one in what if not Path(one).exists()]
    findings = list(validate_paths(files, session.config.environment_names)) if files else []
    if prompts or not what:
        findings += session.workbench().validating.validate_prompts(prompts or None)
    wrong = any(finding.severity == "error" for finding in findings)
    if session.json:
        output.data(
            {
                "ok": not wrong,
                "findings": [
                    {
                        "where": finding.where,
                        "line": finding.line or None,
                        "severity": finding.severity,
                        "message": finding.message,
                    }
                    for finding in findings
                ],
            }
        )
    else:
        for finding in findings:
            place = f"{finding.where}:{finding.line}" if finding.line else finding.where
            output.line(f"{place}: {finding.severity}: {finding.message}")
        if not findings:
            diagnostics.say("all is right")
    return diagnostics.NO if wrong else diagnostics.DONE
