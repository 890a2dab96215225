"""A repository and the store come together both ways, and where both changed the same it stops first."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.repository import Repository
from workbench import Workbench
from workbench.domain.merging import Pick
from workbench.domain.prompts import Content
from workbench.errors import BadInput, NotFound, Refused
from workbench.services.git.syncing import SyncReport

TEXT = "You are kind. Be brief.\n\n- one\n- two\n"


@pytest.fixture
def repository(tmp_path: Path) -> Repository:
    made = Repository(tmp_path / "repository")
    made.commit("Begin", {"prompts/a.txt": TEXT, "prompts/b.yaml": "# b\nmessages:\n- {role: system, content: B.}\n"})
    return made


@pytest.fixture
def workbench(tmp_path: Path) -> Iterator[Workbench]:
    with Workbench.open(store=tmp_path / "store.db", actor="tester") as opened:
        yield opened


def told(report: SyncReport) -> dict[str, str]:
    return {item.prompt: f"{item.action} {item.number}".strip() for item in report.items}


def text_of(workbench: Workbench, name: str) -> str:
    return workbench.get(name).content.text


def test_both_ways_and_twice_adds_nothing(repository: Repository, workbench: Workbench) -> None:
    place = repository.place / "prompts"
    workbench.library.save("c", Content.of_text("C.\n"), note="New here")
    plan = workbench.syncing.sync(place, dry_run=True)
    assert workbench.library.prompt("c").version_count == 1
    assert [row.name for row in workbench.library.prompts()] == ["c"]
    assert not (place / "c.yaml").exists()
    done = workbench.syncing.sync(place)
    assert told(plan) == told(done) == {"a": "import 1.0.0", "b": "import 1.0.0", "c": "write 1.0.0"}
    assert [one.message for one in plan.commits] == [one.message for one in done.commits]
    assert [one.message for one in done.commits] == ["prompt(c): 1.0.0: New here\n"]
    again = workbench.syncing.sync(place)
    assert (set(told(again).values()), again.commits, again.left) == ({"same 1.0.0"}, [], [])
    assert repository.git("status", "--porcelain") == ""


def test_an_edited_file_comes_in_and_is_committed_as_it_is(repository: Repository, workbench: Workbench) -> None:
    place = repository.place / "prompts"
    workbench.syncing.sync(place)
    edited = "# b, with another comment\nmessages:\n- {role: system, content: Better.}   # better\n"
    repository.write("prompts/b.yaml", edited)
    done = workbench.syncing.sync(place)
    assert told(done) == {"a": "same 1.0.0", "b": "import 1.0.1"}
    assert [one.message for one in done.commits] == ["prompt(b): 1.0.0 -> 1.0.1\n"]
    assert (place / "b.yaml").read_text() == edited
    assert repository.git("status", "--porcelain") == ""


def test_a_comment_written_by_somebody_stays_when_the_store_writes(
    repository: Repository, workbench: Workbench
) -> None:
    place = repository.place / "prompts"
    workbench.syncing.sync(place)
    commented = "# b, much commented\nmessages:\n# who speaks\n- {role: system, content: B.}\n"
    repository.commit("Comment", {"prompts/b.yaml": commented})
    workbench.library.save("b", Content.of_text("Better."), note="Say it better")
    done = workbench.syncing.sync(place)
    assert [one.message for one in done.commits] == ["prompt(b): 1.0.0 -> 1.0.1: Say it better\n"]
    assert (place / "b.yaml").read_text() == commented.replace("B.", "Better.")


def test_different_sentences_are_merged(repository: Repository, workbench: Workbench) -> None:
    place = repository.place / "prompts"
    workbench.syncing.sync(place)
    workbench.library.save("a", Content.of_text(TEXT.replace("kind", "calm")), bump="minor")
    repository.commit("Theirs", {"prompts/a.txt": TEXT + "- three\n"})
    plan = workbench.syncing.sync(place, ["a"], dry_run=True)
    done = workbench.syncing.sync(place, ["a"])
    assert told(plan) == told(done) == {"a": "merge 1.1.1"}
    merged = TEXT.replace("kind", "calm") + "- three\n"
    assert text_of(workbench, "a") == (place / "a.txt").read_text() == merged
    version = workbench.get("a")
    assert (version.parent, version.source["merged"]) == ("1.1.0", "1.1.0-0.file.1")
    assert [one.message for one in done.commits] == [
        "prompt(a): 1.1.0-0.file.1 -> 1.1.1: Merge what a.txt says into 1.1.0\n"
    ]
    assert told(workbench.syncing.sync(place, ["a"])) == {"a": "same 1.1.1"}


def test_it_stops_at_a_conflict_and_goes_on_once_it_is_solved(repository: Repository, workbench: Workbench) -> None:
    place = repository.place / "prompts"
    workbench.syncing.sync(place)
    workbench.library.save("a", Content.of_text(TEXT.replace("kind", "calm")), bump="minor")
    workbench.library.save("b", Content.of_text("B, longer."))
    repository.write("prompts/a.txt", TEXT.replace("kind", "strict"))
    plan = workbench.syncing.sync(place, dry_run=True)
    assert [row.number for row in workbench.library.versions("a")] == ["1.1.0", "1.0.0"]
    stopped = workbench.syncing.sync(place)
    assert told(plan) == told(stopped) == {"a": "conflict 1.1.0-0.file.1", "b": "write 1.0.1"}
    assert (stopped.stopped, stopped.commits) == (True, [])
    assert "longer" not in (place / "b.yaml").read_text()
    proposal = stopped.conflicts[0].proposal
    assert proposal is not None
    (conflict,) = proposal.merge.conflicts
    assert (conflict.base, conflict.ours, conflict.theirs) == ("You are kind.", "You are calm.", "You are strict.")
    assert workbench.library.prompt("a").latest == "1.1.0"
    assert told(workbench.syncing.sync(place)) == told(stopped)
    (status,) = [item for item in workbench.git_status.items(place) if item.prompt == "a"]
    assert (status.state, status.base) == ("both moved", "1.0.0")

    planned = workbench.merging.plan("a@1.1.0", "a@1.1.0-0.file.1")
    workbench.merging.save(planned, {0: Pick(text="You are firm.")})
    done = workbench.syncing.sync(place)
    assert told(done) == {"a": "write 1.1.1", "b": "write 1.0.1"}
    assert (place / "a.txt").read_text() == TEXT.replace("kind", "firm")
    assert len(done.commits) == 3
    assert done.left == []
    assert repository.git("status", "--porcelain") == ""
    assert set(told(workbench.syncing.sync(place)).values()) == {"same 1.1.1", "same 1.0.1"}


def test_a_deleted_file_archives_its_prompt_unless_it_is_live(repository: Repository, workbench: Workbench) -> None:
    place = repository.place / "prompts"
    workbench.syncing.sync(place)
    workbench.deploying.promote("b@1.0.0", "dev", "Try it")
    repository.git("rm", "-q", "prompts/a.txt", "prompts/b.yaml")
    repository.commit("Remove", {"prompts/c.txt": "C.\n"})
    done = workbench.syncing.sync(place)
    assert told(done) == {"a": "archive 1.0.0", "b": "left", "c": "import 1.0.0"}
    assert "deleted in" in done.left[0]
    assert "but it is live in dev" in done.left[0]
    assert (workbench.library.prompt("a").archived, done.commits) == (True, [])
    repository.write("prompts/a.txt", TEXT)
    assert told(workbench.syncing.sync(place))["a"] == "left"


def test_a_renamed_file_is_another_prompt_and_the_old_one_is_put_away(
    repository: Repository, workbench: Workbench
) -> None:
    place = repository.place / "prompts"
    workbench.syncing.sync(place)
    repository.git("mv", "prompts/a.txt", "prompts/z.txt")
    repository.commit("Rename", {})
    done = workbench.syncing.sync(place)
    assert told(done) == {"a": "archive 1.0.0", "b": "same 1.0.0", "z": "import 1.0.0"}
    assert (done.commits, (place / "a.txt").exists()) == ([], False)


def test_what_cannot_be_brought_together_is_said(repository: Repository, workbench: Workbench, tmp_path: Path) -> None:
    place = repository.place / "prompts"
    repository.write("prompts/bad.yaml", "messages: 3\n")
    done = workbench.syncing.sync(place)
    assert any("messages is not a list" in reason for reason in done.left)
    with pytest.raises(NotFound, match="there is no prompt 'x'"):
        workbench.syncing.sync(place, ["x"])
    (tmp_path / "bare").mkdir()
    with pytest.raises(NotFound, match="in no git repository"):
        workbench.syncing.sync(tmp_path / "bare")
    Repository(tmp_path / "unborn")
    with pytest.raises(BadInput, match="unborn has no commit yet"):
        workbench.syncing.sync(tmp_path / "unborn")
    (repository.place / ".git/MERGE_HEAD").write_text(repository.git("rev-parse", "HEAD"))
    with pytest.raises(Refused, match="in the middle of something"):
        workbench.syncing.sync(place)
