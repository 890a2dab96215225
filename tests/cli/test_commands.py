"""What each command answers, refuses and records."""

from __future__ import annotations

import json
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from tests.cli.conftest import Cli
from workbench.cli.root import COMMANDS

DESIGNED = {
    "demo",
    "init",
    "import",
    "export",
    "list",
    "search",
    "show",
    "log",
    "diff",
    "save",
    "render",
    "run",
    "runs",
    "tag",
    "archive",
    "promote",
    "rollback",
    "restore",
    "history",
    "undo",
    "status",
    "validate",
    "verify",
    "backup",
    "doctor",
    "models",
    "config",
    "completion",
}


def test_every_designed_command_exists() -> None:
    assert set(COMMANDS) >= DESIGNED


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_has_help(cli: Cli, command: str) -> None:
    answer = cli(command, "-h")
    assert answer.code == 0
    usage, _, rest = answer.out.partition("\n\n")
    assert usage.startswith(f"Usage: workbench {command}")
    assert len(rest.strip().splitlines()[0]) > 10


@pytest.mark.parametrize(
    "path", ["runs list", "runs show", "runs replay", "models pull", "models check", "config keys"]
)
def test_every_subcommand_has_help(cli: Cli, path: str) -> None:
    answer = cli(*path.split(), "-h")
    assert answer.code == 0
    assert f"Usage: workbench {path}" in answer.out


def test_saving_again_is_refused_and_names_the_version(two_versions: Cli) -> None:
    again = two_versions("save", "support/greet", "-", input="Dear {{ name }}.\nBe brief.\n")
    assert again.code == 1
    assert again.raw == b""
    assert "1.1.0" in again.said


def test_a_saved_text_comes_back_byte_for_byte(cli: Cli) -> None:
    text = "\ufeffone\r\ntwo\rthree\ttab \u202e no final newline"
    assert cli("save", "odd", "-", "--format", "literal", input=text).code == 0
    assert cli("show", "odd").raw == text.encode()


def test_show_as_a_file_can_be_saved_again(two_versions: Cli, home: Path) -> None:
    written = two_versions("show", "support/greet@1.0.0", "--file").out
    (home / "greet.yaml").write_text(written)
    saved = two_versions("save", "support/greet", "greet.yaml", "-m", "as it was", "--json")
    assert saved.code == 0
    assert saved.data["version"] == "1.1.1"
    assert saved.data["messages"] == [{"role": "system", "content": "Hello {{ name }}.\nBe brief.\n"}]


def test_settings_alone_make_a_version(two_versions: Cli) -> None:
    saved = two_versions("save", "support/greet", "--set", "temperature=0.5", "--set", "model=a/b", "--json")
    assert saved.data["settings"] == {"temperature": 0.5, "model": "a/b"}
    less = two_versions("save", "support/greet", "--unset", "model", "--json")
    assert less.data["settings"] == {"temperature": 0.5}


def test_the_latest_can_be_expected(two_versions: Cli) -> None:
    late = two_versions("save", "support/greet", "-", "--expect-latest", "1.0.0", input="x")
    assert late.code == 4


def test_one_of_several_messages_must_be_named(cli: Cli, home: Path) -> None:
    (home / "chat.yaml").write_text("messages:\n- {role: system, content: a}\n- {role: user, content: b}\n")
    assert cli("save", "chat", "chat.yaml").code == 0
    unnamed = cli("save", "chat", "-", input="c")
    assert unnamed.code == 2
    assert "--message" in unnamed.said
    named = cli("save", "chat", "-", "--message", "2", "--json", input="c")
    assert [message["content"] for message in named.data["messages"]] == ["a", "c"]


def test_a_new_number_in_a_saved_file_is_its_number(cli: Cli, home: Path) -> None:
    def saved(text: str, number: str, *options: str) -> str:
        stated = {"version": number, "messages": [{"role": "user", "content": text}]}
        (home / "chat.yaml").write_text(json.dumps(stated))
        answer = cli("save", "chat", "chat.yaml", *options)
        assert answer.code == 0, answer.said
        return answer.out.strip()

    assert saved("a", "1.4.0") == "chat@1.4.0"
    assert saved("b", "1.5.0") == "chat@1.5.0"
    assert saved("c", "1.4.0") == "chat@1.5.1"
    assert saved("d", "1.9.0", "--bump", "minor") == "chat@1.6.0"


