"""A config with mistakes in it: each is named with file, line and the nearest right thing, and one can go on."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.cli.conftest import Cli

BROKEN = """\
theme: workbench-dark
keymapp: {x: y}
keymap: {version.promot: "ctrl+o", version.tag: "ctrl+g"}
concurrency: many
environments: [dev, {name: production, protectd: true}]
hooks: {chat: {environments: [nowhere], command: [true]}}
"""
IN_THE_FILE = [
    ("2: unknown key 'keymapp' in the config", "did you mean keymap?"),
    ("4: concurrency must be a whole number from 1 to 1000", "for example 8"),
    ("5: unknown key 'protectd' in an environment", "did you mean protected?"),
    ("3: keymap: there is no action 'version.promot'", "did you mean version.promote?"),
]


@pytest.fixture
def broken(two_versions: Cli, home: Path) -> Cli:
    (home / "workbench.yaml").write_text(BROKEN.replace("command: [true]", 'command: ["true"]'))
    return two_versions


def warnings(home: Path) -> str:
    return "".join(f"warning: {home}/workbench.yaml:{said}; left out ({hint})\n" for said, hint in IN_THE_FILE)


def test_a_command_names_the_first_and_says_how_to_go_on(broken: Cli, home: Path) -> None:
    refused = broken("list")
    assert (refused.code, refused.out) == (2, "")
    assert refused.said == (
        f"workbench: {home}/workbench.yaml:2: unknown key 'keymapp' in the config\n"
        "  did you mean keymap? (3 faults, workbench config show names all; --readonly goes on without them)\n"
    )


def test_with_readonly_every_one_is_told_and_left_out(broken: Cli, home: Path) -> None:
    answer = broken("--readonly", "list")
    assert (answer.code, answer.said) == (0, warnings(home))
    assert "support/greet" in answer.out
    refused = broken("--readonly", "promote", "support/greet@1.0.0", "dev")
    assert refused.code != 0
    assert "open for reading only" in refused.said


def test_what_is_asked_of_the_config_itself_is_answered(broken: Cli, home: Path) -> None:
    shown = broken("config", "show")
    assert (shown.code, shown.said) == (1, warnings(home))
    assert f"concurrency\t8\tdefault\ntheme\tworkbench-dark\t{home}/workbench.yaml:1" in shown.out.replace(
        "default_model\tlocal/smollm2-135m\tdefault\n", ""
    )
    assert f"keymap.version.tag\tctrl+g\t{home}/workbench.yaml:3" in shown.out
    assert "version.promot\t" not in shown.out
    assert broken("config", "path").code == 0
    assert broken("config", "keys").code == 0


def test_the_doctor_finds_them(broken: Cli, home: Path) -> None:
    answer = broken("doctor", "--offline", "--json")
    assert answer.code == 1
    assert answer.said == ""
    found = [one["detail"] for one in answer.data["findings"] if one["what"] == "config"]
    assert found == [f"{home}/workbench.yaml:{said}; {hint}" for said, hint in IN_THE_FILE]
    (home / "workbench.yaml").write_text("theme: workbench-dark\n")
    well = [one for one in broken("doctor", "--offline", "--json").data["findings"] if one["what"] == "config"]
    assert well == [{"what": "config", "verdict": "ok", "detail": str(home / "workbench.yaml")}]


def test_which_store_is_meant_must_be_known(
    broken: Cli, home: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (home / "workbench.yaml").write_text("store: [here]\n")
    for command in ("--readonly list", "rollback support/greet production", "config show"):
        assert broken(*command.split()).code != 2, "the variable names it"
    monkeypatch.delenv("WORKBENCH_STORE")
    for command in ("--readonly list", "rollback support/greet production", "list"):
        refused = broken(*command.split())
        assert refused.code == 2
        assert f"{home}/workbench.yaml:1: store must be text, not a list" in refused.said
        assert "until then name the store: --store PATH" in refused.said
    assert broken("--readonly", "--store", "prompts.db", "list").code == 0
