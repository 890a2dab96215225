"""What all runs of a prompt come to, version by version."""

from __future__ import annotations

from workbench.domain.stories import RunSums
from workbench.store.database import Database


def run_sums(database: Database, prompt_id: int) -> dict[str, RunSums]:
    """Number → sums; "" for runs of drafts. Versions that were never run are not in it."""
    rows = database.rows(
        "SELECT coalesce(v.number, ''), count(*), sum(r.status = 'finished'), sum(r.status = 'failed'), "
        "sum(r.status = 'cancelled'), coalesce(sum(r.input_tokens), 0), coalesce(sum(r.output_tokens), 0), "
        "coalesce(sum(r.cost), 0.0), sum(r.cost IS NULL), "
        "avg(CASE WHEN r.status = 'finished' THEN r.duration END), avg(r.rating), count(r.rating), "
        "coalesce(sum(r.starred), 0) FROM runs r LEFT JOIN versions v ON v.id = r.version_id "
        "WHERE r.prompt_id = ? GROUP BY r.version_id",
        (prompt_id,),
    )
    return {number: RunSums(*sums) for number, *sums in rows}
