"""The platform's directories."""

from __future__ import annotations

from pathlib import Path

import pytest

from workbench.settings import paths


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