def test_templates_are_checked_with_line_and_column(cli: Cli) -> None:
    wrong = cli("save", "broken", "-", "--json", input="fine\n{{ name \n")
    assert wrong.code == 2
    assert wrong.error["kind"] == "TemplateError"
    assert "line 2" in wrong.error["message"]


def test_unknown_things_are_not_found_with_the_nearest(two_versions: Cli) -> None:
    for reference, near in (("support/gret", "support/greet"), ("support/greet@1.1.9", "1.1.0")):
        answer = two_versions("show", reference)
        assert answer.code == 3
        assert near in answer.said
    assert two_versions("show", "support/greet@production").code == 3
    assert two_versions("show", "support/greet@prodution").code == 2
    assert "workbench list names all prompts" in two_versions("blame", "zzz").said


def test_an_unknown_command_is_bad_usage_with_the_nearest(cli: Cli) -> None:
    answer = cli("promot")
    assert answer.code == 2
    assert "promote" in answer.said


def test_no_store_is_not_found_and_none_is_made(cli: Cli, home: Path) -> None:
    answer = cli("list")
    assert answer.code == 3
    assert "workbench init" in answer.said
    assert not (home / "prompts.db").exists()


def test_promoting_and_rolling_back(two_versions: Cli) -> None:
    first = two_versions("promote", "support/greet@1.0.0", "staging", "--json")
    assert (first.code, first.data["before"], first.data["after"]) == (0, None, "1.0.0")
    assert "workbench undo" in first.said
    assert two_versions("promote", "support/greet", "staging", "--expect", "none").code == 4
    assert two_versions("promote", "support/greet", "staging", "--expect", "1.0.0").code == 0
    assert two_versions("promote", "support/greet", "staging").code == 1
    back = two_versions("rollback", "support/greet", "staging", "--json")
    assert (back.data["before"], back.data["after"]) == ("1.1.0", "1.0.0")
    assert two_versions("rollback", "support/greet", "staging").code == 1


def test_a_protected_environment_wants_a_reason_and_a_yes(two_versions: Cli) -> None:
    assert "-m" in two_versions("promote", "support/greet", "production").said
    unconfirmed = two_versions("promote", "support/greet", "production", "-m", "why")
    assert unconfirmed.code == 1
    assert "--yes" in unconfirmed.said
    assert two_versions("history", "--env", "production", "--json").data == []
    assert two_versions("promote", "support/greet", "production", "-m", "why", "--yes").code == 0


def test_a_dry_run_moves_nothing(two_versions: Cli) -> None:
    told = two_versions("promote", "support/greet", "production", "--dry-run", "--json")
    assert (told.code, told.data["after"]) == (0, "1.1.0")
    assert two_versions("list", "--json").data[0]["live"] == {}


def test_undo_takes_back_and_redo_does_again(two_versions: Cli) -> None:
    two_versions("promote", "support/greet", "dev")
    assert two_versions("undo", "--dry-run").out.strip()
    assert two_versions("undo").code == 0
    assert two_versions("list", "--json").data[0]["live"] == {}
    assert two_versions("undo", "--redo").code == 0
    assert two_versions("list", "--json").data[0]["live"] == {"dev": "1.1.0"}


def test_tags_are_added_and_removed(two_versions: Cli) -> None:
    assert two_versions("tag", "support/greet", "+warm", "+hot-tag", "--json").data["tags"] == ["hot-tag", "warm"]
    assert two_versions("tag", "support/greet", "-hot-tag").code == 0
    assert two_versions("tag", "support/greet").raw == b"warm\n"
    assert two_versions("list", "--tag", "warm", "--json").data[0]["name"] == "support/greet"
    assert two_versions("list", "--tag", "none", "--json").data == []
    assert two_versions("tag", "support/greet", "warm").code == 2
    assert two_versions("tag", "support/greet", "+production").code == 2


