"""The patch is what `git apply` turns one text into the other with, to the byte."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.support.examples import examples
from workbench.domain.diffs import diff_texts, unified_patch

LINE = st.sampled_from(
    ["", "a", "b", "c", "- item", "the rule\r", "+++ b", "@@ -1 +1 @@", "\\ no", "x\u2028y", " end "]
)
TEXT = st.builds(lambda lines, end: "\n".join(lines) + end, st.lists(LINE, max_size=30), st.sampled_from(["", "\n"]))


def applied(folder: Path, left: str, right: str, name: str = "prompt.txt") -> bytes:
    file = folder / name
    file.write_bytes(left.encode())
    patch = unified_patch(diff_texts(left, right), name, name)
    command = ["git", "-c", "core.autocrlf=false", "apply", "--whitespace=nowarn", "-"]
    done = subprocess.run(command, input=patch.encode(), cwd=folder, capture_output=True, check=False)
    assert done.returncode == 0, (done.stderr.decode(), patch)
    return file.read_bytes()


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("patches")


@given(left=TEXT, right=TEXT)
@settings(examples(120), suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_git_applies_it_exactly(folder: Path, left: str, right: str) -> None:
    if left == right:
        assert unified_patch(diff_texts(left, right), "x", "x") == ""
    else:
        assert applied(folder, left, right) == right.encode()


@pytest.mark.parametrize(
    ("left", "right"),
    [
        ("a", "a\n"),
        ("a\n", "a"),
        ("", "a"),
        ("", "a\n"),
        ("a\n", ""),
        ("a", ""),
        ("", "\n"),
        ("a\r\nb\r\n", "a\nb\n"),
        ("a\n" * 50 + "b\n" + "a\n" * 50, "a\n" * 50 + "c\n" + "a\n" * 50),
        ("a\nb", "a\nb\nc"),
        ("a\nb\nc", "a\nb"),
    ],
)
def test_edges(tmp_path: Path, left: str, right: str) -> None:
    assert applied(tmp_path, left, right) == right.encode()


@pytest.mark.parametrize("name", ["with space.txt", 'quo"te.txt', "back\\slash.txt", "ümlaut.txt", "tab\there.txt"])
def test_names_that_git_quotes(tmp_path: Path, name: str) -> None:
    assert applied(tmp_path, "a\nb\n", "a\nc\n", name) == b"a\nc\n"


def test_patch_takes_it_too(tmp_path: Path) -> None:
    left, right = "a\nb\nc\n" * 9, "a\nb\nx\n" + "a\nb\nc\n" * 8 + "end"
    (tmp_path / "prompt.txt").write_text(left)
    patch = unified_patch(diff_texts(left, right), "prompt.txt", "prompt.txt")
    try:
        subprocess.run(
            ["patch", "-p1", "--binary"], input=patch.encode(), cwd=tmp_path, capture_output=True, check=True
        )
    except FileNotFoundError:
        pytest.skip("patch is not installed")
    assert (tmp_path / "prompt.txt").read_text() == right


def test_it_reads_as_people_know_it() -> None:
    diff = diff_texts("one\ntwo\nthree", "one\n2\nthree\n")
    assert unified_patch(diff, "old", "new") == (
        "--- a/old\n+++ b/new\n@@ -1,3 +1,3 @@\n one\n-two\n-three\n\\ No newline at end of file\n+2\n+three\n"
    )
