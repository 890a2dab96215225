"""`ci`: prompts on a forge and before a commit: which ones a change touches, and whether they may go in."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from workbench import __version__
from workbench.cli import diagnostics, output
from workbench.cli.session import Acts, current, json_option
from workbench.errors import BadInput, Refused, StoreError

if TYPE_CHECKING:
    from workbench.domain.inputs import Case
    from workbench.domain.inspections import Inspection, Touched

_FORMATS = ("text", "json", "junit", "github")
_paths = click.argument("paths", nargs=-1, metavar="[PATH]…", type=click.Path(path_type=Path))


@click.group("ci", cls=Acts)
def ci() -> None:
    """Check prompts on pull requests and before commits, without a store."""


@ci.command("changed")
@_paths
@click.option("--base", default="HEAD", show_default=True, metavar="REF", help="What the change is held against.")
@click.option("--head", default="", metavar="REF", help="The other side; the files as they are, where it is not given.")
@click.option("--staged", is_flag=True, help="The other side is what the next commit would hold.")
@json_option
def changed(paths: tuple[Path, ...], base: str, head: str, staged: bool) -> int:
    """List the prompts that a change touches.

    Those below PATH (here) that differ from the commit where this left REF, through whatever file of theirs.
    """
    found = _inspect(paths, base, head, staged, only_list=True)
    if current().json:
        output.data({"base": base, "prompts": [_as_data(one) for one in found.touched]})
        return diagnostics.DONE
    output.table(("prompt", "", "version", "file"), [_row(one) for one in found.touched])
    from workbench.domain.inspections import counted

    diagnostics.say(counted(found.touched))
    return diagnostics.DONE


@ci.command("check")
@_paths
@click.option("--base", default="HEAD", show_default=True, metavar="REF", help="What the change is held against.")
@click.option("--head", default="", metavar="REF", help="The other side; the files as they are, where it is not given.")
@click.option("--staged", is_flag=True, help="The other side is what the next commit would hold.")
@click.option(
    "--format", "format", type=click.Choice(_FORMATS), default="text", show_default=True, help="How to say it."
)
@click.option(
    "--summary",
    metavar="FILE",
    type=click.Path(path_type=Path),
    help="Write it all as Markdown behind what is there.",
)
@click.option("--strict", is_flag=True, help="Warnings count as errors.")
@json_option
def check(
    paths: tuple[Path, ...], base: str, head: str, staged: bool, format: str, summary: Path | None, strict: bool
) -> int:
    """Check the prompts that a change touches.

    Validates those below PATH (here), asks for a higher version where the content changed, and renders every variable
    set. Exits with 1 when something is not right.
    """
    from workbench.cli.validation import write_findings
    from workbench.domain.inspections import counted

    found = _inspect(paths, base, head, staged)
    wrong = found.errors > 0 or (strict and found.warnings > 0)
    if summary is not None:
        _append(summary, found)
    if current().json or format == "json":
        output.data(_inspection_as_data(found, wrong))
    else:
        if format == "text":
            output.table(("prompt", "", "version", "file"), [_row(one) for one in found.touched])
        write_findings(found.findings, format, [one.file for one in found.touched if one.after is not None])
    told = [counted(found.touched), found.verdict]
    told += [f"{found.rendered} of {len(found.trials)} variable sets rendered"] if found.trials else []
    diagnostics.say("; ".join(told))
    return diagnostics.NO if wrong else diagnostics.DONE


@ci.command("init")
@_paths
@click.option("--github", is_flag=True, help="A GitHub Actions workflow; this one unasked.")
@click.option("--gitlab", is_flag=True, help="A GitLab job.")
@click.option("--pre-commit", is_flag=True, help="A hook that git runs before each commit.")
@click.option("--install", metavar="COMMAND", help="How the forge's machine gets workbench.")
@click.option("--force", is_flag=True, help="Overwrite files that are there and say something else.")
@click.option("--dry-run", is_flag=True, help="Print what would be written, and write nothing.")
@json_option
def init(
    paths: tuple[Path, ...],
    github: bool,
    gitlab: bool,
    pre_commit: bool,
    install: str | None,
    force: bool,
    dry_run: bool,
) -> int:
    """Write the workflow or the hook that checks prompts.

    For a forge, or for git itself; they call `workbench ci check` on what lies below PATH (here).
    """
    from workbench.formats.git.repository import top_of
    from workbench.services.files import ci_setup

    where = paths or (Path(),)
    top = top_of(where[0])
    wanted = [_inside(top, path) for path in where]
    asked = {"github": github, "gitlab": gitlab, "pre-commit": pre_commit}
    files = [
        file
        for kind in [kind for kind, wish in asked.items() if wish] or ["github"]
        for file in ci_setup.files_for(
            kind, top, wanted, install or f"python -m pip install prompt-workbench=={__version__}"
        )
    ]
    if dry_run:
        for file in files:
            diagnostics.say(f"would write {file.shown}{' over what is there' if file.clashes else ''}")
            output.content(file.text)
        return diagnostics.DONE
    clashes = [file for file in files if file.clashes]
    if clashes and not force:
        raise Refused(
            ", ".join(str(file.shown) for file in clashes) + " is there already and says something else",
            clashes[0].instead or "--force overwrites it, --dry-run prints what would be written",
        )
    wrote = ci_setup.write(files)
    for file in files:
        diagnostics.say(f"{'wrote' if file in wrote else 'kept'} {file.shown}")
        if file.next:
            diagnostics.say(f"  {file.next}")
    command = " ".join(["workbench ci check", *wanted, "--base", "main"])
    diagnostics.say(f"try it here: {command}")
    if current().json:
        output.data({"files": [{"file": str(file.shown), "wrote": file in wrote} for file in files]})
    return diagnostics.DONE


def _inside(top: Path, path: Path) -> str:
    if not path.resolve().is_relative_to(top.resolve()):
        raise BadInput(f"{path} is not in the repository {top}")
    return path.resolve().relative_to(top.resolve()).as_posix()


def _inspect(paths: Sequence[Path], base: str, head: str, staged: bool, *, only_list: bool = False) -> Inspection:
    from workbench.services.files.inspecting import inspect_change

    if head and staged:
        raise click.UsageError("--head and --staged are two different other sides; give one")
    session = current()
    sets: Callable[[str], list[Case]] = (lambda _name: []) if only_list else _stored_sets()
    with diagnostics.counting("reading file") as advance:
        return inspect_change(
            list(paths) or [Path()],
            base,
            head=head,
            staged=staged,
            rules=session.config.validate,
            environments=session.config.environment_names,
            sets=sets,
            only_list=only_list,
            progress=advance,
        )


def _stored_sets() -> Callable[[str], list[Case]]:
    """What a store keeps for a prompt, where there is one. One that cannot be opened is in nobody's way here."""
    from workbench.domain.inputs import Case

    session = current()
    if not session.config.store.exists():
        return lambda _name: []
    session.readonly = True
    try:
        rows = session.workbench().inputs.sets()
    except StoreError as error:
        diagnostics.warn(f"the variable sets of the store are not tried: {error.message}")
        rows = []
    return lambda name: [Case(row.name, row.values) for row in rows if row.prompt == name]