def test_archiving_hides_and_undo_shows(two_versions: Cli) -> None:
    assert two_versions("archive", "support/greet").code == 0
    assert two_versions("list", "--json").data == []
    assert two_versions("list", "--archived", "--json").data[0]["archived"] is True
    assert two_versions("archive", "support/greet", "--undo").code == 0
    assert len(two_versions("list", "--json").data) == 1


def test_restore_saves_the_old_content_on_top(two_versions: Cli) -> None:
    answer = two_versions("restore", "support/greet@1.0.0", "-m", "better", "--json")
    assert answer.data["version"] == "1.1.1"
    assert two_versions("show", "support/greet").out.startswith("Hello")


def test_what_was_live_at_a_time(two_versions: Cli) -> None:
    two_versions("promote", "support/greet@1.0.0", "dev")
    live = two_versions("history", "--at", "2999-01-01", "--json").data["live"]
    assert [(row["prompt"], row["environment"], row["version"]) for row in live] == [("support/greet", "dev", "1.0.0")]
    assert two_versions("history", "--at", "2001-01-01", "--json").data["live"] == []
    assert two_versions("history", "--at", "yesterdayish").code == 2


def test_diff_says_what_changed(two_versions: Cli) -> None:
    patch = two_versions("diff", "support/greet", "1.0.0", "1.1.0")
    assert patch.code == 0
    assert "-Hello {{ name }}.\n+Dear {{ name }}.\n" in patch.out
    words = two_versions("diff", "support/greet@1.0.0", "support/greet", "--words").out
    assert "[-Hello-]{+Dear+} {{ name }}." in words
    assert two_versions("diff", "support/greet@1.0.0", "support/greet", "--exit-code").code == 1
    same = two_versions("diff", "support/greet", "1.1.0", "latest", "--exit-code")
    assert (same.code, same.raw) == (0, b"")


@pytest.mark.parametrize("layout", ["--split", "--unified", "--words", "--patch"])
def test_every_layout_has_both_texts(two_versions: Cli, layout: str) -> None:
    shown = two_versions("diff", "support/greet", "1.0.0", "1.1.0", layout).out
    assert "Hello" in shown
    assert "Dear" in shown


def test_diff_of_rendered_texts_and_of_files(two_versions: Cli, home: Path) -> None:
    rendered = two_versions("diff", "support/greet", "1.0.0", "1.1.0", "--rendered", "-v", "name=Ada").out
    assert "-Hello Ada." in rendered
    (home / "a.txt").write_text("one\n")
    (home / "b.txt").write_text("two\n")
    assert "-one\n+two" in two_versions("diff", "a.txt", "b.txt").out
    refused = two_versions("diff", "a.txt", "b.txt", "--rendered", "-v", "name=Ada")
    assert (refused.code, "neither a.txt nor b.txt is a version" in refused.said) == (2, True)


def test_what_several_messages_become_is_compared_with_what_was_sent(cli: Cli, home: Path) -> None:
    messages = [{"role": "system", "content": "Help {{ name }}."}, {"role": "user", "content": "Where is it?"}]
    (home / "talk.yaml").write_text(json.dumps({"name": "talk", "messages": messages}))
    (home / "sent.txt").write_text("[system]\nHelp Ada.\n\n[user]\nWhere was it?")
    assert cli("import", "talk.yaml").code == 0

    found = cli("diff", "talk", "sent.txt", "--rendered", "-v", "name=Ada", "--words").out

    assert "Help Ada." in found
    assert "Where [-is-]{+was+} it?" in found
    missing = cli("diff", "talk", "sent.txt", "--rendered")
    assert (missing.code, "name" in missing.said) == (2, True)


