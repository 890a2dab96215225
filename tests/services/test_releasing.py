"""Promotions: what the plan says, that nothing else is carried out, and that several are one act."""

from __future__ import annotations

import fcntl
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from workbench.domain.deployments import Deployment
from workbench.domain.environments import CheckRule, Environment
from workbench.domain.prompts import Content, Message, Variable
from workbench.domain.releases.checking import read_check
from workbench.domain.releases.checks import CheckAnswer, Reading
from workbench.domain.releases.plans import PromotionPlan
from workbench.errors import BadInput, MovedMeanwhile, NotFound, Refused
from workbench.models.secrets import Secret
from workbench.services.library import Library
from workbench.services.maintenance import verify
from workbench.services.past.history import History
from workbench.services.releases.approving import Approving
from workbench.services.releases.deploying import Deploying
from workbench.services.releases.releasing import PlanMoved, Releasing
from workbench.store import Store

NAME = "support/x"
NAMES = ("dev", "staging", "production")


def rules(*wanted: Any) -> tuple[CheckRule, ...]:
    """As they stand in a config: names, or one-key mappings; for production."""
    reading = Reading("production", "staging", NAMES)
    pairs = [next(iter(one.items())) if isinstance(one, dict) else (one, None) for one in wanted]
    return tuple(read_check(name, value, reading) for name, value in pairs)


def environments(*wanted: Any, force: bool = False, own: bool = True) -> tuple[Environment, ...]:
    return (
        Environment("dev"),
        Environment("staging"),
        Environment("production", protected=True, checks=rules(*wanted), force=force, own_approval=own),
    )


def releasing(
    store: Store, *wanted: Any, force: bool = False, actor: str = "ana", folder: Path | None = None
) -> Releasing:
    return Releasing(store, environments(*wanted, force=force), actor, folder=folder)


def answer(plan: PromotionPlan, check: str) -> CheckAnswer:
    return next(one for one in plan.checks if one.check == check)


@pytest.fixture(autouse=True)
def versions(library: Library) -> None:
    """1.0.0, 1.0.1 and 1.0.2, which asks for one variable more and one setting other."""
    library.save(NAME, Content.of_text("Hello {{ name }}."), note="first")
    library.save(NAME, Content.of_text("Dear {{ name }}."), note="warmer")
    content = Content(
        (Message("system", "Dear {{ name }} of {{ company }}, {{ tone }}."),),
        variables=(Variable("company", "where they work"), Variable("tone", default="soft", has_default=True)),
        settings={"temperature": 0.3},
    )
    library.save(NAME, content, note="knows the company")


# What the plan says -----------------------------------------------------------------------------------------------


def test_the_plan_says_what_is_replaced_and_what_changes(store: Store, deploying: Deploying) -> None:
    moved = deploying.promote(f"{NAME}@1.0.0", "production", "start")
    plan = releasing(store).plan(f"{NAME}@latest", "production")

    assert (plan.prompt, plan.current, plan.target) == (NAME, "1.0.0", "1.0.2")
    assert plan.live_since == moved
    assert [(row.number, row.note) for row in plan.between] == [("1.0.1", "warmer"), ("1.0.2", "knows the company")]
    assert [(one.name, one.required) for one in plan.added] == [("company", True), ("tone", False)]
    assert plan.removed == ()
    assert [(one.name, one.before, one.after) for one in plan.settings] == [("temperature", None, 0.3)]
    assert plan.previous is not None
    assert (plan.previous.environment, plan.previous.live, plan.previous.was_there) == ("staging", None, False)
    assert plan.allowed
    assert [warning for warning in plan.warnings if "company" in warning and "tone" not in warning]
    assert "1.0.2 has never been in staging" in plan.warnings


def test_a_step_backwards_names_the_versions_that_go(store: Store, deploying: Deploying) -> None:
    deploying.promote(f"{NAME}@1.0.2", "dev")
    plan = releasing(store).plan(f"{NAME}@1.0.0", "dev")

    assert [row.number for row in plan.between] == ["1.0.2", "1.0.1"]
    assert [one.name for one in plan.removed] == ["company", "tone"]
    assert plan.previous is None


