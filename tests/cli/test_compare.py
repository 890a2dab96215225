"""Inputs, drafts, marks and comparisons from the command line, against a real server on this machine."""

from __future__ import annotations

import asyncio
import json
import subprocess
import sys
from pathlib import Path

import pytest

from tests.cli.conftest import Cli
from tests.cli.sse_server import AnsweringServer
from tests.support.terminal import Terminal
from workbench.cli.compare_vote import forget_typed

pytestmark = pytest.mark.xdist_group("runs")


@pytest.fixture
def ready(two_versions: Cli, endpoint: AnsweringServer, home: Path) -> Cli:
    (home / "cases.jsonl").write_text('{"name": "Ada"}\n{"name": "Bo"}\n\n{"name": "Cy"}\n')
    return two_versions


def test_variable_sets_are_kept_used_and_brought_back(ready: Cli, endpoint: AnsweringServer) -> None:
    assert ready("inputs", "save", "support/greet", "angry", "-v", "name=Ada").code == 0
    assert ready("inputs", "save", "support/greet", "third", "--vars", "cases.jsonl", "--line", "4").code == 0
    assert ready("inputs", "rename", "support/greet", "angry", "calm").code == 0
    listed = ready("inputs", "support/greet", "--json").data
    assert [(row["name"], row["values"]) for row in listed] == [("calm", {"name": "Ada"}), ("third", {"name": "Cy"})]
    assert json.loads(ready("inputs", "show", "support/greet", "third").out) == {"name": "Cy"}
    assert ready("run", "support/greet", "--use", "calm").code == 0
    assert endpoint.bodies[-1]["messages"][0]["content"] == "Dear Ada.\nBe brief.\n"
    assert ready("inputs", "delete", "support/greet", "calm").code == 0
    wrong = ready("run", "support/greet", "--use", "thrid")
    assert (wrong.code, "third" in wrong.said) == (3, True)
    assert ready("undo").code == 0
    assert len(ready("inputs", "--json").data) == 2
    assert ready("inputs", "save", "support/greet", "none").code == 2


def test_one_line_of_a_file_is_run(ready: Cli, endpoint: AnsweringServer, home: Path) -> None:
    assert ready("run", "support/greet", "--vars", "cases.jsonl", "--line", "2").code == 0
    assert "Dear Bo." in endpoint.bodies[-1]["messages"][0]["content"]
    several = ready("run", "support/greet", "--vars", "cases.jsonl")
    assert (several.code, "--line" in several.said) == (2, True)
    nothing = ready("run", "support/greet", "--vars", "cases.jsonl", "--line", "3")
    assert (nothing.code, "cases.jsonl" in nothing.said, "1, 2, 4" in nothing.said) == (2, True, True)
    (home / "one.csv").write_text("name\nDi\n")
    assert ready("run", "support/greet", "--vars", "one.csv").code == 0
    assert "Dear Di." in endpoint.bodies[-1]["messages"][0]["content"]


def test_a_draft_is_run_without_a_version(ready: Cli, endpoint: AnsweringServer) -> None:
    answer = ready("run", "support/greet", "--draft", "-", "-v", "name=Ada", input="Hey {{ name }}!\n")
    assert answer.code == 0
    assert endpoint.bodies[-1]["messages"][0]["content"] == "Hey Ada!\n"
    (row,) = ready("runs", "list", "--drafts", "--json").data
    assert (row["version"], len(row["digest"])) == (None, 64)
    assert [one["version"] for one in ready("log", "support/greet", "--json").data] == ["1.1.0", "1.0.0"]
    assert ready("save", "support/greet", "-", input="Hey {{ name }}!\n").code == 0
    assert ready("runs", "show", row["id"], "--json").data["version"] == "1.1.1"
    assert ready("run", "support/new", "--draft", "-", input="Hi").code == 0
    assert ready("run", "support/greet@9.9.9", "--draft", "-", input="Hi").code == 3


