"""Files of other tools: what they say, that they come back byte for byte, and that an edit changes only its place."""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Callable
from pathlib import Path

import pytest

from workbench import formats
from workbench.domain.prompts import Content, Message
from workbench.errors import FormatError
from workbench.formats import PromptFile, Record
from workbench.formats.model import as_record

ENVIRONMENTS = ("dev", "staging", "production")
FILES = {
    "prompty": (
        "a/reply.prompty",
        """\
---
name: Reply        # a title
description: Answers
metadata:
  version: "2.0"
  tags: [support, production]
model:
  id: gpt-4o
  connection: {kind: key, apiKey: "${env:KEY}"}
  options:
    maxOutputTokens: 200
    temperature: 0.2
inputs:
  - name: question
    kind: string
    default: Why?
    enumValues: [Why?, How?]
custom: kept
---

system:
Be kind.

user:
{{ question }}
""",
    ),
    "dotprompt": (
        "a/reply.prompt",
        """\
# A comment above.
---
model: googleai/gemini
config:
  maxOutputTokens: 200
input:
  schema:
    question: string, what is asked
    tone?(enum): [kind, short]
  default: {tone: kind}
ext.x: kept
---
{{role "system"}}Be {{tone}}.
{{role "user"}}{{#if question}}{{question}}{{/if}}
""",
    ),
    "github-models": (
        "a/reply.prompt.yml",
        """\
name: Reply   # a title
description: Answers
model: openai/gpt-4o
modelParameters: {temperature: 0.2, maxTokens: 200}
messages:
  - role: system
    content: Be kind.
  - role: user
    content: |
      {{question}}
testData:
  - question: Why?
""",
    ),
    "llm": (
        "a/reply.yaml",
        "model: gpt-4o\n# how it sounds\nsystem: Be $tone.\nprompt: 'Answer: $input'\ndefaults: {tone: kind}\n",
    ),
    "continue": (
        "a/reply.prompt",
        "name: Reply\ndescription: Answers\ntemperature: 0.2\n---\n"
        "<system>\nBe kind.\n</system>\n\nAnswer @file.\n---\nMore.\n",
    ),
    "fabric": ("a/reply/system.md", "# IDENTITY\n\nAnswer in {{lang_code}}.\r\n\n# INPUT\n\nINPUT:\n"),
    "plain": ("prompts/reply.j2", "Answer {{ name }}.\r\n\n"),
    "langfuse": (
        "a/bulk.json",
        """\
[
 {"name": "a/reply", "version": 1, "type": "chat",
  "prompt": [{"role": "system", "content": "Be {{ tone }}."}, {"type": "placeholder", "name": "history"},
             {"role": "user", "content": "Hi"}],
  "config": {"model": "gpt-4o", "other": 1}, "tags": ["x"], "labels": ["production", "latest", "vip"],
  "commitMessage": "first"}
]""",
    ),
    "csv": (
        "a/prompts.csv",
        'act,prompt,for_devs\r\n"Rapper","Say ""yo"",\nthen rhyme.",FALSE\r\nPoet,Write {{ what }}.,TRUE\r\n',
    ),
    "texts": ("a/main_prompts.yaml", "# two of them\nsystem: |\n  Be kind.\nreminder: 'Be {{ tone }}.'\n"),
    "promptfoo": (
        "a/promptfooconfig.yaml",
        """\
# what is tried
prompts:
  - 'Translate {{text}}'   # inline
  - {id: chat, label: chat, raw: '[{"role": "system", "content": "Be kind."}, {"role": "user", "content": "{{text}}"}]'}
providers: [openai:gpt-4.1]
defaultTest:
  vars: {tone: calm}
tests:
  - vars: {text: [one, two]}
    assert: [{type: contains, value: x}]
  - vars: {text: three, tone: loud}
""",
    ),
}


def read(root: Path, format: str | None = None) -> list[PromptFile]:
    reading = formats.read_paths([root], format=format, environments=ENVIRONMENTS)
    assert reading.problems == ()
    return list(reading.files)


def laid(root: Path, name: str) -> list[PromptFile]:
    place, text = FILES[name]
    (root / place).parent.mkdir(parents=True, exist_ok=True)
    (root / place).write_bytes(text.encode())
    return read(root)


