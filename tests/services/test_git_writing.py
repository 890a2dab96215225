"""Versions go back into a repository as commits, and nothing else there is touched."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.repository import Repository
from workbench import Workbench
from workbench.domain.prompts import Content
from workbench.errors import NotFound, Refused


@pytest.fixture
def repository(tmp_path: Path) -> Repository:
    made = Repository(tmp_path / "repository")
    made.commit("Begin", {"prompts/a.txt": "One.\n", "prompts/b.txt": "B.\n", "other.txt": "x"})
    return made


@pytest.fixture
def workbench(tmp_path: Path, repository: Repository) -> Iterator[Workbench]:
    with Workbench.open(store=tmp_path / "store.db", actor="tester") as opened:
        opened.git_history.bring(repository.place / "prompts")
        yield opened


def log(repository: Repository) -> list[str]:
    return repository.git("log", "--format=%an|%s", "--reverse").splitlines()


def test_each_version_is_a_commit_with_its_author_time_and_note(repository: Repository, workbench: Workbench) -> None:
    workbench.library.save(
        "a", Content.of_text("Two.\n"), note="Softer", author="Ben <ben@b>", created_at="2026-01-02T03:04:05.000000Z"
    )
    workbench.library.save("a", Content.of_text("Three.\n"), note="", author="Eva", bump="minor")
    report = workbench.git_writing.commit(repository.place / "prompts")
    assert (report.refused, [one.files for one in report.commits]) == ([], [("prompts/a.txt",)] * 2)
    assert log(repository)[1:] == ["Ben|prompt(a): 1.0.0 -> 1.0.1: Softer", "Eva|prompt(a): 1.0.1 -> 1.1.0"]
    assert repository.git("log", "-1", "--skip=1", "--format=%ae %aI").strip() == "ben@b 2026-01-02T03:04:05+00:00"
    assert (repository.place / "prompts/a.txt").read_text() == "Three.\n"
    assert repository.git("status", "--porcelain") == ""
    assert workbench.git_writing.commit(repository.place / "prompts").commits == []
    assert [item.action for item in workbench.git_history.bring(repository.place / "prompts").items] == ["same", "same"]


def test_one_commit_for_all(repository: Repository, workbench: Workbench) -> None:
    for name in ("a", "b", "new"):
        workbench.library.save(name, Content.of_text(f"{name} two.\n"), note="Say two")
    dry = workbench.git_writing.commit(repository.place / "prompts", one_commit=True, dry_run=True)
    assert len(log(repository)) == 1
    (made,) = workbench.git_writing.commit(repository.place / "prompts", one_commit=True).commits
    assert made.message == dry.commits[0].message
    assert made.message.splitlines()[0] == "prompts: 3 versions"
    assert (repository.place / "prompts/new.yaml").is_file()
    assert repository.git("status", "--porcelain") == ""


def test_what_somebody_edited_is_left_alone(repository: Repository, workbench: Workbench) -> None:
    for name in ("a", "b"):
        workbench.library.save(name, Content.of_text("Ours.\n"))
    repository.write("prompts/a.txt", "Theirs, not committed.\n")
    repository.write("other.txt", "also changed")
    repository.write("staged.txt", "staged")
    repository.git("add", "staged.txt")
    report = workbench.git_writing.commit(repository.place / "prompts")
    assert [one.files for one in report.commits] == [("prompts/b.txt",)]
    assert "a.txt has changes that are not committed" in report.refused[0]
    assert (repository.place / "prompts/a.txt").read_text() == "Theirs, not committed.\n"
    assert repository.git("status", "--porcelain").splitlines() == [" M other.txt", " M prompts/a.txt", "A  staged.txt"]
    repository.git("commit", "-qam", "Theirs")
    report = workbench.git_writing.commit(repository.place / "prompts")
    assert (report.commits, len(report.refused)) == ([], 1)
    assert "does not know (import it first)" in report.refused[0]


def test_nothing_during_a_merge_and_nothing_outside_of_a_repository(
    repository: Repository, workbench: Workbench, tmp_path: Path
) -> None:
    (repository.place / ".git/MERGE_HEAD").write_text(repository.git("rev-parse", "HEAD"))
    with pytest.raises(Refused, match="in the middle of something"):
        workbench.git_writing.commit(repository.place / "prompts")
    (tmp_path / "bare").mkdir()
    with pytest.raises(NotFound, match="in no git repository"):
        workbench.git_writing.commit(tmp_path / "bare")


def test_no_hook_and_no_filter_runs(repository: Repository, workbench: Workbench, tmp_path: Path) -> None:
    trap = tmp_path / "trap.sh"
    trap.write_text(f"#!/bin/sh\ntouch {tmp_path}/sprung\ncat\n")
    trap.chmod(0o755)
    repository.commit("Attributes", {".gitattributes": "*.txt filter=trap\n"})
    repository.git("config", "filter.trap.clean", str(trap))
    repository.git("config", "filter.trap.smudge", str(trap))
    repository.git("config", "core.fsmonitor", str(trap))
    for hook in ("pre-commit", "commit-msg", "post-commit", "reference-transaction", "post-index-change", "pre-push"):
        (repository.place / ".git/hooks" / hook).write_text(trap.read_text())
        (repository.place / ".git/hooks" / hook).chmod(0o755)
    (tmp_path / "sprung").unlink(missing_ok=True)
    workbench.library.save("a", Content.of_text("Two.\n"))
    assert len(workbench.git_writing.commit(repository.place / "prompts").commits) == 1
    assert not (tmp_path / "sprung").exists()


def test_status_tells_both_ways(repository: Repository, workbench: Workbench) -> None:
    place = repository.place / "prompts"

    def states() -> dict[str, str]:
        return {item.prompt: item.state for item in workbench.git_status.items(place)}

    assert states() == {"a": "same", "b": "same"}
    workbench.library.save("a", Content.of_text("Ours.\n"))
    repository.write("prompts/b.txt", "Theirs.\n")
    repository.write("prompts/c.txt", "New.\n")
    workbench.library.save("d", Content.of_text("Here only.\n"))
    assert states() == {"a": "store is newer", "b": "file is newer", "c": "only a file", "d": "only in the store"}
    repository.write("prompts/a.txt", "Theirs too.\n")
    assert states()["a"] == "both moved"
    repository.commit("Theirs", {})
    assert states()["a"] == "both moved"
    (both,) = [item for item in workbench.git_status.items(place) if item.prompt == "a"]
    assert both.reason == "both were 1.0.0 once; the store went on to 1.0.1"
