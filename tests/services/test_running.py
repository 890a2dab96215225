"""Runs against an endpoint that misbehaves: each ends in plain words, with what came, and is recorded."""

from __future__ import annotations

import asyncio
import dataclasses
import json
import logging
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.support.fake_endpoint import USAGE, WHOLE, FakeEndpoint
from tests.support.running import END, KEY, Prepare, events_of, running_with, text_of
from workbench.domain.runs import Cancelled, Delta, Failed, Finished, Run, Started, Usage, Waiting
from workbench.errors import BadInput, MissingVariables, NotFound, StoreReadOnly
from workbench.models.endpoints import Endpoint
from workbench.models.gateway import Gateway
from workbench.services.runs.running import Running
from workbench.store import Store, open_store


async def test_a_whole_run_is_streamed_and_kept_word_for_word(
    running: Running, prepare: Prepare, fake: FakeEndpoint, store: Store
) -> None:
    prepared = prepare(max_tokens=50)
    events = await events_of(running, prepared)
    assert isinstance(events[0], Started)
    assert [type(event) for event in events if isinstance(event, END)] == [Finished]
    assert text_of(events) == WHOLE
    run = events[-1].run
    assert run.id == events[0].run_id
    assert (run.output, run.status, run.finish_reason) == (WHOLE, "finished", "stop")
    assert run.usage == Usage(11, 6)
    assert run.response["usage"] == USAGE
    assert (run.seed, run.actor, run.origin, run.cost) == (7, "ana", "run", 0.0)
    assert run.variables == {"who": "Ana", "input": "Hi"}
    assert 0 < run.first_token <= run.duration
    assert running.run(run.id) == run == running.run(run.id[:8])
    sent = fake.requests[-1]
    assert sent.path == "/v1/chat/completions"
    assert (
        sent.body
        == run.request.body
        == {
            "model": "whole",
            "messages": [{"role": "system", "content": "Greet Ana."}, {"role": "user", "content": "Hi"}],
            "temperature": 0.5,
            "seed": 7,
            "max_tokens": 50,
            "stream": True,
            "stream_options": {"include_usage": True},
        }
    )
    assert sent.headers["Authorization"] == f"Bearer {KEY}"


@pytest.mark.parametrize(
    ("model", "said", "partial", "calls"),
    [
        ("401", "does not accept the key", "", 1),
        ("403", "Country not supported", "", 1),
        ("404", "has no model 404", "", 1),
        ("400", "temperature must be at most 2", "", 1),
        ("context", "too long for context", "", 1),
        ("429", "asked too often", "", 3),
        ("quota", "no credit left", "", 1),
        ("500", "failed (500): The server had an error", "", 3),
        ("502-page", "failed (502): an HTML page", "", 3),
        ("closed", "the connection broke", "", 3),
        ("hang-before", "no answer from fake within 1 s", "", 1),
        ("hang-within", "nothing more came from fake within 1 s", "Hello from", 1),
        ("cut", "cut off before its end", "Hello from", 1),
        ("unfinished", "cut off before its end", "Hello from", 1),
        ("unfinished-done", "cut off before its end", "Hello from", 1),
        ("error-mid", "broke off with an error: the engine died", "Hello", 1),
        ("bad-json", "a piece of the answer could not be read", "Hello", 1),
        ("bad-utf8", "a piece of the answer could not be read", "Hello", 1),
        ("page", "text/html instead of a stream", "", 1),
        ("not-streamed", "application/json instead of a stream", "", 1),
        ("no-choices", "cut off before its end", "", 1),
        ("null-content", "answered with nothing", "", 1),
        ("all-thought", "the token limit was reached", "", 1),
    ],
)
async def test_each_fault_is_said_in_plain_words_and_recorded(
    running: Running,
    prepare: Prepare,
    fake: FakeEndpoint,
    model: str,
    said: str,
    partial: str,
    calls: int,
) -> None:
    events = await events_of(running, prepare(model))
    assert [type(event) for event in events if isinstance(event, END)] == [Failed]
    failed = events[-1]
    assert said in failed.message
    assert failed.hint
    assert "Traceback" not in failed.message
    assert fake.counts[model] == calls
    assert sum(isinstance(event, Waiting) for event in events) == calls - 1
    assert text_of(events) == partial
    recorded = running.run(failed.run.id)
    assert (recorded.status, recorded.output, recorded.error) == ("failed", partial, failed.message)
    assert recorded.duration < 8