def back(found: list[PromptFile], name: str, **changed: Content) -> dict[str, bytes]:
    placed = []
    for file in found:
        record = as_record(file)
        content = changed.get("content", file.content) if file is found[0] else file.content
        version = dataclasses.replace(record.version, content=content)
        placed.append(
            (Record(version, record.description, record.tags, record.deployed, record.source, ENVIRONMENTS), file.name)
        )
    return dict(formats.write_all(placed, name).files)


@pytest.mark.parametrize("name", sorted(FILES))
@pytest.mark.parametrize(
    "change",
    [lambda text: text, lambda text: "\ufeff" + text, lambda text: text.replace("\r\n", "\n").replace("\n", "\r\n")],
    ids=["as it is", "BOM", "CRLF"],
)
def test_a_file_is_told_by_its_content_and_comes_back_byte_for_byte(
    tmp_path: Path, name: str, change: Callable[[str], str]
) -> None:
    place, text = FILES[name]
    data = change(text).encode()
    (tmp_path / place).parent.mkdir(parents=True)
    (tmp_path / place).write_bytes(data)
    found = read(tmp_path)
    assert {file.source["format"] for file in found} == {name}
    assert back(found, name) == {place: data}


@pytest.mark.parametrize("name", sorted(FILES))
def test_an_edited_text_changes_only_there(tmp_path: Path, name: str) -> None:
    found = laid(tmp_path, name)
    text = FILES[name][1]
    first = found[0].content
    word, other = next(
        (word, other)
        for word, other in (("kind", "warm"), ("Answer", "Reply"), ("yo", "hey"), ("Translate", "Turn"), ("Be", "Stay"))
        if word in first.messages[0].content
    )
    message = dataclasses.replace(first.messages[0], content=first.messages[0].content.replace(word, other))
    edited = dataclasses.replace(first, messages=(message, *first.messages[1:]))
    (data,) = back(found, name, content=edited).values()
    before, after = text.splitlines(), data.decode().splitlines()
    changed = [(a, b) for a, b in zip(before, after, strict=True) if a != b]
    assert [
        (a.replace(word, other).replace("'", "").replace('"', ""), b.replace("'", "").replace('"', ""))
        for a, b in changed
    ] == [(b.replace("'", "").replace('"', ""),) * 2 for _, b in changed]
    assert len(changed) == 1 if name not in ("csv", "langfuse") else len(changed) >= 1


@pytest.mark.parametrize(
    ("name", "setting", "line"),
    [
        ("prompty", {"model": "gpt-4o", "max_tokens": 200, "temperature": 0.9}, "    temperature: 0.9"),
        ("dotprompt", {"model": "googleai/gemini", "max_tokens": 300}, "  maxOutputTokens: 300"),
        (
            "github-models",
            {"model": "openai/gpt-4o", "temperature": 0.2, "max_tokens": 300},
            "modelParameters: {temperature: 0.2, maxTokens: 300}",
        ),
        ("llm", {"model": "gpt-5"}, "model: gpt-5"),
        ("continue", {"temperature": 0.9}, "temperature: 0.9"),
    ],
)
def test_an_edited_setting_changes_one_line(tmp_path: Path, name: str, setting: dict[str, object], line: str) -> None:
    found = laid(tmp_path, name)
    (data,) = back(found, name, content=dataclasses.replace(found[0].content, settings=setting)).values()
    changed = [(a, b) for a, b in zip(FILES[name][1].splitlines(), data.decode().splitlines(), strict=True) if a != b]
    assert [b for _, b in changed] == [line]


def test_prompty_says_number_tags_settings_and_inputs(tmp_path: Path) -> None:
    (found,) = laid(tmp_path, "prompty")
    assert (found.name, found.number, found.tags, found.deployed) == ("a/reply", "2.0.0", ("support",), ("production",))
    assert dict(found.content.settings) == {"model": "gpt-4o", "max_tokens": 200, "temperature": 0.2}
    assert [m.as_dict() for m in found.content.messages] == [
        {"role": "system", "content": "Be kind."},
        {"role": "user", "content": "{{ question }}"},
    ]
    (variable,) = found.content.variables
    assert (variable.type, variable.default, variable.choices) == ("string", "Why?", ("Why?", "How?"))


