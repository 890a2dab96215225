"""Promotions, reviews and checks from the command line."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import pytest

from tests.cli.conftest import Cli
from tests.support.ssh_keys import allow, make_key

CONFIG = """environments:
  - dev
  - staging
  - name: production
    protected: true
    own_approval: false
    force: {force}
    checks:
      - note
      - approved: 1
{more}
"""


def configure(home: Path, *, force: bool = False, more: str = "") -> None:
    (home / "workbench.yaml").write_text(CONFIG.format(force="true" if force else "false", more=more))


def test_a_dry_run_prints_the_whole_plan(two_versions: Cli, home: Path) -> None:
    configure(home)
    two_versions("promote", "support/greet@1.0.0", "staging", "-m", "try it")
    two_versions("review", "support/greet", "--request-changes", "-m", "too stiff", "--at", "1.0.0:2")
    told = two_versions("promote", "support/greet", "staging", "--dry-run")
    assert told.code == 0
    lines = told.out.splitlines()
    assert lines[0] == "support/greet: staging 1.0.0 → 1.1.0 (promote)"
    said = "\n".join(lines)
    for part in (
        "by ana: try it",
        "by ana: warmer",
        "requested changes of 1.1.0 at 1.0.0 line 2",
        "has never been in dev",
    ):
        assert part in said
    assert lines[-3:] == ["-Hello {{ name }}.", "+Dear {{ name }}.", " Be brief."]
    refused = two_versions("promote", "support/greet", "production", "--dry-run", "--json")
    assert refused.code == 1
    assert refused.data["allowed"] is False
    assert [check["state"] for check in refused.data["checks"]] == ["passed", "failed"]
    assert refused.data["checks"][1]["reason"] == "ana requested changes: too stiff"
    assert refused.data["previous"] == {"environment": "staging", "live": "1.0.0", "was_there": False}


def test_the_way_from_review_to_production(two_versions: Cli, home: Path) -> None:
    configure(home)
    own = two_versions("approve", "support/greet", "production")
    assert (own.code, "nobody approves their own" in own.said) == (1, True)
    refused = two_versions("promote", "support/greet", "production", "-m", "go", "--yes")
    assert refused.code == 1
    assert "workbench approve support/greet@1.1.0 production" in refused.said
    given = two_versions("approve", "support/greet", "production", "-m", "reads well", "--as", "ben", "--json")
    assert (given.data["kind"], given.data["actor"], given.data["version"]) == ("approve", "ben", "1.1.0")
    assert two_versions("promote", "support/greet", "production", "-m", "go", "--yes").code == 0
    log = two_versions("log", "support/greet", "--json").data
    assert [[one["comment"] for one in row["reviews"]] for row in log] == [["reads well"], []]
    assert "ben approved 1.1.0 for production" in two_versions("log", "support/greet").out
    assert two_versions("show", "support/greet", "--json").data["reviews"][0]["comment"] == "reads well"
    assert two_versions("verify").code == 0


def test_undoing_an_approval(two_versions: Cli, home: Path) -> None:
    configure(home)
    two_versions("approve", "support/greet", "production", "--as", "ben")
    assert two_versions("check", "support/greet", "production").code == 0
    undone = two_versions("undo")
    assert "approve support/greet 1.1.0 for production" in undone.said
    assert two_versions("check", "support/greet", "production").code == 1
    assert two_versions("approve", "support/greet", "production", "--withdraw", "--as", "ben").code == 1


def test_force(two_versions: Cli, home: Path) -> None:
    configure(home)
    strict = two_versions("promote", "support/greet", "production", "--force", "-m", "now", "--yes")
    assert (strict.code, "does not let itself be forced" in strict.said) == (1, True)
    configure(home, force=True)
    assert two_versions("promote", "support/greet", "production", "--force", "--yes").code == 1
    done = two_versions("promote", "support/greet", "production", "--force", "-m", "now", "--yes", "--json")
    assert (done.code, done.data["forced"]) == (0, "approved: 1")
    assert "forced past approved: 1" in done.said
    assert two_versions("history", "--env", "production", "--json").data[0]["forced"] == "approved: 1"


def test_what_moved_meanwhile_ends_with_4_and_the_new_plan(two_versions: Cli) -> None:
    two_versions("promote", "support/greet@1.0.0", "dev", "-m", "mine", "--as", "ben")
    moved = two_versions("promote", "support/greet", "dev", "--expect", "none")
    assert moved.code == 4
    assert "1.0.0 is live in dev, not nothing; ben put it there at" in moved.said
    assert ": mine" in moved.said
    assert moved.out.startswith("support/greet: dev 1.0.0 → 1.1.0 (promote)\n")
    as_json = two_versions("promote", "support/greet", "dev", "--expect", "none", "--json")
    assert as_json.error["exit_code"] == 4
    assert (as_json.error["plan"]["before"], as_json.error["plan"]["after"]) == ("1.0.0", "1.1.0")


def test_several_as_one_act(cli: Cli, home: Path) -> None:
    configure(home, force=True)
    for name in ("a", "b", "c"):
        cli("save", name, "-", "-m", "first", input=f"This is {name}.")
        cli("promote", name, "staging")
    cli("approve", "a", "production", "--as", "ben")
    assert cli("promote", "--from", "staging", "--to", "production", "--dry-run").code == 1
    refused = cli("promote", "--from", "staging", "--to", "production", "-m", "all", "--yes")
    assert refused.code == 1
    assert "b: approved: 1" in refused.said
    assert [row["live"].get("production") for row in cli("list", "--json").data] == [None, None, None]
    moved = cli(
        "promote", "--from", "staging", "--to", "production", "a", "b", "-m", "all", "--yes", "--force", "--json"
    )
    assert [(row["prompt"], row["forced"]) for row in moved.data] == [("a", None), ("b", "approved: 1")]
    assert cli("undo").code == 0
    assert [row["live"].get("production") for row in cli("list", "--json").data] == [None, None, None]
    assert cli("redo").code == 0
    assert [row["live"].get("production") for row in cli("list", "--json").data] == ["1.0.0", "1.0.0", None]
    assert cli("promote", "--to", "dev", "a", "b", "c").code == 0
    nothing = cli("promote", "--from", "staging", "--to", "dev")
    assert (nothing.code, "3 of them are live in dev already" in nothing.said) == (1, True)
    assert cli("verify").code == 0


@pytest.mark.parametrize(
    ("arguments", "code", "said"),
    [
        (["promote", "support/greet"], 2, "needs a version and an environment"),
        (["promote", "--from", "staging"], 2, "--from needs --to"),
        (["promote", "--to", "dev"], 2, "nothing named to promote"),
        (["promote", "--to", "dev", "--expect", "none", "support/greet"], 2, "--expect is for one prompt"),
        (["promote", "support/greet", "prodution"], 3, "did you mean production?"),
        (["approve", "support/greet", "prod"], 3, "did you mean production?"),
        (["approve", "support/gret", "dev"], 3, "did you mean support/greet?"),
        (["review", "support/greet", "--request-changes"], 2, "say what you mean with -m"),
        (["review", "support/greet", "-m", "x", "--at", "new"], 2, "is not SIDE:LINE"),
        (["review", "support/greet", "-m", "x", "--at", "old:0"], 2, "is not SIDE:LINE"),
        (["review", "support/greet", "-m", "x", "--line", "9"], 2, "has no line 9"),
        (["review", "support/greet", "-m", "x", "--line", "1", "--at", "new:1"], 2, "both say where"),
        (["review", "support/greet", "--withdraw"], 1, "said nothing of support/greet@1.1.0"),
        (["approve", "support/greet", "dev", "--withdraw", "-m", "x"], 2, "a withdrawal has no comment"),
    ],
)
def test_mistakes_are_said_in_one_line(two_versions: Cli, arguments: list[str], code: int, said: str) -> None:
    answer = two_versions(*arguments)
    assert answer.code == code
    assert said in answer.said
    assert "Traceback" not in answer.said


def test_a_comment_on_either_side(two_versions: Cli) -> None:
    two_versions("promote", "support/greet@1.0.0", "dev")
    for place, line_of in (("new:1", "1.1.0"), ("right:1", "1.1.0"), ("old:2", "1.0.0"), ("dev:1", "1.0.0")):
        given = two_versions("review", "support/greet", "-m", "see", "--at", place, "--json").data
        assert (given["line_of"], given["line"]) == (line_of, int(place[-1]))
    assert len(two_versions("review", "support/greet").out.splitlines()) == 4
    assert "nobody said anything" in two_versions("review", "support/greet@1.0.0").said


def test_a_command_is_run_before_the_promotion_and_its_output_comes_as_it_is(two_versions: Cli, home: Path) -> None:
    (home / "check.py").write_text("import os, sys; print('about', os.environ['WORKBENCH_REFERENCE']); sys.exit(2)")
    configure(home, force=True, more=f"      - command: ['{sys.executable}', check.py]")
    two_versions("approve", "support/greet", "production", "--as", "ben")
    dry = two_versions("promote", "support/greet", "production", "--dry-run")
    assert (dry.code, "not run for this content yet" in dry.out) == (1, True)
    refused = two_versions("promote", "support/greet", "production", "-m", "go", "--yes")
    assert refused.code == 1
    assert "about support/greet@1.1.0" in refused.said
    assert "ended with 2" in refused.said
    (home / "check.py").write_text("print('good')")
    assert two_versions("promote", "support/greet", "production", "-m", "go", "--yes").code == 0


def test_hostile_words_stay_words(two_versions: Cli) -> None:
    two_versions("review", "support/greet", "-m", "\x1b[2J[bold]x", "--as", "eve\x1b]0;t\x07")
    for command in (
        ["review", "support/greet"],
        ["log", "support/greet"],
        ["promote", "support/greet", "dev", "--dry-run"],
    ):
        answer = two_versions(*command)
        assert "\x1b" not in answer.said
        assert "[bold]x" in answer.out


def test_signing(two_versions: Cli, home: Path, tmp_path: Path) -> None:
    key = make_key(tmp_path / "keys", "ben")
    configure(home)
    config = (home / "workbench.yaml").read_text()
    (home / "workbench.yaml").write_text(config + f"signing: {{ssh: {{key: '{key}'}}}}\n")

    def doctor() -> tuple[str, str]:
        found = two_versions("doctor", "--offline", "--json", "--as", "Ben <ben@example.org>").data["findings"]
        (signing,) = [one for one in found if one["what"] == "signing"]
        return signing["verdict"], signing["detail"]

    assert doctor()[0] == "problem"
    assert "ben@example.org ssh-ed25519 AAAA" in doctor()[1]
    stranger = two_versions("approve", "support/greet", "production", "--as", "Ben <ben@example.org>")
    assert (stranger.code, "there is no file of allowed signers" in stranger.said) == (1, True)
    allow(home / "allowed_signers", ben=key)
    given = two_versions("approve", "support/greet", "production", "--as", "Ben <ben@example.org>", "--json")
    assert given.data["signature"] == "valid"
    assert doctor() == ("ok", f"with {key}, allowed for the actor")
    done = two_versions("promote", "support/greet", "production", "-m", "go", "--yes", "--as", "Ben <ben@example.org>")
    assert done.code == 0
    checked = two_versions("verify", "--json")
    assert checked.code == 0
    assert [(one["of"], one["state"]) for one in checked.data["signatures"]] == [
        ("review", "valid"),
        ("deployment", "valid"),
    ]
    (home / "allowed_signers").write_text("")
    assert two_versions("verify").code == 1
    assert (
        json.loads(two_versions("check", "support/greet", "production", "--json").out)["data"][1]["state"] == "failed"
    )
