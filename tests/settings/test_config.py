"""Where values come from, and what is refused with file and line."""

from __future__ import annotations

from pathlib import Path

import pytest
from textual.theme import BUILTIN_THEMES

from workbench.domain.environments import Environment
from workbench.errors import ConfigError
from workbench.settings.config import load_config
from workbench.settings.themes import OURS, THEMES
from workbench.tui.themes import THEMES as APP_THEMES


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "data"))
    work = tmp_path / "work" / "deep" / "deeper"
    work.mkdir(parents=True)
    return work


def write(path: Path, text: str) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)
    return path


def test_defaults_without_any_file(folder: Path, tmp_path: Path) -> None:
    config = load_config(folder, env={})
    assert config.store == tmp_path / "data" / "workbench" / "prompts.db"
    assert config.environment_names == ("dev", "staging", "production")
    assert config.origins["store"] == "default"
    assert config.files == ()


def test_the_nearest_project_file_upwards_and_its_folder(folder: Path, tmp_path: Path) -> None:
    project = write(tmp_path / "work" / "workbench.yaml", "theme: nord\nstore: .workbench/p.db\n")
    config = load_config(folder, env={})
    assert config.store == tmp_path / "work" / ".workbench" / "p.db"
    assert config.origins["store"] == f"{project}:2"


def test_flags_over_environment_over_project_over_user(folder: Path, tmp_path: Path) -> None:
    user = write(
        tmp_path / "config" / "workbench" / "config.yaml", "actor: user\ntheme: nord\nmodels: {a: x/a, b: x/b}\n"
    )
    project = write(folder / "workbench.yaml", "theme: dracula\nmodels: {b: y/b}\nstore: p.db\n")
    config = load_config(folder, env={"WORKBENCH_STORE": "/e.db"}, overrides={"actor": "flag"})
    assert (config.actor, config.theme, config.store) == ("flag", "dracula", Path("/e.db"))
    assert config.models == {"a": "x/a", "b": "y/b"}
    assert config.origins["models.a"] == f"{user}:3"
    assert config.origins["models.b"] == f"{project}:2"
    assert config.origins["store"] == "$WORKBENCH_STORE"
    assert config.origins["actor"] == "--as"
    assert load_config(folder, env={}, overrides={"store": "/f.db"}).store == Path("/f.db")


def test_environments_in_order_and_protected(folder: Path) -> None:
    write(folder / "workbench.yaml", "environments: [test, {name: live, protected: true}]\n")
    assert load_config(folder, env={}).environments == (Environment("test"), Environment("live", True))


def test_yes_stays_text(folder: Path) -> None:
    write(folder / "workbench.yaml", "actor: Yes\n")
    assert load_config(folder, env={}).actor == "Yes"


@pytest.mark.parametrize(
    ("text", "line", "said"),
    [
        ("theme: nord\nstroe: x\n", 2, "stroe"),
        ("endpoints:\n  work:\n    base_ulr: http://x\n", 3, "base_ulr"),
        ("environments:\n- dev\n- {name: x, protectd: true}\n", 3, "protectd"),
        ("environments: [a, a]\n", 1, "twice"),
        ("environments: [latest]\n", 1, "latest"),
        ("environments: []\n", 1, "at least one"),
        ("endpoints:\n  w: {base_url: ftp://x}\n", 2, "ftp"),
        ("endpoints:\n  w: {base_url: http://x, timeout: soon}\n", 2, "timeout"),
        ("theme: 3\n", 1, "theme"),
        ("store: p.db\ntheme: workbnch-light\n", 2, "there is no theme 'workbnch-light'"),
        ("keymap:\n  a.b: 5\n", 2, "a.b"),
        ("- a\n", 1, "mapping"),
        ("theme: a\ntheme: b\n", 2, "theme"),
        ("theme: [\n", 0, ""),
    ],
)
def test_mistakes_name_file_and_line(folder: Path, text: str, line: int, said: str) -> None:
    file = write(folder / "workbench.yaml", text)
    with pytest.raises(ConfigError) as caught:
        load_config(folder, env={})
    assert str(file) in caught.value.message
    assert said in caught.value.message
    if line:
        assert f"{file}:{line}: " in caught.value.message


def test_the_nearest_known_key_is_named(folder: Path) -> None:
    write(folder / "workbench.yaml", "stroe: x\n")
    with pytest.raises(ConfigError) as caught:
        load_config(folder, env={})
    assert "store" in caught.value.hint


def test_every_theme_that_may_be_named_is_one_and_others_are_refused_wherever_they_are_named(folder: Path) -> None:
    assert {*OURS} == {*APP_THEMES}
    assert {*THEMES} <= {*APP_THEMES, *BUILTIN_THEMES}
    with pytest.raises(ConfigError, match=r"^\$WORKBENCH_THEME: there is no theme 'workbench-ligth'$") as caught:
        load_config(folder, env={"WORKBENCH_THEME": "workbench-ligth"})
    assert "did you mean workbench-light?" in caught.value.hint
    assert load_config(folder, env={"WORKBENCH_THEME": "nord"}).theme == "nord"


def test_a_key_written_in_place_of_its_variable_is_not_repeated(folder: Path) -> None:
    write(folder / "workbench.yaml", "endpoints: {w: {base_url: http://x, api_key_env: sk-very-secret}}\n")
    with pytest.raises(ConfigError) as caught:
        load_config(folder, env={})
    assert "very-secret" not in caught.value.message + caught.value.hint


def test_a_named_file_stands_in_for_the_one_found(folder: Path) -> None:
    write(folder / "workbench.yaml", "theme: gruvbox\n")
    other = write(folder / "other.yaml", "theme: monokai\n")
    assert load_config(folder, other, env={}).theme == "monokai"
    assert load_config(folder, env={"WORKBENCH_CONFIG": str(other)}).theme == "monokai"
    with pytest.raises(ConfigError):
        load_config(folder, folder / "none.yaml", env={})


def test_text_that_is_not_utf_8_is_refused(folder: Path) -> None:
    (folder / "workbench.yaml").write_bytes(b"theme: \xff\n")
    with pytest.raises(ConfigError, match="UTF-8"):
        load_config(folder, env={})
