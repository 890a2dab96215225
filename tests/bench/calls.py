"""What a call costs, recording included, beside raw httpx and the bare SDK: `calls.py [CALLS] [ROUNDS]` as a module.

Against a zero-delay server on loopback in a process of its own, 20 tokens an answer, at 1, 8 and 64 calls at once.
Rounds are interleaved because machines drift; told are the best round's wall time a call, its calls a second, and the
CPU time of this process a call. `late` is the longest that anything else on the event loop had to wait, as the keys of
a screen would. At the end stands what of a streamed call goes where: each line does all that the one before does, and
more. Budget: a whole call that nobody watches, at 8 at once, in at most 4.7 ms.
"""

from __future__ import annotations

import asyncio
import sys
import tempfile
import time
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any, TypeVar, cast

from tests.support.quick_server import quick_server
from workbench import Content, Workbench
from workbench.domain.comparisons import Column
from workbench.domain.inputs import Case
from workbench.domain.runs import Finished
from workbench.models.client import open_stream
from workbench.models.endpoints import Endpoint
from workbench.models.gateway import Gateway
from workbench.models.secrets import Secret
from workbench.services.runs.running import Running
from workbench.store import Store

T = TypeVar("T")
Call = Callable[[], Awaitable[None]]
BODY = {"model": "m", "messages": [{"role": "user", "content": "Hello Ana"}]}


async def timed(call: Call, calls: int, at_once: int) -> tuple[float, float]:
    """Seconds and CPU seconds a call."""
    todo = iter(range(calls))

    async def worker() -> None:
        for _ in todo:
            await call()

    began, cpu = time.perf_counter(), time.process_time()
    await asyncio.gather(*(worker() for _ in range(at_once)))
    return (time.perf_counter() - began) / calls, (time.process_time() - cpu) / calls


async def lateness(call: Call, calls: int, at_once: int) -> float:
    """The longest wait of a bystander in seconds; its own turns would count as the calls'."""
    late = 0.0
    work = asyncio.create_task(timed(call, calls, at_once))
    while not work.done():
        before = time.perf_counter()
        await asyncio.sleep(0.002)
        late = max(late, time.perf_counter() - before - 0.002)
    await work
    return late


def raw(client: Any, url: str, *, stream: bool) -> Call:
    async def whole() -> None:
        answer = await client.post(f"{url}/chat/completions", json=BODY)
        assert answer.json()["choices"][0]["finish_reason"] == "stop"

    async def streamed() -> None:
        async with client.stream("POST", f"{url}/chat/completions", json={**BODY, "stream": True}) as answer:
            done = False
            async for line in answer.aiter_lines():
                done = done or line == "data: [DONE]"
        assert done

    return streamed if stream else whole


def sdk(client: Any, *, stream: bool) -> Call:
    async def whole() -> None:
        answer = await client.chat.completions.create(**BODY)
        assert answer.choices[0].finish_reason == "stop"

    async def streamed() -> None:
        reasons = [
            c.choices[0].finish_reason if c.choices else None
            async for c in await client.chat.completions.create(**BODY, stream=True)
        ]
        assert "stop" in reasons

    return streamed if stream else whole


def ours(workbench: Workbench, running: Running, *, stream: bool) -> Call:
    version = workbench.get("bench")

    async def call() -> None:
        prepared = running.prepare(version, {"name": "Ana"}, model="quick/m", stream=stream)
        last = None
        async for event in running.execute(prepared):
            last = event
        assert isinstance(last, Finished), last

    return call


async def parts(workbench: Workbench, gateway: Gateway, http: Any, url: str) -> dict[str, Call]:
    """What a streamed call is made of, from the connection up."""
    version = workbench.get("bench")
    prepared = workbench.running.prepare(version, {"name": "Ana"}, model="quick/m")
    client = await gateway._clients.get(gateway.endpoint("quick"), url)

    async def bare() -> None:
        body = dict(prepared.request.body)
        async with http.stream("POST", f"{url}/chat/completions", json=body) as answer:
            async for _ in answer.aiter_bytes():
                pass

    async def requested() -> None:
        stream = await open_stream(client, prepared.request.body, Secret(""))
        async for _ in stream.response.aiter_bytes():
            pass

    async def checked() -> None:
        async for _ in gateway.stream(prepared.request):
            pass

    async def nowhere(act: Callable[[Store], T]) -> T:
        return cast("T", None)

    unrecorded = Running(nowhere, gateway, actor="bench", store=workbench.store)
    return {
        "the bytes by httpx": bare,
        "the client's request, errors and headers": requested,
        "chunks parsed, checked, deadlines": checked,
        "events, stopping, the record made": ours(workbench, unrecorded, stream=True),
        "the record committed": ours(workbench, workbench.running, stream=True),
    }


