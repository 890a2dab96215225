"""Files that hold several prompts are written back too, a commit for each version."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.repository import Repository
from workbench import Workbench
from workbench.domain.prompts import Content

FILES: dict[str, dict[str, str]] = {
    "texts": {"prompts.yaml": "# t\na: You are kind.   # a\nb: 'B'\n"},
    "csv": {"p.csv": "name,prompt,team\na,You are kind.,x\nb,B,y\n"},
    "langfuse": {
        "l.json": '[\n  {"name": "a", "version": 1, "type": "text", "prompt": "You are kind.", "config": {"t": 1}},\n'
        '  {"name": "b", "version": 1, "type": "text", "prompt": "B"}\n]\n'
    },
    "prompts-json": {
        "prompts.json": '{\n  "a": {"versions": [{"version": "1.0.0", "template": "You are kind."}]},\n'
        '  "b": {"versions": [{"version": "1.0.0", "template": "B"}]}\n}\n'
    },
    "prompt-config": {
        "prompt_config.yaml": "# c\n"
        "a: {version: 1.0.0, system_prompt: a.txt}\nb: {version: 1.0.0, system_prompt: b.txt}\n",
        "a.txt": "You are kind.",
        "b.txt": "B",
    },
    "promptfoo": {
        "promptfooconfig.yaml": "prompts:\n- file://a.txt  # a\n- file://b.txt\nproviders: [echo]\n",
        "a.txt": "You are kind.",
        "b.txt": "B",
    },
}


@pytest.fixture
def workbench(tmp_path: Path) -> Iterator[Workbench]:
    with Workbench.open(store=tmp_path / "store.db", actor="tester") as opened:
        yield opened


def edited(workbench: Workbench, name: str, old: str, new: str, note: str) -> None:
    content = workbench.get(name).content
    messages = tuple(type(m)(m.role, m.content.replace(old, new), m.extra) for m in content.messages)
    workbench.library.save(name, Content(messages, content.format, content.variables, content.settings), note=note)


def texts(workbench: Workbench) -> dict[str, str]:
    return {row.name: workbench.get(row.name).content.text for row in workbench.library.prompts()}


@pytest.mark.parametrize("format", FILES)
def test_each_version_is_a_commit_and_other_prompts_stay(format: str, workbench: Workbench, tmp_path: Path) -> None:
    repository = Repository(tmp_path / "repository")
    repository.commit("Begin", {f"prompts/{path}": text for path, text in FILES[format].items()})
    place = repository.place / "prompts"
    workbench.syncing.sync(place)
    assert sorted(texts(workbench)) == ["a", "b"]
    edited(workbench, "a", "kind", "calm", "Calmer")
    edited(workbench, "b", "B", "Be", "Longer")
    edited(workbench, "a", "calm", "firm", "Firmer")
    done = workbench.syncing.sync(place)
    assert (done.left, [one.message.splitlines()[0] for one in done.commits]) == (
        [],
        ["prompt(a): 1.0.0 -> 1.0.1: Calmer", "prompt(b): 1.0.0 -> 1.0.1: Longer", "prompt(a): 1.0.1 -> 1.0.2: Firmer"],
    )
    assert repository.git("status", "--porcelain") == ""
    again = workbench.syncing.sync(place)
    assert ([item.action for item in again.items], again.commits, again.left) == (["same", "same"], [], [])
    with Workbench.open(store=tmp_path / "other.db", actor="tester") as other:
        other.git_history.bring(place)
        assert texts(other) == texts(workbench)
        assert [other.library.prompt(name).version_count for name in ("a", "b")] == [3, 2]


def test_comments_and_what_others_wrote_stay(workbench: Workbench, tmp_path: Path) -> None:
    repository = Repository(tmp_path / "repository")
    repository.commit("Begin", {"prompts.yaml": FILES["texts"]["prompts.yaml"]})
    workbench.syncing.sync(repository.place)
    commented = "# much commented\n# t\na: You are kind.   # a\n# then\nb: 'B'\n"
    repository.commit("Comment", {"prompts.yaml": commented})
    edited(workbench, "a", "kind", "calm", "Calmer")
    assert len(workbench.syncing.sync(repository.place).commits) == 1
    assert (repository.place / "prompts.yaml").read_text() == commented.replace("kind", "calm")
    edited(workbench, "a", "calm", "firm", "Firmer")
    repository.write("prompts.yaml", commented.replace("kind", "calm").replace("'B'", "'Theirs'"))
    report = workbench.git_writing.commit(repository.place)
    assert (report.commits, len(report.refused)) == ([], 1)
    assert "prompts.yaml has changes that are not committed" in report.refused[0]
    done = workbench.syncing.sync(repository.place)
    assert (len(done.commits), done.left) == (2, [])
    assert (repository.place / "prompts.yaml").read_text() == commented.replace("kind", "firm").replace(
        "'B'", "'Theirs'"
    )


def test_a_conflict_in_one_row_is_solved_like_any_other(workbench: Workbench, tmp_path: Path) -> None:
    repository = Repository(tmp_path / "repository")
    repository.commit("Begin", {"p.csv": FILES["csv"]["p.csv"]})
    workbench.syncing.sync(repository.place)
    edited(workbench, "a", "kind", "calm", "Calmer")
    repository.commit("Theirs", {"p.csv": FILES["csv"]["p.csv"].replace("kind", "strict").replace("B,", "Be,")})
    stopped = workbench.syncing.sync(repository.place)
    assert [item.action for item in stopped.items] == ["conflict", "import"]
    proposal = stopped.conflicts[0].proposal
    assert proposal is not None
    workbench.merging.save(proposal, content=Content.of_text("You are firm.", proposal.ours.content.format))
    done = workbench.syncing.sync(repository.place)
    assert (len(done.commits), done.left) == (1, [])
    assert "You are firm." in (repository.place / "p.csv").read_text()
    assert json.dumps(sorted(texts(workbench).values())) == '["Be", "You are firm."]'
