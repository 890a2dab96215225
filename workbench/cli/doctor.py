"""`doctor`: what this machine, the terminal, the store and the endpoints are like, and what to do about it."""

from __future__ import annotations

import asyncio
import os
import platform
import shutil
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

import click

from workbench import __version__
from workbench.cli import diagnostics, output
from workbench.cli.session import Session, act, current, json_option
from workbench.errors import ModelError, WorkbenchError

if TYPE_CHECKING:
    from workbench.errors import ConfigError
    from workbench.models.endpoints import Endpoint
    from workbench.models.gateway import Gateway
    from workbench.settings.config import Config

Verdict = Literal["ok", "note", "problem"]
_CLIPBOARDS = ("wl-copy", "xclip", "xsel", "pbcopy", "clip.exe")
_SECONDS = 3.0


@dataclass(frozen=True)
class Finding:
    """`note`: it works, and this is worth knowing. `problem`: something does not work."""

    what: str
    verdict: Verdict
    detail: str


@act("doctor")
@click.option("--offline", is_flag=True, help="Do not ask the endpoints.")
@json_option
def doctor(offline: bool) -> int:
    """Check the terminal, the store, the endpoints and the embedded model. Exits with 1 when something is broken."""
    session = current()
    session.forgiving = True
    # What is wrong with it is a finding here, and no warning besides.
    session.config, problems = session.config_and_problems
    found = [
        *_machine(),
        *_terminal(),
        *_config(session.config, problems),
        *_store(session),
        *_signing(session),
        *_hooks(session),
        *_models(session, offline),
    ]
    broken = any(finding.verdict == "problem" for finding in found)
    if session.json:
        output.data(
            {
                "ok": not broken,
                "findings": [
                    {"what": finding.what, "verdict": finding.verdict, "detail": finding.detail} for finding in found
                ],
            }
        )
    else:
        output.findings(("what", "", "detail"), ((finding.what, finding.verdict, finding.detail) for finding in found))
    return diagnostics.NO if broken else diagnostics.DONE


def _machine() -> Iterator[Finding]:
    yield Finding("workbench", "ok", f"{__version__} on Python {platform.python_version()}, {platform.system()}")


def _terminal() -> Iterator[Finding]:
    if not (sys.stdin.isatty() and sys.stdout.isatty()):
        yield Finding("terminal", "note", "none here; the app needs one, the commands do not")
    size = shutil.get_terminal_size()
    small = size.columns < 60 or size.lines < 15
    yield Finding("terminal size", "note" if small else "ok", f"{size.columns}×{size.lines}" + (", small" * small))
    name = os.environ.get("TERM", "")
    yield Finding("TERM", "note" if name in ("", "dumb") else "ok", name or "not set")
    yield Finding("colours", "ok", _colours(name))
    encoding = (sys.stdout.encoding or "").lower()
    utf8 = encoding.replace("-", "") == "utf8"
    yield Finding("encoding", "ok" if utf8 else "note", encoding + ("" if utf8 else "; set LANG to a UTF-8 locale"))
    tool = next((tool for tool in _CLIPBOARDS if shutil.which(tool)), "")
    yield Finding(
        "clipboard",
        "ok",
        "by OSC 52 through the terminal" + (f", or {tool}" if tool else "") + "; tmux needs set -g set-clipboard on",
    )
    if os.environ.get("SSH_CONNECTION"):
        yield Finding("ssh", "note", "animations off, 15 frames a second; ssh -C makes a slow line fast")


def _colours(term: str) -> str:
    if os.environ.get("NO_COLOR"):
        return "off (NO_COLOR)"
    if os.environ.get("COLORTERM") in ("truecolor", "24bit"):
        return "16 million"
    return "256" if "256" in term else "16"


def _config(config: Config, problems: list[ConfigError]) -> Iterator[Finding]:
    for problem in problems:
        yield Finding("config", "problem", _joined(problem.message, problem.hint))
    if not problems:
        yield Finding("config", "ok", ", ".join(map(str, config.files)) or "none; all values are the defaults")


def _signing(session: Session) -> Iterator[Finding]:
    """Only where approvals and promotions are signed."""
    signer = session.workbench().signer if session.config.signing is not None else None
    if signer is None:
        return
    try:
        key = signer.ready()
    except WorkbenchError as error:
        yield Finding("signing", "problem", f"{error.message}; {error.hint}")
    else:
        yield Finding("signing", "ok", f"with {key}, allowed for the actor")


