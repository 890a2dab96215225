"""Import and export on a real store."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from workbench import Workbench
from workbench.domain.environments import DEFAULT_ENVIRONMENTS
from workbench.domain.prompts import Content
from workbench.errors import BadInput, NotFound, Refused
from workbench.services.files.porting import ImportPlan, Porting
from workbench.services.library import Library
from workbench.services.releases.deploying import Deploying
from workbench.store import open_store

SAMPLES = Path(__file__).parents[2] / "sample_prompts"


class Desk:
    """A store with what works on it."""

    def __init__(self, path: Path) -> None:
        self.store = open_store(path)
        self.library = Library(self.store, DEFAULT_ENVIRONMENTS, "ana")
        self.deploying = Deploying(self.store, DEFAULT_ENVIRONMENTS, "ana")
        self.porting = Porting(self.library, self.deploying)

    def bring(self, path: Path, deploy: bool = False) -> ImportPlan:
        plan = self.porting.plan_import([path])
        self.porting.carry_out(plan, deploy=deploy)
        return plan


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    made = Desk(tmp_path / "store.db")
    yield made
    made.store.close()


def tree(root: Path) -> dict[str, bytes]:
    return {path.relative_to(root).as_posix(): path.read_bytes() for path in root.rglob("*") if path.is_file()}


def prompt(text: str, **keys: str) -> str:
    head = "".join(f"{key}: {value}\n" for key, value in keys.items())
    return f"{head}messages:\n  - role: system\n    content: {text}\n"


def actions(plan: ImportPlan) -> list[tuple[str, str, str]]:
    return [(item.prompt, item.number, item.action) for item in plan.items]


def test_planning_changes_nothing_and_the_second_import_adds_nothing(desk: Desk, tmp_path: Path) -> None:
    plan = desk.porting.plan_import([SAMPLES])
    assert desk.library.prompts() == []
    assert plan.count("refused") == 0
    report = desk.porting.carry_out(plan, deploy=True)
    assert (report.refused, report.count("new") + report.count("changed")) == ((), len(plan.items))
    before = (desk.library.prompts(), desk.deploying.ledger())
    again = desk.bring(SAMPLES, deploy=True)
    assert {item.action for item in again.items} == {"same"}
    assert (desk.library.prompts(), desk.deploying.ledger()) == before


def test_all_versions_leave_and_come_back_as_they_were(desk: Desk, tmp_path: Path) -> None:
    desk.bring(SAMPLES, deploy=True)
    desk.porting.export(tmp_path / "out", all_versions=True)
    other = Desk(tmp_path / "other.db")
    other.bring(tmp_path / "out", deploy=True)
    assert [row.name for row in other.library.prompts()] == [row.name for row in desk.library.prompts()]
    for row in desk.library.prompts():
        assert other.deploying.live(row.name) == desk.deploying.live(row.name)
        theirs = [other.library.version(f"{row.name}@{v.number}") for v in other.library.versions(row.name)]
        ours = [desk.library.version(f"{row.name}@{v.number}") for v in desk.library.versions(row.name)]
        assert [
            (v.number, v.digest, v.note, v.author, v.created_at, v.parent, v.tags, v.environments) for v in theirs
        ] == [(v.number, v.digest, v.note, v.author, v.created_at, v.parent, v.tags, v.environments) for v in ours]
    other.porting.export(tmp_path / "again", all_versions=True)
    assert tree(tmp_path / "again") == tree(tmp_path / "out")
    other.store.close()


@pytest.mark.parametrize(
    ("format", "place"), [("folder", "onboarding/welcome-email"), ("variations", "sales/lead-qualifier")]
)
def test_users_own_layouts_come_back_byte_for_byte(desk: Desk, tmp_path: Path, format: str, place: str) -> None:
    desk.bring(SAMPLES)
    desk.porting.export(tmp_path / "out", [place], format=format)
    written = tree(tmp_path / "out")
    assert written == {relative: data for relative, data in tree(SAMPLES).items() if relative.startswith(place)}
    assert written


def test_a_taken_number_with_other_content_is_refused_with_a_free_one(desk: Desk, tmp_path: Path) -> None:
    path = tmp_path / "in" / "greeting.yaml"
    path.parent.mkdir()
    path.write_text(prompt("Hello.", version="1.2.0"))
    desk.bring(path)
    path.write_text(prompt("Good day.", version="1.2.0"))
    (item,) = desk.porting.plan_import([path]).items
    assert (item.action, item.number) == ("refused", "1.2.0")
    assert "exists with other content" in item.reason
    assert "1.2.1" in item.hint
    report = desk.porting.carry_out(desk.porting.plan_import([path]))
    assert len(report.refused) == 1
    assert desk.library.version("greeting").content.text == "Hello."


def test_without_a_number_new_content_goes_on_top_and_known_content_is_the_same(desk: Desk, tmp_path: Path) -> None:
    path = tmp_path / "greeting.yaml"
    path.write_text(prompt("One."))
    assert actions(desk.bring(path)) == [("greeting", "1.0.0", "new")]
    path.write_text(prompt("Two."))
    assert actions(desk.bring(path)) == [("greeting", "1.0.1", "changed")]
    path.write_text(prompt("One."))
    assert actions(desk.bring(path)) == [("greeting", "1.0.0", "same")]
    assert [row.number for row in desk.library.versions("greeting")] == ["1.0.1", "1.0.0"]


def test_a_lower_number_with_what_the_highest_says_is_the_same(desk: Desk, tmp_path: Path) -> None:
    desk.library.save("greeting", Content.of_text("One."), number="2.0.0")
    (tmp_path / "greeting.yaml").write_text(prompt("One.", version="1.0.0"))
    assert actions(desk.porting.plan_import([tmp_path / "greeting.yaml"])) == [("greeting", "2.0.0", "same")]


def test_an_older_version_that_comes_later_finds_its_parent(desk: Desk, tmp_path: Path) -> None:
    path = tmp_path / "greeting.yaml"
    for number, text in (("1.0.0", "One."), ("2.0.0", "Two."), ("1.1.0", "Between.")):
        path.write_text(prompt(text, version=number))
        desk.bring(path)
    assert desk.library.version("greeting@1.1.0").parent == "1.0.0"
    assert desk.library.prompt("greeting").latest == "2.0.0"


def test_one_bad_file_does_not_stop_the_others_and_is_named(desk: Desk, tmp_path: Path) -> None:
    root = tmp_path / "in"
    root.mkdir()
    (root / "good.yaml").write_text(prompt("Hello."))
    (root / "bomb.yaml").write_text("messages: &a [*a]\n")
    (root / "broken.yaml").write_text(prompt('"{{ a"'))
    (root / "named.yaml").write_text(prompt("Hi.", name="../../etc/passwd"))
    (root / "twin-a.yaml").write_text(prompt("Hi.", name="Twin"))
    (root / "twin-b.yaml").write_text(prompt("Hi.", name="twin"))
    plan = desk.porting.plan_import([root])
    report = desk.porting.carry_out(plan)
    assert [row.name for row in desk.library.prompts()] == ["Twin", "good"]
    refused = {Path(item.file).name: item.reason for item in report.refused}
    assert set(refused) == {"bomb.yaml", "broken.yaml", "named.yaml", "twin-b.yaml"}
    assert "inside its own anchor" in refused["bomb.yaml"]
    assert [item.line for item in report.refused if item.file.endswith("bomb.yaml")] == [1]
    assert "'..'" in refused["named.yaml"]
    assert "upper and lower case" in refused["twin-b.yaml"]


def test_the_store_may_move_between_plan_and_act(desk: Desk, tmp_path: Path) -> None:
    path = tmp_path / "greeting.yaml"
    path.write_text(prompt("Hello.", version="1.0.0"))
    plan = desk.porting.plan_import([path])
    desk.library.save("greeting", Content.of_text("Somebody else's."), number="1.0.0")
    report = desk.porting.carry_out(plan)
    assert [item.action for item in report.items] == ["refused"]
    assert desk.library.version("greeting@1.0.0").content.text == "Somebody else's."


def test_live_is_applied_only_when_asked_and_leaves_something_to_roll_back_to(desk: Desk) -> None:
    desk.bring(SAMPLES)
    assert desk.deploying.ledger() == []
    desk.bring(SAMPLES, deploy=True)
    assert desk.deploying.live("support/customer-support") == {
        "dev": "1.3.0",
        "staging": "1.4.0-rc.1",
        "production": "1.3.0",
    }
    moved = desk.deploying.rollback("support/customer-support", "production", "try it")
    assert moved.after == "1.2.0"
    assert desk.library.prompt("onboarding/welcome-email").live["production"] == "1.3.2"


def test_what_is_live_now_is_what_is_exported(desk: Desk, tmp_path: Path) -> None:
    desk.bring(SAMPLES, deploy=True)
    out = tmp_path / "out"
    (path,) = desk.porting.export(out, ["support/customer-support"], environment="production")
    assert b"version: 1.3.0\n" in path.read_bytes()
    assert b"deployed: [dev, production]\n" in path.read_bytes()
    desk.deploying.rollback("support/customer-support", "production", "try it")
    desk.porting.export(out, ["support/customer-support"], environment="production")
    assert b"version: 1.2.0\n" in path.read_bytes()


def test_a_users_own_file_follows_what_happened_in_the_store(desk: Desk, tmp_path: Path) -> None:
    path = tmp_path / "greeting.yaml"
    path.write_text("# by hand\n" + prompt("Hello.", version="1.0.0"))
    desk.bring(path)
    (out,) = desk.porting.export(tmp_path / "out")
    assert out.read_text() == path.read_text()
    desk.deploying.promote("greeting@1.0.0", "dev", "try it")
    desk.porting.export(tmp_path / "out")
    assert "deployed: [dev]\n" in out.read_text()


def test_an_environment_that_is_not_here_is_a_warning(desk: Desk, tmp_path: Path) -> None:
    path = tmp_path / "greeting.yaml"
    path.write_text(prompt("Hello.", deployed="[moon, dev]", tags="[latest, fine]"))
    report = desk.porting.carry_out(desk.porting.plan_import([path]), deploy=True)
    assert report.deployed == (("greeting", "dev", "1.0.0"),)
    assert any("moon" in warning for warning in report.warnings)
    assert any("'latest' is reserved" in warning for warning in report.warnings)
    assert desk.library.prompt("greeting").tags == ("fine",)


def test_a_file_that_is_something_else_is_never_overwritten(desk: Desk, tmp_path: Path) -> None:
    desk.library.save("a/compose", Content.of_text("Hello."))
    desk.library.save("a/good", Content.of_text("Hello."))
    out = tmp_path / "out"
    (out / "a").mkdir(parents=True)
    (out / "a" / "compose.yaml").write_text("services: {}\n")
    with pytest.raises(Refused, match="is not a/compose"):
        desk.porting.export(out)
    assert tree(out) == {"a/compose.yaml": b"services: {}\n"}
    desk.porting.export(out, ["a/good"])
    desk.library.save("a/good", Content.of_text("Hello again."))
    desk.porting.export(out, ["a/good"])
    assert b"Hello again." in (out / "a" / "good.yaml").read_bytes()


def test_a_name_with_a_leading_dot_never_reaches_a_hidden_folder(desk: Desk, tmp_path: Path) -> None:
    desk.library.save(".git/hooks/post-commit", Content.of_text("Hello."))
    (path,) = desk.porting.export(tmp_path / "out")
    assert path.relative_to(tmp_path / "out").as_posix() == "~.git/hooks/post-commit.yaml"
    assert actions(desk.porting.plan_import([tmp_path / "out"])) == [(".git/hooks/post-commit", "1.0.0", "same")]


def test_wishes_that_do_not_go_together_are_said(desk: Desk, tmp_path: Path) -> None:
    desk.library.save("a", Content.of_text("Hello."))
    with pytest.raises(BadInput, match="one version"):
        desk.porting.export(tmp_path / "out", format="folder", all_versions=True)
    with pytest.raises(BadInput, match="two wishes"):
        desk.porting.export(tmp_path / "out", environment="dev", all_versions=True)
    with pytest.raises(BadInput, match="unknown format"):
        desk.porting.export(tmp_path / "out", format="natif")
    with pytest.raises(NotFound, match="no environment"):
        desk.porting.export(tmp_path / "out", environment="prod")
    with pytest.raises(NotFound, match="nothing of a is live"):
        desk.porting.export(tmp_path / "out", ["a"], environment="dev")
    with pytest.raises(NotFound):
        desk.porting.export(tmp_path / "out", ["b"])
    assert not (tmp_path / "out").exists()


def test_odd_texts_survive_the_whole_way(desk: Desk, tmp_path: Path) -> None:
    texts = ["", "a\r\nb\r\n", "\ufeffx", "no end", "tab\t \n\n\n", "\x1b]52;c;eA==\x07", "  indented\n", "é🎉\u202e\n"]
    for index, text in enumerate(texts):
        desk.library.save(f"odd/{index}", Content.of_text(text, "literal"))
    for layout in ("native", "folder", "variations"):
        out = tmp_path / layout
        desk.porting.export(out, format=layout)
        plan = desk.porting.plan_import([out])
        assert {item.action for item in plan.items} == {"same"}, layout
        assert len(plan.items) == len(texts)


def test_an_edit_in_a_users_own_file_is_a_new_version(desk: Desk, tmp_path: Path) -> None:
    shutil.copytree(SAMPLES / "onboarding", tmp_path / "onboarding")
    here = tmp_path / "onboarding" / "welcome-email"
    desk.bring(tmp_path)
    metadata = (here / ".prompt-metadata.json").read_text()
    (here / ".prompt-metadata.json").write_text(metadata.replace('"1.3.2"', '"1.4.0"').replace("Three steps", "Steps"))
    (here / "system-prompt.txt").write_text("Shorter.\n")
    assert actions(desk.bring(tmp_path)) == [("onboarding/welcome-email", "1.4.0", "changed")]
    version = desk.library.version("onboarding/welcome-email")
    assert (version.parent, version.note) == ("1.3.2", "Steps in place of five; no request for a review any more")


def test_progress_is_told_for_reading_and_for_saving(desk: Desk) -> None:
    seen: list[tuple[int, int]] = []
    plan = desk.porting.plan_import([SAMPLES / "support"], progress=lambda *step: seen.append(step))
    assert seen[-1] == (8, 8)
    desk.porting.carry_out(plan, progress=lambda *step: seen.append(step))
    assert seen.count((8, 8)) == 2


def test_convert_rewrites_what_is_provably_the_same_and_says_why_not(desk: Desk, tmp_path: Path) -> None:
    (tmp_path / "a.prompt.yml").write_text("messages: [{role: user, content: 'Hi {{name}} {{ raw }}'}]\n")
    (tmp_path / "b.prompt").write_text("---\nmodel: m\n---\n{{#if x}}{{x}}{{/if}}")
    plan = desk.porting.plan_import([tmp_path], convert=True)
    desk.porting.carry_out(plan)
    content = desk.library.version("a").content
    assert (content.format, content.messages[0].content) == ("jinja", "Hi {{ name }} {{ '{{' }} raw }}")
    assert desk.library.version("b").content.format == "handlebars"
    assert any("b.prompt: kept in handlebars, not converted: message 1: it has logic" in w for w in plan.warnings)


def test_two_files_of_one_name_are_not_two_versions(desk: Desk, tmp_path: Path) -> None:
    (tmp_path / "a.prompty").write_text("system:\nOne\n")
    (tmp_path / "a.j2").write_text("Two")
    plan = desk.porting.plan_import([tmp_path])
    assert actions(plan) == [("a", "1.0.0", "new"), ("a", "", "refused")]
    assert "has the same name as" in plan.items[1].reason


def test_the_sets_of_a_config_come_along_once_and_nobodys_own_is_changed(tmp_path: Path) -> None:
    (tmp_path / "promptfooconfig.yaml").write_text(
        "prompts: ['Say {{ x }} to {{ who }}.']\nproviders: [echo]\n"
        "tests:\n  - vars: {x: [hello, goodbye], who: Ana}\n  - vars: {}\n"
    )
    with Workbench.open(store=tmp_path / "store.db", actor="ana") as workbench:
        plan = workbench.porting.plan_import([tmp_path / "promptfooconfig.yaml"])
        workbench.porting.carry_out(plan)
        (row,) = workbench.library.prompts()
        sets = {one.name: one.values for one in workbench.inputs.sets(row.name)}
        assert sets == {"test 1": {"x": "hello", "who": "Ana"}, "test 2": {"x": "goodbye", "who": "Ana"}}
        workbench.inputs.save(row.name, "test 1", {"x": "mine", "who": "me"})
        text = (tmp_path / "promptfooconfig.yaml").read_text().replace("Say", "Tell")
        (tmp_path / "promptfooconfig.yaml").write_text(text.replace("vars: {}", "vars: {x: third, who: Ben}"))
        workbench.porting.carry_out(workbench.porting.plan_import([tmp_path / "promptfooconfig.yaml"]))
        texts = {one.name: one.values["x"] for one in workbench.inputs.sets(row.name)}
        assert texts == {"test 1": "mine", "test 2": "goodbye", "test 3": "third"}
