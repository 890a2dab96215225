"""The same as `tests/bench/chaos.py`, small enough for every run."""

from __future__ import annotations

from pathlib import Path

from tests.support.chaos import faults, rage


def test_whatever_is_killed_the_ledger_stays_whole_and_the_past_true(tmp_path: Path) -> None:
    path = tmp_path / "prompts.db"
    chaos = rage(path, processes=4, acts=25, answers=12, seed=7, most_kills=5)
    assert faults(path, chaos, instants=40, seed=7) == []
    assert sum(word not in ("refused", "nothing") for _, word in chaos.acknowledged) > 30
    assert chaos.kills