def _store(session: Session) -> Iterator[Finding]:
    from workbench.services.maintenance import health, loose_rights

    path = session.config.store
    if not path.exists():
        yield Finding("store", "note", f"none at {path}; workbench init or workbench import makes one")
        return
    try:
        facts = health(session.workbench().store)
    except WorkbenchError as error:
        yield Finding("store", "problem", f"{error.message}. {error.hint}".rstrip(". "))
        return
    prompts = f"{facts.prompts:,} prompt{'s' * (facts.prompts != 1)}"
    versions = f"{facts.versions:,} version{'s' * (facts.versions != 1)}"
    yield Finding("store", "ok", f"{facts.path}, {facts.bytes:,} bytes, {prompts}, {versions}")
    yield Finding("schema", "ok", f"{facts.schema} (this program's newest is {facts.newest_schema})")
    loose = [*loose_rights(path), *(one for file in session.config.files for one in loose_rights(file, private=False))]
    for one in loose:
        yield Finding("rights", "problem" if "changed by everybody" in one else "note", one)
    if not loose:
        yield Finding("rights", "ok", f"nobody else can read or change the store ({facts.mode:o})")
    yield Finding(
        "SQLite", "note" if facts.sqlite_warning else "ok", _joined(facts.sqlite_version, facts.sqlite_warning)
    )
    yield Finding("full-text search", "ok" if facts.fts5 else "problem", "FTS5" if facts.fts5 else "FTS5 is missing")
    if facts.network:
        yield Finding(
            "file system",
            "note",
            f"{facts.file_system} is a network file system: SQLite's locks cannot be trusted there",
        )
    else:
        yield Finding("file system", "ok", facts.file_system or "unknown")


def _hooks(session: Session) -> Iterator[Finding]:
    """Nothing where there are none and nothing waits."""
    if not session.config.store.exists():
        return
    try:
        service = session.workbench().hooks
        told = service.summary()
    except WorkbenchError:
        return  # the store itself was found wanting
    for hook in service.hooks:
        missing = [name for name in (hook.secret_env, hook.url_env) if name and not os.environ.get(name)]
        detail = hook.target + (f"; {', '.join(missing)} is not set here" if missing else "")
        yield Finding(f"hook {hook.name}", "problem" if missing else "ok", detail)
    if told.unknown:
        yield Finding("hooks", "note", f"{', '.join(told.unknown)} is waited for and not in this config")
    if told.pending or told.given_up:
        counts = f"{told.pending} pending, {told.given_up} given up"
        more = f"{told.error}; workbench hooks deliver" + (" --again" if told.given_up else "")
        yield Finding("deliveries", "problem" if told.given_up else "note", f"{counts}; {more}".replace("; ; ", "; "))


def _models(session: Session, offline: bool) -> Iterator[Finding]:
    from workbench.composition import open_gateway

    try:
        gateway = open_gateway(session.config)
        missing = gateway.local.missing()
        yield Finding(
            "embedded model", "note" if missing else "ok", _joined(missing.message, missing.hint) if missing else "here"
        )
        endpoint, name = gateway.resolve(None)
        yield Finding("default model", "ok", f"{endpoint.name}/{name}")
    except WorkbenchError as error:
        yield Finding("models", "problem", _joined(error.message, error.hint))
        return
    remote = [endpoint for endpoint in gateway.endpoints.values() if not endpoint.is_local]
    if offline or not remote:
        return
    for endpoint, answer in zip(remote, asyncio.run(_ask(gateway, remote)), strict=True):
        if isinstance(answer, int):
            yield Finding(f"endpoint {endpoint.name}", "ok", f"answers, {answer} models")
        else:
            yield Finding(f"endpoint {endpoint.name}", "note", answer)


async def _ask(gateway: Gateway, endpoints: list[Endpoint]) -> list[int | str]:
    """The number of models each has, or why it does not answer."""

    async def ask(endpoint: Endpoint) -> int | str:
        try:
            async with asyncio.timeout(_SECONDS):
                return len(await gateway.list_models(endpoint))
        except ModelError as error:
            return _joined(error.message, error.hint)
        except TimeoutError:
            return f"no answer in {_SECONDS:.0f} s"

    try:
        return list(await asyncio.gather(*map(ask, endpoints)))
    finally:
        await gateway.release()


def _joined(message: str, more: str) -> str:
    return f"{message}; {more}" if more else message
