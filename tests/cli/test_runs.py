"""Running from the command line, against a real server on this machine."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.cli.conftest import Cli
from tests.cli.sse_server import AnsweringServer
from tests.support.fake_endpoint import fake_endpoint
from tests.support.terminal import Terminal

pytestmark = pytest.mark.xdist_group("runs")


def test_a_run_streams_and_is_recorded(two_versions: Cli, endpoint: AnsweringServer) -> None:
    answer = two_versions("run", "support/greet", "-v", "name=Ada", "--input", "Hi", "--set", "temperature=0")
    assert (answer.code, answer.raw) == (0, b"Hello from here")
    assert "here/parrot" in answer.said
    (sent,) = endpoint.bodies
    assert sent["messages"] == [
        {"role": "system", "content": "Dear Ada.\nBe brief.\n"},
        {"role": "user", "content": "Hi"},
    ]
    assert sent["temperature"] == 0
    (row,) = two_versions("runs", "support/greet", "--json").data
    assert (row["status"], row["version"], row["input_tokens"], row["output_tokens"]) == ("finished", "1.1.0", 7, 3)
    shown = two_versions("runs", "show", row["id"][:8], "--json").data
    assert shown["output"] == "Hello from here"
    assert shown["variables"]["name"] == "Ada"


def test_input_from_standard_input_and_without_streaming(two_versions: Cli, endpoint: AnsweringServer) -> None:
    answer = two_versions(
        "run", "support/greet", "-v", "name=Ada", "--input", "-", "--no-stream", "--json", input="from a pipe"
    )
    assert answer.data["status"] == "finished"
    assert endpoint.bodies[0]["messages"][1]["content"] == "from a pipe"


def test_a_dry_run_prints_the_request_and_sends_nothing(two_versions: Cli, endpoint: AnsweringServer) -> None:
    answer = two_versions("run", "support/greet", "-v", "name=Ada", "--dry-run", "--json")
    assert answer.data["endpoint"] == "here"
    assert answer.data["body"]["messages"][0]["content"] == "Dear Ada.\nBe brief.\n"
    assert endpoint.bodies == []
    assert two_versions("runs", "--json").data == []


def test_what_is_missing_never_reaches_the_network(two_versions: Cli, endpoint: AnsweringServer) -> None:
    assert two_versions("run", "support/greet").code == 2
    assert two_versions("run", "support/greet", "-v", "name=x", "--model", "nowhere/x").code == 3
    assert endpoint.bodies == []


def test_a_refused_call_exits_with_5_and_is_recorded(two_versions: Cli, endpoint: AnsweringServer) -> None:
    endpoint.status = 404
    answer = two_versions("run", "support/greet", "-v", "name=Ada")
    assert answer.code == 5
    assert answer.raw == b""
    assert two_versions("runs", "--status", "failed", "--json").data[0]["error"]


def test_a_replay_sends_the_same_again(two_versions: Cli, endpoint: AnsweringServer) -> None:
    two_versions("run", "support/greet", "-v", "name=Ada", "--set", "temperature=0.7")
    (row,) = two_versions("runs", "--json").data
    assert two_versions("runs", "replay", row["id"]).code == 0
    assert endpoint.bodies[0] == endpoint.bodies[1]
    older = two_versions("runs", "replay", row["id"], "--version", "1.0.0", "--json")
    assert older.data["version"] == "1.0.0"
    assert older.data["origin"] == "replay"


def test_what_answers_the_tools_is_told_whole(two_versions: Cli, home: Path) -> None:
    with fake_endpoint() as server:
        (home / "workbench.yaml").write_text(f"endpoints: {{fake: {{base_url: '{server.base_url}'}}}}\n")
        said = two_versions("run", "support/greet", "-v", "name=Ada", "--model", "fake/three-tools").said
        command = said.partition("answer: workbench ")[2].split("\n")[0].split()
        assert command[3:] == ["--tool", "call_1=RESULT", "--tool", "time=RESULT", "--tool", "call_3=RESULT"]
        assert two_versions(*command).code == 0
        (called,) = two_versions("runs", "--model", "three-tools", "--limit", "9", "--json").data[-1:]
        assert "calls time(" in two_versions("runs", "show", called["id"]).out
        chain = two_versions("runs", "show", called["id"], "--chain").out
        assert "calls time(" in chain
        assert chain.count("── assistant") == 2


def test_a_refusal_is_not_blamed_for_its_form(two_versions: Cli, home: Path) -> None:
    with fake_endpoint() as server:
        (home / "workbench.yaml").write_text(f"endpoints: {{fake: {{base_url: '{server.base_url}'}}}}\n")
        wanted = ("--set", 'response_format={"type": "json_object"}')
        answer = two_versions("run", "support/greet", "-v", "name=Ada", "--model", "fake/refusing", *wanted)
        (row,) = two_versions("runs", "--json").data
        assert two_versions("runs", "show", row["id"]).out.strip() == answer.out.strip() != ""
    assert "the model refused" in answer.said
    assert "JSON" not in answer.said


def test_what_a_model_thinks_is_told_to_who_watches_and_to_no_pipe(two_versions: Cli, home: Path) -> None:
    with fake_endpoint() as server:
        (home / "workbench.yaml").write_text(f"endpoints: {{fake: {{base_url: '{server.base_url}'}}}}\n")
        words = ("run", "support/greet", "-v", "name=Ada", "--input", "Hi", "--model", "fake/talk")
        answer = two_versions(*words)
        assert (answer.raw, "Hm." in answer.said) == (b"You said: Hi", False)
        with Terminal([sys.executable, "-m", "workbench", *words]) as terminal:
            assert terminal.wait_gone(30.0) == 0
            lines = [line.rstrip() for line in terminal.text.splitlines()]
    assert lines[:2] == ["thinks: Hm. Hm.", "You said: Hi"]


def test_a_set_that_is_renamed_says_what_it_is_called_now(two_versions: Cli) -> None:
    two_versions("inputs", "save", "support/greet", "ada", "-v", "name=Ada")
    answer = two_versions("inputs", "rename", "support/greet", "ada", "countess", "--json")
    assert answer.data["name"] == "countess"
    assert "the variable set 'ada' of support/greet is called 'countess' now" in answer.said


def test_models_are_listed_and_checked(cli: Cli, endpoint: AnsweringServer) -> None:
    listed = cli("models", "--json").data
    assert {"here/parrot", "local/smollm2-135m"} <= {row["model"] for row in listed}
    assert "Hello from here" in cli("models", "check").out


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_an_interrupted_run_is_kept_with_what_came(
    two_versions: Cli, endpoint: AnsweringServer, home: Path, number: signal.Signals
) -> None:
    endpoint.pieces = ["first "] + ["and more "] * 200
    endpoint.pause = 0.05
    command = [sys.executable, "-m", "workbench", "run", "support/greet", "-v", "name=Ada"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as running:
        assert running.stdout is not None
        assert os.read(running.stdout.fileno(), 100)
        time.sleep(0.2)
        running.send_signal(number)
        running.communicate(timeout=20)
    assert running.returncode == 128 + number
    (row,) = two_versions("runs", "--json").data
    assert row["status"] == "cancelled"
    output = two_versions("runs", "show", row["id"]).out
    assert output.startswith("first ")
    assert len(output) < 1500