def test_a_dry_run_counts_and_forecasts(ready: Cli, endpoint: AnsweringServer) -> None:
    answer = ready("run", "support/greet", "-v", "name=Ada", "--set", '{"max_tokens": 9}', "--dry-run")
    assert json.loads(answer.out)["body"]["max_tokens"] == 9
    assert "tokens (" in answer.said
    assert "max_tokens: not set → 9" in answer.said
    data = ready("run", "support/greet", "-v", "name=Ada", "--set", "max_tokens=9", "--dry-run", "--json").data
    assert data["tokens"]["exact"] is False
    assert data["tokens"]["total"] == sum(data["tokens"]["messages"]) + data["tokens"]["rest"]
    assert data["forecast"]["reckoned_from"] == "max_tokens"
    assert data["forecast"]["most_cost"] == 0
    missing = ready("run", "support/greet", "--dry-run", "--json")
    assert (missing.code, missing.error["kind"]) == (2, "MissingVariables")
    assert endpoint.bodies == []


def test_a_run_is_marked_found_exported_and_gone_on_from(ready: Cli, endpoint: AnsweringServer) -> None:
    ready("run", "support/greet", "-v", "name=Ada", "--input", "Hi")
    ready("run", "support/greet@1.0.0", "-v", "name=Bo", "--input", "Hi")
    newest, first = (row["id"] for row in ready("runs", "--json").data)
    assert ready("runs", "star", first).code == 0
    assert ready("runs", "rate", first[:8], "4", "--json").data["rating"] == 4
    assert ready("runs", "note", first, "odd one").code == 0
    for arguments in (["--starred"], ["--rating", "3"], ["--text", "ODD"], ["--text", "Ada"], ["--number", "1.1.0"]):
        assert [row["id"] for row in ready("runs", "list", *arguments, "--json").data] == [first], arguments
    assert ready("runs", "list", "--model", "here/parr", "--json").data[0]["id"] == newest
    assert ready("runs", "rate", first, "none").code == 0
    assert ready("runs", "rate", first, "6").code == 2
    assert ready("undo").code == 0
    assert ready("runs", "show", first, "--json").data["rating"] == 4
    assert ready("runs", "keep", first, "ada").code == 0
    assert ready("inputs", "--json").data[0]["values"] == {"name": "Ada", "input": "Hi"}
    assert ready("runs", "export", first, "--format", "curl").out.startswith("curl ")
    assert len(ready("runs", "export", first, newest, "--format", "jsonl").out.splitlines()) == 2
    assert ready("runs", "export", first, newest, "--format", "python").code == 2
    assert ready("runs", "continue", first, "--input", "And then?").code == 0
    assert [m["role"] for m in endpoint.bodies[-1]["messages"]] == ["system", "user", "assistant", "user"]
    chain = ready("runs", "show", first, "--chain", "--json").data
    assert [one["follows"] for one in chain] == [None, first]
    assert "And then?" in ready("runs", "show", first, "--chain").out
    assert ready("runs", "continue", first).code == 2
    assert ready("runs", "continue", first, "--tool", "x=1").code == 2


def test_versions_are_compared_on_every_line_of_a_file(ready: Cli, endpoint: AnsweringServer) -> None:
    answer = ready("compare", "support/greet", "1.0.0", "1.1.0", "--inputs", "cases.jsonl", "--repeat", "2", "--json")
    assert answer.code == 0
    data = answer.data
    assert [column["version"] for column in data["columns"]] == ["1.0.0", "1.1.0"]
    assert [row["name"] for row in data["inputs"]] == ["cases.jsonl:1", "cases.jsonl:2", "cases.jsonl:4"]
    for row in data["inputs"]:
        for cell in row["cells"]:
            assert (cell["finished"], cell["distinct"], cell["tokens"]["middle"]) == (2, 1, 3)
    assert len(endpoint.bodies) == 12
    assert not any("stream" in body for body in endpoint.bodies)
    table = ready("compare", "support/greet@1.0.0", "support/greet", "--inputs", "cases.jsonl")
    assert table.out.splitlines()[0].split("\t")[:3] == ["cases.jsonl:1", "A", "1.0.0"]
    assert len(table.out.splitlines()) == 6
    models = ready("compare", "support/greet", "-v", "name=Ada", "--model", "here/a", "--model", "here/b", "--json")
    assert [column["model"] for column in models.data["columns"]] == ["here/a", "here/b"]
    assert [row["origin"] for row in ready("runs", "--limit", "1", "--json").data] == ["compare"]
    assert len(ready("compare", "--list", "support/greet", "--json").data) == 3


