"""The `openai` client: one an endpoint and event loop, made off the loop, asked without retries of its own."""

from __future__ import annotations

import asyncio
import importlib
import os
import sys
import threading
from collections.abc import AsyncGenerator, AsyncIterator, Mapping
from contextlib import suppress
from typing import TYPE_CHECKING, Any
from weakref import WeakKeyDictionary

from workbench.errors import ModelError
from workbench.models.endpoints import Endpoint
from workbench.models.secrets import Secret

if TYPE_CHECKING:
    import openai

    from workbench.models.streams import BatchStream

CONNECT_TIMEOUT = 10.0
"""Seconds to reach an endpoint."""
TURN = 0.0003
"""Seconds for which the import keeps the interpreter while others want it; 5 ms, the usual, are felt at every key."""


def import_beside() -> threading.Thread | None:
    """Imports the client, which takes half a second and 40 MB, beside whatever else is done; None when it is there.

    A daemon, so that who leaves meanwhile does not wait for it. What fails is said by the first call.
    """
    if "openai" in sys.modules:
        return None
    thread = threading.Thread(target=_import_in_turns, name="workbench-import", daemon=True)
    thread.start()
    return thread


def _import_in_turns() -> None:
    usual = sys.getswitchinterval()
    sys.setswitchinterval(TURN)
    try:
        with suppress(ImportError):
            importlib.import_module("openai")
    finally:
        sys.setswitchinterval(usual)


class Clients:
    """Pooled connections belong to the loop that opened them, so each loop has its own clients; they close with it."""

    def __init__(self) -> None:
        self._of_loop: WeakKeyDictionary[asyncio.AbstractEventLoop, _LoopClients] = WeakKeyDictionary()

    async def get(self, endpoint: Endpoint, base_url: str) -> openai.AsyncOpenAI:
        """Importing `openai` takes half a second and a client's TLS context 50 ms: both happen in a thread."""
        loop = asyncio.get_running_loop()
        here = self._of_loop.get(loop)
        if here is None:
            here = self._of_loop[loop] = _LoopClients()
            await anext(here.guard)
        place = (endpoint.name, base_url)
        if place not in here.clients:
            made = await asyncio.to_thread(_make_client, endpoint, base_url)
            if place in here.clients:  # another run was faster
                await made.close()
            else:
                here.clients[place] = made
        return here.clients[place]

    async def release(self) -> None:
        """Closes the connections of the running loop now."""
        here = self._of_loop.pop(asyncio.get_running_loop(), None)
        if here is not None:
            await here.guard.aclose()


class _LoopClients:
    """The clients of one loop. `guard` is a generator that never goes on: a loop that ends closes it, and it them."""

    def __init__(self) -> None:
        self.clients: dict[tuple[str, str], openai.AsyncOpenAI] = {}
        self.guard = _closed_with_the_loop(self.clients)


async def _closed_with_the_loop(clients: dict[tuple[str, str], openai.AsyncOpenAI]) -> AsyncGenerator[None, None]:
    try:
        yield
    finally:
        while clients:
            _, client = clients.popitem()
            await client.close()


def _make_client(endpoint: Endpoint, base_url: str) -> openai.AsyncOpenAI:
    try:
        sdk = importlib.import_module("openai")
    except ImportError as error:
        raise ModelError(
            f"the openai package cannot be imported: {error}", "install prompt-workbench again", kind="local"
        ) from None
    headers: dict[str, Any] = {}
    if endpoint.preset != "openai":
        # The SDK sends what OPENAI_* variables hold to every endpoint; it is nobody's business but OpenAI's.
        headers = {name: sdk.Omit() for name in ("OpenAI-Organization", "OpenAI-Project", *_custom_header_names())}
    headers |= endpoint.default_headers
    if endpoint.is_local:
        # Its server drops a kept connection without a word, which the next call would take for a failure.
        headers["Connection"] = "close"
    client: openai.AsyncOpenAI = sdk.AsyncOpenAI(
        base_url=base_url,
        # The key is read at each call and goes along with it; the client never holds one.
        api_key="none",
        admin_api_key="",
        max_retries=0,
        timeout=sdk.Timeout(endpoint.timeout, connect=min(CONNECT_TIMEOUT, endpoint.timeout)),
        default_headers=headers,
        http_client=sdk.DefaultAsyncHttpxClient(trust_env=False) if endpoint.on_this_machine else None,
    )
    return client


def _custom_header_names() -> list[str]:
    lines = os.environ.get("OPENAI_CUSTOM_HEADERS", "").splitlines()
    return [line.partition(":")[0].strip() for line in lines if ":" in line]


async def open_stream(client: openai.AsyncOpenAI, body: Mapping[str, Any], key: Secret) -> BatchStream:
    """Sends exactly `body`; the stream yields the chunks' JSON as it is, unchecked. Raises what the SDK raises."""
    from workbench.models.streams import BatchStream

    return await client.post(
        "/chat/completions",
        cast_to=object,
        body=dict(body),
        options={"headers": _authorization(key)},
        stream=True,
        stream_cls=BatchStream,
    )


async def ask_whole(client: openai.AsyncOpenAI, body: Mapping[str, Any], key: Secret, seconds: float) -> object:
    """Sends exactly `body`, which does not ask for a stream; the answer's JSON as it is, or the text of a page.

    `seconds` may pass without a byte. Raises what the SDK raises.
    """
    import openai as sdk

    connect = min(CONNECT_TIMEOUT, seconds)
    return await client.post(
        "/chat/completions",
        cast_to=object,
        body=dict(body),
        options={"headers": _authorization(key), "timeout": sdk.Timeout(seconds, connect=connect)},
    )


async def model_names(client: openai.AsyncOpenAI, key: Secret) -> AsyncIterator[str]:
    async for model in client.models.list(extra_headers=_authorization(key)):
        yield model.id


def _authorization(key: Secret) -> dict[str, Any]:
    if key:
        return {"Authorization": f"Bearer {key.reveal()}"}
    import openai as sdk

    return {"Authorization": sdk.Omit()}