@pytest.mark.parametrize("model", ["retry-500", "retry-reset", "retry-429", "retry-date"])
async def test_a_passing_fault_is_waited_out_in_sight(running: Running, prepare: Prepare, model: str) -> None:
    began = time.monotonic()
    events = await events_of(running, prepare(model))
    waits = [event for event in events if isinstance(event, Waiting)]
    assert isinstance(events[-1], Finished)
    assert text_of(events) == WHOLE
    assert waits
    assert time.monotonic() - began >= sum(wait.seconds for wait in waits)
    if model == "retry-429":
        assert [wait.seconds for wait in waits] == [1.0]
        assert "asked to wait" in waits[0].reason


async def test_an_absurd_wait_is_capped_and_can_be_left(
    store: Store, fake: FakeEndpoint, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, prepare: Prepare
) -> None:
    monkeypatch.setenv("FAKE_KEY", KEY)
    running = running_with(store, Endpoint("fake", fake.base_url, api_key_env="FAKE_KEY"), tmp_path)
    stop, events = asyncio.Event(), []
    async for event in running.execute(prepare("a-day"), stop=stop):
        events.append(event)
        if isinstance(event, Waiting):
            assert event.seconds == 60.0
            began = time.monotonic()
            stop.set()
    assert isinstance(events[-1], Cancelled)
    assert time.monotonic() - began < 30, "not waited for to its end"
    assert running.run(events[-1].run.id).status == "cancelled"


async def under_way(events: list[Any], fake: FakeEndpoint, model: str, asked: int = 1) -> None:
    """Until the endpoint was asked that often, and what it says at first has come."""
    while fake.counts[model] < asked or not (model == "hang-before" or any(isinstance(e, Delta) for e in events)):
        await asyncio.sleep(0.01)


async def stopped_under_way(
    stop: asyncio.Event, events: list[Any], fake: FakeEndpoint, model: str, asked: int
) -> float:
    """Stops it then, and says when."""
    await under_way(events, fake, model, asked)
    stop.set()
    return time.monotonic()


@pytest.mark.parametrize("model", ["hang-before", "hang-within", "drip"])
async def test_stop_answers_at_once_and_keeps_what_came(
    running: Running, prepare: Prepare, fake: FakeEndpoint, model: str
) -> None:
    for asked in range(1, 11):  # the machine is shared with others: the best of several is what it can do
        stop, events = asyncio.Event(), list[Any]()
        stopping = asyncio.create_task(stopped_under_way(stop, events, fake, model, asked))
        async for event in running.execute(prepare(model), stop=stop):
            events.append(event)
        took = time.monotonic() - await stopping
        assert [type(event) for event in events if isinstance(event, END)] == [Cancelled]
        run = running.run(events[-1].run.id)
        assert run.status == "cancelled"
        assert run.output == text_of(events)
        assert bool(run.output) == (model != "hang-before")
        assert await asyncio.to_thread(fake.disconnected.wait, 5.0), "the endpoint still thinks that somebody listens"
        if took < 0.2:
            break
    assert took < 0.2


@pytest.mark.parametrize("model", ["hang-before", "hang-within", "drip"])
async def test_a_cancelled_task_leaves_a_record(
    running: Running, prepare: Prepare, fake: FakeEndpoint, model: str
) -> None:
    started: list[Any] = []

    async def consume() -> None:
        async for event in running.execute(prepare(model)):
            started.append(event)  # noqa: PERF401  a comprehension would be lost with the task

    task = asyncio.create_task(consume())
    await under_way(started, fake, model)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    run = running.run(started[0].run_id)
    assert run.status == "cancelled"
    assert run.output.startswith(text_of(started))


