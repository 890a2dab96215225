"""`workbench merge` from a shell: clean, with conflicts, solved in a file or by options."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.cli.conftest import Cli

TEXT = "You are kind. Be brief.\n\n- one\n- two\n"


@pytest.fixture
def versions(cli: Cli, home: Path) -> None:
    """1.0.0, and two that were made of it and change the same sentence, the same setting and another item each."""
    (home / "a.txt").write_text(TEXT)
    (home / "b.txt").write_text(TEXT.replace("kind", "calm").replace("one", "first"))
    (home / "c.txt").write_text(TEXT.replace("kind", "strict") + "- three\n")
    cli("save", "a", "a.txt", "--set", "temperature=0.1")
    cli("save", "a", "b.txt", "--number", "1.1.0", "--set", "temperature=0.4")
    cli("save", "a", "c.txt", "--number", "1.2.0", "--parent", "1.0.0", "--set", "temperature=0.9")


@pytest.mark.usefixtures("versions")
def test_conflicts_are_shown_between_marks_and_nothing_is_saved(cli: Cli) -> None:
    answer = cli("merge", "a@1.1.0", "1.2.0")
    assert answer.code == 1
    assert answer.out.startswith(
        "<<<<<<< ours a@1.1.0\nYou are calm. Be brief.\n||||||| base a@1.0.0\nYou are kind. Be brief.\n=======\n"
    )
    assert "\n- first\n- two\n- three\nsettings.temperature:\n" in answer.out
    assert "2 conflicts: nothing was saved" in answer.said
    told = cli("merge", "a@1.1.0", "1.2.0", "--json")
    assert (told.code, told.data["saved"]) == (1, None)
    assert [one["where"] for one in told.data["conflicts"]] == ["system message 1", "settings.temperature"]
    assert cli("list", "--json").data[0]["latest"] == "1.2.0"


@pytest.mark.usefixtures("versions")
def test_options_decide(cli: Cli) -> None:
    answer = cli("merge", "a@1.1.0", "1.2.0", "--theirs", "--set", "temperature=0.5", "-m", "Both", "--json")
    saved = answer.data["saved"]
    assert (saved["parent"], saved["note"], saved["version"]) == ("1.1.0", "Both", "1.2.1")
    shown = cli("show", "a", "--json").data
    assert shown["messages"][0]["content"] == TEXT.replace("kind", "strict").replace("one", "first") + "- three\n"
    assert shown["settings"] == {"temperature": 0.5}
    again = cli("merge", "a", "a@1.2.0")
    assert (again.code, again.out) == (1, "")
    assert "a@1.2.1 was made of 1.2.0 and has all of it" in again.said


@pytest.mark.usefixtures("versions")
def test_a_file_is_written_solved_and_saved(cli: Cli, home: Path) -> None:
    answer = cli("merge", "a@1.1.0", "1.2.0", "--output", "m.txt")
    assert (answer.code, answer.out) == (1, "")
    assert "decide it with --set temperature=VALUE" in answer.said
    refused = cli("merge", "a@1.1.0", "1.2.0", "--solved", "m.txt")
    assert refused.code == 2
    assert "m.txt:1: a conflict is not solved yet" in refused.said
    solved = TEXT.replace("kind", "firm").replace("one", "first") + "- three\n"
    (home / "m.txt").write_text(solved)
    assert cli("merge", "a@1.1.0", "1.2.0", "--solved", "m.txt", "--set", "temperature=0.2").out == "a@1.2.1\n"
    assert cli("show", "a", "--json").data["messages"][0]["content"] == solved


@pytest.mark.usefixtures("versions")
def test_a_clean_output_is_a_prompt_file(cli: Cli, home: Path) -> None:
    assert cli("merge", "a@1.1.0", "1.2.0", "--ours", "--output", "m.yaml").code == 0
    assert "temperature: 0.4" in (home / "m.yaml").read_text()
    assert cli("merge", "a@1.1.0", "1.2.0", "--ours", "--solved", "m.yaml", "--number", "2.0.0").out == "a@2.0.0\n"
    assert cli("merge", "a@1.1.0", "9.9.9").code == 3
    assert cli("merge", "a@1.1.0", "1.2.0", "--output", "x", "--solved", "y").code == 2
