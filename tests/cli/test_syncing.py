"""`workbench sync` and `status --diff` from a shell, on a real repository."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.cli.conftest import Cli
from tests.support.repository import Repository

TEXT = "You are kind. Be brief.\n"


@pytest.fixture
def repository(home: Path) -> Repository:
    made = Repository(home / "repository")
    made.commit("Begin", {"prompts/a.txt": TEXT, "prompts/b.yaml": "messages:\n- {role: system, content: B.}\n"})
    return made


def test_sync_says_what_it_would_do_does_it_stops_and_goes_on(cli: Cli, repository: Repository, home: Path) -> None:
    place = str(repository.place / "prompts")
    dry = cli("sync", place, "--dry-run")
    assert dry.out.splitlines() == [
        "a\twould come in\t1.0.0\ta.txt\tfirst version",
        "b\twould come in\t1.0.0\tb.yaml\tfirst version",
    ]
    assert not (home / "prompts.db").exists()
    assert cli("sync", place).code == 0
    cli("save", "a", "-", input=TEXT.replace("kind", "calm"))
    cli("save", "b", "--set", "temperature=0.5")
    repository.write("prompts/a.txt", TEXT.replace("kind", "strict"))
    repository.write("prompts/n.txt", "New.\n")
    stopped = cli("sync", place)
    assert stopped.code == 1
    assert "<<<<<<< ours a@1.0.1\nYou are calm. Be brief.\n||||||| base a@1.0.0\n" in stopped.out
    assert "=======\nYou are strict. Be brief.\n>>>>>>> theirs a@1.0.1-0.file.1\n" in stopped.out
    assert "n\tcame in\t1.0.0\tn.txt" in stopped.out
    assert "workbench merge a@1.0.1 1.0.1-0.file.1" in stopped.said
    assert "stopped before writing" in stopped.said
    told = cli("sync", place, "--json").data
    assert (told["stopped"], told["commits"]) == (True, [])
    assert told["items"][0]["conflicts"][0]["theirs"] == "You are strict."
    assert cli("merge", "a@1.0.1", "1.0.1-0.file.1", "--ours", "-m", "Calm it is").code == 0
    done = cli("sync", place)
    assert (done.code, "made 3 commits; nothing was pushed" in done.said) == (0, True)
    assert repository.git("status", "--porcelain") == ""
    assert repository.git("log", "-4", "--format=%s").splitlines() == [
        "prompt(n): 1.0.0",
        "prompt(b): 1.0.0 -> 1.0.1",
        "prompt(a): 1.0.0 -> 1.0.1",
        "Begin",
    ]
    assert (repository.place / "prompts/a.txt").read_text() == TEXT.replace("kind", "calm")
    assert cli("sync", place).said == "3 the same, made 0 commits; nothing was pushed\n"


def test_status_shows_texts_and_settings_from_the_older_to_the_newer(cli: Cli, repository: Repository) -> None:
    place = str(repository.place / "prompts")
    cli("sync", place)
    cli("save", "b", "--set", "temperature=0.5")
    cli("save", "c", "-", input="Only here.\n")
    repository.write("prompts/a.txt", TEXT.replace("kind", "calm"))
    shown = cli("status", place, "--diff")
    assert shown.code == 1
    assert "-You are kind. Be brief.\n+You are calm. Be brief.\n" in shown.out
    assert "settings: + temperature = 0.5\n" in shown.out
    assert "+++ b/c@1.0.0\n@@ -0,0 +1 @@\n+Only here.\n" in shown.out


def test_status_knows_files_again_that_came_from_a_folder_further_down(cli: Cli, repository: Repository) -> None:
    cli("sync", str(repository.place / "prompts"))
    cli("save", "c", "-", input="Only here.\n")
    repository.write("prompts/n.txt", "New.\n")
    said = cli("status", str(repository.place)).said.splitlines()
    assert "prompts/a: the store has a; if that is this one, name the folder prompts" in said
    assert not any(line.startswith("prompts/n: ") for line in said)
