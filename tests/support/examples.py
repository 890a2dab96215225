"""How many examples a property is tried on."""

from __future__ import annotations

from hypothesis import HealthCheck, settings


def examples(count: int) -> settings:
    """So many in every run, in a search at least as many as its profile says; a fixture may last for all of them."""
    asked = settings()
    most = count if asked.derandomize else max(count, asked.max_examples)
    return settings(max_examples=most, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
