"""`history`, `changes`, `blame`, `undo` and `redo`, and every `--at`, as a person types them."""

from __future__ import annotations

import pytest

from tests.cli.conftest import Cli


@pytest.fixture
def story(two_versions: Cli) -> Cli:
    cli = two_versions
    assert cli("promote", "support/greet@1.0.0", "staging", "-m", "try it").code == 0
    assert cli("promote", "support/greet@1.1.0", "staging", "-m", "warmer is better", "--as", "ben").code == 0
    assert cli("tag", "support/greet@1.1.0", "+reviewed").code == 0
    return cli


def test_the_past_can_be_shown_listed_and_logged(story: Cli) -> None:
    events = story("history", "--json").data
    times = {event["details"].get("after") or event["kind"]: event["at"] for event in events}
    then = times["1.0.0"]

    assert story("show", "support/greet@staging", "--at", then).out.startswith("Hello")
    assert story("show", "support/greet@staging", "--at", "now").out.startswith("Dear")
    assert story("list", "--at", then, "--json").data[0]["live"] == {"staging": "1.0.0"}
    assert story("list", "--at", then, "--tag", "reviewed", "--json").data == []
    assert [row["tags"] for row in story("log", "support/greet", "--at", then, "--json").data] == [[], []]
    live = story("history", "--at", then, "--json").data["live"]
    assert [(row["version"], row["now"], row["reason"]) for row in live] == [("1.0.0", "1.1.0", "try it")]
    refused = story("show", "support/greet", "--at", "2001-01-01")
    assert (refused.code, "was not there yet at 2001-01-01" in refused.said) == (3, True)
    assert story("show", "support/greet", "--at", "soon").code == 2


def test_what_it_was_then_is_compared_with_what_it_is_now(story: Cli) -> None:
    then = next(row["at"] for row in story("history", "--deployments", "--json").data if row["after"] == "1.0.0")
    found = story("diff", "support/greet@staging", "--at", then, "--json").data
    assert (found["left"], found["right"], found["same"]) == ("support/greet@1.0.0", "support/greet@1.1.0", False)
    assert story("diff", "support/greet@staging", "--at", "now").said.endswith("say the same\n")
    assert story("diff", "support/greet", "1.0.0", "1.1.0", "--at", "now").code == 2
    assert story("list", "--at", "2001-01-01").said == "there was no prompt at 2001-01-01 23:59\n"


def test_history_is_filtered_and_paged(story: Cli) -> None:
    def kinds(*options: str) -> list[str]:
        return [event["kind"] for event in story("history", "--json", *options).data]

    assert kinds("--by", "BEN") == ["deployment.promote"]
    assert kinds("--kind", "tag", "--kind", "prompt.create") == ["tag.change", "prompt.create"]
    assert kinds("--text", "warmer") == ["deployment.promote", "version.save"]
    assert kinds("--since", "2h") == kinds()
    assert kinds("--until", "2h") == []
    assert story("history", "--by", "nobody").said.startswith("nothing is recorded that is so")
    first = story("history", "--limit", "2")
    assert first.said == "there are older ones: add --before 4\n"
    assert kinds("--before", "4", "--limit", "2") == kinds()[2:4]
    deployed = story("history", "--deployments", "--by", "ana", "--json").data
    assert [(row["after"], row["reason"]) for row in deployed] == [("1.0.0", "try it")]
    assert story("history", "--env", "stagin").code == 2
    assert story("history", "--at", "2h", "--by", "ana").code == 2


def test_changes_tell_what_is_different_and_not_what_came_and_went(story: Cli) -> None:
    start = story("history", "--json").data[-1]["at"]
    assert story("promote", "support/greet@1.0.0", "dev").code == 0
    assert story("undo").code == 0

    rows = story("changes", "--since", start, "--json").data["changes"]

    assert [(row["what"], row["environment"], row["before"], row["after"], row["actor"]) for row in rows] == [
        ("version", None, "1.0.0", "1.1.0", "ana"),
        ("live", "staging", None, "1.1.0", "ben"),
    ]
    assert story("changes", "--since", "now").said.startswith("nothing is different since ")


def test_blame_names_the_version_of_each_line(story: Cli) -> None:
    lines = story("blame", "support/greet", "--json").data["lines"]
    assert [(line["text"], line["changed"], line["brought"]) for line in lines] == [
        ("Dear {{ name }}.", "1.1.0", "1.0.0"),
        ("Be brief.", "1.0.0", "1.0.0"),
        ("", "1.0.0", "1.0.0"),
    ]
    table = [row.split("\t") for row in story("blame", "support/greet").out.splitlines()]
    assert [row[1] for row in table] == ["1.1.0", "1.0.0", "1.0.0"]
    steps = story("blame", "support/greet", "--line", "1").out.splitlines()
    assert [step.split("\t")[:2] for step in steps] == [["1.1.0", "edited"], ["1.0.0", "brought"]]
    assert story("blame", "support/greet", "--line", "9").said.startswith(
        "workbench: support/greet@1.1.0 has no line 9"
    )


def test_undo_and_redo_with_what_was_shown(story: Cli) -> None:
    shown = story("undo", "--dry-run", "--json").data
    assert shown["message"] == "tag support/greet@1.1.0 +reviewed"
    assert story("save", "support/greet", "-", "-m", "third", "--as", "ben", input="Third\n").code == 0
    refused = story("undo", "--expect", str(shown["event"]))
    assert (refused.code, refused.said.splitlines()[0]) == (
        4,
        "workbench: ben has moved on since: save support/greet 1.1.1",
    )
    assert story("undo", "--event", str(shown["event"])).said.startswith("took back: tag support/greet@1.1.0 +reviewed")
    assert story("undo", "--event", str(shown["event"])).said.startswith(
        f"workbench: event {shown['event']} (tag support/greet@1.1.0 +reviewed) was taken back already"
    )
    assert story("redo", "--dry-run").out == "tag support/greet@1.1.0 +reviewed\n"
    assert story("redo").said == "did again: tag support/greet@1.1.0 +reviewed · undo: workbench undo\n"
    assert story("redo").said == "workbench: nothing to redo\n"
    assert story("undo", "--event", "999").code == 3
    withdrawn = story("undo", "--json").data["event"]["id"]
    assert "is not taken back" in story("undo", "--event", str(withdrawn)).said