def _append(summary: Path, found: Inspection) -> None:
    """Behind what other steps of the same job have written."""
    from workbench.reports.inspection_markdown import inspection_document

    try:
        with summary.expanduser().open("a", encoding="utf-8") as file:
            file.write(inspection_document(found))
    except OSError as error:
        raise Refused(f"{summary} cannot be written: {error.strerror}") from error


def _row(one: Touched) -> tuple[str, str, str, str]:
    return one.name, one.told, one.story, one.file


def _as_data(one: Touched) -> dict[str, Any]:
    return {
        "prompt": one.name,
        "change": one.kind,
        "was": one.was or None,
        "before": (one.before.number or None) if one.before else None,
        "after": (one.after.number or None) if one.after else None,
        "versions": [number for number in one.numbers if number],
        "file": one.file,
    }


def _inspection_as_data(found: Inspection, wrong: bool) -> dict[str, Any]:
    from workbench.cli.validation import as_data

    return {
        "ok": not wrong,
        "base": found.base,
        "prompts": [_as_data(one) for one in found.touched],
        "findings": [as_data(finding) for finding in found.findings],
        "rendered": [
            {
                "prompt": one.prompt,
                "version": one.number or None,
                "set": one.set,
                "ok": not one.why,
                "why": one.why or None,
            }
            for one in found.trials
        ],
    }
