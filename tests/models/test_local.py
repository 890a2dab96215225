"""The embedded model really runs: it streams text, dies with its parent and is missed in plain words."""

from __future__ import annotations

import asyncio
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.support.local_model import data_dir_with_weights
from workbench.domain.runs import Request, Waiting
from workbench.errors import ModelError
from workbench.models.chunks import Chunk
from workbench.models.gateway import Gateway

pytestmark = pytest.mark.xdist_group("local_model")


NEWS = (
    "Summarise in one sentence: The train from Oslo to Bergen was delayed by two hours because of snow, "
    "and passengers received coffee."
)
MEASURED = 30
"""Pieces of an answer from which it is known what one costs."""


def request(**more: Any) -> Request:
    body = {
        "model": "smollm2-135m",
        "messages": [{"role": "user", "content": NEWS}],
        "temperature": 0,
        "seed": 1,
        "max_tokens": 24,
        "stream": True,
        "stream_options": {"include_usage": True},
        **more,
    }
    return Request("local", "smollm2-135m", body)


@pytest.fixture(scope="module")
def data_dir() -> Path:
    pytest.importorskip("xllamacpp")
    return data_dir_with_weights()


@pytest.fixture
def gateway(data_dir: Path, tmp_path: Path) -> Iterator[Gateway]:
    gateway = Gateway({}, {}, "local/smollm2-135m", data_dir, tmp_path / "log")
    yield gateway
    gateway.close()


async def answer(gateway: Gateway, **more: Any) -> tuple[list[Waiting], str, Chunk | None]:
    waits, text, first = [], "", None
    async for item in gateway.stream(request(**more)):
        if isinstance(item, Waiting):
            waits.append(item)
        else:
            first = first or item
            text += item.text
    return waits, text, first


def is_alive(pid: int) -> bool:
    """A zombie is dead."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0] != "Z"
    except OSError:
        return False


def seconds_used(pid: int) -> float:
    """Of the processor, by all threads of a process."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def dead_within(pid: int, seconds: float) -> bool:
    give_up = time.monotonic() + seconds
    while time.monotonic() < give_up:
        if not is_alive(pid):
            return True
        time.sleep(0.02)
    return False


async def test_it_starts_answers_and_stays(gateway: Gateway) -> None:
    waits, text, first = await answer(gateway)
    assert [wait.reason for wait in waits] == ["starting the local model"]
    assert "Oslo" in text
    assert first is not None
    assert first.reply is not None
    assert first.reply.usage is not None
    assert first.reply.usage.input_tokens is not None
    assert first.reply.finish_reason in ("stop", "length")
    assert first.reply.usage.input_tokens > 5
    pid = gateway.local.pid
    assert pid is not None
    waits, again, _ = await answer(gateway)
    assert (waits, again) == ([], text)
    assert gateway.local.pid == pid
    log = gateway.local.log.read_text()
    assert "listening" in log
    assert "passengers" not in log
    assert gateway.local.key.reveal() not in log
    assert gateway.local.key.reveal().encode() not in Path(f"/proc/{pid}/cmdline").read_bytes()
    gateway.close()
    assert dead_within(pid, 2)
    gateway.close()


async def test_two_first_runs_start_one_model(gateway: Gateway) -> None:
    results = await asyncio.gather(answer(gateway), answer(gateway))
    assert results[0][1] == results[1][1] != ""
    assert gateway.local.log.read_text().count("model loaded") == 1


def test_it_outlives_an_event_loop(gateway: Gateway) -> None:
    first = asyncio.run(answer(gateway))[1]
    pid = gateway.local.pid
    assert pid is not None
    assert asyncio.run(answer(gateway))[1] == first
    assert gateway.local.pid == pid


async def test_leaving_a_stream_stops_the_generation(gateway: Gateway) -> None:
    stream = gateway.stream(
        request(max_tokens=2000, messages=[{"role": "user", "content": "Tell me a very long story."}])
    )
    pid, begun, pieces = 0, 0.0, 0
    async for item in stream:
        if isinstance(item, Chunk) and item.text:
            # What a piece costs is counted from the second on: the first one stands for the prompt too.
            pid, begun = gateway.local.pid or 0, begun or seconds_used(gateway.local.pid or 0)
            pieces += 1
            if pieces > MEASURED:
                break
    left = seconds_used(pid)
    await stream.aclose()
    assert (await answer(gateway, max_tokens=3))[1]
    assert gateway.local.pid == pid
    # In time of the processor, which others do not take away: the story would have cost more than a thousand pieces.
    used = (seconds_used(pid) - left) / (left - begun) * MEASURED
    assert used < 500, f"the answer that nobody reads was written to its end: {used:.0f} pieces"


