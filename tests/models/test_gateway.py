"""Which endpoint a model is on; keys, presets and prices."""

from __future__ import annotations

import copy
import pickle
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.support.fake_endpoint import fake_endpoint
from workbench.domain.runs import Price, Usage, cost_of
from workbench.errors import BadInput, ModelError, NotFound
from workbench.models import failures
from workbench.models.endpoints import Endpoint
from workbench.models.gateway import Gateway
from workbench.models.presets import PRESETS, make_endpoint
from workbench.models.pricing import price_of
from workbench.models.retries import LONGEST_WAIT, wait_before_retry
from workbench.models.secrets import MASK, Secret, safe_url, scrub

LOCAL = "local/smollm2-135m"


def gateway(tmp_path: Path, *, default: str = LOCAL, models: dict[str, str] | None = None, **endpoints: str) -> Gateway:
    made = {name: make_endpoint(name, base_url=url) for name, url in endpoints.items()}
    return Gateway(made, models or {}, default, tmp_path / "data", tmp_path / "log")


@pytest.mark.parametrize(
    ("wanted", "endpoint", "model"),
    [
        (None, "local", "smollm2-135m"),
        ("smollm2-135m", "local", "smollm2-135m"),
        (LOCAL, "local", "smollm2-135m"),
        ("work/llama", "work", "llama"),
        ("work/meta-llama/llama-3", "work", "meta-llama/llama-3"),
        ("openai/gpt-4o-mini", "openai", "gpt-4o-mini"),
        ("fast", "groq", "llama-3.1-8b-instant"),
        ("gemini/flash", "work", "mapped"),
    ],
)
def test_where_a_model_is(tmp_path: Path, wanted: str, endpoint: str, model: str) -> None:
    table = {"fast": "groq/llama-3.1-8b-instant", "gemini/flash": "work/mapped"}
    found, name = gateway(tmp_path, models=table, work="http://llm.example/v1").resolve(wanted)
    assert (found.name, name) == (endpoint, model)


def test_a_model_without_endpoint_is_on_the_default_one(tmp_path: Path) -> None:
    found, name = gateway(tmp_path, default="work/llama", work="http://llm.example/v1").resolve("gpt-4o-mini")
    assert (found.name, name) == ("work", "gpt-4o-mini")


@pytest.mark.parametrize(
    ("wanted", "near"),
    [
        ("opnai/gpt-4o", "openai/gpt-4o"),
        ("local/gpt-4o", LOCAL),
        ("local/smollm", LOCAL),
        ("wrok/llama", "work/llama"),
        ("fsat", "fast"),
        ("gpt-4o-mini", "--model " + LOCAL),
    ],
)
def test_what_is_not_known_is_an_error_with_the_nearest(tmp_path: Path, wanted: str, near: str) -> None:
    with pytest.raises(NotFound) as caught:
        gateway(tmp_path, models={"fast": "groq/x"}, work="http://llm.example/v1").resolve(wanted)
    assert near in caught.value.hint + " ".join(caught.value.near)


def test_no_model_at_all(tmp_path: Path) -> None:
    with pytest.raises(BadInput):
        gateway(tmp_path, default="").resolve(None)


def test_a_short_name_that_leads_nowhere_says_so(tmp_path: Path) -> None:
    with pytest.raises(NotFound, match=r"models\.fast"):
        gateway(tmp_path, models={"fast": "nowhere"}).resolve("fast")


def test_presets_are_filled_in() -> None:
    assert set(PRESETS) == {
        "openai", "anthropic", "gemini", "openrouter", "groq", "mistral",
        "ollama", "lmstudio", "llamacpp", "vllm", "azure",
    }  # fmt: skip
    named = make_endpoint("groq")
    assert (named.base_url, named.api_key_env, named.preset) == (PRESETS["groq"].base_url, "GROQ_API_KEY", "groq")
    mine = make_endpoint("mine", preset="openai", api_key_env="MINE", timeout=5)
    assert (mine.base_url, mine.api_key_env, mine.timeout) == (PRESETS["openai"].base_url, "MINE", 5)
    assert make_endpoint("openai", base_url="http://proxy/v1").preset == ""
    assert not make_endpoint("mistral").stream_usage


@pytest.mark.parametrize(
    ("name", "options", "said"),
    [
        ("x", {"preset": "opnai"}, "openai"),
        ("x", {}, "base_url"),
        ("azure", {}, "base_url"),
        ("local", {"base_url": "http://x"}, "another name"),
        ("x", {"base_url": "ftp://x"}, "http"),
    ],
)
def test_what_cannot_be_an_endpoint(name: str, options: dict[str, Any], said: str) -> None:
    with pytest.raises(BadInput) as caught:
        make_endpoint(name, **options)
    assert said in caught.value.message + caught.value.hint


def test_a_secret_shows_itself_to_nobody() -> None:
    secret = Secret("sk-abcdefghijklmnop1234")
    assert f"{secret} {secret!r} {secret!s} {[secret]}" == f"{MASK} {MASK} {MASK} [{MASK}]"
    for copying in (pickle.dumps, copy.deepcopy):
        with pytest.raises(TypeError):
            copying(secret)
    endpoint = Endpoint("x", "http://ana:hunter22@host/v1?key=abc", "X_KEY", {"X-Api-Key": "header-secret"})
    assert "hunter22" not in repr(endpoint) + endpoint.address
    assert "header-secret" not in repr(endpoint)
    assert endpoint.address == "http://host/v1"
    assert scrub("a header-secret and hunter22", endpoint.secrets({})) == f"a {MASK} and {MASK}"