def test_a_first_promotion_replaces_nothing_and_warns_of_no_callers(store: Store) -> None:
    plan = releasing(store).plan(NAME, "dev")

    assert (plan.before, plan.live_since, plan.warnings) == (None, None, ())
    assert [row.number for row in plan.between] == ["1.0.2"]


def test_what_is_not_possible_at_all_is_a_refusal_and_no_error(
    store: Store, library: Library, deploying: Deploying
) -> None:
    deploying.promote(NAME, "dev")
    assert "already live" in releasing(store).plan(NAME, "dev").refusals[0]
    library.save("quiet", Content.of_text("q"))
    library.archive("quiet")
    archived = releasing(store).plan("quiet", "dev")
    assert archived.refusals == ("quiet is archived",)
    assert not archived.allowed
    assert not archived.forceable
    with pytest.raises(Refused, match="archived"):
        releasing(store).promote(archived)
    with pytest.raises(NotFound, match="there is no environment 'prodution'") as caught:
        releasing(store).plan(NAME, "prodution")
    assert caught.value.near == ("production",)


def test_a_version_that_cannot_be_read_as_a_template_still_has_a_plan(store: Store, deploying: Deploying) -> None:
    deploying.promote(f"{NAME}@1.0.0", "dev")
    with store.write():
        prompt = store.prompts.find(NAME)
        assert prompt is not None
        broken = Content.of_text("{% if %}")
        version_id = store.versions.add(
            prompt.id, "2.0.0", broken, author="eve", at=store.clock(), note="", parent=None, source={}
        )
        assert version_id
    plan = releasing(store, "validates").plan(f"{NAME}@2.0.0", "production")
    assert answer(plan, "validates").state == "failed"
    assert [one.name for one in releasing(store).plan(f"{NAME}@2.0.0", "dev").removed] == ["name"]


# Carried out as shown ----------------------------------------------------------------------------------------------


def test_what_was_shown_is_what_is_carried_out(store: Store) -> None:
    service = releasing(store)
    plan = service.plan(f"{NAME}@latest", "dev")
    Library(store, environments(), "ben").save(NAME, Content.of_text("newer"))
    with pytest.raises(PlanMoved) as caught:
        Deploying(store, environments(), "ben").promote(f"{NAME}@1.0.0", "dev", "mine first")
        service.promote(plan)
    assert "1.0.0 is live in dev by now, not nothing" in caught.value.message
    assert "ben did at" in caught.value.message
    assert "mine first" in caught.value.message
    assert isinstance(caught.value.plan, PromotionPlan)
    assert (caught.value.plan.current, caught.value.plan.target) == ("1.0.0", "1.0.2")
    assert service.promote(caught.value.plan).after == "1.0.2"
    assert isinstance(caught.value, MovedMeanwhile)
    assert caught.value.exit_code == 4


def test_an_act_that_changes_nothing_of_the_plan_stops_nothing(store: Store, library: Library) -> None:
    plan = releasing(store).plan(NAME, "dev")
    library.save("another", Content.of_text("x"))
    library.tag(NAME, ["new"])
    assert releasing(store).promote(plan).after == "1.0.2"


def test_a_check_that_answers_otherwise_by_now_gives_the_new_plan(store: Store, library: Library) -> None:
    service = releasing(store, {"tagged": "reviewed"})
    library.tag(f"{NAME}@1.0.2", ["reviewed"])
    plan = service.plan(NAME, "production")
    assert plan.allowed
    library.tag(f"{NAME}@1.0.2", [], ["reviewed"])
    with pytest.raises(PlanMoved, match="-reviewed") as caught:
        service.promote(plan, "why")
    assert isinstance(caught.value.plan, PromotionPlan)
    assert not caught.value.plan.allowed


