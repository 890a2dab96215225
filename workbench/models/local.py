"""The embedded local model: started on first use, stopped with the program, never left behind."""

from __future__ import annotations

import asyncio
import importlib.util
import json
import os
import secrets
import subprocess
import sys
import threading
import time
from collections.abc import AsyncIterator
from contextlib import suppress
from pathlib import Path

from workbench.domain.runs import Waiting
from workbench.errors import ModelError
from workbench.models.secrets import Secret
from workbench.models.weights import MODEL_NAME, is_whole, weights_path

LOCAL_MODEL = MODEL_NAME
CONTEXT = 4096
"""Tokens of prompt and answer together."""
START_TIMEOUT = 120.0
"""Seconds; a cold disk may need some for 98 MB, a quick one needs less than one."""
_POLL = 0.02
_KEEP_LOG = 1_000_000


class LocalModel:
    """One child process at most, shared by all runs and event loops."""

    def __init__(self, data_dir: Path, log_dir: Path) -> None:
        self._weights = weights_path(data_dir)
        self.log = log_dir / "local-model.log"
        self._lock = threading.Lock()
        self._process: subprocess.Popen[bytes] | None = None
        self._address = ""
        self.key = Secret("")

    @property
    def base_url(self) -> str:
        return f"{self._address}/v1"

    @property
    def pid(self) -> int | None:
        """Of the running child; None when there is none."""
        process = self._process
        return process.pid if process is not None and process.poll() is None else None

    def missing(self) -> ModelError | None:
        """Why it cannot run here, or None."""
        if not is_whole(self._weights):
            return ModelError(
                "the local model's weights are not here yet",
                "run `workbench models pull` (93 MB, once)",
                kind="local",
            )
        if importlib.util.find_spec("xllamacpp") is None:
            return ModelError(
                "the local model needs the xllamacpp package",
                "python -m pip install 'prompt-workbench[local]'",
                kind="local",
            )
        return None

    async def ensure(self) -> AsyncIterator[Waiting]:
        """Ends when the model answers; yields one `Waiting` if it has to start. `ModelError` of kind local else."""
        if self.pid is not None and self._address:
            return
        if (error := self.missing()) is not None:
            raise error
        process = self._started()
        yield Waiting("starting the local model")
        give_up = time.monotonic() + START_TIMEOUT
        while not self._address:
            if process.poll() is not None:
                raise self._broken(f"did not start (exit code {process.returncode})")
            if time.monotonic() > give_up:
                self.close()
                raise self._broken(f"was not ready within {START_TIMEOUT:g} s")
            await asyncio.sleep(_POLL)

    def _started(self) -> subprocess.Popen[bytes]:
        with self._lock:
            if self._process is not None and self._process.poll() is None:
                return self._process
            self._forget()
            self.key = Secret(secrets.token_urlsafe(24))
            self._process = process = self._spawn()
            threading.Thread(target=self._read_address, args=(process,), daemon=True).start()
            return process

    def _spawn(self) -> subprocess.Popen[bytes]:
        options = {
            # Others on this machine can reach the port; only we know the key, and it is not on a command line.
            "key": self.key.reveal(),
            "model": LOCAL_MODEL,
            "context": CONTEXT,
            "threads": max(1, min(os.cpu_count() or 2, 8)),
        }
        try:
            self.log.parent.mkdir(parents=True, exist_ok=True)
            mode = "ab" if self.log.exists() and self.log.stat().st_size < _KEEP_LOG else "wb"
            with self.log.open(mode) as log:
                process = subprocess.Popen(
                    [sys.executable, "-m", "workbench.models.local_server", str(self._weights)],
                    stdin=subprocess.PIPE,
                    stdout=subprocess.PIPE,
                    stderr=log,
                    # ctrl+c is for us: a run that is stopped must not take the model with it.
                    start_new_session=True,
                )
            assert process.stdin is not None  # noqa: S101
            process.stdin.write(json.dumps(options).encode() + b"\n")
            process.stdin.flush()
        except OSError as error:
            raise self._broken(f"could not be started: {error}") from None
        return process

    def _read_address(self, process: subprocess.Popen[bytes]) -> None:
        assert process.stdout is not None  # noqa: S101
        with process.stdout:
            line = process.stdout.readline().decode(errors="replace").strip()
        if line and process is self._process:
            self._address = line

    def why_it_stopped(self) -> ModelError | None:
        """The error of a run whose model died under it; None while it lives."""
        process = self._process
        if process is None:
            return ModelError("the local model was stopped", "run it again", kind="local")
        if process.poll() is None:
            # The connection breaks a moment before the process can be seen dead.
            try:
                process.wait(0.05)
            except subprocess.TimeoutExpired:
                return None
        return self._broken(f"ended unexpectedly (exit code {process.returncode})")

    def _broken(self, what: str) -> ModelError:
        return ModelError(f"the local model {what}", f"its log is {self.log}", kind="local")

    def close(self) -> None:
        """Ends the child and waits for it, at most a second. Can be called twice and before any start."""
        with self._lock:
            self._forget()

    def _forget(self) -> None:
        process, self._process, self._address = self._process, None, ""
        if process is None:
            return
        if process.stdin is not None:
            with suppress(OSError):
                process.stdin.close()
        # Nothing of it needs saving; its orderly end would wait for the answer it is writing.
        process.kill()
        with suppress(subprocess.TimeoutExpired):
            process.wait(1.0)
