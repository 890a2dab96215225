"""The hash chain."""

from __future__ import annotations

from dataclasses import replace

import pytest

from workbench.domain.events import GENESIS, Event, event_hash

EVENT = Event(1, "version.save", "x", "ana", "2026-01-01T00:00:00.000000Z", {"number": "1.0.0"})


def test_a_known_hash_never_changes() -> None:
    # Stored chains are checked against this for ever.
    assert event_hash(GENESIS, EVENT) == "de78c01926d7f218c92048b2a1232dbf539ad7c218ded934554372f79bf9d47a"


@pytest.mark.parametrize(
    "changed",
    [
        replace(EVENT, id=2),
        replace(EVENT, kind="prompt.create"),
        replace(EVENT, prompt="y"),
        replace(EVENT, actor="eve"),
        replace(EVENT, at="2026-01-01T00:00:00.000001Z"),
        replace(EVENT, details={"number": "1.0.1"}),
        replace(EVENT, undoes=1),
        replace(EVENT, redoes=1),
    ],
)
def test_every_field_and_the_row_before_are_in_the_hash(changed: Event) -> None:
    assert event_hash(GENESIS, changed) != event_hash(GENESIS, EVENT)
    assert event_hash("1" * 64, EVENT) != event_hash(GENESIS, EVENT)