def test_what_the_ledger_and_the_event_say(store: Store, library: Library) -> None:
    library.tag(f"{NAME}@1.0.2", ["reviewed"])
    service = releasing(store, "note", {"tagged": "reviewed"})
    row = service.promote(service.plan(NAME, "production"), " go ")
    assert (row.reason, row.forced) == ("go", "")
    details = store.events.newest()[0].details
    assert details["checks"] == [
        ["note", "passed", "knows the company"],
        ["tagged: reviewed", "passed", "1.0.2 is tagged reviewed"],
    ]
    assert "forced" not in details
    assert verify(store).ok


def test_a_tag_of_the_whole_prompt_counts_for_no_version(store: Store, library: Library) -> None:
    library.tag(NAME, ["reviewed"])
    failed = answer(releasing(store, {"tagged": "reviewed"}).plan(NAME, "production"), "tagged")
    assert failed.state == "failed"
    assert "the prompt as a whole has reviewed, which counts for no version" in failed.reason


def test_force_needs_the_config_a_reason_and_is_written_down_for_ever(store: Store, history: History) -> None:
    strict = releasing(store, {"tagged": "reviewed"})
    with pytest.raises(Refused, match="has not the tag reviewed"):
        strict.promote(strict.plan(NAME, "production"), "why")
    with pytest.raises(Refused, match="does not let itself be forced"):
        strict.promote(strict.plan(NAME, "production"), "why", force=True)
    lenient = releasing(store, "note", {"tagged": "reviewed"}, force=True)
    with pytest.raises(Refused, match="has not the tag") as refused:
        lenient.promote(lenient.plan(NAME, "production"), "why")
    assert "--force" in refused.value.hint
    with pytest.raises(Refused, match="only with a reason"):
        lenient.promote(lenient.plan(NAME, "production"), "  ", force=True)
    assert store.deployments.newest(None, None, 9) == []
    row = lenient.promote(lenient.plan(NAME, "production"), "the house is on fire", force=True)
    assert row.forced == "tagged: reviewed"
    assert store.events.newest()[0].details["forced"] == ["tagged: reviewed"]
    assert "forced" not in store.deployments.get(row.id).reason
    assert verify(store).ok


def test_force_where_nothing_stands_against_it_is_not_written(store: Store) -> None:
    service = releasing(store, "note", force=True)
    assert service.promote(service.plan(NAME, "production"), "why", force=True).forced == ""


def test_the_short_form_keeps_to_the_checks_too(store: Store) -> None:
    guarded = environments({"tagged": "reviewed"})
    service = Deploying(store, guarded, "ana")
    with pytest.raises(Refused, match="has not the tag"):
        service.promote(NAME, "production", "why")
    # The way back asks for nothing.
    open_to_all = Deploying(store, environments(), "ana")
    open_to_all.promote(f"{NAME}@1.0.0", "production", "a")
    open_to_all.promote(f"{NAME}@1.0.1", "production", "b")
    assert service.rollback(NAME, "production").after == "1.0.0"


# Several as one act -----------------------------------------------------------------------------------------------


@pytest.fixture
def several(library: Library, deploying: Deploying) -> list[str]:
    names = ["a", "b", "c"]
    for name in names:
        library.save(name, Content.of_text(f"{name} one"))
        library.save(name, Content.of_text(f"{name} two"))
        deploying.promote(f"{name}@1.0.1", "staging")
    deploying.promote("c@1.0.1", "production", "early")
    return names


def test_what_differs_between_two_environments_moves_as_one_act(
    store: Store, several: Sequence[str], deploying: Deploying, history: History
) -> None:
    service = releasing(store)
    release = service.plan_many("production", source="staging")
    assert [(plan.prompt, plan.target) for plan in release.plans] == [("a", "1.0.1"), ("b", "1.0.1")]
    assert release.same == ("c",)
    rows = service.promote_many(release, "release 7")
    assert [(row.prompt, row.after) for row in rows] == [("a", "1.0.1"), ("b", "1.0.1")]
    acts = {event.details["act"] for event in store.events.newest(limit=2)}
    assert len(acts) == 1
    history.undo()
    assert deploying.live("a").get("production") is None
    assert deploying.live("b").get("production") is None
    assert deploying.live("c")["production"] == "1.0.1"
    history.redo()
    assert (deploying.live("a")["production"], deploying.live("b")["production"]) == ("1.0.1", "1.0.1")
    assert verify(store).ok