async def compared(workbench: Workbench, cases: int, at_once: int) -> tuple[float, float]:
    """Seconds and CPU seconds a case of two versions compared, all of it: planned, sent, recorded."""
    from workbench.domain.scheduling import Limits
    from workbench.services.comparisons.comparing import Comparing

    version = workbench.get("bench")
    inputs = [Case(str(n), {"name": str(n)}) for n in range(cases // 2)]
    comparing = Comparing(workbench.store, workbench.running, Limits(at_once), "bench")
    began, cpu = time.perf_counter(), time.process_time()
    comparison = comparing.begin([Column(version, "quick/m"), Column(version, "quick/m")], inputs)
    ended = 0
    async for _, event in comparing.session(comparison, watched=False).events():
        ended += isinstance(event, Finished)
    assert ended == 2 * len(inputs)
    return (time.perf_counter() - began) / ended, (time.process_time() - cpu) / ended


async def measure(url: str, folder: Path, calls: int, rounds: int) -> None:
    import httpx2
    import openai

    workbench = Workbench.open(folder / "bench.db", actor="bench", start=folder)
    workbench.library.save("bench", Content.of_text("Hello {{name}}"))
    gateway = Gateway({"quick": Endpoint("quick", url)}, {}, "quick/m", folder, folder)
    workbench.__dict__["gateway"] = gateway
    running = workbench.running
    limits = httpx2.Limits(max_connections=200, max_keepalive_connections=200)
    async with httpx2.AsyncClient(trust_env=False, limits=limits) as client:
        bare = openai.AsyncOpenAI(base_url=url, api_key="none", http_client=httpx2.AsyncClient(trust_env=False))
        for stream in (False, True):
            kinds = {
                "httpx": raw(client, url, stream=stream),
                "openai": sdk(bare, stream=stream),
                "workbench": ours(workbench, running, stream=stream),
            }
            for at_once in (1, 8, 64):
                best: dict[str, tuple[float, float]] = {}
                late = {name: await lateness(call, max(at_once, 20), at_once) for name, call in kinds.items()}
                for _ in range(rounds):
                    for name, call in kinds.items():
                        found = await timed(call, calls, at_once)
                        best[name] = min(best.get(name, found), found, key=lambda one: one[1])
                for name, (wall, cpu) in best.items():
                    print(
                        f"{'streamed' if stream else 'whole':<9}{at_once:>3} at once  {name:<10}"
                        f"{wall * 1000:7.2f} ms a call {1 / wall:7.0f}/s {cpu * 1000:7.2f} ms CPU "
                        f"{cpu / best['httpx'][1]:5.1f} × httpx  late {late[name] * 1000:5.1f} ms"
                    )
        made_of = await parts(workbench, gateway, client, url)
        for at_once in (1, 8, 64):
            least = dict.fromkeys(made_of, 1.0)
            # Few calls and many rounds: the least is what it takes where nothing else is in the way.
            for _ in range(4 * rounds):
                for name, call in made_of.items():
                    least[name] = min(least[name], (await timed(call, max(at_once, calls // 4), at_once))[1])
            for name, cpu in least.items():
                print(f"streamed {at_once:>3} at once  {cpu * 1000:6.2f} ms CPU  {name}")
        for at_once in (1, 8, 64):
            wall, cpu = min([await compared(workbench, calls, at_once) for _ in range(rounds)])
            print(f"compared {at_once:>3} at once  workbench {wall * 1000:7.2f} ms a case {cpu * 1000:13.2f} ms CPU")
        await bare.close()
    await gateway.release()
    workbench.close()


def main(calls: int, rounds: int) -> None:
    with quick_server() as url, tempfile.TemporaryDirectory() as folder:
        asyncio.run(measure(url, Path(folder), calls, rounds))


if __name__ == "__main__":
    numbers = [int(text) for text in sys.argv[1:]]
    main(*(numbers + [400, 3][len(numbers) :]))
