"""What a call costs, recording included, beside raw httpx and the bare SDK: `calls.py [CALLS] [ROUNDS]` as a module.

Against a zero-delay server on loopback in a process of its own, 20 tokens an answer, at 1, 8 and 64 calls at once.
Rounds are interleaved because machines drift; told are the best round's wall time a call, its calls a second, and the
CPU time of this process a call. `late` is the longest that anything else on the event loop had to wait, as the keys of
a screen would. Budget: a whole call that nobody watches, at 8 at once, in at most 4.7 ms.
"""

from __future__ import annotations

import asyncio
import sys
import tempfile
import time
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

from tests.support.quick_server import quick_server
from workbench import Content, Workbench
from workbench.domain.comparisons import Column
from workbench.domain.inputs import Case
from workbench.domain.runs import Finished
from workbench.models.endpoints import Endpoint
from workbench.models.gateway import Gateway
from workbench.services.runs.running import Running

Call = Callable[[], Awaitable[None]]
BODY = {"model": "m", "messages": [{"role": "user", "content": "Hello Ana"}]}


async def timed(call: Call, calls: int, at_once: int) -> tuple[float, float, float]:
    """Seconds and CPU seconds a call, and the longest wait of a bystander in seconds."""
    todo, late, over = iter(range(calls)), 0.0, False

    async def worker() -> None:
        for _ in todo:
            await call()

    async def bystander() -> None:
        nonlocal late
        while not over:
            before = time.perf_counter()
            await asyncio.sleep(0.002)
            late = max(late, time.perf_counter() - before - 0.002)

    watching = asyncio.create_task(bystander())
    began, cpu = time.perf_counter(), time.process_time()
    await asyncio.gather(*(worker() for _ in range(at_once)))
    took, used = time.perf_counter() - began, time.process_time() - cpu
    over = True
    await watching
    return took / calls, used / calls, late


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
                best: dict[str, tuple[float, float, float]] = {}
                for call in kinds.values():
                    await timed(call, max(at_once, 20), at_once)
                for _ in range(rounds):
                    for name, call in kinds.items():
                        found = await timed(call, calls, at_once)
                        best[name] = min(best.get(name, found), found)
                for name, (wall, cpu, late) in best.items():
                    print(
                        f"{'streamed' if stream else 'whole':<9}{at_once:>3} at once  {name:<10}"
                        f"{wall * 1000:7.2f} ms a call {1 / wall:7.0f}/s {cpu * 1000:7.2f} ms CPU "
                        f"{cpu / best['httpx'][1]:5.1f} × httpx  late {late * 1000:5.1f} ms"
                    )
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
