"""Others hear of each promotion and rollback at least once, and none of them can hold one up."""

from __future__ import annotations

import base64
import hashlib
import hmac
import socket
import sys
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from tests.support.receiver import Receiver
from workbench.domain.hooks import WAITS, Delivery, Hook, signature
from workbench.domain.prompts import Content
from workbench.errors import Refused
from workbench.services.library import Library
from workbench.services.past.history import History
from workbench.services.releases.deploying import Deploying
from workbench.services.releases.hooks import Hooks
from workbench.store import Store, open_store

START = datetime(2026, 9, 1, tzinfo=UTC)


class Clock:
    def __init__(self) -> None:
        self.seconds = 0.0

    def __call__(self) -> str:
        return (START + timedelta(seconds=self.seconds)).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def store(store_path: Path, clock: Clock) -> Iterator[Store]:
    opened = open_store(store_path, clock=clock)
    yield opened
    opened.close()


@pytest.fixture
def receiver(monkeypatch: pytest.MonkeyPatch) -> Iterator[Receiver]:
    monkeypatch.setenv("no_proxy", "127.0.0.1")
    found = Receiver()
    yield found
    found.close()


Promote = Callable[..., None]


@pytest.fixture
def promote(store: Store, library: Library, deploying: Deploying) -> Promote:
    """Saves a version and makes it live where it is said."""

    def promoted(environment: str = "dev", reason: str = "why") -> None:
        number = library.save("support/x", Content.of_text(f"text {len(deploying.ledger())}")).number
        deploying.promote(f"support/x@{number}", environment, reason)

    return promoted


def told(store: Store, *hooks: Hook, folder: Path = Path()) -> Hooks:
    store.hooks = hooks
    return Hooks(store, hooks, folder)


def states(deliveries: list[Delivery]) -> list[tuple[str, str, int]]:
    return [(one.hook, one.state, one.attempts) for one in deliveries]


