"""What goes on while the keys stay free."""

from __future__ import annotations

from collections.abc import Callable, Coroutine
from functools import partial
from typing import Any

from textual.dom import DOMNode
from textual.worker import Worker


def start_worker(
    node: DOMNode, work: Callable[..., Coroutine[Any, Any, Any]], *given: Any, **options: Any
) -> Worker[Any]:
    """`work(*given)` as a worker of `node`, with the options of `run_worker`.

    Its coroutine is made only as it begins: a worker that is replaced or ended before that would leave one behind that
    was never awaited, which Python tells on the terminal.
    """
    begin: Any = partial(work, *given)
    worker: Worker[Any] = node.run_worker(begin, **options)
    return worker