def test_render_fills_in_and_names_all_that_is_missing(two_versions: Cli, home: Path) -> None:
    assert two_versions("render", "support/greet", "-v", "name=A=B").raw == b"Dear A=B.\nBe brief.\n"
    (home / "v.yaml").write_text("name: from file\nmore: 1\n")
    answer = two_versions("render", "support/greet", "--vars", "v.yaml", "--json")
    assert answer.data["messages"][0]["content"] == "Dear from file.\nBe brief.\n"
    assert answer.data["unused"] == ["more"]
    missing = two_versions("render", "support/greet")
    assert missing.code == 2
    assert "name" in missing.said
    assert two_versions("render", "support/greet", "-v", "name").code == 2
    mistyped = two_versions("render", "support/greet", "-v", "nam=Ada").said
    assert "give -v name=…; nothing asks for nam" in mistyped
    assert "'no name!' is not a name\n" in two_versions("render", "no name!").said
    assert two_versions("inputs", "save", "support/greet", "ada", "-v", "name=Ada").code == 0
    assert "it has ada" in two_versions("run", "support/greet", "--use", "zzz").said


def test_validate_verify_and_backup(two_versions: Cli, home: Path) -> None:
    assert two_versions("verify", "--json").data["ok"] is True
    assert two_versions("validate", "--json").data["ok"] is True
    assert two_versions("backup", "copy.db").code == 0
    assert two_versions("--store", "copy.db", "show", "support/greet@1.0.0").out.startswith("Hello")
    assert two_versions("backup", "copy.db").code == 2


def test_the_command_line_says_what_to_do_and_does_it(cli: Cli, home: Path) -> None:
    assert cli("save", "a", "-", "-m", "first", input="x").code == 0
    with closing(sqlite3.connect(home / "prompts.db")) as stranger:
        stranger.execute("DROP TRIGGER versions_no_update")
    found = cli("verify")
    assert found.code == 1
    assert "the trigger versions_no_update is missing" in found.out
    assert "workbench verify --mend" in found.said
    mended = cli("verify", "--mend", "--json")
    assert (mended.code, mended.data["mended"]) == (0, ["the trigger versions_no_update is missing"])
    assert cli("verify", "--mend").said == "the store is sound\n"
    assert "store.mend" in cli("history").out


def test_validate_names_file_and_line(cli: Cli, home: Path) -> None:
    (home / "bad.yaml").write_text("name: a\nmessages:\n- {role: system, content: 'x {{ y'}\n")
    answer = cli("validate", "bad.yaml")
    assert answer.code == 1
    assert answer.out.startswith("bad.yaml:")


def test_validate_says_that_a_file_is_not_there_where_there_is_no_store(cli: Cli) -> None:
    answer = cli("validate", "prompts/none.yaml")
    assert (answer.code, answer.raw) == (3, b"")
    assert "there is no file or folder prompts/none.yaml" in answer.said


def test_validate_speaks_to_forges_and_keeps_to_the_config(cli: Cli, home: Path) -> None:
    from xml.etree import ElementTree

    (home / "bad.yaml").write_text("name: a\nmessages:\n- {role: system, content: 'x {{ y'}\n")
    said = cli("validate", "bad.yaml", "--format", "github").out.splitlines()
    assert any(line.startswith("::error file=bad.yaml,line=3,title=template::") for line in said)
    suite = ElementTree.fromstring(cli("validate", "bad.yaml", "--format", "junit").out)  # noqa: S314 it is our own
    assert (suite.get("tests"), suite.get("failures"), suite[0].get("name")) == ("1", "1", "bad.yaml")
    findings = cli("validate", "bad.yaml", "--format", "json").data["findings"]
    assert {finding["code"] for finding in findings} == {"length", "template"}
    assert "secret" in cli("validate", "--codes").out
    (home / "workbench.yaml").write_text("validate:\n  off: {template: mended later, length: short ones are fine}\n")
    assert cli("validate", "bad.yaml").code == 0
    (home / "workbench.yaml").write_text("validate:\n  off: {tempalte: x}\n")
    answer = cli("validate", "bad.yaml")
    assert answer.code == 2
    assert "did you mean template?" in answer.said


