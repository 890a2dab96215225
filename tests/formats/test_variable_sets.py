"""Variable sets that stand in files: in tests of configs, in files that those name, and beside a prompt."""

from __future__ import annotations

import json
from pathlib import Path

from workbench import formats
from workbench.formats.tree import DiskTree
from workbench.formats.variable_sets import places_beside, sets_of


def test_promptfoo_tests_in_files_are_sets_too(tmp_path: Path) -> None:
    (tmp_path / "promptfooconfig.yaml").write_text(
        "prompts: ['Say {{ x }} to {{ who }}.']\nproviders: [echo]\n"
        "defaultTest: {vars: {who: all}}\n"
        "tests:\n  - vars: {x: inline}\n  - file://more.csv\n  - file://more.yaml\n  - file://more.jsonl\n"
        "  - file://code.py\n  - https://example.com/x.csv\n  - file://gone.json\n  - file://../outside.csv\n"
    )
    (tmp_path / "more.csv").write_text("x,who,__expected,__metadata:k\nfrom csv,Ana,contains: csv,1\n")
    (tmp_path / "more.yaml").write_text("- vars: {x: [one, two]}\n")
    (tmp_path / "more.jsonl").write_text('{"vars": {"x": "line"}}\n\n')
    (file,) = formats.read(tmp_path / "promptfooconfig.yaml")
    assert file.source["variable_sets"] == [
        {"who": "all", "x": "inline"},
        {"who": "Ana", "x": "from csv"},
        {"who": "all", "x": "one"},
        {"who": "all", "x": "two"},
        {"who": "all", "x": "line"},
    ]
    told = [warning.partition(" are not read: ")[2] for warning in file.warnings]
    assert told[:3] == ["code is never run", "they lie elsewhere, and nothing is fetched", "there is no such file"]
    assert "leads out of the folder" in told[3]
    (tmp_path / "promptfooconfig.yaml").write_text(
        "prompts: ['Say {{ x }}.']\nproviders: [echo]\ntests: file://more.csv\n"
    )
    assert len(formats.read(tmp_path / "promptfooconfig.yaml")[0].source["variable_sets"]) == 1


def test_test_data_of_github_models_are_sets_without_what_is_expected(tmp_path: Path) -> None:
    (tmp_path / "a.prompt.yml").write_text(
        "messages:\n  - {role: user, content: 'Sum up {{text}}'}\n"
        "testData:\n  - {text: one, expected: x}\n  - {text: two}\n"
    )
    (file,) = formats.read(tmp_path / "a.prompt.yml")
    assert (file.source["variable_sets"], file.warnings) == ([{"text": "one"}, {"text": "two"}], ())


def test_sets_beside_a_prompt_belong_to_it(tmp_path: Path) -> None:
    body = "messages:\n  - {role: system, content: 'Hi {{ x }}'}\n"
    (tmp_path / "a.yaml").write_text(body)
    (tmp_path / "a.inputs.jsonl").write_text('{"x": 1}\n{"x": 2}\n')
    (tmp_path / "b").mkdir()
    (tmp_path / "b" / "1.0.0.yaml").write_text(body)
    (tmp_path / "b.inputs.csv").write_text("x\nthree\n")
    (tmp_path / "c.inputs.yaml").write_text("- [")
    (tmp_path / "c.yaml").write_text(body)
    reading = formats.read_paths([tmp_path])
    assert ([file.name for file in reading.files], reading.problems, reading.other) == (["a", "c", "b"], (), ())
    tree = DiskTree(tmp_path)
    found = {
        file.name: sets_of(file, tree, origin.path) for file, origin in zip(reading.files, reading.origins, strict=True)
    }
    assert [case.values for case in found["a"][0]] == [{"x": 1}, {"x": 2}]
    assert [case.values for case in found["b"][0]] == [{"x": "three"}]
    assert found["c"][0] == []
    assert found["c"][1][0].file == str(tmp_path / "c.inputs.yaml")
    assert places_beside("x.prompt.yml", "x")[0] == "x.inputs.yaml"


def test_single_braces_are_variables_where_all_of_them_are_declared(tmp_path: Path) -> None:
    def read(template: str, variables: list[str]) -> tuple[str, int]:
        body = {"a": {"name": "a", "versions": [{"version": 1, "template": template, "variables": variables}]}}
        (tmp_path / "prompts.json").write_text(json.dumps(body))
        (file,) = formats.read(tmp_path / "prompts.json")
        return file.content.format, len(file.warnings)

    assert read("Hi {name} of {place}", ["name", "place"]) == ("f-string", 0)
    assert read("Hi {name} of {place}", ["name"]) == ("jinja", 1)
    assert read('Answer with {"name": 1}', ["name"]) == ("jinja", 0)
    assert read("Hi {{ name }}", ["name"]) == ("jinja", 0)