async def test_a_task_cancelled_while_its_reader_is_busy_leaves_a_record(
    running: Running, prepare: Prepare, fake: FakeEndpoint
) -> None:
    started: list[Any] = []

    async def consume() -> None:
        async for event in running.execute(prepare("drip")):
            started.append(event)
            if isinstance(event, Delta):
                await asyncio.sleep(60)

    task = asyncio.create_task(consume())
    await under_way(started, fake, "drip")
    await asyncio.sleep(0.5)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    while not running.runs():
        await asyncio.sleep(0.01)
    run = running.run(started[0].run_id)
    assert run.status == "cancelled"
    assert len(run.output) > len(text_of(started)), "what came while the reader was busy belongs to the record"


def test_the_end_of_the_event_loop_leaves_a_record(running: Running, prepare: Prepare) -> None:
    started: list[Any] = []

    async def leave() -> None:
        async for event in running.execute(prepare("drip")):
            started.append(event)
            if isinstance(event, Delta):
                return

    asyncio.run(leave())
    assert running.run(started[0].run_id).status == "cancelled"


async def test_stopped_before_it_began(running: Running, prepare: Prepare) -> None:
    stop = asyncio.Event()
    stop.set()
    events = [event async for event in running.execute(prepare("drip"), stop=stop)]
    assert isinstance(events[-1], Cancelled)


async def test_a_drip_ends_at_the_deadline(
    store: Store, fake: FakeEndpoint, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, prepare: Prepare
) -> None:
    running = running_with(store, Endpoint("fake", fake.base_url, timeout=5.0, deadline=1.5), tmp_path)
    events = await events_of(running, prepare("drip"))
    assert isinstance(events[-1], Failed)
    assert "not done within 1.5 s" in events[-1].message
    assert events[-1].run.output.startswith("drip drip")
    assert 1.4 < events[-1].run.duration < 15


async def test_strange_chunks_do_not_disturb_an_answer(running: Running, prepare: Prepare) -> None:
    run = (await events_of(running, prepare("strange-chunks")))[-1].run
    assert (run.status, run.output) == ("finished", WHOLE)
    assert (run.usage.output_tokens, run.usage.estimated) == (6, True)


async def test_split_surrogates_are_joined_and_halves_replaced(running: Running, prepare: Prepare) -> None:
    run = (await events_of(running, prepare("surrogates")))[-1].run
    assert run.output == "a😀b\ufffd!"
    assert running.run(run.id).output == run.output


async def test_control_characters_are_kept_as_they_came(running: Running, prepare: Prepare) -> None:
    run = (await events_of(running, prepare("controls")))[-1].run
    assert running.run(run.id).output == "\x1b]52;c;eHg=\x07\x00\x9b2J"


async def test_twenty_thousand_pieces_are_joined_for_a_slow_reader(
    store: Store, fake: FakeEndpoint, tmp_path: Path, prepare: Prepare
) -> None:
    # Without a time limit: the endpoint takes its time to put them together.
    running = running_with(store, Endpoint("fake", fake.base_url), tmp_path)
    events: list[Any] = []
    async for event in running.execute(prepare("many")):
        events.append(event)
        await asyncio.sleep(0.05)
    assert text_of(events) == "x" * 20_000
    assert len(events) < 400
    assert events[-1].run.usage == Usage(11, 6)


async def test_a_chunk_of_five_million_characters_arrives_whole(
    store: Store, fake: FakeEndpoint, tmp_path: Path, prepare: Prepare
) -> None:
    running = running_with(store, Endpoint("fake", fake.base_url), tmp_path)
    run = (await events_of(running, prepare("huge")))[-1].run
    assert run.output == "é" * 5_000_000


async def test_tool_calls_are_an_answer(running: Running, prepare: Prepare) -> None:
    run = (await events_of(running, prepare("tools")))[-1].run
    assert (run.status, run.finish_reason) == ("finished", "tool_calls")
    assert run.response["tool_calls"] == [
        {"id": "call_1", "type": "function", "function": {"name": "weather", "arguments": '{"city": "Oslo"}'}}
    ]


async def test_the_record_says_what_was_left_out(running: Running, prepare: Prepare, fake: FakeEndpoint) -> None:
    run = (await events_of(running, prepare("no-usage-option")))[-1].run
    assert run.status == "finished"
    assert "stream_options" not in run.request.body
    assert running.run(run.id).request.body == fake.requests[-1].body