def test_what_is_told_and_how_it_is_signed(
    store: Store, promote: Promote, receiver: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HOOK_SECRET", "whsec_" + base64.b64encode(b"a secret of some length").decode())
    hooks = told(store, Hook("ci", receiver.url, secret_env="HOOK_SECRET"))
    promote("staging", "better answers")

    assert states(hooks.deliver()) == [("ci", "delivered", 1)]

    (sent,) = receiver.received
    assert sent.data["type"] == "deployment.promote"
    assert sent.data["text"] == "ana promoted support/x in staging from nothing to 1.0.0: better answers"
    data = sent.data["data"]
    assert (data["prompt"], data["environment"], data["before"], data["after"]) == (
        "support/x",
        "staging",
        None,
        "1.0.0",
    )
    assert data["event"] == store.events.newest(limit=1)[0].id
    assert "rows" not in data
    # As https://www.standardwebhooks.com says, computed here anew.
    signed = f"{sent.headers['webhook-id']}.{sent.headers['webhook-timestamp']}.".encode() + sent.body
    expected = base64.b64encode(hmac.new(b"a secret of some length", signed, hashlib.sha256).digest()).decode()
    assert sent.headers["webhook-signature"] == "v1," + expected
    assert hooks.deliver() == []


def test_a_known_signature_never_changes() -> None:
    # The example of the specification's reference implementations.
    assert (
        signature(
            "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw",
            "msg_p5jXN8AQM9LWM0D4loKWxJek",
            1614265330,
            b'{"test": 2432232314}',
        )
        == "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="
    )


def test_only_what_a_hook_asked_for_is_told(
    store: Store, promote: Promote, deploying: Deploying, history: History, receiver: Receiver
) -> None:
    live = Hook("live", receiver.url, environments=("production",))
    back = Hook("back", receiver.url, on=("rollback",))
    hooks = told(store, live, back)
    promote("dev")
    promote("production")
    promote("production")
    deploying.rollback("support/x", "production")
    history.undo()

    kinds = [(one.hook, one.event.kind, one.event.undoes is not None) for one in hooks.deliveries()[::-1]]

    assert sorted(kinds) == [
        ("back", "deployment.rollback", False),
        ("back", "deployment.rollback", True),
        ("live", "deployment.promote", False),
        ("live", "deployment.promote", False),
        ("live", "deployment.rollback", False),
        ("live", "deployment.rollback", True),
    ]


def test_it_is_in_the_transaction_and_starts_after_it(store: Store, promote: Promote, deploying: Deploying) -> None:
    hooks = told(store, Hook("ci", "http://127.0.0.1:9/"))
    started: list[int] = []
    store.start_hooks = lambda: started.append(len(hooks.deliveries()))
    promote()
    assert started == [1]
    with pytest.raises(RuntimeError), store.write():
        promote()
        promote()
        raise RuntimeError("a fault")
    assert (len(hooks.deliveries()), started) == (1, [1])
    with store.write():
        promote()
        promote()
        assert started == [1]
    assert started == [1, 3]
    with pytest.raises(Refused):
        deploying.promote("support/x", "dev")
    assert started == [1, 3]


def test_a_dead_receiver_is_tried_again_with_longer_waits_and_given_up(
    store: Store, promote: Promote, clock: Clock, receiver: Receiver
) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        dead = f"http://127.0.0.1:{taken.getsockname()[1]}/"
    hooks = told(store, Hook("dead", dead), Hook("ci", receiver.url))
    promote()
    assert states(hooks.deliver()) == [("dead", "pending", 1), ("ci", "delivered", 1)]
    for attempt, wait in enumerate(WAITS, 2):
        clock.seconds += wait - 1
        assert hooks.deliver() == []
        clock.seconds += 1
        (tried,) = hooks.deliver()
        assert tried.attempts == attempt
    assert tried.state == "given up"
    assert "Connection refused" in tried.error
    summary = hooks.summary()
    assert (summary.pending, summary.given_up) == (0, 1)
    assert summary.error == f"dead: {tried.error}"
    clock.seconds += 10**6
    assert hooks.deliver() == []
    assert hooks.again() == 1
    assert states(hooks.deliver()) == [("dead", "pending", 1)]
    assert len(receiver.received) == 1


def test_what_is_pending_can_be_delivered_before_its_time(store: Store, promote: Promote, receiver: Receiver) -> None:
    hooks = told(store, Hook("ci", receiver.url))
    receiver.status = 503
    for _ in range(11):
        promote()
    assert {(one.state, one.error) for one in hooks.deliver()} == {("pending", "answered 503 Service Unavailable")}
    assert hooks.deliver() == []
    receiver.status = 200
    assert len(hooks.deliver(due_only=False)) == 11
    assert {one.state for one in hooks.deliveries()} == {"delivered"}
    ids = [sent.headers["webhook-id"] for sent in receiver.received]
    assert len(ids) == 22
    assert len(set(ids)) == 11


def test_no_redirect_is_followed_and_no_secret_is_kept(
    store: Store, promote: Promote, receiver: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HOOK_SECRET", "hushhushhush")
    told(store, Hook("moved", receiver.url), Hook("tells", command=("sh", "-c", "echo $HOOK_SECRET; exit 3")))
    receiver.status = 302
    promote()
    secret = Hook("tells", command=("sh", "-c", "echo $HOOK_SECRET; exit 3"), secret_env="HOOK_SECRET")
    errors = {one.hook: one.error for one in Hooks(store, (store.hooks[0], secret), Path()).deliver()}
    assert errors == {"moved": "answered 302 Found", "tells": "ended with 3: ******"}
    assert len(receiver.received) == 1


def test_a_command_gets_the_body_and_what_it_needs_in_its_environment(
    store: Store, promote: Promote, tmp_path: Path
) -> None:
    program = (
        "import os, sys, json; body = json.load(sys.stdin);"
        "open('heard', 'w').write(os.environ['WORKBENCH_EVENT_PROMPT'] + ' ' + body['data']['after'])"
    )
    hooks = told(store, Hook("own", command=(sys.executable, "-c", program)), folder=tmp_path)
    promote()
    assert states(hooks.deliver()) == [("own", "delivered", 1)]
    assert (tmp_path / "heard").read_text() == "support/x 1.0.0"


@pytest.mark.parametrize(
    ("hook", "error"),
    [
        (Hook("x", command=("no-such-program",)), "no-such-program cannot be started: No such file or directory"),
        (Hook("x", command=("sh", "-c", "sleep 30 & sleep 30"), timeout=0.2), "took longer than 0.2 s"),
        (Hook("x", url_env="NOT_SET_ANYWHERE"), "the environment variable NOT_SET_ANYWHERE is not set here"),
        (Hook("x", "http://127.0.0.1:9/", secret_env="NOT_SET"), "the environment variable NOT_SET is not set here"),
    ],
)
def test_what_did_not_work_is_said(store: Store, promote: Promote, hook: Hook, error: str) -> None:
    hooks = told(store, hook)
    promote()
    assert [one.error for one in hooks.deliver()] == [error]


def test_two_processes_never_work_on_the_same_one_and_a_killed_one_is_followed(
    store: Store, store_path: Path, promote: Promote, clock: Clock
) -> None:
    told(store, Hook("ci", "http://127.0.0.1:9/"))
    promote()
    other = open_store(store_path, clock=clock)
    with other.write():
        # Taken by a process that is killed before it says how it went.
        taken = other.outbox.claim(["ci"], clock(), "2026-09-01T00:00:30.000000Z", after=0, limit=8, due_only=True)
    other.close()
    hooks = told(store, Hook("ci", "http://127.0.0.1:9/"))
    assert states(taken) == [("ci", "pending", 1)]
    assert hooks.deliver(due_only=False) == []
    clock.seconds += 30
    assert states(hooks.deliver()) == [("ci", "pending", 2)]


def test_what_this_config_does_not_know_waits_for_one_that_does(
    store: Store, promote: Promote, receiver: Receiver
) -> None:
    told(store, Hook("theirs", receiver.url))
    promote()
    ours = told(store)
    assert ours.deliver(due_only=False) == []
    assert ours.summary().unknown == ("theirs",)
    assert states(told(store, Hook("theirs", receiver.url)).deliver()) == [("theirs", "delivered", 1)]


def test_abiding_waits_for_what_failed_and_ends_with_the_last(
    store: Store, promote: Promote, clock: Clock, receiver: Receiver
) -> None:
    hooks = told(store, Hook("ci", receiver.url))
    receiver.status = 500
    promote()
    waited: list[float] = []

    def sleep(seconds: float) -> None:
        waited.append(seconds)
        clock.seconds += seconds
        if len(receiver.received) == 2:
            receiver.status = 200

    hooks.abide(60, sleep)

    assert states(hooks.deliveries()) == [("ci", "delivered", 3)]
    assert sum(waited) >= WAITS[0] + WAITS[1]
    assert store.outbox.worker_until() == ""


def test_only_one_process_abides_at_a_time(store: Store, promote: Promote, clock: Clock, receiver: Receiver) -> None:
    hooks = told(store, Hook("ci", receiver.url))
    promote()
    with store.write():
        store.outbox.hold("2026-09-01T00:00:30.000000Z")
    hooks.abide(60, lambda _: None)
    assert receiver.received == []
    # The other one was killed and renews it no more.
    clock.seconds += 31
    hooks.abide(60, lambda _: None)
    assert len(receiver.received) == 1


def test_whoever_comes_by_goes_on_with_what_is_due(store: Store, promote: Promote, clock: Clock) -> None:
    hooks = told(store, Hook("ci", "http://127.0.0.1:9/"))
    started: list[str] = []

    def came_by() -> int:
        hooks.go_on(lambda: started.append("here"))
        return len(started)

    assert came_by() == 0
    promote()
    assert came_by() == 1
    hooks.deliver()
    assert came_by() == 1
    clock.seconds += WAITS[0]
    assert came_by() == 2
    with store.write():
        store.outbox.hold("2026-09-02T00:00:00.000000Z")
    assert came_by() == 2
