"""Who acts, step by step: --as, the environment, the config, git's user, the login."""

from __future__ import annotations

import os
import pwd
import subprocess
from pathlib import Path

import pytest

from workbench.composition import Workbench
from workbench.settings.config import load_config
from workbench.settings.identity import who

HOST = os.uname().nodename


@pytest.fixture
def env(tmp_path: Path) -> dict[str, str]:
    """A home of its own, with no configuration of git yet."""
    found = {key: value for key, value in os.environ.items() if not key.startswith("GIT_")}
    for variable in ("LOGNAME", "USERNAME"):
        found.pop(variable, None)
    home = {"HOME": str(tmp_path), "XDG_CONFIG_HOME": str(tmp_path / "config"), "GIT_CONFIG_NOSYSTEM": "1"}
    return {**found, **home, "USER": "ana", "GIT_CONFIG_SYSTEM": os.devnull}


def git(folder: Path, env: dict[str, str], *arguments: str) -> str:
    done = subprocess.run(["git", *arguments], cwd=folder, env=env, capture_output=True, text=True, check=True)
    return done.stdout.strip()


def test_every_step_in_its_order(tmp_path: Path, env: dict[str, str], monkeypatch: pytest.MonkeyPatch) -> None:
    work = tmp_path / "work"
    work.mkdir()
    monkeypatch.chdir(work)
    for name in [*os.environ]:
        if name.startswith(("GIT_", "WORKBENCH_")):
            monkeypatch.delenv(name)
    for name, value in env.items():
        monkeypatch.setenv(name, value)

    def actor(given: str = "") -> str:
        return Workbench(load_config(work, overrides={"actor": given})).actor

    assert actor() == f"ana@{HOST}"
    (tmp_path / ".gitconfig").write_text("[user]\n\tname = Ana Silva\n")
    assert actor() == "Ana Silva"
    git(work, env, "config", "--global", "user.email", "ana@example.org")
    assert actor() == "Ana Silva <ana@example.org>"
    (work / "workbench.yaml").write_text("actor: Ana of the project\n")
    assert actor() == "Ana of the project"
    monkeypatch.setenv("WORKBENCH_ACTOR", "the pipeline")
    assert actor() == "the pipeline"
    assert actor("Ben") == "Ben"
    monkeypatch.setenv("WORKBENCH_ACTOR", "  ")
    assert actor(" ") == "Ana of the project"


@pytest.mark.parametrize(
    "text",
    [
        "[user]\n\tname = Ana Silva\n\temail = ana@example.org\n",
        '[core]\n\tname = no\n[user]\n\tname = "Ana Silva"\n\temail = ana@example.org\n',
        "[user]\n\tname = Ana Silva # at home\n\temail = ana@example.org ; there\n",
        '[user]\n\tname = Ana \\"A\\" Silva\n\temail = ana@example.org\n',
        '[user]\n\tname = "Ana # Silva"\n\temail = ana@example.org\n',
        "[user] name = Ana\n\temail = ana@example.org\n",
        "[USER]\n\tNAME = Ana\n\tEmail = ana@example.org\n",
        "[user]\n\tname = Ana\n\temail = a@x.org\n[user]\n\temail = ana@example.org\n",
        '[user "work"]\n\tname = no\n[user]\n\tname = Ana\n\temail = ana@example.org\n',
        "[include]\n\tpath = more\n",
    ],
)
def test_it_is_what_git_says(tmp_path: Path, env: dict[str, str], text: str) -> None:
    (tmp_path / "more").write_text("[user]\n\tname = Ben\n\temail = ben@example.org\n")
    (tmp_path / ".gitconfig").write_text(text)
    said = [git(tmp_path, env, "config", f"user.{key}") for key in ("name", "email")]
    assert who(tmp_path, env) == f"{said[0]} <{said[1]}>"


def test_a_repository_and_its_worktrees_say_it_for_themselves(tmp_path: Path, env: dict[str, str]) -> None:
    (tmp_path / ".gitconfig").write_text("[user]\n\tname = Ana\n\temail = ana@example.org\n")
    repository = tmp_path / "repository"
    repository.mkdir()
    git(repository, env, "init", "-q")
    git(repository, env, "config", "user.email", "work@example.org")
    below = repository / "deep" / "down"
    below.mkdir(parents=True)
    assert who(below, env) == "Ana <work@example.org>"
    git(repository, env, "commit", "-q", "--allow-empty", "-m", "first")
    git(repository, env, "worktree", "add", "-q", str(tmp_path / "tree"))
    assert who(tmp_path / "tree", env) == "Ana <work@example.org>"


def test_gits_own_variables_win_over_its_files(tmp_path: Path, env: dict[str, str]) -> None:
    (tmp_path / ".gitconfig").write_text("[user]\n\tname = Ana\n\temail = ana@example.org\n")
    assert who(tmp_path, {**env, "GIT_AUTHOR_NAME": "Bot"}) == "Bot <ana@example.org>"
    other = tmp_path / "other"
    other.write_text("[user]\n\tname = Cem\n\temail = cem@example.org\n")
    assert who(tmp_path, {**env, "GIT_CONFIG_GLOBAL": str(other)}) == "Cem <cem@example.org>"


def test_without_any_of_them_it_is_the_login(tmp_path: Path, env: dict[str, str]) -> None:
    assert who(tmp_path, env) == f"ana@{HOST}"
    del env["USER"]
    assert who(tmp_path, env) == f"{pwd.getpwuid(os.getuid()).pw_name}@{HOST}"
