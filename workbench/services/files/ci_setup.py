"""The files that make a forge, or git itself, check prompts."""

from __future__ import annotations

import shlex
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from workbench.errors import BadInput, Refused
from workbench.formats.git.repository import git

GITHUB = ".github/workflows/prompts.yml"
GITLAB, GITLAB_MAIN = ".gitlab/prompts.yml", ".gitlab-ci.yml"

_GITHUB = """\
# Written by `workbench ci init`: checks the prompts that a pull request touches, and shows what changed in them.
name: prompts
# Without a filter of paths: a required check that is skipped would keep the request waiting for ever.
on: [pull_request]
permissions:
  contents: read
jobs:
  prompts:
    runs-on: ubuntu-latest
    timeout-minutes: 10
    steps:
      - uses: actions/checkout@v4
        with:
          fetch-depth: 0 # the commit where the request left its base
          persist-credentials: false
      - uses: actions/setup-python@v5
        with:
          python-version: "3.12"
      - run: |
          {install}
      - name: Check the prompts that changed
        run: |
          {check} --base "$BASE" --format github --summary "$GITHUB_STEP_SUMMARY"
        env:
          BASE: ${{{{ github.event.pull_request.base.sha }}}}
"""
_GITLAB = """\
# Written by `workbench ci init`: checks the prompts that a merge request touches. The diff of them is prompts.md.
prompts:
  image: python:3.12
  rules:
    - if: $CI_PIPELINE_SOURCE == "merge_request_event"
  variables:
    GIT_DEPTH: "0" # the commit where the request left its base
  before_script:
    - |
      {install}
  script:
    - |
      {check} --base "$CI_MERGE_REQUEST_DIFF_BASE_SHA" --format junit --summary prompts.md > prompts.xml
  artifacts:
    when: always
    expose_as: prompts
    paths: [prompts.md]
    reports:
      junit: prompts.xml
"""
_GITLAB_MAIN = f"include:\n  - local: {GITLAB}\n"
_HOOK = """\
#!/bin/sh
# Written by `workbench ci init --pre-commit`: checks the prompts that a commit touches.
# `git commit --no-verify` leaves it out.
if ! command -v workbench >/dev/null; then
    echo "workbench is not installed here: the prompts are not checked" >&2
    exit 0
fi
exec {check} --staged
"""
_ENTRY = (
    "this repository uses the pre-commit program: add to .pre-commit-config.yaml a local hook with "
    "`entry: {check} --staged`, `language: system` and `pass_filenames: false`"
)


@dataclass(frozen=True)
class SetupFile:
    place: Path
    text: str
    shown: str
    """Relative to the top of the repository."""
    executable: bool = False
    next: str = ""
    """What is left to do by hand."""
    instead: str = ""
    """What to do where something else is there already."""

    @property
    def same(self) -> bool:
        try:
            return self.place.read_bytes() == self.text.encode()
        except OSError:
            return False

    @property
    def clashes(self) -> bool:
        return (self.place.exists() or self.place.is_symlink()) and not self.same


def files_for(kind: str, top: Path, paths: Sequence[str], install: str) -> list[SetupFile]:
    """`kind` is github, gitlab or pre-commit; `paths` are relative to the top; `install` is the command by which the
    forge's machine gets workbench. `BadInput` for an unknown kind."""
    for text in (*paths, install):
        if any(char in text for char in "\n\r\0"):
            raise BadInput(f"{text!r} does not fit on one line")
    places = [] if list(paths) == ["."] else [shlex.quote(path) for path in paths]
    check = " ".join(["workbench ci check", *places])
    if kind == "github":
        return [_file(top, GITHUB, _GITHUB.format(install=install, check=check))]
    if kind == "gitlab":
        return _gitlab(top, install, check)
    if kind == "pre-commit":
        return [_hook(top, check)]
    raise BadInput(f"there is nothing to write for {kind!r}", "github, gitlab or pre-commit")


def write(files: Iterable[SetupFile]) -> list[SetupFile]:
    """Those that were written; the others say so already. `Refused` for what the system does not let us write."""
    wrong = [file for file in files if not file.same]
    for file in wrong:
        try:
            file.place.parent.mkdir(parents=True, exist_ok=True)
            file.place.write_bytes(file.text.encode())
            if file.executable:
                file.place.chmod(0o755)
        except OSError as error:
            raise Refused(f"{file.shown} cannot be written: {error.strerror}") from error
    return wrong


def _file(top: Path, path: str, text: str, next: str = "") -> SetupFile:
    return SetupFile(top / path, text, path, next=next)


def _gitlab(top: Path, install: str, check: str) -> list[SetupFile]:
    job = _GITLAB.format(install=install, check=check)
    main = top / GITLAB_MAIN
    if main.exists() and GITLAB not in main.read_text("utf-8", "replace"):
        told = f"{GITLAB_MAIN} is yours: add to it `include: [{{local: {GITLAB}}}]`"
        return [_file(top, GITLAB, job, next=told)]
    return [_file(top, GITLAB, job), *([] if main.exists() else [_file(top, GITLAB_MAIN, _GITLAB_MAIN)])]


def _hook(top: Path, check: str) -> SetupFile:
    folder = _hooks(top)
    place = folder if folder.is_absolute() else top / folder
    instead = _ENTRY.format(check=check) if (top / ".pre-commit-config.yaml").exists() else ""
    shown = f"{folder.as_posix()}/pre-commit"
    return SetupFile(place / "pre-commit", _HOOK.format(check=check), shown, executable=True, instead=instead)


def _hooks(top: Path) -> Path:
    """Where git looks for hooks; its own setting is the last but one, after ours that switches them off."""
    try:
        stated = git(top, "config", "--type=path", "--get-all", "core.hooksPath").decode().splitlines()[:-1]
    except BadInput:
        stated = []
    common = git(top, "rev-parse", "--git-common-dir").decode().strip()
    return Path(stated[-1]) if stated else Path(common) / "hooks"