def test_all_or_none(store: Store, library: Library, several: Sequence[str], deploying: Deploying) -> None:
    service = releasing(store, {"tagged": "reviewed"}, force=True)
    library.tag("a@1.0.1", ["reviewed"])
    release = service.plan_many("production", source="staging")
    assert not release.allowed
    assert release.forceable
    with pytest.raises(Refused, match="b: tagged: reviewed"):
        service.promote_many(release, "why")
    assert deploying.live("a").get("production") is None
    rows = service.promote_many(release, "why", force=True)
    assert [row.forced for row in rows] == ["", "tagged: reviewed"]


def test_one_that_moved_meanwhile_stops_all(store: Store, several: Sequence[str], deploying: Deploying) -> None:
    service = releasing(store)
    release = service.plan_many("production", source="staging")
    deploying.promote("b@1.0.0", "production", "hotfix")
    with pytest.raises(PlanMoved, match="hotfix"):
        service.promote_many(release, "why")
    assert deploying.live("a").get("production") is None


def test_what_is_named_for_a_release(store: Store, several: Sequence[str]) -> None:
    service = releasing(store)
    assert [p.target for p in service.plan_many("production", prompts=["a@1.0.0", "b"]).plans] == ["1.0.0", "1.0.1"]
    assert [p.prompt for p in service.plan_many("production", source="staging", prompts=["b"]).plans] == ["b"]
    for named in (["a", "a"], ["a@1.0.0", "a@1.0.1"]):
        with pytest.raises(BadInput, match="named twice"):
            service.plan_many("production", prompts=named)
    with pytest.raises(BadInput, match="the version is what is live there"):
        service.plan_many("production", source="staging", prompts=["a@1.0.0"])
    with pytest.raises(BadInput, match="is where it would be promoted to"):
        service.plan_many("staging", source="staging")
    with pytest.raises(NotFound, match=r"nothing of support/x is live in staging"):
        service.plan_many("production", source="staging", prompts=[NAME])
    with pytest.raises(Refused, match="nothing to promote"):
        service.promote_many(service.plan_many("production", source="staging", prompts=["c"]), "why")


# Commands ---------------------------------------------------------------------------------------------------------


def program(tmp_path: Path, text: str) -> list[str]:
    file = tmp_path / "check.py"
    file.write_text(text)
    return [sys.executable, str(file)]


def test_a_command_gets_the_reference_and_its_output_is_kept(store: Store, tmp_path: Path) -> None:
    words = program(
        tmp_path,
        "import os\nfor n in ('REFERENCE', 'PROMPT', 'VERSION', 'ENVIRONMENT', 'CURRENT', 'STORE'):\n"
        "    print(os.environ['WORKBENCH_' + n])\nprint(os.getcwd())\nprint(len(os.environ['WORKBENCH_DIGEST']))\n",
    )
    folder = tmp_path / "project"
    folder.mkdir()
    service = releasing(store, {"command": words}, folder=folder)
    plan = service.plan(NAME, "production")
    assert answer(plan, "command").state == "unknown"
    assert [check.command for check in plan.to_run] == [tuple(words)]
    with pytest.raises(Refused, match="not run for this content yet"):
        service.promote(plan, "why")
    heard: list[str] = []
    plan = service.run_commands(plan, said=lambda _label, text: heard.append(text))
    found = answer(plan, "command")
    assert found.state == "passed"
    expected = [f"{NAME}@1.0.2", NAME, "1.0.2", "production", "", str(store.path), str(folder), "64"]
    assert found.output.splitlines() == expected
    assert "".join(heard) == found.output
    assert service.promote(plan, "why").after == "1.0.2"
    event = next(event for event in store.events.newest() if event.kind == "check.run")
    assert (event.details["exit_code"], event.details["ended"]) == (0, "exited")
    assert verify(store).ok