@pytest.mark.parametrize(
    "text",
    [
        "Incorrect API key provided: sk-proj-abcdefghijklmnop1234",
        "Authorization: Bearer abcdefgh.ijklmnop",
        "gsk_abcdefghijklmnopqrstuvwxyz",
        "AIzaSyA1234567890abcdefghijklmnopqrstuv",
        "https://ana:hunter22@host/simple",
    ],
)
def test_what_looks_like_a_key_is_masked(text: str) -> None:
    assert MASK in scrub(text)
    for word in ("abcdefgh", "1234567890", "hunter22"):
        assert word not in scrub(text)


def test_ordinary_text_is_left_alone() -> None:
    text = "The model gpt-4o-mini-2024-07-18 failed at http://host:8080/v1 with key=1"
    assert scrub(text) == text
    assert safe_url("http://[::1]:80/v1") == "http://[::1]:80/v1"
    assert safe_url("http://host:port/") == MASK


def test_the_key_is_read_when_it_is_needed(monkeypatch: pytest.MonkeyPatch) -> None:
    endpoint = Endpoint("x", "http://x/v1", "X_KEY")
    monkeypatch.delenv("X_KEY", raising=False)
    assert not endpoint.has_key()
    with pytest.raises(ModelError, match="X_KEY is not set") as caught:
        endpoint.key()
    assert caught.value.kind == "auth"
    monkeypatch.setenv("X_KEY", " later \n")
    assert endpoint.has_key()
    assert endpoint.key().reveal() == "later"
    monkeypatch.setenv("X_KEY", "schlüssel")
    with pytest.raises(ModelError, match="cannot be sent") as caught:
        endpoint.key()
    assert "schl" not in caught.value.message


def test_prices() -> None:
    usage = Usage(1000, 500)
    price = price_of(make_endpoint("openai"), "gpt-4o-mini", usage)
    assert price is not None
    assert (price.input_per_million, price.output_per_million) == (0.15, 0.6)
    assert price.source.startswith("genai-prices ")
    assert cost_of(usage, price) == pytest.approx(0.00045)
    assert price_of(make_endpoint("openai"), "no-such-model", usage) is None
    assert price_of(make_endpoint("mine", base_url="https://llm.example/v1"), "gpt-4o-mini", usage) is None
    assert price_of(make_endpoint("ollama"), "llama3.2", usage) == Price(0, 0, "local")
    assert cost_of(Usage(), Price(0, 0, "local")) == 0.0
    assert cost_of(Usage(5, None), price) is None
    assert cost_of(usage, None) is None


class _Answer(Exception):
    """As the SDK's status errors are."""

    def __init__(self, status: int, **headers: str) -> None:
        self.status_code = status
        self.body = None
        self.response = type("Response", (), {"headers": {k.replace("_", "-"): v for k, v in headers.items()}})()


@pytest.mark.parametrize(
    ("headers", "seconds"),
    [
        ({"retry_after": "7"}, 7),
        ({"retry_after": "86400"}, LONGEST_WAIT),
        ({"retry_after": "inf"}, LONGEST_WAIT),
        ({"retry_after": "-5"}, 0),
        ({"retry_after_ms": "1500"}, 1.5),
        ({"retry_after": "Wed, 21 Oct 2015 07:28:00 GMT"}, 0),
    ],
)
def test_how_long_an_endpoint_may_ask_to_wait(headers: dict[str, str], seconds: float) -> None:
    assert wait_before_retry(_Answer(429, **headers), 1) == (seconds, True)


@pytest.mark.parametrize("text", ["soon", "nan", "", "Wed, 99 Foo 2015"])
def test_an_absurd_wait_is_our_own(text: str) -> None:
    wait = wait_before_retry(_Answer(503, retry_after=text), 2)
    assert wait is not None
    assert 0.7 < wait[0] < 1.6
    assert not wait[1]


def test_what_is_not_asked_again() -> None:
    assert wait_before_retry(_Answer(429), 3) is None
    for status in (400, 401, 403, 404, 422):
        assert wait_before_retry(_Answer(status), 1) is None
    assert wait_before_retry(TimeoutError(), 1) is None


def test_an_unknown_exception_is_explained_without_its_text() -> None:
    error = failures.explain(RuntimeError("Bearer sk-verysecret-0123456789"), Endpoint("x", "http://x/v1"), "m")
    assert error.kind == "malformed"
    assert "secret" not in error.message + error.hint


async def test_the_models_of_an_endpoint(tmp_path: Path) -> None:
    with fake_endpoint() as fake:
        mine = gateway(tmp_path, fake=fake.base_url)
        assert await mine.list_models(mine.endpoint("fake")) == ["cut", "whole"]
        assert await mine.list_models(mine.endpoint("local")) == ["smollm2-135m"]
        await mine.release()
    with pytest.raises(ModelError, match="connection refused"):
        await mine.list_models(mine.endpoint("fake"))
    with pytest.raises(NotFound):
        mine.endpoint("fka")


def test_preparing_imports_no_client() -> None:
    code = (
        "import sys; from pathlib import Path; from workbench.models.gateway import Gateway;"
        "Gateway({}, {}, 'local/smollm2-135m', Path('.'), Path('.')).resolve('openai/gpt-4o');"
        "heavy = {'openai', 'httpx2', 'genai_prices', 'pydantic', 'xllamacpp'} & set(sys.modules);"
        "assert not heavy, heavy"
    )
    subprocess.run([sys.executable, "-c", code], check=True)


def test_the_client_is_imported_beside_what_else_is_done_and_leaves_the_interpreter_as_it_was() -> None:
    code = (
        "import sys; from workbench.models.client import import_beside;"
        "usual = sys.getswitchinterval(); thread = import_beside(); assert thread is not None and thread.daemon;"
        "thread.join(); assert 'openai' in sys.modules and sys.getswitchinterval() == usual;"
        "assert import_beside() is None"
    )
    subprocess.run([sys.executable, "-c", code], check=True)
