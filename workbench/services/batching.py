"""Many small acts in few transactions: a commit to disk costs as much for one version as for fifty."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager

from workbench.store import Store

SECONDS = 0.04
"""How long one transaction may stay open: others who write wait for it."""


@contextmanager
def batches(store: Store, before_commit: Callable[[], None] = lambda: None) -> Iterator[Callable[[], None]]:
    """Inside, all writes are grouped; the function it gives is called between two acts and commits when it is time.

    `before_commit` runs inside each transaction, as its last act. When something is raised, what was not committed yet
    has not happened.
    """
    with ExitStack() as stack:
        begun = 0.0

        def step() -> None:
            nonlocal begun
            if begun and time.monotonic() - begun < SECONDS:
                return
            if begun:
                before_commit()
                stack.close()
            stack.enter_context(store.write())
            begun = time.monotonic()

        step()
        yield step
        before_commit()
