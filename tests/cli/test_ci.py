"""`workbench ci` on real repositories: what a forge and a hook get, and what is written to make them call it."""

from __future__ import annotations

import os
import shutil
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from tests.cli.conftest import Cli
from tests.support.repository import Repository
from workbench.domain import yaml_core
from workbench.services.files.ci_setup import files_for

ROOT = Path(__file__).resolve().parents[2]
TEXT = "You are a patient assistant of the shop who answers every question in whole sentences."


def native(version: str, text: str) -> str:
    return f"version: {version}\nmessages:\n  - role: system\n    content: |\n      {text}\n"


@pytest.fixture
def made(home: Path) -> Repository:
    repository = Repository(home)
    repository.commit("first", {"prompts/a.yaml": native("1.0.0", TEXT), "prompts/b.yaml": native("1.0.0", TEXT + "!")})
    repository.git("checkout", "-q", "-b", "change")
    return repository


def test_changed_lists_what_differs_from_the_base(made: Repository, cli: Cli) -> None:
    assert "no prompt touched" in cli("ci", "changed", "prompts").said
    made.git("mv", "prompts/b.yaml", "prompts/c.yaml")
    made.commit("edit", {"prompts/a.yaml": native("1.1.0", TEXT + " Be kind.")})
    answer = cli("ci", "changed", "prompts", "--base", "main")
    assert answer.out.splitlines() == [
        "a\tchanged\t1.0.0 → 1.1.0\tprompts/a.yaml",
        "c\trenamed\trenamed from b, 1.0.0\tprompts/c.yaml",
    ]
    listed = cli("ci", "changed", "prompts", "--base", "main", "--json").data["prompts"]
    assert [(one["prompt"], one["change"], one["was"], one["before"], one["after"]) for one in listed] == [
        ("a", "changed", None, "1.0.0", "1.1.0"),
        ("c", "renamed", "b", "1.0.0", "1.0.0"),
    ]


def test_check_fails_on_errors_and_writes_a_summary(made: Repository, cli: Cli, home: Path) -> None:
    summary = home / "summary.md"
    summary.write_text("what another step wrote\n")
    made.commit(
        "edit", {"prompts/a.yaml": native("1.0.0", TEXT.replace("patient", "kind") + " <b>{{ x }}</b><script>")}
    )
    answer = cli("ci", "check", "prompts", "--base", "main", "--summary", str(summary), "--format", "github")
    assert answer.code == 1
    assert "::error file=prompts/a.yaml,line=1,title=version::" in answer.out
    assert "1 changed; 1 error, 1 warning" in answer.said
    text = summary.read_text()
    assert text.startswith("what another step wrote\n")
    assert "<del>patient</del>" in text
    assert "&lt;b&gt;{{ x }}&lt;/b&gt;" in text
    assert "still 1.0.0" in text
    assert "<b>" not in text
    assert "<script>" not in text
    assert "&lt;script&gt;" in text
    made.commit("raise", {"prompts/a.yaml": native("1.1.0", TEXT.replace("patient", "kind") + " {{ x }}")})
    assert cli("ci", "check", "prompts", "--base", "main").code == 0
    assert cli("ci", "check", "prompts", "--base", "main", "--strict").code == 1


def test_check_answers_programs(made: Repository, cli: Cli) -> None:
    made.commit("edit", {"prompts/a.yaml": native("1.0.0", TEXT + " {{ x }}")})
    answer = cli("ci", "check", "prompts", "--base", "main", "--json")
    assert answer.code == 1
    data = answer.data
    assert data["ok"] is False
    assert [one["code"] for one in data["findings"]] == ["version", "variables"]
    assert data["rendered"] == [{"prompt": "a", "version": "1.0.0", "set": "made-up values", "ok": True, "why": None}]
    junit = cli("ci", "check", "prompts", "--base", "main", "--format", "junit").out
    assert junit.startswith('<testsuite name="workbench validate" tests="1" failures="1">')
    made.commit("mend", {"prompts/a.yaml": native("1.1.0", TEXT + " Be kind.")})
    junit = cli("ci", "check", "prompts", "--base", "main", "--format", "junit").out
    assert junit.startswith('<testsuite name="workbench validate" tests="1" failures="0">')


