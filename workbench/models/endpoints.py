"""Endpoints: where a model answers, and what is needed to ask it."""

from __future__ import annotations

import os
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from workbench.errors import ModelError
from workbench.models.secrets import Secret, safe_url

LOCAL = "local"
"""Name of the implicit endpoint that is the embedded model."""

_LOOPBACK = frozenset({"localhost", "127.0.0.1", "::1", "0.0.0.0"})  # noqa: S104  a name to recognise, nothing is bound


@dataclass(frozen=True)
class Endpoint:
    """An OpenAI-compatible endpoint. The key itself is never here, only the name of its variable."""

    name: str
    base_url: str = field(repr=False)
    api_key_env: str = ""
    """Environment variable that holds the key; "": this endpoint needs none."""
    default_headers: Mapping[str, str] = field(default_factory=dict, repr=False, hash=False)
    timeout: float = 120.0
    """Seconds without a single byte after which a call counts as hung."""
    deadline: float = 900.0
    """Seconds a whole call may take, waiting between attempts included."""
    preset: str = ""
    stream_usage: bool = True
    """Whether it understands `stream_options: {include_usage: true}`."""
    concurrency: int | None = None
    """Calls at once; None: no limit of its own. The embedded model answers one after the other."""

    @property
    def is_local(self) -> bool:
        """The embedded model."""
        return self.name == LOCAL and not self.base_url

    @property
    def on_this_machine(self) -> bool:
        """Answers from this machine: no key, no price, and never through a proxy."""
        if self.is_local:
            return True
        try:
            return (urlsplit(self.base_url).hostname or "") in _LOOPBACK
        except ValueError:
            return False

    @property
    def address(self) -> str:
        """For people: without user and password."""
        return safe_url(self.base_url) if self.base_url else "the embedded model"

    def has_key(self, environ: Mapping[str, str] | None = None) -> bool:
        """True where a key is set or none is needed."""
        env = os.environ if environ is None else environ
        return not self.api_key_env or bool(env.get(self.api_key_env, "").strip())

    def key(self, environ: Mapping[str, str] | None = None) -> Secret:
        """Reads the key now; `ModelError` of kind auth names the variable when it is not set or cannot be sent."""
        if not self.api_key_env:
            return Secret("")
        env = os.environ if environ is None else environ
        value = env.get(self.api_key_env, "").strip()
        if not value:
            raise ModelError(
                f"{self.name} needs a key and {self.api_key_env} is not set",
                f"export {self.api_key_env}=… or choose another model, for example local/smollm2-135m",
                kind="auth",
            )
        if not value.isascii() or not value.isprintable():
            raise ModelError(
                f"the key in {self.api_key_env} holds characters that cannot be sent",
                "copy it again; keys are plain letters, digits and signs",
                kind="auth",
            )
        return Secret(value)

    def secrets(self, environ: Mapping[str, str] | None = None) -> tuple[Secret, ...]:
        """All that must not appear in a text about this endpoint; never raises."""
        env = os.environ if environ is None else environ
        found = [env.get(self.api_key_env, "").strip()] if self.api_key_env else []
        found += [value for value in self.default_headers.values() if len(value) >= 8]
        with suppress(ValueError):
            found.append(urlsplit(self.base_url).password or "")
        return tuple(Secret(value) for value in found if value)
