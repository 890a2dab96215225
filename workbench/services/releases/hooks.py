"""Delivering what hooks are to be told: after the commit, by a process of its own, again until it worked.

A promotion only writes into the outbox. When that is committed, a detached process is started that delivers, waits for
what failed and tries again, for some minutes; later acts and `workbench hooks deliver` go on with what is left then.
A delivery is taken for a while before it is tried, so that two processes never work on the same one, and one that was
killed in between is tried again: at least once, each with the same id.
"""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import datetime, timedelta
from http.client import HTTPException
from pathlib import Path

from workbench.domain.hooks import Delivery, Hook, message_id, payload, signature, variables, wait_after
from workbench.errors import StoreError
from workbench.models.secrets import Secret, scrub
from workbench.store import Store

TOGETHER = 8
"""Deliveries that are tried at the same time."""
_SAID = 300
"""Characters of what a receiver said that are kept."""
_STORED = "%Y-%m-%dT%H:%M:%S.%fZ"
_HELD = 30.0
_LOOK = 0.5
_ABIDING = 600.0
"""Seconds for which the detached process waits for what is to be tried later."""


@dataclass(frozen=True)
class HookSummary:
    pending: int
    given_up: int
    error: str
    """Of the newest that did not work; "" for none."""
    unknown: tuple[str, ...]
    """Hooks that something waits for and this config does not have."""


class Hooks:
    """`folder` is where commands run."""

    def __init__(self, store: Store, hooks: Sequence[Hook], folder: Path) -> None:
        self.hooks = tuple(hooks)
        self._store = store
        self._folder = folder
        self._by_name = {hook.name: hook for hook in hooks}

    def deliveries(self, limit: int = 200) -> list[Delivery]:
        """What is open before what is done, newest first."""
        return self._store.outbox.newest(limit)

    def summary(self) -> HookSummary:
        counts = self._store.outbox.counts()
        open_ones = [one for one in self._store.outbox.newest(200) if one.state != "delivered"]
        error = next((f"{one.hook}: {one.error}" for one in open_ones if one.error), "")
        unknown = dict.fromkeys(one.hook for one in open_ones if one.hook not in self._by_name)
        return HookSummary(counts.get("pending", 0), counts.get("given up", 0), error, tuple(unknown))

    def again(self) -> int:
        """Makes what was given up pending once more; how many."""
        with self._store.write():
            return self._store.outbox.again(self._store.clock())

    def deliver(self, *, due_only: bool = True) -> list[Delivery]:
        """Tries each of the pending ones once, or of those whose time has come; as they are then."""
        tried: list[int] = []
        while batch := self._claim(due_only, tried[-1] if tried else 0):
            tried += [one.id for one in batch]
            with ThreadPoolExecutor(TOGETHER) as pool:
                said = list(pool.map(self._try, batch))
            with self._store.write():
                for one, error in zip(batch, said, strict=True):
                    self._note(one, error)
        return self._store.outbox.get(tried)

    def abide(self, seconds: float = _ABIDING, sleep: Callable[[float], None] = time.sleep) -> None:
        """Delivers until nothing is pending, but no longer than that; ends at once where another process does it."""
        if not self._hold(fresh=True):
            return
        ends = time.monotonic() + seconds
        while time.monotonic() < ends:
            self.deliver()
            with self._store.write():
                if self._store.outbox.next_due(list(self._by_name)) is None:
                    # In the same transaction, so that what comes now finds nobody and starts a process of its own.
                    self._store.outbox.let_go()
                    return
            self._hold(fresh=False)
            seen = self._store.data_version()
            renew = time.monotonic() + _HELD / 2
            while time.monotonic() < min(ends, renew) and self._store.data_version() == seen and not self._is_due():
                sleep(_LOOK)
        with self._store.write():
            self._store.outbox.let_go()

    def go_on(self, start: Callable[[], None]) -> None:
        """Calls `start` when the time of something has come and no process is there to do it. Never raises."""
        with contextlib.suppress(StoreError):
            if self._is_due() and self._store.outbox.worker_until() <= self._store.clock():
                start()

    def _is_due(self) -> bool:
        due = self._store.outbox.next_due(list(self._by_name))
        return due is not None and due <= self._store.clock()

    def _hold(self, *, fresh: bool) -> bool:
        with self._store.write():
            now = self._store.clock()
            if fresh and self._store.outbox.worker_until() > now:
                return False
            self._store.outbox.hold(_later(now, _HELD))
            return True

    def _claim(self, due_only: bool, after: int) -> list[Delivery]:
        if not self.hooks:
            return []
        with self._store.write():
            now = self._store.clock()
            until = _later(now, 2 * max(hook.timeout for hook in self.hooks) + 5)
            return self._store.outbox.claim(
                list(self._by_name), now, until, after=after, limit=TOGETHER, due_only=due_only
            )

    def _note(self, one: Delivery, error: str) -> None:
        now = self._store.clock()
        if not error:
            self._store.outbox.delivered(one.id, now)
            return
        wait = wait_after(one.attempts)
        self._store.outbox.failed(one.id, error, now, _later(now, wait) if wait is not None else None)

    def _try(self, one: Delivery) -> str:
        """Why it did not work; "" when it did. On a thread of its own: nothing here touches the store."""
        hook = self._by_name[one.hook]
        secret = os.environ.get(hook.secret_env, "") if hook.secret_env else ""
        url = os.environ.get(hook.url_env, "") if hook.url_env else hook.url
        if hook.secret_env and not secret:
            return f"the environment variable {hook.secret_env} is not set here"
        if hook.url_env and not url:
            return f"the environment variable {hook.url_env} is not set here"
        body, message, now = payload(one.event), message_id(one.event), int(time.time())
        signed = signature(secret, message, now, body) if secret else ""
        if hook.command:
            said = _run(hook, self._folder, body, {**variables(one.event), "WORKBENCH_EVENT_SIGNATURE": signed})
        else:
            headers = {"webhook-id": message, "webhook-timestamp": str(now), "webhook-signature": signed}
            said = _post(url, body, {name: value for name, value in headers.items() if value}, hook.timeout)
        hidden = [Secret(value) for value in (secret, url if hook.url_env else "") if value]
        return scrub(said, hidden)[-_SAID:]