def test_on_a_terminal_names_stand_once_and_answers_have_room(ready: Cli, endpoint: AnsweringServer) -> None:
    command = [sys.executable, "-m", "workbench", "compare", "support/greet", "1.0.0", "1.1.0", "--inputs"]
    with Terminal([*command, "cases.jsonl"]) as terminal:
        assert terminal.wait_gone(30.0) == 0
        shown = [line.split() for line in terminal.text.splitlines()]
    assert ["asking", "for", "6", "answers;", "ctrl+c", "keeps", "what", "came", "…"] in shown
    assert ["A", "1.0.0"] in shown
    assert ["B", "1.1.0"] in shown
    header = ["input", "done", "tokens", "seconds", "cost", "distinct", "answer"]
    rows = shown[shown.index(header) + 1 :]
    assert [row[:2] for row in rows[:6]] == [[f"cases.jsonl:{n}", side] for n in (1, 2, 4) for side in "AB"]


def test_a_comparison_is_reckoned_before_it_is_sent(ready: Cli, endpoint: AnsweringServer) -> None:
    before = len(endpoint.bodies)
    asked = ("compare", "support/greet", "1.0.0", "1.1.0", "--inputs", "cases.jsonl", "--repeat", "2", "--dry-run")
    rows = ready(*asked, "--json").data
    assert [(row["column"], row["calls"], row["likely_cost"]) for row in rows] == [("a", 6, 0.0), ("b", 6, 0.0)]
    assert all(row["input_tokens"] > 6 for row in rows)
    told = ready(*asked)
    assert (told.code, told.out.splitlines()[1].split("\t")[:2]) == (0, ["B", "support/greet@1.1.0"])
    default = ready("config", "show", "--json").data["default_model"]["value"]
    assert [row["model"] for row in rows] == [default, default]
    lacking = ready("compare", "support/greet", "1.0.0", "1.1.0", "--dry-run")
    assert (lacking.code, "name" in lacking.said) == (2, True)
    assert len(endpoint.bodies) == before
    assert ready("compare", "--list", "--json").data == []


def test_what_cannot_be_compared_is_named(ready: Cli, endpoint: AnsweringServer, home: Path) -> None:
    assert ready("compare", "support/greet", "-v", "name=x").code == 2
    assert ready("compare").code == 2
    assert ready("compare", "support/greet", "1.0.0", "9.9.9", "-v", "name=x").code == 3
    (home / "bad.jsonl").write_text('{"name": "Ada"}\n{"nmae": "Bo"}\n')
    answer = ready("compare", "support/greet", "1.0.0", "1.1.0", "--inputs", "bad.jsonl")
    assert answer.code == 2
    assert "input bad.jsonl:2: missing variable: name" in answer.said
    assert endpoint.bodies == []
    endpoint.status = 400
    failed = ready("compare", "support/greet", "1.0.0", "1.1.0", "-v", "name=x", "--json")
    assert failed.code == 5
    assert [cell["failed"] for cell in failed.data["inputs"][0]["cells"]] == [1, 1]
    endpoint.status = 200
    resumed = ready("compare", "--resume", failed.data["id"][:8], "--json")
    assert resumed.code == 0
    assert [cell["finished"] for cell in resumed.data["inputs"][0]["cells"]] == [1, 1]