def test_prompty_roles_that_hang_on_a_loop_stay_in_the_text(tmp_path: Path) -> None:
    body = "system:\nBe kind.\n{% for m in ms %}\nuser:\n{{ m }}\n{% endfor %}\n"
    (tmp_path / "x.prompty").write_text("---\nname: x\ntemplate: jinja2\n---\n" + body)
    (found,) = read(tmp_path)
    assert [(m.role, m.content) for m in found.content.messages] == [("system", body)]
    assert "depend on the template" in found.warnings[0]


def test_prompty_refers_to_nothing_outside(tmp_path: Path) -> None:
    (tmp_path / "x.prompty").write_text("---\nname: x\ninputs: ${file:/etc/passwd}\n---\nsystem:\nHi\n")
    (found,) = read(tmp_path)
    assert found.content.variables == ()
    assert "is not followed" in found.warnings[0]


def test_dotprompt_says_inputs_and_cuts_roles_outside_of_blocks(tmp_path: Path) -> None:
    (found,) = laid(tmp_path, "dotprompt")
    assert [(v.name, v.type, v.description, v.default, v.choices) for v in found.content.variables] == [
        ("question", "string", "what is asked", None, ()),
        ("tone", "", "", "kind", ("kind", "short")),
    ]
    assert [m.role for m in found.content.messages] == ["system", "user"]
    (tmp_path / "a/loop.prompt").write_text('---\nmodel: m\n---\n{{#each t}}{{role "user"}}{{this}}{{/each}}')
    loop = next(file for file in read(tmp_path) if file.name == "a/loop")
    assert [m.role for m in loop.content.messages] == ["user"]


def test_github_models_say_a_schema_as_text(tmp_path: Path) -> None:
    schema = '{"name": "animal", "schema": {"type": "object"}}'
    (tmp_path / "x.prompt.yml").write_text(
        f"messages:\n  - {{role: user, content: Hi}}\nresponseFormat: json_schema\njsonSchema: '{schema}'\n"
    )
    (found,) = read(tmp_path)
    assert found.content.settings["response_format"] == {"type": "json_schema", "json_schema": json.loads(schema)}


def test_langfuse_says_number_labels_and_placeholders(tmp_path: Path) -> None:
    (found,) = laid(tmp_path, "langfuse")
    assert (found.name, found.number, found.note) == ("a/reply", "1.0.0", "first")
    assert (found.tags, found.version_tags, found.deployed) == (("x",), ("vip",), ("production",))
    assert dict(found.content.settings) == {"model": "gpt-4o"}
    assert "placeholder history" in found.warnings[0]


def test_promptfoo_says_prompts_and_variable_sets(tmp_path: Path) -> None:
    (tmp_path / "a/texts").mkdir(parents=True)
    (tmp_path / "a/texts/two.txt").write_text("First {{text}}\n---\n\n Second \n")
    (tmp_path / "a/texts/chat.yaml").write_text("- {role: user, content: 'Hi {{text}}'}\n")
    place, text = FILES["promptfoo"]
    (tmp_path / place).write_text(text.replace("providers", "  - file://texts/*.txt\n  - texts/chat.yaml\nproviders"))
    found = read(tmp_path)
    assert [(file.name, [(m.role, m.content) for m in file.content.messages]) for file in found] == [
        ("a", [("user", "Translate {{text}}")]),
        ("chat", [("system", "Be kind."), ("user", "{{text}}")]),
        ("a/texts/two-1", [("user", "First {{text}}")]),
        ("a/texts/two-2", [("user", "Second")]),
        ("a/texts/chat", [("user", "Hi {{text}}")]),
    ]
    assert found[0].source["variable_sets"] == [
        {"tone": "calm", "text": "one"},
        {"tone": "calm", "text": "two"},
        {"tone": "loud", "text": "three"},
    ]


