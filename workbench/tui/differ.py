"""The diff engine beside the app: lines at once, words when they are there; large texts in a process of their own."""

from __future__ import annotations

import asyncio
import pickle
import sys
from collections.abc import AsyncIterator, Callable, Sequence

from workbench.domain.diffs import ContentDiff, Diff, Engine, WhiteSpace, compare
from workbench.domain.prompts import Content, Version
from workbench.services.diffs.differing import Job, Refining, from_flat, jobs_of, with_diffs

SMALL = 12_000
"""Characters of both sides together that are compared in full before anything is shown: less than a frame's time."""
LARGE = 300_000
"""From here on another process works: Python's threads share one lock, and the keys would feel it."""
PATIENCE = 0.04
"""Seconds for which words are waited for before lines are shown: for most texts they come as soon as the lines could be
read, and a page that is drawn twice at once flickers."""
BUDGET = 20.0
"""Seconds for one text; what is coarse then is said, and can be refined."""


async def differences(
    left: Content | Version,
    right: Content | Version,
    mode: WhiteSpace = WhiteSpace.EXACT,
    engine: Engine = "words",
    budget: float | None = BUDGET,
    first: Callable[[ContentDiff], ContentDiff | None] | None = None,
) -> AsyncIterator[ContentDiff]:
    """Once where the words are there at once; else first by lines, then in full.

    `first`, called in a thread between the two, may refine what is on the screen. Cancelling ends the process.
    """
    size = sum(len(m.content) for side in (left, right) for m in _content(side).messages)
    if size <= SMALL:
        yield await asyncio.to_thread(compare, left, right, mode=mode, engine=engine)
        return
    coarse = await asyncio.to_thread(compare, left, right, mode=mode, engine=engine, words=False)
    if coarse.same:
        yield coarse
        return
    jobs = jobs_of(coarse, mode, engine, budget)
    if size < LARGE:
        work = asyncio.ensure_future(asyncio.to_thread(_run, jobs))
        try:
            done, _ = await asyncio.wait([work], timeout=PATIENCE)
            if not done:
                yield coarse
            diffs = await work
        finally:
            work.cancel()
    else:
        yield coarse
        work = asyncio.ensure_future(in_process(jobs))
        try:
            if first is not None and (sharper := await asyncio.to_thread(first, coarse)) is not None:
                yield sharper
            diffs = await work
        finally:
            work.cancel()
    yield with_diffs(coarse, diffs)


def _run(jobs: Sequence[Job]) -> list[Diff]:
    return [job.run() for job in jobs]


def _content(side: Content | Version) -> Content:
    return side.content if isinstance(side, Version) else side


async def refined(job: Refining) -> Diff:
    """The diff with these blocks compared in full; in a thread, or where that is long in another process."""
    return await asyncio.to_thread(job.run) if job.size < LARGE else (await in_process([job]))[0]


async def in_process(jobs: Sequence[Job | Refining]) -> list[Diff]:
    """The diffs by a process that ends with them, or with the task that waits for them."""
    try:
        process = await asyncio.create_subprocess_exec(
            sys.executable,
            "-m",
            "workbench.services.diffs.differing",
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.DEVNULL,
            limit=1 << 20,
        )
    except OSError:
        # No process to be had: then here, a little less lively.
        return [await asyncio.to_thread(job.run) for job in jobs]
    try:
        assert process.stdin is not None  # noqa: S101 both are pipes
        assert process.stdout is not None  # noqa: S101
        body = await asyncio.to_thread(pickle.dumps, list(jobs), pickle.HIGHEST_PROTOCOL)
        process.stdin.write(body)
        await process.stdin.drain()
        process.stdin.close()
        found = []
        for job in jobs:
            size = int.from_bytes(await process.stdout.readexactly(8), "big")
            data = await process.stdout.readexactly(size)
            found.append(await asyncio.to_thread(_read, job, data))
        return found
    except (asyncio.IncompleteReadError, ConnectionError):
        return [await asyncio.to_thread(job.run) for job in jobs]
    finally:
        if process.returncode is None:
            process.kill()
        await process.wait()


def _read(job: Job | Refining, data: bytes) -> Diff:
    return from_flat(job, pickle.loads(data))  # noqa: S301 from the process that was started here