def test_export_and_import_are_idempotent(two_versions: Cli, home: Path) -> None:
    assert two_versions("export", "out", "--all-versions").code == 0
    again = two_versions("import", "out", "--json")
    assert again.code == 0
    assert {item["action"] for item in again.data["items"]} == {"same"}
    fresh = two_versions("--store", "other.db", "import", "out", "--json")
    assert [item["action"] for item in fresh.data["items"]] == ["new", "changed"]
    assert two_versions("--store", "other.db", "show", "support/greet@1.0.0").out == "Hello {{ name }}.\nBe brief.\n"


def test_search_takes_any_text(two_versions: Cli) -> None:
    assert two_versions("search", "dear", "--json").data[0]["prompt"] == "support/greet"
    for odd in ('"', "foo:bar", "NEAR(", "*", "-- x", "%"):
        assert two_versions("search", "--", odd).code == 0


def test_options_before_and_after_the_command(cli: Cli, home: Path) -> None:
    cli("save", "a", "-", "--store", "one.db", "--as", "ben", input="x")
    shown = cli("--store", "wrong.db", "show", "a", "--json", "--store", "one.db")
    assert shown.data["author"] == "ben"


def test_readonly_refuses_changes(two_versions: Cli) -> None:
    assert two_versions("--readonly", "show", "support/greet").code == 0
    assert two_versions("--readonly", "tag", "support/greet", "+x").code == 2
    assert two_versions("promote", "support/greet", "dev", "--readonly").code == 2


def test_errors_have_one_shape_as_json(two_versions: Cli) -> None:
    answer = two_versions("show", "nothing/here", "--json")
    assert answer.error == {
        "kind": "NotFound",
        "message": answer.error["message"],
        "hint": answer.error["hint"],
        "exit_code": 3,
    }
    assert two_versions("show", "--json").error["kind"] == "Usage"


def test_the_shape_of_a_version(two_versions: Cli) -> None:
    data = two_versions("show", "support/greet", "--json").data
    assert list(data) == [
        "prompt",
        "version",
        "digest",
        "author",
        "created_at",
        "note",
        "parent",
        "tags",
        "environments",
        "withdrawn",
        "source",
        "format",
        "messages",
        "variables",
        "settings",
        "reviews",
    ]
    assert (data["version"], data["parent"], data["author"], data["note"]) == ("1.1.0", "1.0.0", "ana", "warmer")


def test_a_pipe_gets_tab_separated_fields(two_versions: Cli) -> None:
    row = two_versions("log", "support/greet").out.splitlines()[0].split("\t")
    assert row[0] == "1.1.0"
    assert row[-1] == "warmer"


def test_config_hides_what_may_be_secret(cli: Cli, home: Path) -> None:
    (home / "workbench.yaml").write_text(
        "endpoints:\n  w: {base_url: 'https://u:hunter2@h/v1', default_headers: {X-Key: hunter2}}\n"
    )
    for arguments in (("config", "show"), ("config", "show", "--json")):
        answer = cli(*arguments)
        assert answer.code == 0
        assert b"hunter2" not in answer.raw


def test_doctor_and_config_answer_without_a_store(cli: Cli) -> None:
    found = cli("doctor", "--json").data["findings"]
    assert {"store", "embedded model", "clipboard", "TERM"} <= {finding["what"] for finding in found}
    assert cli("config", "keys").out.startswith("store\t")
    assert json.loads(cli("config", "path", "--json").out)["data"]["store"].endswith("prompts.db")


def test_completion_scripts(cli: Cli) -> None:
    for shell in ("bash", "zsh", "fish"):
        assert "_WORKBENCH_COMPLETE" in cli("completion", shell).out


def test_init_writes_a_config_and_a_store_once(cli: Cli, home: Path) -> None:
    first = cli("init", "project", "--json")
    assert first.data["wrote"] is True
    assert (home / "project" / ".workbench" / "prompts.db").is_file()
    config = (home / "project" / "workbench.yaml").read_text()
    again = cli("init", "project", "--json")
    assert again.data["wrote"] is False
    elsewhere = home / "prompts.db"
    assert f"WORKBENCH_STORE is set: workbench opens {elsewhere}" in again.said
    assert (home / "project" / "workbench.yaml").read_text() == config