def test_a_string_is_split_without_a_shell(store: Store, tmp_path: Path) -> None:
    (tmp_path / "say.py").write_text("import sys; print(sys.argv[1:])")
    service = releasing(store, {"command": f"{sys.executable} say.py '$HOME; ls' \"a b\""}, folder=tmp_path)
    plan = service.run_commands(service.plan(NAME, "production"))
    assert answer(plan, "command").output == "['$HOME; ls', 'a b']\n"


@pytest.mark.parametrize(
    ("text", "reason", "output"),
    [
        ("print('bad'); raise SystemExit(3)", "ended with 3", "bad\n"),
        ("import os; os.write(2, b'\\xff\\x00'); raise SystemExit(1)", "ended with 1", "\ufffd\u2400"),
    ],
)
def test_a_command_that_fails_says_how(store: Store, tmp_path: Path, text: str, reason: str, output: str) -> None:
    service = releasing(store, {"command": program(tmp_path, text)}, folder=tmp_path)
    plan = service.run_commands(service.plan(NAME, "production"))
    found = answer(plan, "command")
    assert (found.state, found.output) == ("failed", output)
    assert found.reason.startswith(reason)
    assert not plan.allowed


def test_a_command_that_is_not_there_is_an_answer_too(store: Store, tmp_path: Path) -> None:
    service = releasing(store, {"command": ["no-such-program-here"]}, folder=tmp_path)
    found = answer(service.run_commands(service.plan(NAME, "production")), "command")
    assert found.state == "failed"
    assert "no-such-program-here: No such file" in found.output


def test_a_command_that_takes_too_long_is_ended(store: Store, tmp_path: Path) -> None:
    words = program(tmp_path, "import time\ntime.sleep(60)\n")
    service = releasing(store, {"command": {"run": words, "timeout": "1s"}}, folder=tmp_path)
    found = answer(service.run_commands(service.plan(NAME, "production")), "command")
    assert found.state == "failed"
    assert found.reason.startswith("stopped after")


