"""A repository's history becomes versions: whole, once, and without running anything of the repository's own."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.repository import Repository
from workbench import Workbench
from workbench.domain.prompts import Version
from workbench.errors import BadInput, NotFound
from workbench.services import batching


@pytest.fixture
def repository(tmp_path: Path) -> Repository:
    return Repository(tmp_path / "repository")


@pytest.fixture
def workbench(tmp_path: Path) -> Iterator[Workbench]:
    with Workbench.open(store=tmp_path / "store.db", actor="tester") as opened:
        yield opened


def versions(workbench: Workbench, name: str) -> list[Version]:
    """In the order in which they were made."""
    rows = sorted(workbench.library.versions(name), key=lambda row: row.id)
    return [workbench.library.version(f"{name}@{row.number}") for row in rows]


def told(workbench: Workbench, name: str) -> list[tuple[str, str, str]]:
    return [
        (version.number, version.content.messages[0].content, version.note) for version in versions(workbench, name)
    ]


def test_each_change_is_a_version_with_time_author_and_subject(repository: Repository, workbench: Workbench) -> None:
    first = repository.commit("Begin", {"prompts/a.txt": "One.\n", "README.md": "x"}, "Ben <b@b>")
    repository.commit("Nothing of ours", {"README.md": "y"})
    repository.commit("Say more", {"prompts/a.txt": "Two.\n", "prompts/b.txt": "B.\n"})
    report = workbench.git_history.bring(repository.place / "prompts")
    assert (report.commits, report.count("new"), report.count("changed")) == (3, 2, 1)
    assert told(workbench, "a") == [("1.0.0", "One.\n", "Begin"), ("1.0.1", "Two.\n", "Say more")]
    old, new = versions(workbench, "a")
    assert (old.author, old.created_at, old.parent, new.parent) == ("Ben", "2023-11-14T22:18:20.000000Z", None, "1.0.0")
    assert (old.source["commit"], old.source["path"], old.source["format"]) == (first, "a.txt", "plain")
    assert told(workbench, "b") == [("1.0.0", "B.\n", "Say more")]


def test_again_adds_only_what_is_new(repository: Repository, workbench: Workbench) -> None:
    repository.commit("Begin", {"prompts/a.txt": "One."})
    workbench.git_history.bring(repository.place)
    before = workbench.history.events()
    assert workbench.git_history.bring(repository.place).items == []
    assert workbench.history.events() == before
    repository.commit("More", {"prompts/a.txt": "Two."})
    report = workbench.git_history.bring(repository.place)
    assert [(item.prompt, item.number, item.action) for item in report.items] == [("prompts/a", "1.0.1", "changed")]


def test_a_dry_run_says_the_same_and_changes_nothing(repository: Repository, workbench: Workbench) -> None:
    repository.commit("Begin", {"prompts/a.txt": "One.", "prompts/broken.j2": "{{ a }}"})
    repository.commit("More", {"prompts/a.txt": "Two.", "prompts/b.prompt": "{{#if x}}"})
    dry = workbench.git_history.bring(repository.place, dry_run=True)
    assert workbench.library.prompts() == []
    wet = workbench.git_history.bring(repository.place)
    assert [(i.prompt, i.number, i.action, i.commit) for i in dry.items] == [
        (i.prompt, i.number, i.action, i.commit) for i in wet.items
    ]
    assert [item.prompt for item in wet.items if item.action == "refused"] == ["prompts/b"]


def test_a_rename_keeps_the_line_and_gives_it_the_newest_name(repository: Repository, workbench: Workbench) -> None:
    body = "A long enough text to be known again.\n" * 5
    repository.commit("Begin", {"old/system.md": body})
    repository.git("mv", "old", "patterns-new")
    repository.commit("Move")
    repository.commit("Change", {"patterns-new/system.md": body + "More.\n"})
    workbench.git_history.bring(repository.place)
    assert [row.name for row in workbench.library.prompts()] == ["patterns-new"]
    assert [number for number, _, _ in told(workbench, "patterns-new")] == ["1.0.0", "1.0.1"]
    repository.git("mv", "patterns-new", "other")
    repository.commit("Move again", {"other/system.md": body + "And more.\n"})
    workbench.git_history.bring(repository.place)
    assert [row.name for row in workbench.library.prompts()] == ["patterns-new"], (
        "a prompt that is there keeps its name"
    )
    assert len(versions(workbench, "patterns-new")) == 3


def test_a_file_that_is_gone_archives_its_prompt_and_one_that_comes_back_takes_it_out(
    repository: Repository, workbench: Workbench
) -> None:
    repository.commit("Begin", {"prompts/a.txt": "One.", "prompts/b.txt": "B."})
    (repository.place / "prompts/a.txt").unlink()
    repository.commit("Remove")
    assert workbench.git_history.bring(repository.place).archived == ["prompts/a"]
    assert [row.name for row in workbench.library.prompts()] == ["prompts/b"]
    repository.commit("Back", {"prompts/a.txt": "Two."})
    workbench.git_history.bring(repository.place)
    assert [number for number, _, _ in told(workbench, "prompts/a")] == ["1.0.0", "1.0.1"]
    assert not workbench.library.prompt("prompts/a").archived


def test_branches_have_their_own_parents_and_a_picked_change_is_no_second_version(
    repository: Repository, workbench: Workbench
) -> None:
    lines = [f"Line {number} of the prompt.\n" for number in range(9)]
    repository.commit("Begin", {"prompts/a.txt": "".join(lines)})
    repository.git("switch", "-q", "-c", "side")
    repository.commit("Side", {"prompts/a.txt": "".join([*lines[:8], "Side.\n"])})
    repository.git("switch", "-q", "main")
    repository.commit("Main", {"prompts/a.txt": "".join(["Main.\n", *lines[1:]])})
    repository.git("merge", "-q", "--no-edit", "side")
    repository.commit("After", {"prompts/a.txt": "".join(["Main.\n", *lines[1:8], "Side.\n", "After.\n"])})
    workbench.git_history.bring(repository.place)
    made = {version.note: version for version in versions(workbench, "prompts/a")}
    assert set(made) == {"Begin", "Side", "Main", "Merge branch 'side'", "After"}
    assert (made["Side"].parent, made["Main"].parent) == ("1.0.0", "1.0.0")
    assert made["After"].parent == made["Merge branch 'side'"].number
    repository.git("switch", "-q", "-c", "pick", "main~1")
    repository.commit("Same by other ways", {"prompts/a.txt": "".join(["Main.\n", *lines[1:8], "Side.\n", "After.\n"])})
    repository.git("switch", "-q", "main")
    repository.git("merge", "-q", "--no-edit", "pick")
    assert [item.action for item in workbench.git_history.bring(repository.place).items] == ["same"]


def test_a_change_that_was_taken_back_is_a_version_too(repository: Repository, workbench: Workbench) -> None:
    for text in ("One.", "Two.", "One."):
        repository.commit(f"Say {text}", {"prompts/a.txt": text})
    workbench.git_history.bring(repository.place)
    assert [text for _, text, _ in told(workbench, "prompts/a")] == ["One.", "Two.", "One."]


def test_numbers_come_from_the_file_then_the_subject_then_the_next(
    repository: Repository, workbench: Workbench
) -> None:
    metadata = '{{"version": "{}"}}\n'
    repository.commit("Begin", {"a/system-prompt.txt": "One.", "a/.prompt-metadata.json": metadata.format("1.2.0")})
    repository.commit("Forgot the number", {"a/system-prompt.txt": "Two."})
    repository.commit("Next", {"a/system-prompt.txt": "Three.", "a/.prompt-metadata.json": metadata.format("2.0.0")})
    repository.commit("b", {"prompts/b.txt": "One."})
    repository.commit("prompt(b): 1.0.0 -> 1.1.0: Softer tone", {"prompts/b.txt": "Two."})
    repository.commit("Release v3.0.0", {"prompts/b.txt": "Three."})
    repository.commit("Needs jinja 9.9.9", {"prompts/b.txt": "Four."})
    workbench.git_history.bring(repository.place)
    assert [(number, text) for number, text, _ in told(workbench, "a")] == [
        ("1.2.0", "One."),
        ("1.2.1", "Two."),
        ("2.0.0", "Three."),
    ]
    assert [(number, note) for number, _, note in told(workbench, "prompts/b")] == [
        ("1.0.0", "b"),
        ("1.1.0", "Softer tone"),
        ("3.0.0", "Release v3.0.0"),
        ("3.0.1", "Needs jinja 9.9.9"),
    ]


def test_what_a_prompt_names_belongs_to_it(repository: Repository, workbench: Workbench) -> None:
    config = 'chat:\n  version: "1.0"\n  system_prompt: chat/system_prompt.txt\n'
    repository.commit("Begin", {"prompt_config.yaml": config, "chat/system_prompt.txt": "One."})
    repository.commit("Only the text", {"chat/system_prompt.txt": "Two."})
    repository.commit(
        "Only the settings", {"prompt_config.yaml": config.replace("1.0", "1.5") + "  temperature: 0.5\n"}
    )
    workbench.git_history.bring(repository.place)
    assert [(number, text) for number, text, _ in told(workbench, "chat")] == [
        ("1.0.0", "One."),
        ("1.0.1", "Two."),
        ("1.5.0", "Two."),
    ]
    assert dict(versions(workbench, "chat")[2].content.settings) == {"temperature": 0.5}


def test_several_prompts_in_one_file(repository: Repository, workbench: Workbench) -> None:
    repository.commit("Begin", {"prompts.csv": "act,prompt\nPoet,Write.\nRapper,Rhyme.\n"})
    repository.commit("One row", {"prompts.csv": "act,prompt\nPoet,Write well.\nRapper,Rhyme.\n"})
    workbench.git_history.bring(repository.place)
    assert [text for _, text, _ in told(workbench, "poet")] == ["Write.", "Write well."]
    assert [text for _, text, _ in told(workbench, "rapper")] == ["Rhyme."]


def test_a_prompt_with_a_file_for_each_version(repository: Repository, workbench: Workbench) -> None:
    def file(number: str, text: str) -> dict[str, str | bytes]:
        return {
            f"prompts/a/{number}.yaml": f"name: a\nversion: {number}\nmessages: [{{role: user, content: {text}}}]\n"
        }

    repository.commit("Begin", file("1.10.0", "Ten") | file("1.9.0", "Nine") | file("1.10.0-rc.1", "Nearly ten"))
    report = workbench.git_history.bring(repository.place / "prompts")
    assert [(item.number, item.action) for item in report.items] == [
        ("1.9.0", "new"),
        ("1.10.0-rc.1", "changed"),
        ("1.10.0", "changed"),
    ]
    assert [version.parent for version in versions(workbench, "a")] == [None, "1.9.0", "1.10.0-rc.1"]
    (repository.place / "prompts/a/1.9.0.yaml").unlink()
    repository.commit("The next, and an old one goes", file("2.0.0", "Two"))
    (repository.place / "prompts/a/1.10.0.yaml").unlink()
    repository.commit("Another goes")
    assert workbench.git_history.bring(repository.place / "prompts").archived == []
    assert [number for number, _, _ in told(workbench, "a")] == ["1.9.0", "1.10.0-rc.1", "1.10.0", "2.0.0"]
    (repository.place / "prompts/a/1.10.0-rc.1.yaml").unlink()
    (repository.place / "prompts/a/2.0.0.yaml").unlink()
    repository.commit("All of it goes")
    assert workbench.git_history.bring(repository.place / "prompts").archived == ["a"]


def test_one_file_alone(repository: Repository, workbench: Workbench) -> None:
    repository.commit("Begin", {"prompts/a.txt": "One.", "prompts/b.txt": "B."})
    workbench.git_history.bring(repository.place / "prompts/a.txt")
    assert [row.name for row in workbench.library.prompts()] == ["a"]


def test_nothing_of_the_repository_runs(repository: Repository, workbench: Workbench, tmp_path: Path) -> None:
    trap = tmp_path / "trap.sh"
    trap.write_text(f"#!/bin/sh\ntouch {tmp_path}/sprung\ncat\n")
    trap.chmod(0o755)
    repository.commit("Begin", {"prompts/a.txt": "One.", ".gitattributes": "*.txt diff=trap filter=trap\n"})
    for key in ("diff.trap.textconv", "diff.trap.command", "diff.external", "filter.trap.smudge", "filter.trap.clean",
                "core.fsmonitor", "core.pager", "core.sshCommand", "gpg.program"):  # fmt: skip
        repository.git("config", key, str(trap))
    repository.git("config", "log.showSignature", "true")
    for hook in ("post-checkout", "pre-commit", "post-index-change", "reference-transaction"):
        (repository.place / ".git/hooks" / hook).write_text(trap.read_text())
        (repository.place / ".git/hooks" / hook).chmod(0o755)
    (tmp_path / "sprung").unlink(missing_ok=True)
    report = workbench.git_history.bring(repository.place)
    assert report.count("new") == 1
    assert not (tmp_path / "sprung").exists()


def test_what_cannot_be_read_is_named_with_commit_and_stops_nothing(
    repository: Repository, workbench: Workbench
) -> None:
    (repository.place / "prompts").mkdir()
    (repository.place / "prompts/link.txt").symlink_to("/etc/passwd")
    bad = repository.commit(
        "Begin", {"prompts/a.txt": b"caf\xe9\n", "prompts/b.txt": "B.", "prompts/big.txt": b"x" * (9 << 20)}
    )
    report = workbench.git_history.bring(repository.place)
    assert [row.name for row in workbench.library.prompts()] == ["prompts/b"]
    assert [problem for problem in report.problems if f"prompts/a.txt@{bad[:10]}:1: byte 0xe9" in problem]
    assert [problem for problem in report.problems if "big.txt" in problem and "at most" in problem]


def test_names_that_differ_only_in_case_are_refused(repository: Repository, workbench: Workbench) -> None:
    repository.commit("Begin", {"prompts/a.txt": "One.", "prompts/A.txt": "Two."})
    (refused,) = [item for item in workbench.git_history.bring(repository.place).items if item.action == "refused"]
    assert "only in upper and lower case" in refused.reason


def test_an_interrupted_import_goes_on_where_it_was(
    repository: Repository, workbench: Workbench, monkeypatch: pytest.MonkeyPatch
) -> None:
    for number in range(12):
        repository.commit(f"Change {number}", {"prompts/a.txt": f"{number}."})
    monkeypatch.setattr(batching, "SECONDS", 0.0)

    def interrupt(done: int, total: int) -> None:
        if done == 7:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        workbench.git_history.bring(repository.place, progress=interrupt)
    begun = len(versions(workbench, "prompts/a"))
    assert 0 < begun < 12
    repository.commit("Meanwhile", {"prompts/a.txt": "new."})
    seen: list[int] = []
    workbench.git_history.bring(repository.place, progress=lambda done, total: seen.append(done))
    assert seen[0] == begun + 1, "what was read is not read again"
    assert [text for _, text, _ in told(workbench, "prompts/a")] == [*(f"{number}." for number in range(12)), "new."]


def test_a_history_that_was_rewritten_adds_only_what_it_says_anew(repository: Repository, workbench: Workbench) -> None:
    repository.commit("One", {"prompts/a.txt": "One."})
    repository.commit("Two", {"prompts/a.txt": "Two."})
    workbench.git_history.bring(repository.place)
    repository.git("reset", "-q", "--hard", "HEAD~1")
    repository.commit("Two, said anew", {"prompts/a.txt": "Two."})
    repository.commit("Three", {"prompts/a.txt": "Three."})
    workbench.git_history.bring(repository.place)
    assert [text for _, text, _ in told(workbench, "prompts/a")] == ["One.", "Two.", "Three."]


def test_outside_of_a_repository_and_before_the_first_commit(workbench: Workbench, tmp_path: Path) -> None:
    (tmp_path / "bare").mkdir()
    with pytest.raises(NotFound, match="in no git repository"):
        workbench.git_history.bring(tmp_path / "bare")
    with pytest.raises(NotFound, match="no file or folder"):
        workbench.git_history.bring(tmp_path / "nowhere")
    with pytest.raises(BadInput, match="has no commit yet"):
        workbench.git_history.bring(Repository(tmp_path / "empty").place)
