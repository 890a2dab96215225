"""Telling others about promotions and rollbacks: who is told, what, how it is signed, and when it is tried again."""

from __future__ import annotations

import base64
import binascii
import contextlib
import hashlib
import hmac
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal
from urllib.parse import urlsplit

from workbench.domain.events import Event
from workbench.domain.prompts import canonical_json

KINDS = ("promote", "rollback")
WAITS = (5, 30, 120, 600, 3600, 10_800, 43_200)
"""Seconds to wait after each failed attempt; after one more it is given up."""
PREFIX = "WORKBENCH_EVENT_"
"""Of the environment variables that a command is given."""
State = Literal["pending", "delivered", "given up"]


@dataclass(frozen=True)
class Hook:
    """One receiver. Exactly one of `url`, `url_env` and `command` is given."""

    name: str
    url: str = ""
    url_env: str = ""
    """The environment variable that holds the address, where the address itself is a secret."""
    command: tuple[str, ...] = ()
    secret_env: str = ""
    """The environment variable that holds the secret to sign with; "" for an unsigned call."""
    environments: tuple[str, ...] = ()
    """Those of which it is told; () for all."""
    on: tuple[str, ...] = KINDS
    timeout: float = 10.0
    """Seconds for one attempt."""

    def wants(self, event: Event) -> bool:
        """Undoing a move is a move too, and told as what it is: mostly a rollback."""
        family, _, kind = event.kind.partition(".")
        where = event.details.get("environment")
        return family == "deployment" and kind in self.on and (not self.environments or where in self.environments)

    @property
    def target(self) -> str:
        """Where it goes, without what may be secret in it."""
        if self.command:
            return self.command[0]
        return f"${self.url_env}" if self.url_env else urlsplit(self.url).hostname or self.url


@dataclass(frozen=True)
class Delivery:
    """One event on its way to one hook."""

    id: int
    hook: str
    event: Event
    state: State
    attempts: int
    next_at: str
    """When it is tried next, as long as it is pending."""
    done_at: str | None
    error: str
    """What the last attempt that failed said."""


def message_id(event: Event) -> str:
    """The same for every attempt, so that a receiver can tell that it has had it."""
    return f"msg_{event.hash[:32]}"


def payload(event: Event) -> bytes:
    """The body, in the shape of https://www.standardwebhooks.com; `text` is what chats show."""
    details = event.details
    told = {key: value for key, value in details.items() if key not in ("rows", "act")}
    body = {
        "type": event.kind,
        "timestamp": event.at,
        "text": sentence(event),
        "data": {
            **told,
            "prompt": event.prompt,
            "actor": event.actor,
            "event": event.id,
            "hash": event.hash,
            "undoes": event.undoes,
            "redoes": event.redoes,
        },
    }
    return canonical_json(body).encode()


def sentence(event: Event) -> str:
    details = event.details
    verb = "promoted" if event.kind == "deployment.promote" else "rolled back"
    after, before = details.get("after") or "nothing", details.get("before") or "nothing"
    why = f": {details['reason']}" if details.get("reason") else ""
    return f"{event.actor} {verb} {event.prompt} in {details.get('environment')} from {before} to {after}{why}"


def signature(secret: str, message: str, timestamp: int, body: bytes) -> str:
    """`v1,` and the base64 of the HMAC-SHA256 over `id.timestamp.body`, as Standard Webhooks has it. A secret that
    begins with `whsec_` is base64 behind that; any other is taken as it is."""
    key = secret.encode()
    if secret.startswith("whsec_"):
        with contextlib.suppress(binascii.Error, ValueError):
            key = base64.b64decode(secret.removeprefix("whsec_"), validate=True)
    signed = hmac.new(key, f"{message}.{timestamp}.".encode() + body, hashlib.sha256)
    return "v1," + base64.b64encode(signed.digest()).decode()


def wait_after(attempts: int) -> int | None:
    """Seconds until the next attempt after so many failed ones; None: no more."""
    return WAITS[attempts - 1] if attempts <= len(WAITS) else None


def variables(event: Event) -> Mapping[str, str]:
    """What a command finds in its environment, besides the body on its standard input."""
    details: Mapping[str, Any] = event.details
    found = {
        "TYPE": event.kind,
        "ID": str(event.id),
        "PROMPT": event.prompt,
        "ACTOR": event.actor,
        "ENVIRONMENT": details.get("environment"),
        "BEFORE": details.get("before"),
        "AFTER": details.get("after"),
        "REASON": details.get("reason"),
    }
    return {PREFIX + name: str(value or "").replace("\0", "") for name, value in found.items()}
