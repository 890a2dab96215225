"""The layouts with one file for many prompts: what is read, and that what was not edited comes back byte for byte."""

from __future__ import annotations

import dataclasses
import json
from pathlib import Path

import pytest

from workbench import formats
from workbench.domain.prompts import Content, Message
from workbench.errors import FormatError
from workbench.formats import PromptFile, Record
from workbench.formats.model import as_record

ENVIRONMENTS = ("dev", "staging", "production")
PROMPTS = """{
  "customer_support": {
    "name": "customer_support",
    "description": "Main customer support agent prompt",
    "versions": [
      {
        "version": 1,
        "template": "You help {{company_name}}.",
        "variables": ["company_name"],
        "model": "gpt-4o",
        "temperature": 0.3,
        "max_tokens": 1024,
        "created_at": "2026-01-02T10:00:00+00:00",
        "created_by": "system",
        "hash": "abc"
      },
      {
        "version": 2,
        "template": "You help {{company_name}} and {{customer_name}}.",
        "variables": ["company_name", "customer_name"],
        "model": "gpt-4o",
        "temperature": 0.3,
        "max_tokens": 1024,
        "created_at": "2026-01-03T10:00:00+00:00",
        "created_by": "ana",
        "hash": "def"
      }
    ],
    "active_version": 1,
    "tags": ["support", "production"]
  }
}
"""
REGISTRY = """{
    "customer-support": {
        "name": "Customer Support",
        "current_version": "1.3.2",
        "model": "claude-3-sonnet",
        "description": "Handles customer inquiries",
        "maintainer": "support-team@company.com",
        "registered_at": "2026-01-02T10:00:00",
        "deployments": {
            "production": {"version": "1.3.2", "deployed_at": "2026-01-03T10:00:00"},
            "staging": {"version": "1.4.0-rc1", "deployed_at": "2026-01-04T10:00:00"}
        }
    }
}"""
CONFIG = """\
# Which prompt goes where.
chat:
  version: "1.3"      # as in the changelog
  model: "gpt-4"
  temperature: 0.7
  system_prompt: "prompts/chat/system_prompt.txt"
  few_shot: "prompts/chat/few_shot_examples.json"
classification:
  version: "2.1"
  model: "gpt-3.5-turbo"
  temperature: 0.0
  system_prompt: "prompts/classification/system_prompt.txt"
"""
EXAMPLES = '[{"input": "Hi", "output": "Hello!", "category": "greeting"},\n {"input": "Bye", "output": "See you."}]'
CHANGES = "# Changelog\n\n## 1.3 - 2026-01-02\n- Softer tone\n- Shorter\n\n## 1.2\n- First\n"


def lay(root: Path, files: dict[str, str]) -> dict[str, bytes]:
    for relative, text in files.items():
        (root / relative).parent.mkdir(parents=True, exist_ok=True)
        (root / relative).write_bytes(text.encode())
    return {relative: text.encode() for relative, text in files.items()}


def reading(root: Path) -> dict[str, PromptFile]:
    found = formats.read_paths([root], environments=ENVIRONMENTS)
    assert found.problems == ()
    return {f"{file.name}@{file.number}": file for file in found.files}


def record(file: PromptFile, content: Content | None = None, number: str = "") -> Record:
    made = dataclasses.replace(as_record(file), environments=ENVIRONMENTS)
    version = dataclasses.replace(made.version, content=content or file.content, number=number or made.version.number)
    return dataclasses.replace(made, version=version)


def back(files: list[Record], format: str) -> dict[str, bytes]:
    return dict(formats.write_all([(one, one.name) for one in files], format).files)


def config_files(root: Path) -> dict[str, bytes]:
    return lay(
        root,
        {
            "prompts/prompt_config.yaml": CONFIG,
            "prompts/chat/system_prompt.txt": "You are kind.\n",
            "prompts/chat/few_shot_examples.json": EXAMPLES,
            "prompts/chat/CHANGELOG.md": CHANGES,
            "prompts/classification/system_prompt.txt": "Name the class of {{ text }}.",
        },
    )


def test_prompts_json_holds_versions_and_what_is_active(tmp_path: Path) -> None:
    files = lay(tmp_path, {"prompts.json": PROMPTS})
    found = reading(tmp_path)
    assert list(found) == ["customer_support@1.0.0", "customer_support@2.0.0"]
    first, second = found.values()
    assert (first.deployed, second.deployed, second.parent) == (("production",), (), "1.0.0")
    assert (first.tags, second.author) == (("support",), "ana")
    assert [variable.name for variable in second.content.variables] == ["company_name", "customer_name"]
    assert dict(first.content.settings) == {"model": "gpt-4o", "temperature": 0.3, "max_tokens": 1024}
    assert back([record(first), record(second)], "prompts-json") == files