def test_votes_are_given_blind_in_the_terminal(ready: Cli, endpoint: AnsweringServer) -> None:
    asked = [
        "compare",
        "support/greet",
        "1.0.0",
        "1.1.0",
        "--inputs",
        "cases.jsonl",
        "--blind",
        "--seed",
        "4",
        "--vote",
    ]
    answer = ready(*asked, input="a much kinder\nu\nb\nx\n=\nq\n")
    assert answer.code == 0
    assert "1.0.0" not in answer.out
    assert "1.1.0" not in answer.out
    assert "tokens" not in answer.out, "figures give the side away"
    assert answer.out.count("──── A") == 5
    assert "took the last verdict back" in answer.said
    assert "'x' is no verdict" in answer.said
    for name in ("1.0.0", "1.1.0"):
        assert name not in answer.said, "who knows how a name does so far votes for it"
    assert "kept; 1 of 3 judged; about 7 more votes" in answer.said
    assert "2 of 3 judged; the names stay hidden until all are" in answer.said
    (found,) = ready("compare", "--list", "--json").data
    assert (found["blind"], found["seed"]) == (True, 4)
    verdicts = [row["verdict"] and row["verdict"]["verdict"] for row in found["inputs"]]
    from workbench.domain.comparisons import shuffled

    assert verdicts == ["ab"[shuffled(4, 0, 2)[1]], "tie", None]
    # The rest is asked when it is resumed; nothing is sent again.
    sent = len(endpoint.bodies)
    rest = ready("compare", "--resume", found["id"], "--vote", input="0 both bad\n")
    assert rest.code == 0
    assert len(endpoint.bodies) <= 6
    assert len(endpoint.bodies) >= sent
    assert "cases.jsonl:4: neither (both bad)" in rest.said
    assert "1.0.0 against 1.1.0: " in rest.said
    standing = ready("compare", "--list", "--json").data[0]["standings"][0]
    assert (standing["won"] + standing["lost"], standing["tied"], standing["neither"]) == (1, 1, 1)
    rows = [json.loads(line) for line in ready("compare", "--export", found["id"]).out.splitlines()]
    assert [sorted(row) for row in rows] == [
        ["chosen", "chosen_run", "note", "prompt", "rejected", "rejected_prompt", "rejected_run"]
    ]


def test_what_was_not_voted_on_yet_stays_hidden_without_the_votes_too(ready: Cli, endpoint: AnsweringServer) -> None:
    endpoint.status = 400
    asked = ["compare", "support/greet", "1.0.0", "1.1.0", "--inputs", "cases.jsonl", "--blind"]
    answer = ready(*asked)
    assert answer.code == 5
    assert "cases.jsonl:1, an answer failed" in answer.said
    assert "0 of 3 judged; until all are, the sides stay hidden" in answer.said
    assert not any(name in answer.out + answer.said for name in ("1.0.0", "1.1.0", ", A: ", ", B: "))
    endpoint.status = 200
    voted = ready("compare", "--resume", answer.said.split("--resume ")[1][:8], "--vote", "--json", input="a\n=\nb\n")
    assert [row["verdict"] is not None for row in voted.data["inputs"]] == [True] * 3
    assert "──── A" in voted.said


def test_what_was_typed_before_the_answers_were_there_is_no_vote() -> None:
    lines: asyncio.Queue[str | None] = asyncio.Queue()
    for line in ("b\n", "\n", None):
        lines.put_nowait(line)
    assert forget_typed(lines) == 2
    assert lines.get_nowait() is None, "the end of the input is no vote, and stays"
    assert forget_typed(lines) == 0


def test_what_has_no_answer_is_not_voted_on(ready: Cli, endpoint: AnsweringServer) -> None:
    endpoint.status = 400
    answer = ready("compare", "support/greet", "1.0.0", "1.1.0", "-v", "name=x", "--blind", "--vote", input="a\n")
    assert answer.code == 5
    assert "no answer to judge: " in answer.said
    assert "────" not in answer.out
    assert ready("compare", "--list", "--json").data[0]["inputs"][0]["verdict"] is None


def test_an_interrupted_comparison_keeps_what_came_and_goes_on(ready: Cli, endpoint: AnsweringServer) -> None:
    import signal
    import time

    endpoint.pause = 0.0
    endpoint.whole_pause = 0.5
    command = [sys.executable, "-m", "workbench", "compare", "support/greet", "1.0.0", "1.1.0"]
    command += ["--inputs", "cases.jsonl", "--repeat", "20"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as running:
        limit = time.monotonic() + 20
        while len(endpoint.bodies) < 12 and time.monotonic() < limit:
            time.sleep(0.05)
        running.send_signal(signal.SIGINT)
        _, said = running.communicate(timeout=20)
    assert running.returncode == 130, said
    statuses = {row["status"] for row in ready("runs", "--json").data}
    assert "finished" in statuses
    endpoint.whole_pause = 0.0
    (found,) = ready("compare", "--list", "--json").data
    resumed = ready("compare", "--resume", found["id"], "--json")
    assert resumed.code == 0
    assert {cell["finished"] for row in resumed.data["inputs"] for cell in row["cells"]} == {20}
