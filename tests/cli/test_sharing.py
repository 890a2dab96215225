"""`diff --html`, `diff --markdown` and `report`: where they write, and what they never write over."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.cli.conftest import Cli


@pytest.fixture
def saved(cli: Cli, home: Path) -> Path:
    for text in ("You help kindly.\n", "You help patiently.\n"):
        assert cli("save", "a", "-", "-m", "edit", input=text).code == 0
    return home


def test_a_diff_is_written_to_files_or_to_the_pipe(saved: Path, cli: Cli) -> None:
    answer = cli("diff", "a", "1.0.0", "1.0.1", "--html", "x.html", "--markdown", "x.md")
    assert (answer.code, answer.out) == (0, "")
    assert "wrote x.html" in answer.said
    assert "a@1.0.0 → a@1.0.1" in (saved / "x.html").read_text()
    markdown = (saved / "x.md").read_text()
    assert cli("diff", "a", "1.0.0", "1.0.1", "--markdown").out == markdown
    assert "<del>kindly</del>" in markdown
    assert cli("diff", "a", "1.0.1", "1.0.0", "--html", "x.html", "--exit-code").code == 1
    assert cli("diff", "a", "1.0.1", "1.0.0", "--html", "x.html", "--json").data["same"] is False
    assert "a@1.0.1 → a@1.0.0" in (saved / "x.html").read_text()


def test_nothing_of_somebody_elses_is_written_over(saved: Path, cli: Cli) -> None:
    (saved / "prompt.md").write_text("You are mine.\n")
    answer = cli("diff", "a", "1.0.0", "1.0.1", "--html", "x.html", "--markdown", "prompt.md")
    assert (answer.code, "name another file" in answer.said) == (1, True)
    assert (saved / "prompt.md").read_text() == "You are mine.\n"
    assert not (saved / "x.html").exists()
    answer = cli("diff", "--markdown", "a@1.0.0", "a@1.0.1")
    assert (answer.code, "put the option last" in answer.said) == (2, True)
    answer = cli("diff", "--markdown", "a")
    assert (answer.code, "--markdown took a; put it last" in answer.said) == (2, True)
    assert cli("diff").code == 2
    assert cli("report", "a", "--html", "no/such/folder/x.html").code == 1


def test_a_report_goes_to_the_pipe_or_to_files(saved: Path, cli: Cli) -> None:
    answer = cli("report", "a")
    assert (answer.code, "# a\n" in answer.out, "Changed since" in answer.out) == (0, True, True)
    assert cli("report", "a", "--html", "r.html", "--last", "1").code == 0
    text = (saved / "r.html").read_text()
    assert "1 older version is left out" in text
    assert cli("report", "b").code == 3


def test_a_report_answers_programs_too(saved: Path, cli: Cli) -> None:
    assert cli("promote", "a@1.0.0", "staging", "-m", "try", "--yes").code == 0
    data = cli("report", "a", "--json").data
    assert [(one["version"], one["before"], one["environments"]) for one in data["versions"]] == [
        ("1.0.1", "1.0.0", []),
        ("1.0.0", None, ["staging"]),
    ]
    assert [one["environment"] for one in data["deployments"]] == ["staging"]
    assert (data["reviews"], data["sets"], data["left_out"]) == ([], {}, 0)
    assert cli("report", "a", "--json", "--markdown", "x.md").data["left_out"] == 0
    assert cli("report", "a", "--json", "--markdown").code == 2
