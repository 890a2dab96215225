"""Before a run: tokens, price, what differs and what is missing, which models there are; after it: exports."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.support.fake_endpoint import WHOLE, FakeEndpoint
from tests.support.local_model import data_dir_with_weights
from tests.support.running import KEY, Prepare, events_of
from workbench.domain.overrides import Difference, differences, merged, read_override, read_overrides
from workbench.domain.prompts import Content, Message
from workbench.domain.runs import Finished
from workbench.domain.tokens import estimate_request, estimate_tokens
from workbench.errors import BadInput
from workbench.models.endpoints import Endpoint
from workbench.models.gateway import Gateway
from workbench.services.library import Library
from workbench.services.runs.choosing import Choosing
from workbench.services.runs.previewing import Previewing
from workbench.services.runs.running import Running
from workbench.services.runs.snippets import as_curl, export_runs
from workbench.store import Store

SAMPLES = Path(__file__).resolve().parents[2] / "sample_prompts"


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("temperature=0.2", {"temperature": 0.2}),
        (' stop = ["\\n"]', {"stop": ["\n"]}),
        ("user=ana", {"user": "ana"}),
        ("seed=null", {"seed": None}),
        ('{"top_p": 0.9, "seed": 7}', {"top_p": 0.9, "seed": 7}),
        ("user=a=b", {"user": "a=b"}),
    ],
)
def test_overrides_are_read(text: str, value: object) -> None:
    assert read_override(text) == value


@pytest.mark.parametrize("text", ["", "temperature", "=1", "{", "{1}", '{"a": NaN}'])
def test_what_is_no_override(text: str) -> None:
    with pytest.raises(BadInput):
        read_override(text)


def test_differences_are_to_the_version() -> None:
    settings = {"temperature": 0.5, "seed": 7, "store": True}
    overrides = read_overrides(["temperature=0.5", "seed=null", "top_p=1", "store=1"])
    assert differences(settings, overrides) == (
        Difference("seed", 7, None),
        Difference("top_p", None, 1),
        Difference("store", True, 1),
    )
    assert merged(settings, overrides) == {"temperature": 0.5, "top_p": 1, "store": 1}


async def test_a_preview_says_what_is_missing_and_what_differs(
    store: Store, running: Running, prepare: Prepare, fake: FakeEndpoint
) -> None:
    previewing = Previewing(store, running, running._gateway)
    version = prepare().version
    preview = previewing.preview(version, {}, model="fake/whole", settings={"temperature": 0.5, "seed": 8})
    assert (preview.missing, preview.request, preview.tokens) == (("who",), None, None)
    assert [one.name for one in preview.differs] == ["seed", "model"]
    assert await previewing.counted(preview) == preview
    preview = previewing.preview(version, {"who": "Ana"}, input="Hi", model="fake/whole", settings={"max_tokens": 10})
    assert preview.tokens is not None
    assert (len(preview.tokens.messages), preview.tokens.exact) == (2, False)
    counted = await previewing.counted(preview)
    assert counted.forecast is not None
    assert (counted.forecast.output_tokens, counted.forecast.reckoned_from, counted.forecast.most) == (
        10, "max_tokens", 0.0
    )  # fmt: skip
    assert fake.requests == []
    assert isinstance((await events_of(running, prepare()))[-1], Finished)
    after = await previewing.counted(previewing.of(prepare()))
    assert after.forecast is not None
    assert (after.forecast.output_tokens, after.forecast.reckoned_from) == (6, "earlier runs")


async def test_a_paid_model_has_a_forecast(
    store: Store, tmp_path: Path, prepare: Prepare, monkeypatch: pytest.MonkeyPatch
) -> None:
    gateway = Gateway({}, {}, "openai/gpt-4o-mini", tmp_path, tmp_path)

    async def direct(act: Callable[[Store], Any]) -> Any:
        return act(store)

    running = Running(direct, gateway, actor="ana", store=store)
    previewing = Previewing(store, running, gateway)
    version = prepare().version
    preview = await previewing.counted(previewing.preview(version, {"who": "x" * 4000}, settings={"max_tokens": 1000}))
    assert preview.forecast is not None
    assert preview.forecast.price is not None
    assert preview.forecast.input_cost is not None
    assert preview.forecast.likely is not None
    assert preview.forecast.most is not None
    assert 0 < preview.forecast.input_cost < preview.forecast.likely == preview.forecast.most < 0.01
    unknown = await previewing.counted(previewing.preview(version, {"who": "x"}, model="openai/never-heard-of"))
    assert unknown.forecast is not None
    assert (unknown.forecast.price, unknown.forecast.input_cost, unknown.forecast.most) == (None, None, None)


async def test_tokens_are_exact_where_the_model_counts_them(store: Store, library: Library, tmp_path: Path) -> None:
    gateway = Gateway({}, {}, "local/smollm2-135m", data_dir_with_weights(), tmp_path)

    async def direct(act: Callable[[Store], Any]) -> Any:
        return act(store)

    running = Running(direct, gateway, actor="ana", store=store)
    text = (SAMPLES / "support" / "customer-support" / "1.3.0.yaml").read_text()
    version = library.save("a", Content((Message("system", text), Message("user", "Hi")), "literal"))
    try:
        prepared = running.prepare(version, {}, settings={"max_tokens": 2})
        counted = await Previewing(store, running, gateway).counted(Previewing(store, running, gateway).of(prepared))
        assert counted.tokens is not None
        assert counted.tokens.exact
        run = (await events_of(running, prepared))[-1].run
        assert run.usage.input_tokens == counted.tokens.total
        estimated = estimate_request(prepared.request.body)
        assert 0.9 < estimated.total / counted.tokens.total < 1.1
        assert counted.tokens.messages[0] == pytest.approx(estimated.messages[0], rel=0.1)
    finally:
        await gateway.release()
        gateway.close()


def test_estimates_grow_with_the_text_and_never_fail() -> None:
    assert estimate_tokens("") == 0
    assert estimate_tokens("\ud800日本語 naïve\n\n  x") > 5
    assert estimate_tokens("word " * 1000) == pytest.approx(1000, rel=0.01)
    assert estimate_request({"messages": [{"role": "user", "content": None, "tool_calls": [{"id": "x"}]}]}).total > 3


async def test_models_are_listed_with_favourites_first_and_problems_named(
    store: Store, fake: FakeEndpoint, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in [name for name in os.environ if name.endswith("_API_KEY")]:
        monkeypatch.delenv(name)
    endpoints = {"fake": Endpoint("fake", fake.base_url), "gone": Endpoint("gone", "http://127.0.0.1:9/v1")}
    gateway = Gateway(endpoints, {"quick": "fake/whole"}, "", tmp_path, tmp_path)
    choosing = Choosing(store, gateway)
    choosing.mark("gone/best")
    choosing.mark("fake/cut")
    assert choosing.mark("fake/whole") == ("gone/best", "fake/cut", "fake/whole")
    assert choosing.mark("fake/whole", False) == choosing.favourites() == ("gone/best", "fake/cut")
    offers = [offer async for offer in choosing.offers()]
    await gateway.release()
    by_name = {offer.endpoint: offer for offer in offers}
    assert by_name["fake"].models == ("fake/cut", "fake/whole")
    assert "connection refused" in by_name["gone"].problem
    assert by_name["local"].problem == "the local model's weights are not here yet"
    listed = choosing.choices(offers, choosing.favourites())
    assert [(one.model, one.favourite) for one in listed] == [
        ("gone/best", True),
        ("fake/cut", True),
        ("quick", False),
        ("fake/whole", False),
        ("local/smollm2-135m", False),
    ]
    assert "connection refused" in listed[0].note
    assert listed[2].note == "short for fake/whole"
    assert listed[3].note == ""


async def test_exports_send_the_same_again_and_hold_no_key(
    running: Running,
    prepare: Prepare,
    fake: FakeEndpoint,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    run = (await events_of(running, prepare("whole", stop=["'", "$HOME`\\"])))[-1].run
    for kind in ("json", "jsonl", "curl", "python"):
        text = export_runs([run], kind, running._gateway)
        assert KEY not in text
        assert text.endswith("\n")
    assert json.loads(export_runs([run], "json", running._gateway))["output"] == WHOLE
    assert len(export_runs([run, run], "jsonl", running._gateway).splitlines()) == 2
    with pytest.raises(BadInput, match="one run"):
        export_runs([run, run], "curl", running._gateway)
    script = tmp_path / "again.py"
    script.write_text(export_runs([run], "python", running._gateway))
    done = subprocess.run([sys.executable, script], capture_output=True, text=True, timeout=60)
    assert (done.stdout, done.stderr) == (WHOLE + "\n", "")
    sent = fake.requests[-1]
    assert sent.headers["Authorization"] == f"Bearer {KEY}"
    assert sent.body == {k: v for k, v in run.request.body.items() if k not in ("stream", "stream_options")}
    if shutil.which("curl"):
        command = tmp_path / "again.sh"
        command.write_text(export_runs([run], "curl", running._gateway))
        done = subprocess.run(["sh", command], capture_output=True, text=True, timeout=60)
        assert "[DONE]" in done.stdout, done.stderr
        assert fake.requests[-1].body == run.request.body
        assert fake.requests[-1].headers["Authorization"] == f"Bearer {KEY}"


async def test_a_snippet_names_headers_by_variables_and_hides_what_a_body_repeats(
    running: Running, prepare: Prepare, monkeypatch: pytest.MonkeyPatch
) -> None:
    run = (await events_of(running, prepare("whole", user=KEY)))[-1].run
    endpoint = Endpoint("x", "http://ana:hunter22@host/v1?key=abc", "FAKE_KEY", {"X-Api-Key": "header-secret"})
    text = as_curl(run.request, endpoint)
    assert '-H "X-Api-Key: $HEADER_X_API_KEY"' in text
    assert "http://host/v1/chat/completions" in text
    for secret in ("hunter22", "header-secret", KEY, "abc"):
        assert secret not in text
    assert "set BASE_URL" in as_curl(run.request, None)
