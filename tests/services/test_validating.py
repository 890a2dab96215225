"""Findings with file and line."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from workbench.domain.checking import flaws
from workbench.domain.environments import DEFAULT_ENVIRONMENTS
from workbench.domain.prompts import Content, Message, Variable
from workbench.domain.rules import Rules, secrets
from workbench.services.files.validating import Validating, validate_paths
from workbench.services.library import Library
from workbench.store import open_store

HEAD = (
    "messages:\n  - role: system\n    content: |\n"
    "      Hello {{ name }}, it is good to have you here with us today.\n      Bye.\n"
)

LONG = "You are a patient assistant who answers in whole sentences."


def found(tmp_path: Path, body: str) -> list[tuple[int, str, str]]:
    path = tmp_path / "x.yaml"
    path.write_text(body)
    findings = validate_paths([path])
    assert all(finding.where == str(path) for finding in findings)
    return [(one.line, one.severity, f"{one.message}; {one.hint}" if one.hint else one.message) for one in findings]


def test_what_is_right_has_no_findings(tmp_path: Path) -> None:
    assert found(tmp_path, HEAD + "variables:\n  name: {default: Ana}\nsettings: {temperature: 0.3}\n") == []


@pytest.mark.parametrize(
    ("body", "line", "severity", "words"),
    [
        (HEAD, 4, "warning", "name is used but not declared"),
        (HEAD + "variables:\n  name:\n  nmae:\n", 8, "warning", "nmae is declared but not used"),
        (HEAD.replace("Bye.", "Bye {% if %}."), 5, "error", ""),
        (HEAD + "variables:\n  name: {choices: [a, b], default: c}\n", 7, "error", "the default does not fit"),
        (HEAD + "variables:\n  name: {type: integer, choices: [a]}\n", 7, "error", "a choice does not fit"),
        (HEAD + "variables:\n  name: {choices: [a, a]}\n", 7, "warning", "stands twice"),
        (HEAD + "variables: {name: }\nsettings:\n  temperature: 3\n", 8, "error", "a number from 0 to 2"),
        (HEAD + "variables: {name: }\nsettings:\n  temprature: 1\n", 8, "warning", "did you mean temperature?"),
        (HEAD + "variables: {name: }\nsettings:\n  max_tokens: 0\n", 8, "error", "a whole number from 1"),
        (HEAD + "variables: {name: }\nsettings:\n  response_format: json\n", 8, "error", "no type"),
        (
            HEAD + "variables: {name: }\nsettings:\n  response_format:\n    type: json_schema\n    json_schema:\n"
            "      name: a\n      schema:\n        type: object\n        properties: {total: {type: number}}\n"
            "        required: [totl]\n",
            15,
            "error",
            "did you mean total?",
        ),
        (
            HEAD + "variables: {name: }\nsettings:\n  response_format:\n    type: json_schema\n    json_schema:\n"
            "      name: a\n      schema: {type: objekt}\n",
            12,
            "error",
            "'objekt' is not a JSON Schema type",
        ),
        (HEAD + "variables: {name: }\nsettings:\n  tools: [{type: function}]\n", 8, "error", "tool 1"),
        (HEAD + "variables: {name: }\nsettings:\n  tool_choice: required\n", 8, "error", "no tools"),
        (HEAD + "variables: {name: }\nsettings:\n  stream: true\n", 8, "error", "made for each run"),
        (HEAD.replace("Bye", "B\u00ady\U000e0100e") + "variables: {name: }\n", 5, "warning", "U+00AD"),
        (HEAD.replace("Bye", "B\u202eye") + "variables: {name: }\n", 5, "warning", "U+202E"),
        ("name: ../x\n" + HEAD + "variables: {name: }\n", 1, "error", "segment"),
        (HEAD + "variabels: {name: }\n", 6, "warning", "did you mean variables?"),
        ("a: [\n", 2, "error", ""),
        (HEAD.replace("role: system", "role: sistem"), 2, "error", "did you mean system?"),
    ],
)
def test_each_mistake_is_found_where_it_is(tmp_path: Path, body: str, line: int, severity: str, words: str) -> None:
    findings = found(tmp_path, body)
    assert any((at, level) == (line, severity) and words in message for at, level, message in findings), findings


def test_files_are_held_against_each_other(tmp_path: Path) -> None:
    body = "name: {}\nversion: 1.0.0\nmessages:\n  - {{role: system, content: {}}}\n"
    (tmp_path / "a.yaml").write_text(body.format("same", "one"))
    (tmp_path / "b.yaml").write_text(body.format("same", "two"))
    (tmp_path / "c.yaml").write_text(body.format("Same", "one"))
    messages = [finding.message for finding in validate_paths([tmp_path]) if finding.severity == "error"]
    assert any("same@1.0.0 says something else" in message for message in messages)
    assert any("upper and lower case" in message for message in messages)


def test_the_folder_layout_is_pointed_at_in_its_text(tmp_path: Path) -> None:
    (tmp_path / "p").mkdir()
    (tmp_path / "p" / "system-prompt.txt").write_text("One.\nTwo {{ x }}.\n")
    (tmp_path / "p" / ".prompt-metadata.json").write_text('{"version": "1.0.0", "variables": {"y": {}}}')
    findings = {(Path(f.where).name, f.line, f.message) for f in validate_paths([tmp_path])}
    assert ("system-prompt.txt", 2, "the variable x is used but not declared") in findings


def test_stored_prompts_are_checked_too(tmp_path: Path) -> None:
    store = open_store(tmp_path / "store.db")
    library = Library(store, DEFAULT_ENVIRONMENTS, "ana")
    library.save("good", Content.of_text("Hello. " * 9, temperature=0.3))
    library.save("odd", Content((Message("system", "a"), Message("user", "b\n{{ x }}")), settings={"top_p": 7}))
    validating = Validating(library)
    assert validating.validate_prompts(["good"]) == []
    findings = validating.validate_prompts()
    assert [(f.where, f.line, f.severity, f.code) for f in findings] == [
        ("odd@1.0.0", 2, "warning", "variables"),
        ("odd@1.0.0", 0, "error", "settings"),
        ("odd@1.0.0", 0, "warning", "length"),
    ]
    store.close()


def plain(tmp_path: Path, text: str, rules: Rules | None = None) -> list[tuple[int, str, str]]:
    path = tmp_path / "prompts" / "x.md"
    path.parent.mkdir(exist_ok=True)
    path.write_text(text)
    return [(finding.line, finding.severity, finding.code) for finding in validate_paths([path], rules=rules)]


@pytest.mark.parametrize(
    "secret",
    [
        "sk-proj-abcdefghijklmnopqrstuvwxyz0123",
        "AKIAIOSFODNN7EXAMPLE",
        "ghp_" + "a1" * 18,
        "-----BEGIN OPENSSH PRIVATE KEY-----",
        "xoxb-1234567890-abcdef",
    ],
)
def test_what_looks_like_a_key_is_found_and_not_repeated(tmp_path: Path, secret: str) -> None:
    text = LONG + f"\nUse {secret} for it.\n"
    assert plain(tmp_path, text) == [(2, "error", "secret")]
    assert secret not in validate_paths([tmp_path / "prompts/x.md"])[0].message
    assert plain(tmp_path, LONG + "\nAsk for the sk-ill of the AKIA team.\n") == []


def test_length_links_and_metadata_are_asked_for(tmp_path: Path) -> None:
    assert plain(tmp_path, "Short.") == [(0, "warning", "length")]
    assert plain(tmp_path, "Short.", Rules(min_length=3)) == []
    assert plain(tmp_path, LONG, Rules(max_length=10)) == [(0, "warning", "length")]
    linked = LONG + "\nSee [this](x.md), [that](https://a.b/c.md), [it](#a) and\n[those](gone.md).\n"
    assert plain(tmp_path, linked) == [(3, "warning", "link")]
    assert plain(tmp_path, linked, Rules(off={"link": "kept elsewhere"})) == []
    assert plain(tmp_path, LONG, Rules(required=("description", "model"))) == [(1, "error", "metadata")] * 2


def test_a_number_that_is_saved_with_other_content_must_go_up(tmp_path: Path) -> None:
    store = open_store(tmp_path / "store.db")
    library = Library(store, DEFAULT_ENVIRONMENTS, "ana")
    library.save("x", Content.of_text(LONG), number="1.2.0")
    path = tmp_path / "x.yaml"
    path.write_text(f"version: 1.2.0\nmessages:\n  - {{role: system, content: '{LONG}'}}\n")
    assert validate_paths([path], library=library) == []
    path.write_text(f"version: 1.2.0\nmessages:\n  - {{role: system, content: '{LONG} More.'}}\n")
    (finding,) = validate_paths([path], library=library)
    assert (finding.line, finding.code, finding.hint) == (1, "version", "raise it to 1.2.1")
    store.close()


def of_content(content: Content) -> list[tuple[str, str, str]]:
    """(code, place, words)"""
    return [(flaw.code, ".".join(map(str, flaw.path)), f"{flaw.message}; {flaw.hint}") for flaw in flaws(content)]


@pytest.mark.parametrize(
    ("settings", "words"),
    [
        ({"model": "o3-mini", "temperature": 0.2}, "o3-mini refuses temperature"),
        ({"model": "o3-mini", "temperature": 1}, ""),
        ({"model": "openai/gpt-5-mini", "max_tokens": 10}, "max_completion_tokens"),
        ({"model": "openai/gpt-5-chat-latest", "temperature": 0.2}, ""),
        ({"model": "gpt-5.1", "temperature": 0.2}, "refuses temperature"),
        ({"model": "gpt-5.1", "temperature": 0.2, "reasoning_effort": "none"}, ""),
        ({"model": "o4-mini", "stop": ["x"]}, "refuses stop"),
        ({"model": "gpt-4o", "reasoning_effort": "low"}, "does not reason"),
        ({"model": "openai/gpt-4o", "top_k": 4}, "does not know top_k"),
        ({"model": "openrouter/openai/gpt-4o", "top_k": 4}, ""),
        ({"model": "anthropic/claude-sonnet-4-5", "seed": 4}, "ignores seed"),
        ({"model": "anthropic/claude-sonnet-4-5", "temperature": 1.5}, "up to 1"),
        ({"model": "claude-sonnet-4-5", "n": 2}, "one answer only"),
        ({"model": "openrouter/anthropic/claude-sonnet-4-5", "seed": 4}, ""),
        ({"model": "ollama/llama3.2", "top_k": 4, "min_p": 0.1, "temperature": 1.9}, ""),
        ({"temperature": 0.2, "top_k": 3}, ""),
    ],
)
def test_settings_are_held_against_what_the_model_takes(settings: dict[str, Any], words: str) -> None:
    found = of_content(Content.of_text(LONG, **settings))
    assert [code for code, _, _ in found] == (["settings"] if words else [])
    assert words in "".join(told for _, _, told in found)


SCHEMA: dict[str, Any] = {
    "type": "object",
    "properties": {"total": {"type": "number"}, "lines": {"type": "array", "items": {"type": "object"}}},
    "required": ["total"],
}


def formatted(schema: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {"response_format": {"type": "json_schema", "json_schema": {"name": "bill", "schema": schema, **more}}}


@pytest.mark.parametrize(
    ("settings", "words"),
    [
        (formatted(SCHEMA), ""),
        (formatted({"type": "object", "properties": {"a": {"minimum": "one"}}}), "is no JSON Schema"),
        (formatted(SCHEMA, strict=True), "without further properties"),
        (formatted({**SCHEMA, "additionalProperties": False}, strict=True), "'lines' is not"),
        ({**formatted(SCHEMA), "tool_choice": "auto"}, ""),
        (
            formatted(SCHEMA) | {"tools": [{"function": {"name": "get it", "parameters": {}}, "type": "function"}]},
            "signs",
        ),
        ({"tools": [{"function": {"name": "get"}}]}, "no type"),
        ({"tools": [{"type": "function", "function": {"name": "get", "parameters": 3}}]}, "no JSON Schema"),
        (
            {
                "tools": [{"type": "function", "function": {"name": "get"}}],
                "tool_choice": {"type": "function", "function": {"name": "got"}},
            },
            "did you mean get?",
        ),
    ],
)
def test_schemas_and_tools_are_checked_whole(settings: dict[str, Any], words: str) -> None:
    found = of_content(Content.of_text(LONG, **settings))
    assert bool(found) == bool(words)
    assert words in "".join(told for _, _, told in found)


def chat(*messages: Message, **settings: Any) -> Content:
    return Content((Message("system", LONG), *messages), settings=settings)


def test_examples_must_fit_what_is_asked_for() -> None:
    asked = Message("user", "The bill: {{ bill }}")
    for answer, words in (
        ('{"total": 3}', ""),
        ("It is 3.", "is not JSON"),
        ('{"total": "3"}', "total: '3' is not of type 'number'"),
        ('{"total": {{ total }}}', ""),
    ):
        found = of_content(chat(asked, Message("assistant", answer), asked, **formatted(SCHEMA)))
        told = [one for one in found if one[0] == "examples"]
        assert [one[1] for one in told] == (["messages.2.content"] if words else []), answer
        assert words in "".join(one[2] for one in told)
    last = of_content(chat(asked, Message("assistant", "An answer.")))
    assert ("examples", "messages.2") in [one[:2] for one in last]


def test_calls_in_examples_name_tools_and_are_answered() -> None:
    parameters = {"type": "object", "properties": {"id": {"type": "string"}}, "required": ["id"]}
    tools = [{"type": "function", "function": {"name": "look_up", "parameters": parameters}}]

    def told(name: str, arguments: str, *after: Message) -> list[str]:
        call = {"id": "1", "type": "function", "function": {"name": name, "arguments": arguments}}
        messages = (Message("user", "Hi"), Message("assistant", "", {"tool_calls": [call]}), *after)
        return [one[2] for one in of_content(chat(*messages, tools=tools)) if one[0] == "examples"]

    answered = (Message("tool", "{}", {"tool_call_id": "1"}), Message("user", "Thanks"))
    assert told("look_up", '{"id": "7"}', *answered) == []
    assert "did you mean look_up?" in told("lookup", "{}", *answered)[0]
    assert "'id' is a required property" in told("look_up", "{}", *answered)[0]
    assert "are not JSON" in told("look_up", "{id}", *answered)[0]
    assert "is never answered" in told("look_up", '{"id": "7"}', Message("assistant", "Well."), Message("user", "?"))[0]
    stray = (Message("tool", "{}", {"tool_call_id": "2"}), *answered)
    assert "which nobody made" in told("look_up", '{"id": "7"}', *stray)[0]


def test_a_text_that_is_included_must_be_there(tmp_path: Path) -> None:
    (tmp_path / "a.prompt").write_text(f"---\nmodel: x\n---\n{LONG} {{{{> rules}}}} {{{{>gone}}}}\n")
    (tmp_path / "_rules.prompt").write_text(f"---\nmodel: x\n---\n{LONG}\n")
    findings = [one for one in validate_paths([tmp_path]) if one.code == "link"]
    assert [one.message for one in findings] == ["includes gone, and there is no such prompt"]
    store = open_store(tmp_path / "store.db")
    library = Library(store, DEFAULT_ENVIRONMENTS, "ana")
    library.save("gone", Content.of_text(LONG))
    assert [one for one in validate_paths([tmp_path], library=library) if one.code == "link"] == []
    store.close()


@pytest.mark.parametrize(
    "secret",
    [
        "postgres://app:hunter2hunter@db.example.com/x",
        "sk_live_" + "a1" * 12,
        "https://hooks.slack.com/services/T1/B2/c3",
    ],
)
def test_keys_are_found_in_settings_and_defaults_too(secret: str) -> None:
    content = Content(
        (Message("system", LONG),),
        "jinja",
        (Variable("x", default=secret, has_default=True),),
        {"metadata": {"k": secret}},
    )
    assert [place.message[:6] for place in secrets(content)] == [secret[:6]] * 2
    assert list(secrets(Content.of_text("postgres://user:password@host, https://a.b/c"))) == []


def test_a_new_number_below_what_is_saved_is_doubtful(tmp_path: Path) -> None:
    store = open_store(tmp_path / "store.db")
    library = Library(store, DEFAULT_ENVIRONMENTS, "ana")
    library.save("x", Content.of_text(LONG), number="1.2.0")
    path = tmp_path / "x.yaml"
    path.write_text(f"version: 1.1.0\nmessages:\n  - {{role: system, content: '{LONG} More.'}}\n")
    (finding,) = validate_paths([path], library=library)
    assert (finding.severity, finding.code, finding.hint) == ("warning", "version", "raise it to 1.2.1")
    store.close()


def test_a_finding_in_the_body_of_a_file_has_its_line(tmp_path: Path) -> None:
    (tmp_path / "a.prompty").write_text(f"---\nname: a\nmodel: m\n---\nsystem:\n{LONG}\n\nuser:\nHi {{{{nme}}}}\n")
    (finding,) = [one for one in validate_paths([tmp_path]) if one.code == "variables"]
    assert finding.line == 9


def test_variables_are_not_asked_to_be_declared_where_a_format_cannot(tmp_path: Path) -> None:
    (tmp_path / "a.prompt.yml").write_text(f"messages:\n  - {{role: user, content: '{LONG} {{{{text}}}}'}}\n")
    (tmp_path / "b.yaml").write_text(f"system: {LONG}\nprompt: Hi $nmae, $input\ndefaults: {{name: Ana}}\n")
    told = sorted((Path(one.where).name, f"{one.message}; {one.hint}") for one in validate_paths([tmp_path]))
    assert told == [
        ("b.yaml", "the variable name is declared but not used; "),
        ("b.yaml", "the variable nmae is used but not declared; did you mean name?"),
    ]
