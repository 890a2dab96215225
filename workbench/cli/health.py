"""`verify` and `backup`: is everything in order, and a copy for when it is not."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

import click

from workbench.cli import diagnostics, output
from workbench.cli.session import act, current, json_option

if TYPE_CHECKING:
    from workbench.services.maintenance import VerifyReport


@act("verify")
@click.option("--mend", is_flag=True, help="First make anew the triggers and indexes that are missing or changed.")
@json_option
def verify(mend: bool) -> int:
    """Check the file, all digests and the chain of events. Exits with 1 when something is wrong."""
    from workbench.services.maintenance import mend as mended
    from workbench.services.maintenance import verify as verified

    session = current()
    workbench = session.workbench()
    put_right = [one.told for one in mended(workbench.store, workbench.actor)] if mend else []
    for told in put_right:
        diagnostics.say(f"mended: {told}")
    with diagnostics.counting("checking") as advance:
        report = verified(workbench.store, workbench.signer, advance)
    if session.json:
        output.data(
            {
                "ok": report.ok,
                "mended": put_right,
                "checks": [{"name": check.name, "ok": check.ok, "detail": check.detail} for check in report.checks],
                "signatures": [asdict(one) for one in report.signatures],
            }
        )
    else:
        output.findings(
            ("check", "", "detail"),
            ((check.name, "ok" if check.ok else "FAILED", check.detail) for check in report.checks),
        )
        for one in report.signatures:
            output.line(f"{one.state.ljust(8)}{one.of} {one.row_id}, {one.signer}: {one.detail}")
        diagnostics.say(_conclusion(report))
    return diagnostics.DONE if report.ok else diagnostics.NO


def _conclusion(report: VerifyReport) -> str:
    if report.mendable:
        return "no row is damaged; workbench verify --mend makes anew what is missing or changed"
    return "the store is sound" if report.ok else "the store is damaged; restore a backup"


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