def released(file: Path) -> bool:
    """Whether nobody locks it any more; a process that was killed takes a moment to be gone."""
    deadline = time.monotonic() + 20
    with file.open("w") as opened:
        while time.monotonic() < deadline:
            try:
                fcntl.flock(opened, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                time.sleep(0.01)
            else:
                return True
    return False


def test_a_command_that_is_cancelled_ends_with_all_that_it_started_and_is_not_kept(
    store: Store, tmp_path: Path
) -> None:
    held = tmp_path / "held"
    child = f"import fcntl, time; f = open({str(held)!r}, 'w'); fcntl.flock(f, 2); "
    child += "print('held', flush=True); time.sleep(60)"
    words = program(tmp_path, f"import subprocess, sys\nsubprocess.run([sys.executable, '-c', {child!r}])\n")
    service = releasing(store, {"command": words}, folder=tmp_path)
    heard: list[str] = []
    plan = service.plan(NAME, "production")
    results = service.commands(plan).run(lambda: bool(heard), lambda _label, text: heard.append(text))
    assert (results, "".join(heard).strip()) == ([], "held")
    assert released(held), "the child that held it lives on"
    service.keep(results)
    assert answer(service.again(plan), "command").state == "unknown"


def test_what_moves_while_a_command_runs_is_said(store: Store, tmp_path: Path, deploying: Deploying) -> None:
    service = releasing(store, {"command": program(tmp_path, "print('begun')")}, folder=tmp_path)
    plan = service.plan(NAME, "production")

    def promote_another(_label: str, _text: str) -> None:
        deploying.promote(f"{NAME}@1.0.0", "production", "hotfix")

    with pytest.raises(PlanMoved, match="hotfix") as caught:
        service.run_commands(plan, said=promote_another)
    assert isinstance(caught.value.plan, PromotionPlan)
    assert (caught.value.plan.current, answer(caught.value.plan, "command").state) == ("1.0.0", "passed")


def test_no_key_is_kept_in_the_output_or_told(store: Store, tmp_path: Path) -> None:
    words = program(tmp_path, "print('Authorization: Bearer abcdef0123456789, and topsecret99')")
    guarded = environments({"command": words})
    service = Releasing(store, guarded, "ana", folder=tmp_path, secrets=lambda: (Secret("topsecret99"),))
    heard: list[str] = []
    plan = service.run_commands(service.plan(NAME, "production"), said=lambda _label, text: heard.append(text))
    for text in (answer(plan, "command").output, "".join(heard)):
        assert "******" in text
        assert "abcdef" not in text
        assert "topsecret99" not in text


def test_a_pass_counts_for_its_content_and_for_its_time(store: Store, library: Library, tmp_path: Path) -> None:
    words = program(tmp_path, "")
    service = releasing(store, {"command": {"run": words, "counts_for": "1s"}}, folder=tmp_path)
    plan = service.run_commands(service.plan(NAME, "production"))
    assert answer(plan, "command").state == "passed"
    library.save(NAME, Content.of_text("another content"))
    assert answer(service.plan(NAME, "production"), "command").state == "unknown"
    real = store.clock
    store.clock = lambda: "2999-01-01T00:00:00.000000Z"
    late = answer(service.plan(f"{NAME}@1.0.2", "production"), "command")
    store.clock = real
    assert late.state == "unknown"
    assert "too long" in late.reason


# The checks that ask the store ------------------------------------------------------------------------------------


def at(minutes: int) -> str:
    return f"2026-09-01T{minutes // 60:02d}:{minutes % 60:02d}:00.000000Z"


def test_soaking_counts_the_time_in_the_environment_before(store: Store, deploying: Deploying) -> None:
    service = releasing(store, {"soaked": "2h"}, {"was_in": "staging"})

    def plan(minutes: int) -> PromotionPlan:
        store.clock = lambda: at(minutes)
        return service.plan(f"{NAME}@1.0.1", "production")

    def state(minutes: int) -> tuple[str, str]:
        planned = plan(minutes)
        return answer(planned, "soaked").state, answer(planned, "was_in").state

    def promote(number: str, minutes: int) -> Deployment:
        store.clock = lambda: at(minutes)
        return deploying.promote(f"{NAME}@{number}", "staging")

    assert state(0) == ("failed", "failed")
    promote("1.0.1", 10)
    assert state(129) == ("failed", "passed")
    # Who waits that long has waited enough: an hour and 59 minutes are two hours.
    assert [answer(plan(minutes), "soaked").hint for minutes in (11, 70, 129)] == [
        "wait 2h more",
        "wait 1h more",
        "wait 1m more",
    ]
    promote("1.0.2", 60)
    assert state(300) == ("failed", "passed")  # fifty minutes, then it was replaced
    promote("1.0.1", 301)
    assert state(301 + 119) == ("failed", "passed")
    assert state(301 + 120) == ("passed", "passed")
    promote("1.0.2", 500)
    assert state(501) == ("passed", "passed")
    assert state(0) == ("passed", "passed")  # a clock that was put back takes nothing away


def test_every_check_that_passes_lets_it_through(store: Store, library: Library, deploying: Deploying) -> None:
    library.tag(f"{NAME}@1.0.2", ["reviewed", "legal"])
    deploying.promote(NAME, "staging")
    Approving(store, environments(), "ben").approve(NAME, "production")
    service = releasing(
        store,
        "note",
        {"tagged": ["reviewed", "legal"]},
        {"was_in": "staging"},
        {"approved": 1},
        {"compared": {"min_votes": 3}},
    )
    plan = service.plan(NAME, "production")
    assert [check.state for check in plan.checks] == ["passed"] * 5, plan.checks
    service.promote(plan, "why")
    deploying.promote(f"{NAME}@1.0.1", "staging")
    unknown = answer(service.plan(f"{NAME}@1.0.1", "production"), "compared")
    assert (unknown.state, unknown.reason) == ("unknown", "0 of 3 votes against 1.0.2")
    assert unknown.hint == f"workbench compare {NAME}@1.0.2 {NAME}@1.0.1 --inputs FILE --vote"
