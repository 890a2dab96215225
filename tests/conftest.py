"""What many tests start from: a real store in a folder of its own and the services over it."""

from __future__ import annotations

import os
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import settings

from workbench.domain.environments import DEFAULT_ENVIRONMENTS
from workbench.services.library import Library
from workbench.services.past.history import History
from workbench.services.releases.deploying import Deploying
from workbench.store import Store, open_store

ACTOR = "ana"

# The same examples in every run: a change is judged by what it changed, not by its luck. New ones are looked for with
# `pytest --hypothesis-profile=search --hypothesis-seed=N`.
settings.register_profile("same", derandomize=True)
settings.register_profile("search", max_examples=2000, deadline=None)
settings.load_profile("same")

# What whoever runs the tests has set and configured for their own work changes no test, and no test touches it.
for _name in [name for name in os.environ if name.startswith("WORKBENCH_") and name != "WORKBENCH_TEST_MODELS"]:
    del os.environ[_name]
os.environ["XDG_CONFIG_HOME"] = str(Path(__file__).parent / "no-config-here")

# Times are shown as those of the place; the tests are all in one.
os.environ["TZ"] = "UTC"
time.tzset()


def pytest_xdist_auto_num_workers() -> int:
    """More than there are cores: much of the time goes into waiting for a terminal or a screen to come to rest."""
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    return cores + (cores + 1) // 2


def pytest_make_parametrize_id(val: object) -> str | None:
    """A text names its case, but not with all of its megabytes."""
    return f"{val[:30]!r}… {len(val):,}" if isinstance(val, str | bytes) and len(val) > 100 else None


@pytest.fixture
def store_path(tmp_path: Path) -> Path:
    """Where a store may be made; nothing is there yet."""
    return tmp_path / "prompts.db"


@pytest.fixture
def store(store_path: Path) -> Iterator[Store]:
    opened = open_store(store_path)
    yield opened
    opened.close()


@pytest.fixture
def library(store: Store) -> Library:
    return Library(store, DEFAULT_ENVIRONMENTS, ACTOR)


@pytest.fixture
def deploying(store: Store) -> Deploying:
    return Deploying(store, DEFAULT_ENVIRONMENTS, ACTOR)


@pytest.fixture
def history(store: Store) -> History:
    return History(store, DEFAULT_ENVIRONMENTS, ACTOR)