def test_code_in_a_promptfoo_config_is_refused_by_name_and_stops_nothing_else(tmp_path: Path) -> None:
    (tmp_path / "promptfooconfig.yaml").write_text(
        "prompts:\n  - Hi {{x}}\n  - file://make.py\n  - file://p.js:build\n  - exec:./run.sh\n"
        "  - langfuse://x\n  - file://../../etc/passwd\n  - {id: f, function: x}\n"
    )
    reading = formats.read_paths([tmp_path])
    assert [file.content.text for file in reading.files] == ["[user]\nHi {{x}}"]
    told = [error.message.split("promptfooconfig.yaml")[1] for error in reading.problems]
    for line, words in (
        (3, "make.py is code"),
        (4, "p.js:build is code"),
        (5, "runs a program"),
        (6, "not fetched"),
        (7, "leads out"),
    ):
        assert any(one.startswith(f":{line}: ") and words in one for one in told), told
    assert any("f is a function" in one for one in told)


def test_a_langchain_manifest_is_read_as_data(tmp_path: Path) -> None:
    def node(name: str, **kwargs: object) -> dict[str, object]:
        return {"lc": 1, "type": "constructor", "id": ["langchain", "prompts", name], "kwargs": kwargs}

    template = node("PromptTemplate", template="Be {tone}. {{x}}", template_format="f-string")
    chat = node(
        "ChatPromptTemplate",
        messages=[
            node("SystemMessagePromptTemplate", prompt=template),
            node("MessagesPlaceholder", variable_name="history"),
            node("HumanMessagePromptTemplate", prompt=node("PromptTemplate", template="{q}")),
        ],
        partial_variables={"tone": "kind"},
    )
    path = tmp_path / "chat.json"
    path.write_text(json.dumps(node("RunnableSequence", first=chat, last=node("ChatOpenAI", model_name="gpt-4o"))))
    (found,) = read(tmp_path)
    assert found.content.format == "f-string"
    assert [(m.role, m.content) for m in found.content.messages] == [("system", "Be {tone}. {{x}}"), ("user", "{q}")]
    assert (found.content.variables[0].default, found.content.settings["model"]) == ("kind", "gpt-4o")
    assert "placeholder history" in found.warnings[0]
    path.write_text(json.dumps(node("FewShotPromptTemplate", examples=[])))
    with pytest.raises(FormatError, match="FewShotPromptTemplate is not read here"):
        formats.read(path)
    with pytest.raises(FormatError, match="cannot be written"):
        formats.write(Record(dataclasses.replace(as_record(found).version)), "x", "langchain")


def test_code_in_an_llm_template_stays_in_the_file(tmp_path: Path) -> None:
    (tmp_path / "x.yaml").write_text("prompt: Hi $input\nfunctions: |\n  import os\n")
    (found,) = read(tmp_path)
    assert "functions is code, which is never run" in found.warnings[0]
    assert found.content.text == "[user]\nHi $input"


def test_a_pattern_that_would_run_code_is_taken_literally(tmp_path: Path) -> None:
    (tmp_path / "p").mkdir()
    (tmp_path / "p/system.md").write_text("Hi {{plugin:sys:env:HOME}}\n")
    (found,) = read(tmp_path)
    assert (found.content.format, found.name) == ("literal", "p")
    assert "system.md:1" in found.warnings[0]


def test_plain_texts_are_taken_where_prompts_lie_or_where_asked_for(tmp_path: Path) -> None:
    for place in ("prompts/a.txt", "prompts/README.md", "docs/b.md", "c.txt", "x/d.jinja"):
        (tmp_path / place).parent.mkdir(exist_ok=True)
        (tmp_path / place).write_text("Hi\n")
    assert [file.name for file in read(tmp_path)] == ["prompts/a", "x/d"]
    assert [file.name for file in read(tmp_path, "plain")] == ["c", "docs/b", "prompts/README", "prompts/a", "x/d"]
    assert [file.name for file in read(tmp_path / "c.txt")] == ["c"]


def test_rows_with_one_name_are_told(tmp_path: Path) -> None:
    (tmp_path / "p.csv").write_text("act,prompt\nA b,one\na-b,two\n")
    (found,) = read(tmp_path)
    assert (found.name, found.content) == ("a-b", Content((Message("system", "one"),)))
    assert "p.csv:3: 'a-b' has the same name as 'A b'" in found.warnings[0]