async def test_a_prompt_that_is_too_long_is_refused_in_words(gateway: Gateway) -> None:
    with pytest.raises(ModelError, match="too long for smollm2-135m") as caught:
        await answer(gateway, messages=[{"role": "user", "content": "word " * 6000}])
    assert caught.value.kind == "bad_request"


async def test_a_crash_in_the_middle_names_the_log_and_the_next_run_starts_it_anew(gateway: Gateway) -> None:
    text = ""
    with pytest.raises(ModelError) as caught:
        async for item in gateway.stream(
            request(max_tokens=2000, messages=[{"role": "user", "content": "Count to 900."}])
        ):
            if isinstance(item, Chunk) and item.text:
                text += item.text
                os.kill(gateway.local.pid or 0, signal.SIGKILL)
    assert text
    assert caught.value.kind == "local"
    assert "exit code -9" in caught.value.message
    assert str(gateway.local.log) in caught.value.hint
    waits, again, _ = await answer(gateway)
    assert waits
    assert again


async def test_broken_weights_are_said_to_be_so(
    tmp_path: Path, gateway: Gateway, monkeypatch: pytest.MonkeyPatch
) -> None:
    broken = tmp_path / "broken.gguf"
    broken.write_bytes(b"GGUF" + bytes(1000))
    gateway.local._weights = broken
    monkeypatch.setattr("workbench.models.local.is_whole", lambda _: True)
    with pytest.raises(ModelError, match="did not start") as caught:
        await answer(gateway)
    assert caught.value.kind == "local"
    assert gateway.local.pid is None


async def test_without_weights_it_says_how_to_get_them(tmp_path: Path) -> None:
    gateway = Gateway({}, {}, "", tmp_path, tmp_path)
    with pytest.raises(ModelError, match="not here yet") as caught:
        await answer(gateway)
    assert "workbench models pull" in caught.value.hint


async def test_without_the_package_it_says_how_to_get_it(gateway: Gateway, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("importlib.util.find_spec", lambda *_: None)
    with pytest.raises(ModelError, match="xllamacpp") as caught:
        await answer(gateway)
    assert "prompt-workbench[local]" in caught.value.hint


PARENT = """
import asyncio, signal, sys
from pathlib import Path
from workbench.domain.runs import Request, Waiting
from workbench.models.gateway import Gateway

async def main() -> None:
    gateway = Gateway({}, {}, "", Path(sys.argv[1]), Path(sys.argv[2]))
    body = {"model": "smollm2-135m", "messages": [{"role": "user", "content": "Tell a long story."}],
            "max_tokens": 3000, "stream": True}
    async for item in gateway.stream(Request("local", "smollm2-135m", body)):
        if isinstance(item, Waiting) == (sys.argv[3] == "starting") and (isinstance(item, Waiting) or item.text):
            print(gateway.local._process.pid, flush=True)
            await asyncio.sleep(0 if sys.argv[3] == "streaming" else 30)

# Python hears no interrupt where whoever started it ignores them.
signal.signal(signal.SIGINT, signal.default_int_handler)
asyncio.run(main())
"""


@pytest.mark.parametrize("moment", ["starting", "streaming"])
@pytest.mark.parametrize("signum", [signal.SIGKILL, signal.SIGTERM, signal.SIGINT])
def test_a_killed_parent_leaves_no_orphan(data_dir: Path, tmp_path: Path, moment: str, signum: signal.Signals) -> None:
    parent = subprocess.Popen(
        [sys.executable, "-c", PARENT, str(data_dir), str(tmp_path), moment],
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
    )
    assert parent.stdout is not None
    with parent:
        child = int(parent.stdout.readline())
        assert is_alive(child)
        parent.send_signal(signum)
        parent.stdout.read()
        parent.wait(10)
    assert dead_within(child, 10), "the local model runs on without its parent"