def test_a_new_version_in_prompts_json_leaves_the_others_alone(tmp_path: Path) -> None:
    lay(tmp_path, {"prompts.json": PROMPTS})
    first, second = reading(tmp_path).values()
    content = dataclasses.replace(second.content, messages=(Message("system", "New {{company_name}}."),))
    third = record(dataclasses.replace(second, source={}), content, "3.0.0")
    written = json.loads(back([record(first), record(second), third], "prompts-json")["prompts.json"])
    old = json.loads(PROMPTS)["customer_support"]
    assert written["customer_support"]["versions"][:2] == old["versions"]
    assert written["customer_support"]["versions"][2]["version"] == 3
    assert written["customer_support"]["versions"][2]["template"] == "New {{company_name}}."


def test_registry_json_takes_texts_from_the_folders_and_says_what_is_live(tmp_path: Path) -> None:
    files = lay(tmp_path, {"registry.json": REGISTRY, "customer-support/system-prompt.txt": "You help.\n"})
    (found,) = reading(tmp_path).values()
    assert (found.name, found.number, found.deployed) == ("customer-support", "1.3.2", ("production",))
    assert (found.content.text, dict(found.content.settings)) == ("You help.\n", {"model": "claude-3-sonnet"})
    assert any("1.4.0-rc1 (staging) is not in the files" in warning for warning in found.warnings)
    assert back([record(found)], "registry-json") == files


def test_a_promotion_changes_only_the_deployments(tmp_path: Path) -> None:
    lay(tmp_path, {"registry.json": REGISTRY, "customer-support/system-prompt.txt": "You help.\n"})
    (found,) = reading(tmp_path).values()
    moved = dataclasses.replace(record(found), deployed=("production", "staging"))
    written = back([moved], "registry-json")["registry.json"].decode()
    assert json.loads(written)["customer-support"]["deployments"]["staging"] == {"version": "1.3.2"}
    assert [a for a, b in zip(REGISTRY.splitlines(), written.splitlines(), strict=True) if a != b] == [
        line for line in REGISTRY.splitlines() if "staging" in line
    ]


def test_a_registry_without_a_text_says_where_it_should_be(tmp_path: Path) -> None:
    lay(tmp_path, {"registry.json": REGISTRY})
    with pytest.raises(FormatError, match="there is no text for customer-support") as caught:
        formats.read(tmp_path)
    assert "customer-support/system-prompt.txt" in caught.value.hint


@pytest.mark.parametrize("top", [".", "prompts"])
def test_prompt_config_with_texts_examples_and_changes(tmp_path: Path, top: str) -> None:
    files = config_files(tmp_path)
    found = reading(tmp_path / top)
    assert set(found) == {"chat@1.3.0", "classification@2.1.0"}
    chat = found["chat@1.3.0"]
    assert [(m.role, m.content) for m in chat.content.messages] == [
        ("system", "You are kind.\n"),
        ("user", "Hi"),
        ("assistant", "Hello!"),
        ("user", "Bye"),
        ("assistant", "See you."),
        ("user", "{{ input }}"),
    ]
    assert chat.note == "Softer tone; Shorter"
    written = back([record(file) for file in found.values()], "prompt-config")
    cut = "" if top == "." else "prompts/"
    assert written == {relative.removeprefix(cut): data for relative, data in files.items()}


def test_an_edited_setting_changes_one_line_of_the_config(tmp_path: Path) -> None:
    config_files(tmp_path)
    found = reading(tmp_path)
    chat = found["chat@1.3.0"]
    warmer = dataclasses.replace(chat.content, settings={"model": "gpt-4", "temperature": 0.9})
    edited = record(chat, warmer, "1.4.0")
    edited = dataclasses.replace(edited, version=dataclasses.replace(edited.version, note="Warmer"))
    written = back([edited, record(found["classification@2.1.0"])], "prompt-config")
    config = written["prompts/prompt_config.yaml"].decode()
    assert config == CONFIG.replace('"1.3" ', "1.4.0 ").replace("temperature: 0.7", "temperature: 0.9")
    assert written["prompts/chat/CHANGELOG.md"].decode().startswith("# Changelog\n\n## 1.4.0\n\n- Warmer\n\n## 1.3 -")
    assert written["prompts/chat/few_shot_examples.json"] == EXAMPLES.encode()


@pytest.mark.parametrize("place", ["../../secret.txt", "/etc/passwd"])
def test_a_text_outside_the_folder_is_not_read(tmp_path: Path, place: str) -> None:
    (tmp_path / "secret.txt").write_text("secret")
    lay(tmp_path, {"in/prompt_config.yaml": f'chat:\n  version: "1.0"\n  system_prompt: {place}\n'})
    with pytest.raises(FormatError, match=r"prompt_config\.yaml:3: .* leads out"):
        formats.read(tmp_path / "in")


def test_examples_in_another_form_are_kept_and_named(tmp_path: Path) -> None:
    files = config_files(tmp_path) | lay(tmp_path, {"prompts/chat/few_shot_examples.json": '["a", "b"]'})
    found = reading(tmp_path)
    chat = found["chat@1.3.0"]
    assert len(chat.content.messages) == 1
    assert any("no pairs of texts; kept, not sent" in warning for warning in chat.warnings)
    assert back([record(file) for file in found.values()], "prompt-config") == files