def test_a_dry_import_makes_no_store(two_versions: Cli, home: Path) -> None:
    assert two_versions("export", "out").code == 0
    told = two_versions("--store", "none.db", "import", "out", "--dry-run", "--json")
    assert [(item["prompt"], item["action"]) for item in told.data["items"]] == [("support/greet", "new")]
    assert not (home / "none.db").exists()


def test_import_refuses_with_file_and_line(cli: Cli, home: Path) -> None:
    (home / "bad.yaml").write_text("name: a\nmessages:\n- {role: wizard, content: x}\n")
    answer = cli("import", "bad.yaml")
    assert answer.code == 1
    assert "bad.yaml:3" in answer.said
    assert cli("import", "nowhere").code == 3


def test_files_of_a_folder_that_are_not_taken_for_prompts_are_named(cli: Cli, home: Path) -> None:
    (home / "many").mkdir()
    (home / "many" / "good.yaml").write_text("name: good\nmessages: [{role: system, content: Hello}]\n")
    assert "not taken" not in cli("import", "many").said
    for name in ("a", "b", "c", "d"):
        (home / "many" / f"{name}.yaml").write_text(f"name: {name}\nmesages: [{{role: system, content: Hello}}]\n")
    answer = cli("import", "many", "--json")
    assert "not taken for prompts, 4 YAML files: many/a.yaml, many/b.yaml, many/c.yaml and 1 more;" in answer.said
    assert (answer.code, len(answer.data["other"])) == (0, 4)


def test_a_keymap_is_checked_with_its_line(cli: Cli, home: Path) -> None:
    (home / "workbench.yaml").write_text("keymap:\n  version.promot: P\n")
    answer = cli("config", "show")
    assert answer.code == 1
    assert "workbench.yaml:2" in answer.said
    assert "version.promote" in answer.said


def test_the_demo_prepares_the_samples(cli: Cli, home: Path) -> None:
    answer = cli("demo", "--no-app", "--no-model", "--keep", "kept")
    assert answer.code == 0
    assert f"ready; workbench --store {home / 'kept' / 'prompts.db'} opens the app" in answer.said
    assert "throw-away" not in answer.said
    names = [row["name"] for row in cli("--store", "kept/prompts.db", "list", "--json").data]
    assert "support/customer-support" in names
    assert not (home / "prompts.db").exists()


def test_a_repository_goes_in_with_its_history_and_back_as_commits(cli: Cli, home: Path) -> None:
    from tests.support.repository import Repository

    repository = Repository(home / "repository")
    repository.commit("Begin", {"prompts/a.txt": "One."})
    repository.commit("Say two", {"prompts/a.txt": "Two."})
    dry = cli("import", "repository/prompts", "--history", "--dry-run", "--json")
    assert [item["version"] for item in dry.data["repositories"][0]["items"]] == ["1.0.0", "1.0.1"]
    assert cli("import", "repository/prompts", "--history").code == 0
    assert "from 0 commits" in cli("import", "repository/prompts", "--history").said
    assert cli("status", "repository/prompts").code == 0
    (home / "three.txt").write_text("Three.")
    assert cli("save", "a", "three.txt", "-m", "Say three").code == 0
    assert cli("export", "repository/prompts", "--commit", "--dry-run").out == "prompt(a): 1.0.1 -> 1.0.2: Say three\n"
    differs = cli("status", "repository/prompts", "--diff")
    assert (differs.code, "store is newer" in differs.out, "+Three." in differs.out) == (1, True, True)
    made = cli("export", "repository/prompts", "--commit", "--json").data
    assert [one["message"] for one in made["commits"]] == ["prompt(a): 1.0.1 -> 1.0.2: Say three"]
    assert (home / "repository/prompts/a.txt").read_text() == "Three."
    assert cli("import", "a", "--history", "--deploy").code == 2
    assert cli("import", str(home), "--history").code == 3
