"""`validate`: what is wrong in prompt files and stored prompts, for people, programs and the forges that show it."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING
from xml.etree import ElementTree

import click

from workbench.cli import diagnostics, output
from workbench.cli.session import act, current, json_option
from workbench.errors import NotFound
from workbench.text import visible

if TYPE_CHECKING:
    from workbench.domain.rules import Finding

_FORMATS = ("text", "json", "junit", "github")


@act("validate")
@click.argument("what", nargs=-1, metavar="[PATH|PROMPT]…")
@click.option(
    "--format", "format", type=click.Choice(_FORMATS), default="text", show_default=True, help="How to say it."
)
@click.option("--codes", is_flag=True, help="List what is looked for, and change nothing.")
@json_option
def validate(what: tuple[str, ...], format: str, codes: bool) -> int:
    """Check prompt files and stored prompts; without any, all stored prompts. Exits with 1 when one is not right."""
    session = current()
    if codes:
        _list_codes()
        return diagnostics.DONE
    files = [Path(one) for one in what if Path(one).exists()]
    prompts = [one for one in what if not Path(one).exists()]
    findings, checked = _in_files(files) if files else ([], [])
    if prompts or not what:
        findings += _in_store(prompts)
    wrong = any(finding.severity == "error" for finding in findings)
    if session.json or format == "json":
        output.data({"ok": not wrong, "findings": [as_data(finding) for finding in findings]})
    else:
        write_findings(findings, format, checked)
        if not findings and format != "junit":
            diagnostics.say(
                f"all is right in {len(checked)} file{'s' * (len(checked) != 1)}" if files else "all is right"
            )
    return diagnostics.NO if wrong else diagnostics.DONE


def _list_codes() -> None:
    from workbench.domain.rules import CODES

    session = current()
    if session.json:
        output.data(dict(CODES))
        return
    off = session.config.validate.off if session.config.validate else {}
    rows = [(code, told, f"off: {off[code]}" if code in off else "") for code, told in CODES.items()]
    output.table(("code", "what it stands for", ""), rows)


def _in_files(files: list[Path]) -> tuple[list[Finding], list[str]]:
    """What was found, and in which files it was looked for."""
    from workbench.services.files.validating import check_paths

    session = current()
    config = session.config
    library = session.workbench().library if config.store.exists() else None
    with diagnostics.counting("reading file") as advance:
        found, checked = check_paths(files, config.environment_names, config.validate, library, progress=advance)
    return list(found), list(checked)


def _in_store(prompts: list[str]) -> list[Finding]:
    """Of these prompts; of all where none is named."""
    session = current()
    if prompts and not session.config.store.exists():
        raise NotFound(
            f"there is no file or folder {prompts[0]}",
            f"nor a store in which a prompt could be called so: {session.config.store}",
        )
    return list(session.workbench().validating.validate_prompts(prompts or None))


def write_findings(findings: Sequence[Finding], format: str, checked: Sequence[str] = ()) -> None:
    """As text, junit or github. `checked` are files that were looked at; junit names those without a fault too."""
    if format == "junit":
        output.line(_junit(findings, checked))
        return
    for finding in findings:
        output.line(_github(finding) if format == "github" else _text(finding))


def as_data(finding: Finding) -> dict[str, object]:
    return {
        "where": finding.where,
        "line": finding.line or None,
        "severity": finding.severity,
        "code": finding.code,
        "message": finding.message,
        "hint": finding.hint or None,
    }


def _text(finding: Finding) -> str:
    place = f"{finding.where}:{finding.line}" if finding.line else finding.where
    said = f"{finding.message}; {finding.hint}" if finding.hint else finding.message
    return f"{place}: {finding.severity}: {said} [{finding.code}]"


def _github(finding: Finding) -> str:
    """A workflow command, as GitHub Actions shows it beside the line."""

    def escaped(text: str) -> str:
        return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")

    def as_property(text: str) -> str:
        return escaped(text).replace(":", "%3A").replace(",", "%2C")

    said = f"{finding.message}; {finding.hint}" if finding.hint else finding.message
    line = f",line={finding.line}" if finding.line else ""
    return f"::{finding.severity} file={as_property(finding.where)}{line},title={finding.code}::{escaped(said)}"


def _junit(findings: Sequence[Finding], checked: Sequence[str]) -> str:
    """One test case a file, failed by its errors; warnings are its output."""
    by_file: dict[str, list[Finding]] = {file: [] for file in checked}
    for finding in findings:
        by_file.setdefault(finding.where, []).append(finding)
    failures = sum(any(one.severity == "error" for one in listed) for listed in by_file.values())
    suite = ElementTree.Element("testsuite", name="workbench validate", tests=str(len(by_file)), failures=str(failures))
    for where, listed in by_file.items():
        case = ElementTree.SubElement(suite, "testcase", name=visible(where), classname="workbench.validate")
        errors = [one for one in listed if one.severity == "error"]
        if errors:
            failure = ElementTree.SubElement(case, "failure", message=visible(errors[0].message), type=errors[0].code)
            failure.text = visible("\n".join(_text(one) for one in errors))
        warnings = [one for one in listed if one.severity == "warning"]
        if warnings:
            ElementTree.SubElement(case, "system-out").text = visible("\n".join(_text(one) for one in warnings))
    ElementTree.indent(suite)
    return ElementTree.tostring(suite, encoding="unicode")