def test_a_store_adds_its_variable_sets_and_is_not_changed(made: Repository, cli: Cli, home: Path) -> None:
    assert cli("import", "prompts").code == 0
    assert cli("inputs", "save", "a", "gold", "-v", "tier=gold").code == 0
    made.commit(
        "edit",
        {"prompts/a.yaml": native("1.1.0", TEXT + " {{ tier }}") + "variables:\n  tier: {choices: [free, pro]}\n"},
    )
    before = (home / "prompts.db").read_bytes()
    answer = cli("ci", "check", "prompts", "--base", "main")
    assert (answer.code, "cannot be rendered with gold" in answer.out) == (1, True)
    assert (home / "prompts.db").read_bytes() == before


def test_a_store_that_cannot_be_opened_is_in_nobodys_way(made: Repository, cli: Cli, home: Path) -> None:
    (home / "prompts.db").write_text("this is no store")
    answer = cli("ci", "check", "prompts", "--base", "main")
    assert (answer.code, "are not tried" in answer.said) == (0, True)


@pytest.mark.parametrize(
    ("arguments", "code", "words"),
    [
        (("--base", "mian"), 3, "no commit 'mian'"),
        (("nowhere",), 3, "no file or folder"),
        (("--head", "main", "--staged"), 2, "give one"),
    ],
)
def test_mistakes_are_said(made: Repository, cli: Cli, arguments: tuple[str, ...], code: int, words: str) -> None:
    answer = cli("ci", "check", *arguments)
    assert (answer.code, words in answer.said) == (code, True)


def test_init_writes_a_workflow_that_calls_what_was_tried(made: Repository, cli: Cli, home: Path) -> None:
    printed = cli("ci", "init", "prompts", "--dry-run")
    workflow = home / ".github/workflows/prompts.yml"
    assert not workflow.exists()
    answer = cli("ci", "init", "prompts")
    assert "wrote .github/workflows/prompts.yml" in answer.said
    assert "workbench ci check prompts --base main" in answer.said
    text = workflow.read_text()
    assert printed.out == text
    document = yaml_core.load(text, "prompts.yml")
    (job,) = document["jobs"].values()
    check = job["steps"][-1]
    assert check["run"].strip() == (
        'workbench ci check prompts --base "$BASE" --format github --summary "$GITHUB_STEP_SUMMARY"'
    )
    assert check["env"] == {"BASE": "${{ github.event.pull_request.base.sha }}"}
    assert job["steps"][0]["with"]["fetch-depth"] == 0
    assert document["permissions"] == {"contents": "read"}
    assert "kept" in cli("ci", "init", "prompts").said


def test_init_overwrites_nothing_unasked(made: Repository, cli: Cli, home: Path) -> None:
    workflow = home / ".github/workflows/prompts.yml"
    workflow.parent.mkdir(parents=True)
    workflow.write_text("mine\n")
    answer = cli("ci", "init", "prompts")
    assert (answer.code, "--force" in answer.said, workflow.read_text()) == (1, True, "mine\n")
    assert cli("ci", "init", "prompts", "--force", "--install", "uv tool install x").code == 0
    assert "uv tool install x" in workflow.read_text()


def test_init_for_gitlab_leaves_what_is_there_and_says_what_to_add(made: Repository, cli: Cli, home: Path) -> None:
    assert cli("ci", "init", "prompts", "--gitlab").code == 0
    assert yaml_core.load((home / ".gitlab-ci.yml").read_text(), "x") == {"include": [{"local": ".gitlab/prompts.yml"}]}
    job = yaml_core.load((home / ".gitlab/prompts.yml").read_text(), "x")["prompts"]
    assert "$CI_MERGE_REQUEST_DIFF_BASE_SHA" in job["script"][0]
    shutil.rmtree(home / ".gitlab")
    (home / ".gitlab-ci.yml").write_text("test:\n  script: [make]\n")
    answer = cli("ci", "init", "prompts", "--gitlab")
    assert (answer.code, "add to it" in answer.said) == (0, True)
    assert (home / ".gitlab-ci.yml").read_text() == "test:\n  script: [make]\n"


