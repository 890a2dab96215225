"""The platform's directories, and who acts."""

from __future__ import annotations

from pathlib import Path

import pytest

from workbench.settings import paths
from workbench.settings.identity import who


def test_xdg_variables_are_obeyed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name, place in (("DATA", paths.data_dir), ("CONFIG", paths.config_dir), ("CACHE", paths.cache_dir)):
        monkeypatch.setenv(f"XDG_{name}_HOME", str(tmp_path / name))
        assert place() == tmp_path / name / "workbench"


def test_a_project_file_is_found_upwards(tmp_path: Path) -> None:
    deep = tmp_path / "a" / "b"
    deep.mkdir(parents=True)
    assert paths.find_project_config(deep) is None
    (tmp_path / "workbench.yaml").touch()
    assert paths.find_project_config(deep) == tmp_path / "workbench.yaml"


def test_git_says_who(tmp_path: Path) -> None:
    (tmp_path / ".gitconfig").write_text(
        '[core]\n\tname = no\n[user]\n\tname = "Ana Silva"\n\temail = ana@example.org\n'
    )
    env = {"HOME": str(tmp_path), "USER": "ana", "XDG_CONFIG_HOME": str(tmp_path)}
    assert who(tmp_path, env) == "Ana Silva <ana@example.org>"
    repository = tmp_path / "repo"
    (repository / ".git").mkdir(parents=True)
    (repository / ".git" / "config").write_text("[user]\n\temail = work@example.org\n")
    assert who(repository, env) == "Ana Silva <work@example.org>"


def test_included_git_configuration_is_left_to_git(tmp_path: Path) -> None:
    (tmp_path / "more").write_text("[user]\n\tname = Ben\n\temail = ben@example.org\n")
    (tmp_path / ".gitconfig").write_text(f"[include]\n\tpath = {tmp_path / 'more'}\n")
    import os

    env = {**os.environ, "HOME": str(tmp_path), "XDG_CONFIG_HOME": str(tmp_path), "GIT_CONFIG_NOSYSTEM": "1"}
    env.pop("GIT_CONFIG_GLOBAL", None)
    assert who(tmp_path, env) == "Ben <ben@example.org>"


def test_without_git_it_is_the_login(tmp_path: Path) -> None:
    env = {
        "HOME": str(tmp_path),
        "XDG_CONFIG_HOME": str(tmp_path),
        "USER": "ana",
        "GIT_CONFIG_GLOBAL": str(tmp_path / "x"),
    }
    assert who(tmp_path, env).endswith(tuple("@" + part for part in [os_name()])) or "<" in who(tmp_path, env)


def os_name() -> str:
    import os

    return os.uname().nodename
