"""The one door to all models: which endpoint a model is on, and its answer as a stream."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncGenerator, AsyncIterator, Iterator, Mapping
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

from workbench.domain.names import near
from workbench.domain.runs import Request, Waiting
from workbench.domain.tokens import Counted
from workbench.errors import BadInput, ModelError, NotFound
from workbench.models import failures
from workbench.models.chunks import Chunk, Reply
from workbench.models.client import Clients, ask_whole, import_beside, model_names, open_stream
from workbench.models.deadlines import Deadline
from workbench.models.endpoints import LOCAL, Endpoint
from workbench.models.local import LOCAL_MODEL, LocalModel
from workbench.models.presets import implicit_endpoints
from workbench.models.retries import ATTEMPTS, wait_before_retry
from workbench.models.secrets import Secret

if TYPE_CHECKING:
    from workbench.models.streams import Batch, BatchStream

_LIST_TIMEOUT = 30.0
WHOLE_PATIENCE = 3
"""A call that is not streamed says nothing until it is done, and may be silent so many times longer."""


class Gateway:
    """`models` maps short names to `endpoint/model`. Usable from any event loop; `close` it once at the end."""

    def __init__(
        self,
        endpoints: Mapping[str, Endpoint],
        models: Mapping[str, str],
        default_model: str,
        data_dir: Path,
        log_dir: Path,
    ) -> None:
        self.endpoints: Mapping[str, Endpoint] = {LOCAL: Endpoint(LOCAL, ""), **endpoints}
        self.models = dict(models)
        self.default_model = default_model
        self.local = LocalModel(data_dir, log_dir)
        self._implicit = {k: v for k, v in implicit_endpoints().items() if k not in self.endpoints}
        self._clients = Clients()

    def resolve(self, model: str | None) -> tuple[Endpoint, str]:
        """Where this model is and its name there. None: the default model.

        Configured endpoints come first, then the `models` table, the presets, and the default model's endpoint.
        Raises `NotFound` with near names, `BadInput` when there is neither a model nor a default.
        """
        wanted = (self.default_model if model is None else model).strip()
        if not wanted:
            raise BadInput("no model is given and there is no default_model", "for example --model local/smollm2-135m")
        if (found := self._on_endpoint(wanted, self.endpoints)) is not None:
            return self._checked(*found)
        if wanted in self.models:
            target = self.models[wanted]
            found = self._on_endpoint(target, self.endpoints) or self._on_endpoint(target, self._implicit)
            if found is None:
                raise NotFound(f"models.{wanted} is {target!r}, which is not endpoint/model", self._near(target))
            return self._checked(*found)
        if (found := self._on_endpoint(wanted, self._implicit)) is not None:
            return found
        if "/" not in wanted:
            return self._on_default_endpoint(wanted)
        raise NotFound(
            f"there is no endpoint {wanted.partition('/')[0]!r} for the model {wanted!r}",
            self._near(wanted),
            "" if self._near(wanted) else "write endpoint/model; endpoints: " + ", ".join(self.endpoints),
        )

    def endpoint(self, name: str) -> Endpoint:
        """A configured or preset endpoint; `NotFound` with near names."""
        found = self.endpoints.get(name) or self._implicit.get(name)
        if found is None:
            raise NotFound(f"there is no endpoint {name!r}", near(name, [*self.endpoints, *self._implicit]))
        return found

    @property
    def limits(self) -> Mapping[str, int]:
        """Calls at once of each endpoint that has a limit of its own."""
        own = {name: one.concurrency for name, one in self.endpoints.items() if one.concurrency is not None}
        return {LOCAL: 1, **own}

    def import_client(self) -> None:
        """Begins what the first call would else wait for; at once, from any thread."""
        import_beside()

    async def warm(self, request: Request) -> None:
        """Makes ready what the first call would else wait for. Sends nothing; raises what `stream` would."""
        endpoint = self.endpoint(request.endpoint)
        if not endpoint.is_local:
            await self._clients.get(endpoint, endpoint.base_url)

    async def stream(self, request: Request, *, deadline: float | None = None) -> AsyncGenerator[Waiting | Chunk, None]:
        """`Waiting` and text as they come, or all at once where the body does not ask for a stream.

        `deadline` is in seconds, None: the endpoint's. Raises `ModelError`; what was yielded before it is the partial
        answer. Asks again at most twice, and only before the first chunk.
        """
        endpoint = self.endpoint(request.endpoint)
        allowed = endpoint.deadline if deadline is None else deadline
        ends = time.monotonic() + allowed
        key, base_url = endpoint.key(), endpoint.base_url
        if endpoint.is_local:
            async for starting in self.local.ensure():
                yield starting
            base_url, key = self.local.base_url, self.local.key
        client = await self._clients.get(endpoint, base_url)
        body, attempt = dict(request.body), 1
        streamed = bool(body.get("stream"))
        left_out: tuple[str, ...] = ()
        stream: BatchStream | None = None
        whole: object = None
        while stream is None and whole is None:
            waiting: Waiting | None = None
            try:
                async with asyncio.timeout(ends - time.monotonic()):
                    if streamed:
                        stream = await open_stream(client, body, key)
                    else:
                        patience = min(endpoint.timeout * WHOLE_PATIENCE, allowed)
                        whole = await ask_whole(client, body, key, patience) or ""
            except TimeoutError:
                raise failures.too_slow(endpoint, allowed) from None
            except Exception as error:
                if not left_out and _refuses_usage(error, body):
                    body.pop("stream_options")
                    left_out = ("stream_options",)
                    continue
                waiting = self._again(error, attempt, endpoint, request, ends)
            if waiting is not None:
                yield waiting
                await asyncio.sleep(waiting.seconds)
                attempt += 1
        reply = Reply()
        yield Chunk(left_out=left_out, reply=reply)
        if stream is None:
            for chunk in self._taken(reply, [whole], endpoint):
                yield chunk
            self._check_end(reply, endpoint, "a page instead of an answer")
            return
        try:
            async for chunk in self._read(stream, reply, endpoint, request, ends, allowed):
                yield chunk
        finally:
            with suppress(Exception):
                await stream.close()

    def _again(self, error: Exception, attempt: int, endpoint: Endpoint, request: Request, ends: float) -> Waiting:
        """What to wait for before asking again, or raises the `ModelError` that ends the call."""
        wait = wait_before_retry(error, attempt)
        if wait is None or time.monotonic() + wait[0] >= ends:
            raise self._explained(error, endpoint, request, begun=False) from None
        seconds, asked = wait
        status = getattr(error, "status_code", None)
        why = f"answered {status}" if status else "broke the connection"
        told = "and asked to wait" if asked else "trying again in"
        text = f"{endpoint.name} {why}, {told} {seconds:.1f} s ({attempt + 1} of {ATTEMPTS})"
        return Waiting(text, seconds, attempt)

    async def _read(
        self, stream: BatchStream, reply: Reply, endpoint: Endpoint, request: Request, ends: float, allowed: float
    ) -> AsyncIterator[Chunk]:
        deadline, batches = Deadline(ends - time.monotonic()), stream.batches()
        try:
            while True:
                try:
                    batch: Batch = await deadline.wait(anext(batches))
                except StopAsyncIteration:
                    break
                except TimeoutError:
                    raise failures.too_slow(endpoint, allowed) from None
                except Exception as error:
                    raise self._explained(error, endpoint, request, begun=reply.seen > 0) from None
                for chunk in self._taken(reply, batch.chunks, endpoint):
                    yield chunk
                if batch.error is not None:
                    raise self._explained(batch.error, endpoint, request, begun=reply.seen > 0) from None
        finally:
            deadline.close()
        kind = stream.response.headers.get("content-type", "nothing").partition(";")[0]
        self._check_end(reply, endpoint, f"{kind} instead of a stream")

    @staticmethod
    def _taken(reply: Reply, raws: list[Any], endpoint: Endpoint) -> Iterator[Chunk]:
        """What they hold, each kind joined as long as no other comes between. An error inside ends the answer."""
        text = ""
        for raw in raws:
            if not isinstance(raw, dict):
                continue
            if raw.get("error"):
                if text:
                    yield Chunk(text)
                raise failures.broke_off(endpoint, raw["error"])
            more, others = reply.add(raw)
            if others:
                if text:
                    yield Chunk(text)
                yield Chunk(others=others)
                text = ""
            text += more
        if text:
            yield Chunk(text)

    def _check_end(self, reply: Reply, endpoint: Endpoint, nothing: str) -> None:
        """Raises where what came is no whole answer."""
        if reply.seen == 0:
            raise failures.malformed(endpoint, nothing)
        if not reply.finish_reason:
            raise self._died(endpoint) or failures.cut(endpoint)
        if not (reply.said_something or reply.tool_calls or reply.refusal):
            raise failures.empty(endpoint, reply.finish_reason)

    def _explained(self, error: Exception, endpoint: Endpoint, request: Request, *, begun: bool) -> ModelError:
        return self._died(endpoint) or failures.explain(
            error, endpoint, request.model, begun=begun, parameters=request.body
        )

    def _died(self, endpoint: Endpoint) -> ModelError | None:
        return self.local.why_it_stopped() if endpoint.is_local else None

    def listable(self) -> list[Endpoint]:
        """The embedded model, what is configured, and the presets whose key is set."""
        with_key = [one for one in self._implicit.values() if one.api_key_env and one.has_key()]
        return [*self.endpoints.values(), *with_key]

    async def list_models(self, endpoint: Endpoint) -> list[str]:
        """Names that this endpoint offers, sorted; `ModelError` where it cannot be asked."""
        if endpoint.is_local:
            return [LOCAL_MODEL]
        key: Secret = endpoint.key()
        client = await self._clients.get(endpoint, endpoint.base_url)
        try:
            async with asyncio.timeout(_LIST_TIMEOUT):
                return sorted([name async for name in model_names(client, key)])
        except Exception as error:
            raise failures.explain(error, endpoint, "list") from None

    async def count_tokens(self, request: Request) -> Counted | None:
        """By the tokenizer of the endpoint itself: the embedded model (which it starts) and llama.cpp; None elsewhere.

        `ModelError` where it cannot be asked.
        """
        endpoint = self.endpoint(request.endpoint)
        if not endpoint.is_local and endpoint.preset != "llamacpp":
            return None
        from workbench.models.tokenizing import count_with_llama

        try:
            async with asyncio.timeout(_LIST_TIMEOUT):
                key, base_url = await self._address(endpoint)
                client = await self._clients.get(endpoint, base_url)
                return await count_with_llama(client, request.body, key)
        except Exception as error:
            raise failures.explain(error, endpoint, request.model) from None

    async def _address(self, endpoint: Endpoint) -> tuple[Secret, str]:
        """Key and base_url; starts the embedded model where it is asked for."""
        if not endpoint.is_local:
            return endpoint.key(), endpoint.base_url
        async for _ in self.local.ensure():
            pass
        return self.local.key, self.local.base_url

    async def release(self) -> None:
        """Closes the connections of the running event loop."""
        await self._clients.release()

    def close(self) -> None:
        """Stops the local model, if it runs."""
        self.local.close()

    def _on_endpoint(self, wanted: str, endpoints: Mapping[str, Endpoint]) -> tuple[Endpoint, str] | None:
        name, slash, model = wanted.partition("/")
        return (endpoints[name], model) if slash and model and name in endpoints else None

    def _checked(self, endpoint: Endpoint, model: str) -> tuple[Endpoint, str]:
        if endpoint.is_local and model != LOCAL_MODEL:
            raise NotFound(f"the local endpoint has no model {model!r}", (f"{LOCAL}/{LOCAL_MODEL}",))
        return endpoint, model

    def _on_default_endpoint(self, model: str) -> tuple[Endpoint, str]:
        name = self.default_model.partition("/")[0]
        endpoint = self.endpoints.get(name) or self._implicit.get(name)
        if endpoint is None or (endpoint.is_local and model != LOCAL_MODEL):
            raise NotFound(
                f"no endpoint is known for the model {model!r}",
                self._near(model),
                f"write endpoint/{model}, map it under models: in the config, or choose --model {LOCAL}/{LOCAL_MODEL}",
            )
        return endpoint, model

    def _near(self, wanted: str) -> tuple[str, ...]:
        name, slash, model = wanted.partition("/")
        names = near(name, [*self.endpoints, *self._implicit]) if slash else ()
        known = near(wanted, [*self.models, f"{LOCAL}/{LOCAL_MODEL}"])
        return tuple(dict.fromkeys([*(f"{one}/{model}" for one in names if one != LOCAL), *known]))[:3]


def _refuses_usage(error: Exception, body: Mapping[str, Any]) -> bool:
    """Whether the body was refused for asking to be told the usage, which older servers do not know."""
    if "stream_options" not in body or getattr(error, "status_code", None) not in (400, 422):
        return False
    said = f"{getattr(error, 'body', '')}{error}"
    return "stream_options" in said or "include_usage" in said