def test_the_hook_keeps_a_bad_prompt_out_of_a_commit(made: Repository, cli: Cli, home: Path, tmp_path: Path) -> None:
    assert cli("ci", "init", "prompts", "--pre-commit").code == 0
    hook = home / ".git/hooks/pre-commit"
    assert hook.stat().st_mode & stat.S_IXUSR
    programs = tmp_path / "bin"
    programs.mkdir()
    (programs / "workbench").write_text(f'#!/bin/sh\nexec "{sys.executable}" -m workbench "$@"\n')
    (programs / "workbench").chmod(0o755)
    env = {**os.environ, "PATH": f"{programs}{os.pathsep}{os.environ['PATH']}"}

    def commit(text: str) -> subprocess.CompletedProcess[str]:
        made.write("prompts/a.yaml", text)
        return subprocess.run(
            ["git", "commit", "-qam", "edit"], cwd=home, env=env, capture_output=True, text=True, check=False
        )

    refused = commit(native("1.0.0", TEXT + " Be kind."))
    assert (refused.returncode, "still 1.0.0" in refused.stdout + refused.stderr) == (1, True)
    taken = commit(native("1.1.0", TEXT + " Be kind."))
    assert taken.returncode == 0, taken.stderr
    assert made.git("log", "-1", "--format=%s").strip() == "edit"
    bare = tmp_path / "bare"
    bare.mkdir()
    (bare / "git").symlink_to(shutil.which("git") or "git")
    env["PATH"] = str(bare)
    unchecked = commit(native("1.1.0", TEXT + " Be very kind."))
    assert (unchecked.returncode, "is not installed here" in unchecked.stderr) == (0, True)
    hook.write_text("#!/bin/sh\nexit 0\n")
    (home / ".pre-commit-config.yaml").write_text("repos: []\n")
    answer = cli("ci", "init", "prompts", "--pre-commit")
    assert (answer.code, "pass_filenames: false" in answer.said) == (1, True)


def test_the_project_checks_its_own_samples_with_the_command_of_its_workflow(cli: Cli, home: Path) -> None:
    text_of_workflow = (ROOT / ".github/workflows/prompts.yml").read_text()
    (written,) = files_for("github", ROOT, ["sample_prompts"], "python -m pip install -e .")
    assert text_of_workflow == written.text
    (job,) = yaml_core.load(text_of_workflow, "prompts.yml")["jobs"].values()
    command = job["steps"][-1]["run"].strip()
    repository = Repository(home / "checkout")
    shutil.copytree(ROOT / "sample_prompts", repository.place / "sample_prompts")
    base = repository.commit("samples")
    text = repository.place / "sample_prompts/onboarding/welcome-email/system-prompt.txt"
    text.write_text(text.read_text() + "\nSay thank you.\n")
    repository.commit("edit")
    programs = home / "bin"
    programs.mkdir()
    (programs / "workbench").write_text(f'#!/bin/sh\nexec "{sys.executable}" -m workbench "$@"\n')
    (programs / "workbench").chmod(0o755)
    summary = home / "summary.md"

    def run() -> subprocess.CompletedProcess[str]:
        env = {**os.environ, "BASE": base, "GITHUB_STEP_SUMMARY": str(summary)}
        env["PATH"] = f"{programs}{os.pathsep}{env['PATH']}"
        return subprocess.run(
            ["bash", "-e", "-c", command], cwd=repository.place, env=env, capture_output=True, text=True, check=False
        )

    done = run()
    assert (done.returncode, "title=version" in done.stdout) == (1, True), done.stderr
    metadata = text.with_name(".prompt-metadata.json")
    metadata.write_text(metadata.read_text().replace('"version": "1.3.2"', '"version": "1.3.3"'))
    repository.commit("raise")
    done = run()
    assert done.returncode == 0, done.stdout + done.stderr
    assert "Say thank you." in summary.read_text()
