"""Checking a store, copying it, and what `doctor` wants to know about it."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from workbench.domain.events import GENESIS, event_hash
from workbench.domain.prompts import canonical_json, content_from_dict
from workbench.errors import Refused
from workbench.store import Store
from workbench.store.checks import Facts, copy_to, foreign_key_faults, integrity_faults, ledger_faults, read_facts
from workbench.store.checks import loose_rights as loose_rights
from workbench.store.definitions import Deviation, deviations
from workbench.store.definitions import mend as made_anew

if TYPE_CHECKING:
    from workbench.domain.releases.signing import Verdict
    from workbench.services.releases.signing import Signer

_PAGE = 500
_SHOWN = 5
"""How many faults of one kind are told; a broken file can have thousands."""


@dataclass(frozen=True)
class Check:
    name: str
    ok: bool
    detail: str


@dataclass(frozen=True)
class VerifyReport:
    ok: bool
    checks: tuple[Check, ...]
    signatures: tuple[Verdict, ...] = ()
    """Every one, oldest first."""
    mendable: bool = False
    """All that is wrong is what `mend` puts right: no row is damaged."""


def verify(
    store: Store, signer: Signer | None = None, progress: Callable[[int, int], None] | None = None
) -> VerifyReport:
    """All that can be proved about a store: its file, its definitions, the references, all digests and rows, the chain
    of events, and every signature. Without a `signer` a signature need only be sound; with one it must be of who it
    says.
    """
    with store.snapshot():
        wrong = deviations(store.database)
        sound = _check("file", integrity_faults(store.database), "PRAGMA integrity_check found nothing")
        defined = _check(
            "definitions", [one.told for one in wrong], "tables, indexes and triggers are as they were made"
        )
        if not all(one.mendable for one in wrong):
            # What reads a table that is not there, or is another one, would end in the middle.
            return VerifyReport(False, (sound, defined))
        counted = _Counted(progress, store)
        versions, wrong_digests = _wrong_digests(store, counted.more)
        events, breaks = _breaks_in_chain(store, counted.more)
        rows, changed = store.seals.faults(counted.more)
        checks: tuple[Check, ...] = (
            sound,
            defined,
            _check("references", foreign_key_faults(store.database), "every row's owner is there"),
            _check("digests", wrong_digests, f"{versions} versions say what their digests say"),
            _check("events", breaks, f"{events} events are an unbroken chain"),
            _check("rows", changed, f"{rows} rows are what their events recorded"),
            _check("ledger", ledger_faults(store.database), "what is live is what the ledger says"),
        )
        signatures: tuple[Verdict, ...] = ()
        if store.reviews.has_signatures():
            signatures, check = _signatures(store, signer, counted.more)
            checks = (*checks, check)
    failed = [check for check in checks if not check.ok]
    return VerifyReport(not failed, checks, signatures, mendable=failed == [defined])


def mend(store: Store, actor: str) -> list[Deviation]:
    """Makes anew the triggers, indexes and views that are missing or changed, and takes away triggers that are not the
    program's: what was wrong. What somebody did to the rows meanwhile is for `verify` to find.

    Raises `StoreReadOnly`; `StoreError` where the rows do not allow it.
    """
    with store.write():
        wrong = made_anew(store.database)
        if wrong:
            details = {"mended": [one.told for one in wrong]}
            store.events.append("store.mend", "", actor=actor, at=store.clock(), details=details)
    return wrong


class _Counted:
    """Tells how many of all rows were looked at; the same row counts as often as it is looked at."""

    def __init__(self, progress: Callable[[int, int], None] | None, store: Store) -> None:
        self._progress = progress
        self._done = 0
        self._total = 0
        if progress is not None:
            self._total = store.versions.count() + store.events.head()[0] + store.seals.count()

    def more(self, rows: int) -> None:
        self._done += rows
        if self._progress is not None:
            self._progress(min(self._done, self._total), self._total)


def _signatures(store: Store, signer: Signer | None, more: Callable[[int], None]) -> tuple[tuple[Verdict, ...], Check]:
    from workbench.domain.releases.signing import Signing
    from workbench.services.releases.signatures import verdicts
    from workbench.services.releases.signing import Signer

    try:
        found = tuple(verdicts(store, signer or Signer(Signing(""), ""), more))
    except Refused as error:
        return (), Check("signatures", False, f"not checked: {error.message}")
    bad = [one for one in found if one.state == "broken" or (one.state == "unknown" and signer is not None)]
    valid = sum(one.state == "valid" for one in found)
    fine = f"{valid} of {len(found)} signatures are of who they say"
    if signer is None:
        fine = f"{len(found)} signatures are sound; whose they are is not checked without signing in the config"
    return found, _check("signatures", [f"{one.of} {one.row_id}: {one.detail}" for one in bad], fine)


def backup(store: Store, target: Path) -> Path:
    """A whole copy at `target`, which must not exist; it appears under its name only when it is complete (mode 0600).

    Others may read and write the store meanwhile. Raises `BadInput` when something is there, `StoreError` when it
    cannot be written.
    """
    return copy_to(store.database, target)


def health(store: Store) -> Facts:
    """Sizes, counts and circumstances; reads no content."""
    return read_facts(store.database)


def _check(name: str, faults: list[str], fine: str) -> Check:
    if not faults:
        return Check(name, True, fine)
    more = f" and {len(faults) - _SHOWN} more" if len(faults) > _SHOWN else ""
    return Check(name, False, "; ".join(faults[:_SHOWN]) + more)


def _wrong_digests(store: Store, more: Callable[[int], None]) -> tuple[int, list[str]]:
    faults, count, last = [], 0, 0
    while page := store.versions.page_of_bodies(last, _PAGE):
        for version_id, prompt, number, digest, body in page:
            try:
                right = content_from_dict(json.loads(body)).digest == digest
            except (ValueError, KeyError, TypeError, AttributeError):
                right = False
            if not right:
                faults.append(f"{prompt}@{number} is not what was saved")
            last = version_id
        count += len(page)
        more(len(page))
    return count, faults


def _breaks_in_chain(store: Store, more: Callable[[int], None]) -> tuple[int, list[str]]:
    faults, count, last, previous = [], 0, 0, GENESIS
    while page := store.events.page_as_stored(last, _PAGE):
        for event, details in page:
            if event.id != last + 1:
                faults.append(_missing(last + 1, event.id - 1))
            if event.previous_hash != previous:
                faults.append(f"event {event.id} does not follow the one before it")
            if event_hash(event.previous_hash, event) != event.hash or canonical_json(dict(event.details)) != details:
                faults.append(f"event {event.id} was changed")
            last, previous = event.id, event.hash
        count += len(page)
        more(len(page))
    head, hashed = store.events.head()
    if head > last:
        faults.append(_missing(last + 1, head))
    elif (head, hashed) != (last, previous):
        faults.append(f"event {last} is not the one that was recorded last")
    return count, faults


def _missing(first: int, last: int) -> str:
    return f"event {first} is missing" if first >= last else f"events {first} to {last} are missing"
