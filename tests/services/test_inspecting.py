"""What a change touches, on real repositories: renames, deletions, several prompts in a file, and files beside one."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.support.repository import Repository
from workbench.domain.inputs import Case
from workbench.domain.inspections import Inspection
from workbench.domain.rules import Rules
from workbench.errors import BadInput, NotFound
from workbench.services.files.inspecting import inspect_change

LONG = "You are a patient assistant of the shop who answers every question in whole sentences."
OTHER = "You sort the letters of a town hall into heaps, one heap for each office that answers them."


def native(version: str, text: str = LONG, more: str = "") -> str:
    return f"version: {version}\nmessages:\n  - role: system\n    content: |\n      {text}\n{more}"


@pytest.fixture
def made(tmp_path: Path) -> Repository:
    repository = Repository(tmp_path / "r")
    repository.commit(
        "first",
        {
            "prompts/a.yaml": native("1.0.0"),
            "prompts/b/1.0.0.yaml": native("1.0.0", OTHER),
            "prompts/c/system-prompt.txt": LONG + "\n",
            "prompts/c/.prompt-metadata.json": json.dumps({"version": "1.0.0", "change_notes": "first"}),
            "prompts/many.csv": f'name,prompt\none,"{LONG}"\ntwo,"{OTHER}"\n',
            "chat/prompt_config.yaml": (
                "talk:\n  version: '1.0.0'\n  system_prompt: talk/system_prompt.txt\n"
                "  few_shot: talk/few_shot_examples.json\n"
                "sort:\n  version: '1.0.0'\n  system_prompt: sort/system_prompt.txt\n"
            ),
            "chat/talk/system_prompt.txt": LONG,
            "chat/talk/few_shot_examples.json": json.dumps([{"input": "Hi", "output": "Hello"}]),
            "chat/sort/system_prompt.txt": OTHER,
            ".gitignore": "ignored/\n",
            "README.md": "# A project\n",
        },
    )
    repository.git("checkout", "-q", "-b", "change")
    return repository


def seen(found: Inspection) -> list[tuple[str, str]]:
    return [(one.name, one.kind) for one in found.touched]


def codes(found: Inspection) -> list[tuple[str, str, str]]:
    return [(Path(one.where).name, one.severity, one.code) for one in found.findings]


def test_nothing_is_touched_where_nothing_changed(made: Repository) -> None:
    made.commit("other", {"README.md": "# Another\n", "src/x.py": "x = 1\n"})
    found = inspect_change([made.place], "main")
    assert (seen(found), found.findings, found.trials) == ([], (), ())


def test_each_kind_of_change_is_told(made: Repository) -> None:
    made.git("mv", "prompts/a.yaml", "prompts/renamed.yaml")
    made.git("rm", "-q", "-r", "prompts/c")
    made.commit(
        "several",
        {
            "prompts/b/1.1.0.yaml": native("1.1.0", OTHER + " Be kind."),
            "prompts/new.yaml": native("1.0.0", "Write a poem of four lines about {{ subject }}, without any rhyme."),
        },
    )
    found = inspect_change([made.place / "prompts"], "main")
    assert seen(found) == [("b", "changed"), ("c", "deleted"), ("new", "added"), ("renamed", "renamed")]
    b, c, new, renamed = found.touched
    assert (b.story, b.numbers, b.file) == ("1.0.0 → 1.1.0", ("1.1.0",), "prompts/b/1.1.0.yaml")
    assert b.difference is not None
    assert not b.difference.same
    assert (c.before.number if c.before else "", c.after, c.difference) == ("1.0.0", None, None)
    assert (new.before, renamed.was, renamed.story) == (None, "a", "renamed from a, 1.0.0")


def test_of_several_prompts_in_a_file_only_what_changed_is_touched(made: Repository) -> None:
    made.commit("one row", {"prompts/many.csv": f'name,prompt\none,"{LONG}"\ntwo,"{OTHER} Be quick."\n'})
    assert seen(inspect_change([made.place / "prompts"], "main")) == [("two", "changed")]


@pytest.mark.parametrize(
    ("path", "text", "name", "kind"),
    [
        ("chat/talk/few_shot_examples.json", '[{"input": "Hi", "output": "Good day"}]', "talk", "changed"),
        ("chat/sort/system_prompt.txt", OTHER + " Be quick.", "sort", "changed"),
        ("chat/talk/CHANGELOG.md", "# 1.0.0\n\nThe first one.\n", "talk", "around"),
        ("prompts/c/.prompt-metadata.json", '{"version": "1.0.0", "change_notes": "other"}', "c", "around"),
        ("prompts/a.inputs.yaml", "- {}\n", "a", "around"),
    ],
)
def test_a_file_that_belongs_to_a_prompt_counts_for_it(
    made: Repository, path: str, text: str, name: str, kind: str
) -> None:
    made.commit("beside", {path: text})
    folder = "chat" if path.startswith("chat") else "prompts"
    assert seen(inspect_change([made.place / folder], "main")) == [(name, kind)]


def test_content_that_changes_must_get_a_higher_number(made: Repository) -> None:
    made.commit(
        "edits",
        {
            "prompts/a.yaml": native("1.0.0", LONG + " Be kind."),
            "prompts/c/system-prompt.txt": LONG + " Be kind.\n",
            "prompts/b/1.0.0.yaml": native("0.9.0", OTHER),
            "chat/talk/system_prompt.txt": LONG + " Be kind.",
        },
    )
    found = inspect_change([made.place / "prompts", made.place / "chat"], "main")
    assert [finding for finding in codes(found) if finding[2] == "version"] == [
        ("prompt_config.yaml", "error", "version"),
        ("a.yaml", "error", "version"),
        ("1.0.0.yaml", "error", "version"),
        (".prompt-metadata.json", "error", "version"),
    ]
    by_file = {Path(one.where).name: one for one in found.findings if one.code == "version"}
    assert by_file["a.yaml"].hint == "raise it to 1.0.1"
    assert by_file["a.yaml"].line == 1
    assert by_file["prompt_config.yaml"].line == 2
    made.commit("raised", {"prompts/a.yaml": native("1.0.1", LONG + " Be kind.")})
    assert not [
        one for one in inspect_change([made.place / "prompts"], "main").findings if one.where.endswith("a.yaml")
    ]


def test_the_base_is_where_the_change_left_it(made: Repository) -> None:
    made.git("checkout", "-q", "main")
    made.commit("meanwhile", {"prompts/a.yaml": native("2.0.0", OTHER)})
    made.git("checkout", "-q", "change")
    made.commit("mine", {"prompts/b/1.1.0.yaml": native("1.1.0", OTHER + " Be kind.")})
    assert seen(inspect_change([made.place / "prompts"], "main")) == [("b", "changed")]


def test_the_other_side_can_be_the_files_the_index_or_a_commit(made: Repository) -> None:
    first = made.git("rev-parse", "HEAD").strip()
    made.write("prompts/untracked.yaml", native("1.0.0", OTHER))
    made.write("ignored/x.yaml", native("1.0.0"))
    made.write("prompts/a.yaml", native("1.1.0", LONG + " Be kind."))
    here = made.place / "prompts"
    assert seen(inspect_change([here])) == [("a", "changed"), ("untracked", "added")]
    assert seen(inspect_change([here], staged=True)) == []
    made.git("add", "prompts/a.yaml")
    made.write("prompts/a.yaml", "not yaml: [")
    assert seen(inspect_change([here], staged=True)) == [("a", "changed")]
    assert seen(inspect_change([here], "main", head=first)) == []


def test_a_hook_sees_the_index_that_git_made_for_the_commit(made: Repository, monkeypatch: pytest.MonkeyPatch) -> None:
    made.write("prompts/a.yaml", native("1.1.0", LONG + " Be kind."))
    other = made.place / ".git" / "other-index"
    other.write_bytes((made.place / ".git" / "index").read_bytes())
    monkeypatch.setenv("GIT_INDEX_FILE", str(made.place / ".git" / "index"))
    made.git("add", "prompts/a.yaml")
    assert seen(inspect_change([made.place / "prompts"], staged=True)) == [("a", "changed")]
    monkeypatch.setenv("GIT_INDEX_FILE", str(other))
    assert seen(inspect_change([made.place / "prompts"], staged=True)) == []


def test_a_repository_without_commits_and_a_base_of_zeros_have_all_prompts_added(tmp_path: Path) -> None:
    repository = Repository(tmp_path / "new")
    repository.write("a.yaml", native("1.0.0"))
    assert seen(inspect_change([repository.place])) == [("a", "added")]
    repository.git("add", "-A")
    assert seen(inspect_change([repository.place], staged=True)) == [("a", "added")]
    repository.commit("first")
    assert seen(inspect_change([repository.place], "0" * 40)) == [("a", "added")]


def test_a_link_and_a_file_that_git_ignores_are_no_prompts(made: Repository, tmp_path: Path) -> None:
    (tmp_path / "outside.yaml").write_text(native("1.0.0"))
    (made.place / "prompts" / "link.yaml").symlink_to(tmp_path / "outside.yaml")
    made.commit("link")
    assert seen(inspect_change([made.place / "prompts"], "main")) == []


def test_a_file_that_cannot_be_read_any_more_is_an_error(made: Repository) -> None:
    made.commit("broken", {"prompts/a.yaml": "messages:\n  - role: [\n"})
    found = inspect_change([made.place / "prompts"], "main")
    assert ("a.yaml", "error", "file") in codes(found)
    assert found.findings[0].where == "prompts/a.yaml"
    made.commit("not text", {"prompts/a.yaml": b"messages: \xff\n"})
    (finding,) = inspect_change([made.place / "prompts"], "main").findings
    assert (finding.where, finding.line, finding.code) == ("prompts/a.yaml", 1, "file")


def test_every_variable_set_is_rendered(made: Repository) -> None:
    text = "Answer {{ name }} of the plan {{ tier }} in whole sentences, as a colleague would."
    declared = "variables:\n  name: {}\n  tier: {choices: [free, pro], default: free}\n"
    made.commit(
        "sets",
        {
            "prompts/a.yaml": native("1.1.0", text, declared),
            "prompts/a.inputs.jsonl": '{"name": "Ana"}\n{"tier": "pro"}\n{"name": "Ben", "tier": "gold"}\n',
            "evals/promptfooconfig.yaml": (
                f"prompts:\n  - '{LONG} {{{{ topic }}}}'\nproviders: [echo]\n"
                "tests:\n  - vars: {topic: [tea, coffee]}\n  - vars: {other: x}\n"
            ),
        },
    )
    stored = {"a": [Case("kept", {"name": "Eve"})]}
    found = inspect_change([made.place / "prompts"], "main", sets=lambda name: stored.get(name, []))
    assert [(one.set, one.severity) for one in found.trials] == [
        ("a.inputs.jsonl:1", ""),
        ("a.inputs.jsonl:2", "error"),
        ("a.inputs.jsonl:3", "error"),
        ("kept", ""),
        ("made-up values", ""),
    ]
    assert codes(found) == [("a.yaml", "error", "render")] * 2
    assert "missing variable: name" in found.findings[0].message
    evals = inspect_change([made.place / "evals"], "main")
    assert [(one.set, bool(one.why), one.severity) for one in evals.trials] == [
        ("test 1", False, ""),
        ("test 2", False, ""),
        ("test 3", True, "warning"),
        ("made-up values", False, ""),
    ]


def test_only_prompts_that_are_touched_are_checked(made: Repository) -> None:
    made.git("checkout", "-q", "main")
    made.commit("an old fault", {"prompts/old.yaml": native("1.0.0", "Short.")})
    made.git("checkout", "-q", "-b", "later")
    made.commit("a new one", {"prompts/new.yaml": native("1.0.0", "Brief.")})
    found = inspect_change([made.place / "prompts"], "main")
    assert codes(found) == [("new.yaml", "warning", "length")]
    assert (
        inspect_change([made.place / "prompts"], "main", rules=Rules(off={"length": "short ones are meant"})).findings
        == ()
    )


def test_what_is_not_there_is_said(made: Repository, tmp_path: Path) -> None:
    with pytest.raises(NotFound, match="no commit 'mian'"):
        inspect_change([made.place], "mian")
    with pytest.raises(NotFound, match="no commit '--upload-pack=x'"):
        inspect_change([made.place], "--upload-pack=x")
    made.git("checkout", "-q", "--orphan", "alone")
    made.commit("alone")
    with pytest.raises(BadInput, match="no commit in common"):
        inspect_change([made.place], "main")
    (tmp_path / "plain").mkdir()
    with pytest.raises(NotFound, match="no git repository"):
        inspect_change([tmp_path / "plain"])


def test_a_version_between_others_is_held_against_the_one_below_it(made: Repository) -> None:
    made.git("checkout", "-q", "main")
    made.commit("later", {"prompts/b/2.0.0.yaml": native("2.0.0", OTHER + " Be quick.")})
    made.git("checkout", "-q", "-b", "backport")
    made.commit("mend", {"prompts/b/1.0.1.yaml": native("1.0.1", OTHER + " Be kind.")})
    (one,) = inspect_change([made.place / "prompts"], "main").touched
    assert (one.story, one.kind, one.file) == ("1.0.0 → 1.0.1", "changed", "prompts/b/1.0.1.yaml")
    made.git("rm", "-q", "prompts/b/1.0.0.yaml")
    made.commit("drop")
    (one,) = inspect_change([made.place / "prompts"], "main").touched
    assert (one.story, one.numbers) == ("1.0.0 → 1.0.1", ("1.0.1",))


def test_a_template_that_cannot_be_read_any_more_does_not_pass_for_a_plain_text(made: Repository) -> None:
    made.git("checkout", "-q", "main")
    text = LONG + "\nHello {{ name }}.\n"
    made.commit("template", {"prompts/d/system-prompt.txt": text, "prompts/d/.prompt-metadata.json": "{}"})
    made.git("checkout", "-q", "-b", "broken")
    made.commit("break", {"prompts/d/system-prompt.txt": text.replace("}}", "")})
    found = inspect_change([made.place / "prompts"], "main").findings
    assert [(one.where, one.line, one.code) for one in found if one.severity == "error"] == [
        ("prompts/d/system-prompt.txt", 2, "template")
    ]


def test_what_a_change_breaks_elsewhere_is_found(made: Repository) -> None:
    made.git("checkout", "-q", "main")
    reply = f"---\nmodel: m\n---\n{LONG} {{{{> style}}}}\n"
    made.commit("more", {"prompts/reply.prompt": reply, "prompts/_style.prompt": f"---\nmodel: m\n---\n{OTHER}\n"})
    made.git("checkout", "-q", "-b", "breaking")
    made.git("rm", "-q", "prompts/_style.prompt", "chat/sort/system_prompt.txt", "prompts/c/system-prompt.txt")
    made.commit("drop", {"prompts/twin.yaml": "name: a\n" + native("1.0.0", OTHER)})
    found = inspect_change([made.place / "prompts"], "main")
    told = {(Path(one.where).name, one.severity, one.code) for one in found.findings}
    assert ("reply.prompt", "warning", "link") in told
    assert (".prompt-metadata.json", "error", "file") in told
    assert any(one.code == "version" and "says something else" in one.message for one in found.findings)
    assert ("c", "unreadable") in seen(found)
    assert ("_style", "deleted") in seen(found)
    chat = inspect_change([made.place / "chat"], "main")
    assert ("prompt_config.yaml", "error", "file") in codes(chat)


def test_faults_that_were_there_before_are_nobodys_now(made: Repository) -> None:
    made.git("checkout", "-q", "main")
    made.commit(
        "old faults", {"prompts/broken.yaml": "messages: [\n", "prompts/twin.yaml": "name: b\n" + native("1.0.0")}
    )
    made.git("checkout", "-q", "-b", "clean")
    made.commit("mine", {"prompts/new.yaml": native("1.0.0", OTHER + " Be kind.")})
    assert inspect_change([made.place / "prompts"], "main").findings == ()
