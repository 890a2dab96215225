"""The sample prompts are what they are meant to be: real, varied, in every layout, and without a fault."""

from __future__ import annotations

import json
from collections import defaultdict
from pathlib import Path

import pytest

from workbench import Workbench, formats
from workbench.cli.app import without_layouts
from workbench.domain.templates import names_in, render, variables_of
from workbench.domain.trying import tried
from workbench.domain.versions import highest
from workbench.formats import PromptFile
from workbench.formats.variable_sets import sets_of
from workbench.services.files.validating import validate_paths

SAMPLES = Path(__file__).parents[1] / "sample_prompts"
LAYOUTS = SAMPLES / "layouts"
ENVIRONMENTS = ("dev", "staging", "production")
FILES = tuple(
    file
    for file in formats.read_paths([SAMPLES], environments=ENVIRONMENTS).files
    if not Path(file.file).is_relative_to(LAYOUTS)
)
BY_NAME: dict[str, dict[str, PromptFile]] = defaultdict(dict)
for _file in FILES:
    BY_NAME[_file.name][_file.number or ""] = _file
LATEST = {name: versions[highest(versions) or ""] for name, versions in BY_NAME.items()}


def test_no_sample_has_a_fault() -> None:
    findings = validate_paths([path for path in SAMPLES.iterdir() if path != LAYOUTS])
    # The texts of a file's older variations are not in it; that is the layout, and worth saying.
    assert [f for f in findings if "kept as metadata" not in f.message] == []


def test_there_are_enough_of_every_kind() -> None:
    assert len(BY_NAME) >= 10
    assert sum(3 <= len(versions) <= 6 for versions in BY_NAME.values()) > len(BY_NAME) / 2
    assert {file.source["format"] for file in FILES} == {"native", "folder", "variations"}
    assert {file.content.format for file in FILES} >= {"jinja", "f-string"}
    texts = [file.content.text for file in LATEST.values()]
    assert any(len(text) > 4000 and max(map(len, text.split("\n\n"))) > 600 for text in texts)
    assert any("{% for" in text and "{% if" in text for text in texts)
    assert any(sum(m.role == "assistant" for m in file.content.messages) >= 3 for file in LATEST.values())
    settings = [file.content.settings for file in LATEST.values()]
    assert any(s.get("response_format", {}).get("type") == "json_schema" for s in settings)
    assert any(s.get("tools") for s in settings)


def test_the_demo_needs_no_other_model_than_its_own() -> None:
    assert {file.content.settings.get("model") for file in FILES} <= {None, "local/smollm2-135m"}


def test_something_is_live_in_every_environment() -> None:
    assert {environment for file in FILES for environment in file.deployed} == {"dev", "staging", "production"}


@pytest.mark.parametrize("name", sorted(LATEST))
def test_every_version_tells_its_story_and_renders(name: str) -> None:
    for file in BY_NAME[name].values():
        assert file.note, f"{file.file} has no note"
        assert file.author
        assert file.created_at
        assert file.description
        for variable in file.content.variables:
            assert variable.description, f"{file.file}: {variable.name} has no description"
        values = {
            variable.name: variable.choices[0] if variable.choices else "42" if variable.type == "integer" else "sample"
            for variable in variables_of(file.content)
            if not variable.has_default
        }
        rendered = render(file.content, values)
        assert not rendered.unused
        assert all(message.content.strip() or message.extra for message in rendered.messages)
        json.dumps([message.as_dict() for message in rendered.messages])


def test_versions_of_one_prompt_differ() -> None:
    for name, versions in BY_NAME.items():
        digests = [file.content.digest for file in versions.values()]
        assert len(set(digests)) == len(digests), name


def test_every_native_sample_is_as_the_program_would_write_it() -> None:
    assert [file.file for file in FILES if file.source["format"] == "native" and "raw" in file.source] == []


def test_f_string_samples_use_their_variables() -> None:
    for file in FILES:
        if file.content.format == "f-string":
            assert names_in(file.content.messages[0].content, "f-string") == {v.name for v in file.content.variables}


# One of every layout ------------------------------------------------------------------------------------------------


def test_every_layout_has_a_sample_that_imports_cleanly(tmp_path: Path) -> None:
    with Workbench.open(store=tmp_path / "store.db", actor="ana") as workbench:
        plan = workbench.porting.plan_import([LAYOUTS])
        assert (plan.count("refused"), plan.warnings, plan.other) == (0, (), ())
        report = workbench.porting.carry_out(plan, deploy=True)
        assert (report.refused, report.warnings) == ((), ())
        kinds = {str(item.stated.source["format"]) for item in report.items if item.stated}
        # The other three are what the samples outside of this folder are in; manifests are written by programs.
        assert kinds == set(formats.NAMES) - {"native", "folder", "variations", "langchain"}
        assert [row.version_count for row in workbench.library.prompts() if row.name == "travel/itinerary"] == [2]
        assert workbench.library.prompt("legal/contract-summary").live == {"staging": "2.1.0", "production": "2.1.0"}
        assert workbench.porting.plan_import([LAYOUTS]).count("same") == len(report.items)


def test_no_layout_sample_has_a_fault() -> None:
    assert validate_paths([LAYOUTS]) == []


def test_every_layout_sample_renders() -> None:
    tree = formats.DiskTree(LAYOUTS)
    for file in formats.read_paths([LAYOUTS]).files:
        cases, problems = sets_of(file, tree, file.file)
        assert problems == []
        trials = tried(file.name, file.number or "", file.content, cases)
        assert [trial for trial in trials if trial.severity == "error"] == []
        if file.source["format"] not in ("promptfoo", "dotprompt", "plain"):
            assert [trial.why for trial in trials if trial.why] == [], file.file


def test_every_layout_sample_goes_back_byte_for_byte(tmp_path: Path) -> None:
    with Workbench.open(store=tmp_path / "store.db", actor="ana") as workbench:
        workbench.porting.carry_out(workbench.porting.plan_import([LAYOUTS / "dotprompt"]))
        workbench.porting.export_report(tmp_path / "out", format="dotprompt")
    for file in (LAYOUTS / "dotprompt").iterdir():
        assert (tmp_path / "out" / file.name).read_bytes() == file.read_bytes()


def test_the_demo_leaves_the_layouts_out(tmp_path: Path) -> None:
    with Workbench.open(store=tmp_path / "store.db", actor="ana") as workbench:
        plan = without_layouts(workbench.porting.plan_import([SAMPLES]), SAMPLES)
        assert {item.prompt for item in plan.items} == set(BY_NAME)
