"""Workbench from Python, as DESIGN's example has it."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.cli.sse_server import AnsweringServer
from workbench import Content, MissingVariables, NotFound, Workbench
from workbench.errors import BadInput, MovedMeanwhile, Refused, StoreReadOnly
from workbench.settings.config import load_config


@pytest.fixture
def workbench(tmp_path: Path) -> Iterator[Workbench]:
    with Workbench.open(tmp_path / "p.db", actor="ana", start=tmp_path) as opened:
        opened.library.save("support/greet", Content.of_text("Hello {{ name }}."))
        yield opened


def test_get_and_render(workbench: Workbench) -> None:
    version = workbench.get("support/greet@1.0.0")
    assert version.author == "ana"
    assert version.render(name="{{ x }}") == [{"role": "system", "content": "Hello {{ x }}."}]
    with pytest.raises(MissingVariables):
        version.render()
    with pytest.raises(NotFound):
        workbench.get("support/greet@production")


def test_a_run_is_returned_and_recorded(tmp_path: Path) -> None:
    with AnsweringServer() as server:
        file = tmp_path / "workbench.yaml"
        file.write_text(f"endpoints: {{here: {{base_url: '{server.base_url}'}}}}\ndefault_model: here/parrot\n")
        config = load_config(tmp_path, file, env={}, overrides={"store": str(tmp_path / "p.db"), "actor": "ana"})
        with Workbench.open(config=config) as workbench:
            workbench.library.save("a", Content.of_text("Hello {{ name }}."))
            run = workbench.run("a", {"name": "Ada"}, input="Hi", settings={"seed": 3})
            assert (run.status, run.output, run.actor, run.seed) == ("finished", "Hello from here", "ana", 3)
            again = workbench.run("a@1.0.0", {"name": "Ben"}, model="here/other")
            assert again.request.model == "other"
            assert {row.id for row in workbench.running.runs("a")} == {run.id, again.id}
            server.status = 401
            failed = workbench.run("a", {"name": "Ada"})
            assert failed.status == "failed"
            assert failed.error


def test_versions_are_compared_and_the_answers_returned(tmp_path: Path) -> None:
    with AnsweringServer() as server:
        file = tmp_path / "workbench.yaml"
        file.write_text(f"endpoints: {{here: {{base_url: '{server.base_url}'}}}}\ndefault_model: here/parrot\n")
        config = load_config(tmp_path, file, env={}, overrides={"store": str(tmp_path / "p.db"), "actor": "ana"})
        with Workbench.open(config=config) as workbench:
            workbench.library.save("a", Content.of_text("Hello {{ name }}."))
            workbench.library.save("a", Content.of_text("Dear {{ name }}."))
            found = workbench.compare(["a@1.0.0", "a"], [{"name": "Ada"}, {"name": "Bo"}], repeat=2)
            assert len(found.answers) == 8
            assert [run.reference for run in found.runs(1, 1)] == ["a@1.0.1"] * 2
            folded = found.folded(0, 0)
            assert (folded.finished, folded.agreement.distinct) == (2, 1)
            assert workbench.comparing.judge(found.comparison, 0, "b").winner == 1
            with pytest.raises(BadInput, match="column A"):
                workbench.compare(["a@1.0.0", "a"], [{}])

            async def inside() -> None:
                workbench.compare(["a@1.0.0", "a"], [{"name": "x"}])

            with pytest.raises(BadInput, match="event loop"):
                asyncio.run(inside())


def test_run_inside_an_event_loop_says_what_to_use(workbench: Workbench) -> None:
    async def inside() -> None:
        workbench.run("support/greet", {"name": "x"})

    with pytest.raises(BadInput, match="event loop"):
        asyncio.run(inside())


def test_readonly_makes_no_store_and_changes_nothing(tmp_path: Path) -> None:
    missing = tmp_path / "none" / "p.db"
    with pytest.raises(NotFound):
        Workbench.open(missing, readonly=True, start=tmp_path)
    assert not missing.parent.exists()
    with Workbench.open(missing, actor="ana", start=tmp_path) as workbench:
        workbench.library.save("a", Content.of_text("x"))
    with Workbench.open(missing, readonly=True, start=tmp_path) as reading:
        assert reading.get("a").number == "1.0.0"
        with pytest.raises(StoreReadOnly):
            reading.library.save("a", Content.of_text("y"))


def test_closing_twice_is_fine(tmp_path: Path) -> None:
    workbench = Workbench.open(tmp_path / "p.db", start=tmp_path)
    workbench.close()
    workbench.close()


def test_the_store_of_the_project_is_the_one_that_opens(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("WORKBENCH_STORE", raising=False)
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))
    (tmp_path / "workbench.yaml").write_text("store: kept/p.db\nactor: from the file\n")
    deep = tmp_path / "deep"
    deep.mkdir()
    with Workbench.open(start=deep) as workbench:
        assert workbench.config.store == tmp_path / "kept" / "p.db"
        assert workbench.actor == "from the file"
    assert (tmp_path / "kept" / "p.db").is_file()


def test_reviewing_and_promoting_from_python(tmp_path: Path) -> None:
    (tmp_path / "workbench.yaml").write_text(
        "environments: [dev, {name: live, own_approval: false, checks: [note, {approved: 1}]}]\n"
    )
    config = tmp_path / "workbench.yaml"
    store = tmp_path / "prompts.db"
    with (
        Workbench.open(store, config=config, actor="ana") as ana,
        Workbench.open(store, config=config, actor="ben") as ben,
    ):
        ana.library.save("x", Content.of_text("one\ntwo"), note="first")
        said = ben.review("x", "which two?", line=2)
        assert (said.kind, said.place) == ("comment", "1.0.0 line 2")
        assert ben.review("x", "no", "live", request_changes=True).kind == "request_changes"
        assert ana.plan("x", "live").warnings == ("ben requested changes: no", "1.0.0 has never been in dev")
        with pytest.raises(Refused, match="nobody approves their own"):
            ana.approve("x", "live")
        with pytest.raises(Refused, match="ben requested changes: no"):
            ana.promote("x", "live")
        ben.approve("x", "live", "well then")
        plan = ana.plan("x", "live")
        assert plan.allowed
        ben.deploying.promote("x", "dev")
        with pytest.raises(MovedMeanwhile, match=r"ben did at .*: promote x 1\.0\.0 to dev"):
            ana.promote(plan)
        assert ana.promote("x", "live", reason="go").after == "1.0.0"
        assert [one.comment for one in ana.approving.of("x")] == ["which two?", "no", "well then"]