class _NoRedirect(urllib.request.HTTPRedirectHandler):
    """What is signed for one address is not sent to another."""

    def redirect_request(self, *_: object) -> None:
        return None


def _post(url: str, body: bytes, headers: Mapping[str, str], timeout: float) -> str:
    if not url.startswith(("http://", "https://")):
        return "the address does not begin with http:// or https://"
    request = urllib.request.Request(  # noqa: S310 — the scheme is checked above
        url,
        body,
        {**headers, "content-type": "application/json", "user-agent": "workbench"},
        method="POST",
    )
    opener = urllib.request.build_opener(_NoRedirect)
    try:
        with opener.open(request, timeout=timeout) as answer:
            answer.read(1)
        return ""
    except urllib.error.HTTPError as error:
        with error:
            return f"answered {error.code} {error.reason}"
    except (OSError, HTTPException, ValueError) as error:
        return f"cannot be reached: {getattr(error, 'reason', None) or error}"


def _run(hook: Hook, folder: Path, body: bytes, environment: Mapping[str, str]) -> str:
    try:
        process = subprocess.Popen(
            hook.command,
            cwd=folder,
            env={**os.environ, **environment},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
    except (OSError, ValueError) as error:
        return f"{hook.command[0]} cannot be started: {getattr(error, 'strerror', None) or error}"
    with process:
        try:
            output, _ = process.communicate(body, timeout=hook.timeout)
        except subprocess.TimeoutExpired:
            # Whatever it started ends with it, else its output would never.
            with contextlib.suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)
            process.communicate()
            return f"took longer than {hook.timeout:g} s"
    if process.returncode == 0:
        return ""
    said = output.decode("utf-8", "replace").strip()
    return f"ended with {process.returncode}" + (f": {said[-_SAID:]}" if said else "")


def start_detached(words: Sequence[str]) -> None:
    """Starts a program that nobody waits for, and which goes on when this one ends."""
    # The shell puts it in the background and ends at once, so that no dead child is left to whoever acts.
    with contextlib.suppress(OSError, subprocess.SubprocessError):
        subprocess.run(
            ["sh", "-c", '"$@" </dev/null >/dev/null 2>&1 &', "sh", *words],
            check=False,
            start_new_session=True,
            timeout=5,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )


def _later(at: str, seconds: float) -> str:
    return (datetime.fromisoformat(at) + timedelta(seconds=seconds)).strftime(_STORED)
