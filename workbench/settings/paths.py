"""Where things are kept: the platform's own directories, so XDG variables are obeyed."""

from __future__ import annotations

from pathlib import Path

APP = "workbench"
CONFIG_NAME = "workbench.yaml"
STORE_NAME = "prompts.db"


def _dirs() -> tuple[Path, Path, Path, Path]:
    from platformdirs import PlatformDirs

    dirs = PlatformDirs(APP, appauthor=False)
    return dirs.user_data_path, dirs.user_config_path, dirs.user_cache_path, dirs.user_log_path


def data_dir() -> Path:
    """The store and the embedded model's weights; not created here."""
    return _dirs()[0]


def config_dir() -> Path:
    return _dirs()[1]


def cache_dir() -> Path:
    return _dirs()[2]


def log_dir() -> Path:
    """Crash reports and the local model's log."""
    return _dirs()[3]


def default_store() -> Path:
    return data_dir() / STORE_NAME


def user_config() -> Path:
    return config_dir() / "config.yaml"


def find_project_config(start: Path) -> Path | None:
    """The nearest `workbench.yaml` in `start` or above it."""
    for folder in (start, *start.parents):
        candidate = folder / CONFIG_NAME
        try:
            if candidate.is_file():
                return candidate
        except OSError:
            continue
    return None
