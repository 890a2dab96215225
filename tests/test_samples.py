"""The sample prompts are what they are meant to be: real, varied, in every layout, and without a fault."""

from __future__ import annotations

import json
from collections import defaultdict
from pathlib import Path

import pytest

from workbench import formats
from workbench.domain.templates import names_in, render, variables_of
from workbench.domain.versions import highest
from workbench.formats import PromptFile
from workbench.services.validating import validate_paths

SAMPLES = Path(__file__).parents[1] / "sample_prompts"
FILES = formats.read_paths([SAMPLES], environments=("dev", "staging", "production")).files
BY_NAME: dict[str, dict[str, PromptFile]] = defaultdict(dict)
for _file in FILES:
    BY_NAME[_file.name][_file.number or ""] = _file
LATEST = {name: versions[highest(versions) or ""] for name, versions in BY_NAME.items()}


def test_no_sample_has_a_fault() -> None:
    findings = validate_paths([SAMPLES])
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
