"""An endpoint that misbehaves on request, and a version to run on it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.support.fake_endpoint import FakeEndpoint, fake_endpoint
from tests.support.running import KEY, running_with
from workbench.domain.prompts import Content, Message, Variable
from workbench.models.endpoints import Endpoint
from workbench.services.library import Library
from workbench.services.runs.calls import Prepared
from workbench.services.runs.running import Running
from workbench.store import Store


@pytest.fixture
def fake() -> Iterator[FakeEndpoint]:
    with fake_endpoint() as endpoint:
        yield endpoint


@pytest.fixture
def running(store: Store, fake: FakeEndpoint, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Running:
    monkeypatch.setenv("FAKE_KEY", KEY)
    endpoint = Endpoint("fake", fake.base_url, api_key_env="FAKE_KEY", timeout=1.0, deadline=20.0)
    return running_with(store, endpoint, tmp_path)


@pytest.fixture
def prepare(store: Store, running: Running) -> Callable[..., Prepared]:
    version = Library(store, (), "ana").save(
        "demo/greet",
        Content(
            (Message("system", "Greet {{who}}."),),
            variables=(Variable("who"),),
            settings={"temperature": 0.5, "seed": 7},
        ),
    )

    def prepared(model: str = "whole", **settings: Any) -> Prepared:
        return running.prepare(version, {"who": "Ana"}, input="Hi", model=f"fake/{model}", settings=settings)

    return prepared