async def test_a_key_is_nowhere(
    running: Running, prepare: Prepare, store: Store, caplog: pytest.LogCaptureFixture, tmp_path: Path
) -> None:
    caplog.set_level(logging.DEBUG)
    for model in ("whole", "401", "cut", "500"):
        events = await events_of(running, prepare(model))
        texts = [repr(event) for event in events]
        texts.append(json.dumps(dataclasses.asdict(events[-1].run), default=str))
        assert not [text for text in texts if KEY in text]
    assert "******" in repr(running._gateway.endpoint("fake").key())
    assert KEY not in repr(running._gateway.endpoint("fake").key())
    assert KEY not in caplog.text
    store.close()
    for file in tmp_path.rglob("*"):
        assert not file.is_file() or KEY.encode() not in file.read_bytes(), file


async def test_a_missing_key_is_named_before_anything_is_sent(
    running: Running, prepare: Prepare, fake: FakeEndpoint, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("FAKE_KEY")
    failed = (await events_of(running, prepare()))[-1]
    assert isinstance(failed, Failed)
    assert "FAKE_KEY is not set" in failed.message
    assert fake.requests == []


async def test_nobody_listens(store: Store, tmp_path: Path, prepare: Prepare) -> None:
    running = running_with(store, Endpoint("fake", "http://ana:secret@127.0.0.1:9/v1"), tmp_path)
    failed = (await events_of(running, prepare()))[-1]
    assert "cannot reach fake at http://127.0.0.1:9/v1: connection refused" in failed.message
    assert "secret" not in repr(failed.run.error) + failed.hint


async def test_no_such_host(store: Store, tmp_path: Path, prepare: Prepare, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("HTTP_PROXY", "http_proxy", "HTTPS_PROXY", "https_proxy", "ALL_PROXY", "all_proxy"):
        monkeypatch.delenv(name, raising=False)
    running = running_with(store, Endpoint("fake", "http://nowhere.invalid/v1"), tmp_path)
    failed = (await events_of(running, prepare()))[-1]
    assert isinstance(failed, Failed)
    assert "cannot reach fake at http://nowhere.invalid/v1" in failed.message


async def test_others_get_nothing_that_is_openai_s(
    store: Store, fake: FakeEndpoint, tmp_path: Path, prepare: Prepare, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("OPENAI_API_KEY", "OPENAI_ADMIN_KEY", "OPENAI_ORG_ID", "OPENAI_PROJECT_ID"):
        monkeypatch.setenv(name, "private-" + name)
    monkeypatch.setenv("OPENAI_CUSTOM_HEADERS", "X-Mine: private-header")
    running = running_with(store, Endpoint("fake", fake.base_url), tmp_path)
    assert isinstance((await events_of(running, prepare()))[-1], Finished)
    assert "private-" not in json.dumps(fake.requests[-1].headers)
    assert "Authorization" not in fake.requests[-1].headers


def test_run_sync_gives_the_recorded_run_again_and_again(running: Running, prepare: Prepare) -> None:
    seen: list[Any] = []
    runs = [running.run_sync(prepare(), seen.append) for _ in range(3)]
    assert [run.status for run in runs] == ["finished"] * 3
    assert len({run.id for run in runs}) == 3
    assert [row.id for row in running.runs("demo/greet")] == [run.id for run in reversed(runs)]
    assert sum(isinstance(event, Finished) for event in seen) == 3


async def test_run_sync_inside_a_loop_says_what_to_use(running: Running, prepare: Prepare) -> None:
    with pytest.raises(BadInput, match="event loop"):
        running.run_sync(prepare())


def test_what_is_missing_never_reaches_the_network(
    store: Store, running: Running, prepare: Prepare, fake: FakeEndpoint
) -> None:
    version = prepare().version
    with pytest.raises(MissingVariables):
        running.prepare(version, {}, model="fake/whole")
    with pytest.raises(NotFound):
        running.prepare(version, {"who": "x"}, model="fke/whole")
    for settings, said in (
        ({"temprature": 1}, "temperature"),
        ({"temperature": "warm"}, "number"),
        ({"max_tokens": 0}, "at least 1"),
        ({"messages": []}, "not a setting"),
        ({"n": 2}, "n must be 1"),
        ({"metadata": {"x": object()}}, "JSON"),
        ({"stop": "\ud800"}, "surrogate"),
        ({"logit_bias": {"1": float("nan")}}, "JSON"),
    ):
        with pytest.raises(BadInput) as caught:
            running.prepare(version, {"who": "x"}, model="fake/whole", settings=settings)
        assert said in caught.value.message + caught.value.hint
    with pytest.raises(BadInput, match="surrogate"):
        running.prepare(version, {"who": "\ud800"}, model="fake/whole")
    assert fake.requests == []


def test_warnings_and_settings_taken_away(running: Running, prepare: Prepare) -> None:
    version = prepare().version
    prepared = running.prepare(
        version, {"who": "x", "whom": "y"}, model="fake/whole", settings={"seed": None, "zeta": 1}
    )
    assert "seed" not in prepared.request.body
    assert prepared.request.body["zeta"] == 1
    joined = " | ".join(prepared.warnings)
    assert "whom" in joined
    assert "zeta" in joined
    assert "no user message" in joined


def test_unknown_and_ambiguous_runs(running: Running, prepare: Prepare) -> None:
    run: Run = running.run_sync(prepare())
    with pytest.raises(NotFound):
        running.run("ffffffff-0000")
    with pytest.raises(NotFound):
        running.run("")
    assert running.run(run.id.upper()) == run


def test_a_read_only_store_refuses_before_anything_is_sent(
    store: Store, running: Running, prepare: Prepare, fake: FakeEndpoint, tmp_path: Path
) -> None:
    version = prepare().version
    with_reader = open_store(store.path, readonly=True)
    try:
        reading = running_with(with_reader, Endpoint("fake", fake.base_url), tmp_path)
        with pytest.raises(StoreReadOnly):
            reading.prepare(version, {"who": "x"}, model="fake/whole")
    finally:
        with_reader.close()
    assert fake.requests == []


async def test_a_run_that_cannot_be_recorded_says_so(store: Store, running: Running, prepare: Prepare) -> None:
    prepared = prepare()
    store.close()
    events: list[Any] = []
    with pytest.raises(Exception, match="closed"):
        async for event in running.execute(prepared):
            events.append(event)  # noqa: PERF401  a comprehension would be lost with the error
    assert text_of(events) == WHOLE
    assert not isinstance(events[-1], END)


async def test_a_store_on_another_thread_records_while_the_task_is_cancelled(
    store: Store, fake: FakeEndpoint, tmp_path: Path, prepare: Prepare
) -> None:
    """As in the app: the store is reached by a hop, and a waiter that is cancelled takes its queued call back."""
    slow: asyncio.Queue[Any] = asyncio.Queue()

    async def hop(act: Callable[[Store], Any]) -> Any:
        done = asyncio.get_running_loop().create_future()
        slow.put_nowait((act, done))
        return await done

    async def store_thread() -> None:
        while True:
            act, done = await slow.get()
            await asyncio.sleep(0.1)
            if not done.cancelled():
                done.set_result(act(store))

    worker = asyncio.create_task(store_thread())
    gateway = Gateway({"fake": Endpoint("fake", fake.base_url)}, {}, "fake/whole", tmp_path, tmp_path)
    running = Running(hop, gateway, actor="ana", store=store)
    started: list[Any] = []

    async def consume() -> None:
        async for event in running.execute(prepare("drip")):
            started.append(event)  # noqa: PERF401  a comprehension would be lost with the task

    task = asyncio.create_task(consume())
    await under_way(started, fake, "drip")
    for _ in range(3):  # impatience
        task.cancel()
        await asyncio.sleep(0.02)
    with pytest.raises(asyncio.CancelledError):
        await task
    worker.cancel()
    assert running.run(started[0].run_id).status == "cancelled"


async def test_who_stops_a_wait_has_not_asked_again(running: Running, prepare: Prepare, fake: FakeEndpoint) -> None:
    stop, waited = asyncio.Event(), []
    async for event in running.execute(prepare("retry-500"), stop=stop):
        if isinstance(event, Waiting):
            waited.append(event)
            stop.set()
    run = running.run(running.runs()[0].id)
    assert run.status == "cancelled"
    assert (len(waited), run.response.get("attempts", 1)) == (1, 1)
    assert fake.counts["retry-500"] == 1
