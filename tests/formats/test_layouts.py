"""The two layouts of users' own: what is read, and that what was not edited comes back byte for byte."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from tests.support.examples import examples
from workbench import formats
from workbench.domain.prompts import Content, Message, Version
from workbench.errors import FormatError
from workbench.formats import Record
from workbench.formats.model import as_record

ENVIRONMENTS = ("dev", "staging", "production")
METADATA = """\
{
  "name": "customer-support-system",
  "version": "1.3.2",
  "description": "System prompt for customer support chatbot",
  "created": "2024-03-01T10:00:00Z",
  "updated": "2024-03-19T14:30:00Z",
  "author": "sarah.chen@company.com",
  "model": "claude-3-sonnet",
  "context_window_used": 8000,
  "performance_metrics": {"accuracy": 0.94, "average_response_time_ms": 1200},
  "change_notes": "Updated tone",
  "tags": ["production", "active", "customer-facing"],
  "previous_version": "1.3.1",
  "test_status": "passed"
}"""
VARIATIONS = """\
version: "2.1.0"
created: "2024-01-15"
last_modified: "2024-03-20"
author: "team@company.com"
system_prompt: |
  You are a helpful customer support agent.
  Guidelines:
  - Be empathetic and professional
variations:
  - id: "v2.1.0"
    description: "Added empathy emphasis"
    performance:
      csat: 4.5
      resolution_rate: 85%
  - id: "v2.0.0"
    description: "Restructured for clarity"
    performance:
      csat: 4.2
"""


def folder_of(root: Path, text: bytes, metadata: str | None = METADATA) -> Path:
    here = root / "support" / "customer-support"
    here.mkdir(parents=True)
    (here / "system-prompt.txt").write_bytes(text)
    if metadata is not None:
        (here / ".prompt-metadata.json").write_bytes(metadata.encode())
    return here


def read_one(path: Path) -> formats.PromptFile:
    reading = formats.read_paths([path], environments=ENVIRONMENTS)
    assert not reading.problems, reading.problems
    (found,) = reading.files
    return found


def back(found: formats.PromptFile, format: str) -> dict[str, bytes]:
    record = as_record(found)
    place = found.name
    same = Record(record.version, record.description, record.tags, record.deployed, record.source, ENVIRONMENTS)
    return dict(formats.write(same, place, format).files)


def test_the_folder_layout_as_users_keep_it(tmp_path: Path) -> None:
    folder_of(tmp_path, b"You are {{ who }}.\n")
    found = read_one(tmp_path)
    assert (found.name, found.number, found.note) == ("support/customer-support", "1.3.2", "Updated tone")
    assert (found.author, found.created_at) == ("sarah.chen@company.com", "2024-03-19T14:30:00.000000Z")
    assert (found.tags, found.deployed) == (("active", "customer-facing"), ("production",))
    assert found.content == Content(
        (Message("system", "You are {{ who }}.\n"),), "jinja", (), {"model": "claude-3-sonnet"}
    )
    assert back(found, "folder")["support/customer-support/.prompt-metadata.json"] == METADATA.encode()


@pytest.mark.parametrize(
    "text", [b"", b"no end", b"a\r\nb\r\n", b"a\rb", b"\xef\xbb\xbfBOM\n", b"tab\t \n\n\n", "é\u2028\x1b[31m".encode()]
)
def test_any_text_goes_through_the_folder_layout_byte_for_byte(tmp_path: Path, text: bytes) -> None:
    folder_of(tmp_path, text)
    written = back(read_one(tmp_path), "folder")
    assert written["support/customer-support/system-prompt.txt"] == text
    assert written["support/customer-support/.prompt-metadata.json"] == METADATA.encode()


@examples(150)
@example("\ufeffBOM")
@given(st.text(alphabet=st.characters(exclude_categories=["Cs"]), max_size=100))
def test_generated_texts_go_through_both_layouts(tmp_path: Path, text: str) -> None:
    version = Version(0, "a/b", "1.0.0", Content.of_text(text, "literal", temperature=0.5), note="why")
    for layout in ("folder", "variations"):
        target = tmp_path / layout
        for relative, data in formats.write(Record(version), "a/b", layout).files.items():
            (target / relative).parent.mkdir(parents=True, exist_ok=True)
            (target / relative).write_bytes(data)
        (found,) = formats.read(target)
        assert found.content.text == text
        assert (found.number, found.note, dict(found.content.settings)) == ("1.0.0", "why", {"temperature": 0.5})


def test_an_edited_version_keeps_the_metadata_that_came_with_it(tmp_path: Path) -> None:
    folder_of(tmp_path, b"Old.\n")
    found = read_one(tmp_path)
    edited = Version(0, found.name, "1.4.0", Content.of_text("New.\n", model="gpt"), note="New text", parent="1.3.2")
    record = Record(edited, found.description, found.tags, (), found.source, ENVIRONMENTS)
    metadata = json.loads(formats.write(record, "x", "folder").files["x/.prompt-metadata.json"])
    assert metadata["performance_metrics"]["accuracy"] == 0.94
    assert (metadata["version"], metadata["previous_version"], metadata["model"]) == ("1.4.0", "1.3.2", "gpt")
    assert (metadata["change_notes"], metadata["tags"]) == ("New text", ["active", "customer-facing"])
    assert list(metadata)[:3] == ["name", "version", "description"]


def test_without_metadata_the_text_alone_is_a_prompt_and_goes_back_alone(tmp_path: Path) -> None:
    folder_of(tmp_path, b"Hello.", None)
    found = read_one(tmp_path)
    assert found.number is None
    assert "no .prompt-metadata.json" in found.warnings[0]
    assert back(found, "folder") == {"support/customer-support/system-prompt.txt": b"Hello."}


@pytest.mark.parametrize("text", [VARIATIONS, VARIATIONS.replace("\n", "\r\n"), "# why\n" + VARIATIONS])
def test_the_variations_as_users_keep_them(tmp_path: Path, text: str) -> None:
    (tmp_path / "customer_support.yaml").write_bytes(text.encode())
    found = read_one(tmp_path)
    assert (found.name, found.number, found.note) == ("customer_support", "2.1.0", "Added empathy emphasis")
    assert found.created_at == "2024-03-20T00:00:00.000000Z"
    assert found.source["document"]["variations"][0]["performance"] == {"csat": 4.5, "resolution_rate": "85%"}
    assert "v2.0.0" in found.warnings[0]
    assert back(found, "variations") == {"customer_support.yaml": text.encode()}


def test_a_new_version_is_put_before_the_variations_that_led_to_it(tmp_path: Path) -> None:
    (tmp_path / "customer_support.yaml").write_text(VARIATIONS)
    found = read_one(tmp_path)
    edited = Version(0, found.name, "2.2.0", Content.of_text("New.\n"), note="Shorter", parent="2.1.0")
    (data,) = formats.write(Record(edited, source=found.source), "x", "variations").files.values()
    (tmp_path / "new.yaml").write_bytes(data)
    listed = read_one(tmp_path / "new.yaml").source["document"]["variations"]
    assert [item["id"] for item in listed] == ["v2.2.0", "v2.1.0", "v2.0.0"]
    assert listed[1]["performance"]["csat"] == 4.5


@pytest.mark.parametrize(
    ("text", "extra", "dialect", "warned"),
    [
        ("Hello.", "", "jinja", ""),
        ("Hello {{ a }}.", "", "jinja", ""),
        ("Hello {{ a.", "", "literal", "taken literally"),
        ('Answer {"a": 1}.', "", "jinja", ""),
        ("Hello {name}.", "", "jinja", "{name} is left as it stands"),
        ("Hello {name}.", '"format": "f-string", ', "f-string", ""),
        ("Hello {{ a }}.", '"template_format": "jinja2", ', "jinja", ""),
        ("Hello {{ a }}.", '"format": "literal", ', "literal", ""),
    ],
)
def test_the_dialect_is_what_is_said_or_what_the_text_is(
    tmp_path: Path, text: str, extra: str, dialect: str, warned: str
) -> None:
    folder_of(tmp_path, text.encode(), "{" + extra + '"version": "1.0.0"}')
    found = read_one(tmp_path)
    assert found.content.format == dialect
    assert (warned in "".join(found.warnings)) if warned else not found.warnings
    assert back(found, "folder")["support/customer-support/.prompt-metadata.json"].startswith(b"{" + extra.encode())


def test_what_a_layout_cannot_hold_is_named() -> None:
    content = Content((Message("system", "a"), Message("user", "b"), Message("assistant", "c")))
    written = formats.write(Record(Version(0, "a/b", "1.0.0", content, tags=("x",))), "a/b", "folder")
    assert "left out: user, assistant" in written.warnings[0]
    assert "left out: x" in written.warnings[1]
    chat = Version(0, "a/b", "1.0.0", Content((Message("user", "b"),)))
    with pytest.raises(FormatError, match="begins with a user message"):
        formats.write(Record(chat), "a/b", "variations")


@pytest.mark.parametrize(
    ("metadata", "line", "words"),
    [
        ('{"version": "1.0.0",\n "version": "2.0.0"}', 2, "twice"),
        ('{"a": 1,\n "b": NaN}', 2, "NaN"),
        ('{"a":\n 1e999}', 2, "too large"),
        ('{"a":\n ' + "9" * 5000 + "}", 2, "5000 digits"),
        ('{"a":\n "\\ud800"}', 2, "surrogate"),
        ('{"a": ' + "[" * 100_000 + "}", 0, "deeper"),
        ('{"a": 1,\n ?}', 2, "not JSON"),
        ("[1]", 1, "not a mapping"),
        ('{\n"version": 1.3}', 2, "not a version number"),
        ('{\n"tags": {"a": 1}}', 2, "not a list of texts"),
        ('{\n"author": ["a"]}', 2, "not text"),
    ],
)
def test_bad_metadata_is_named_with_file_and_line(tmp_path: Path, metadata: str, line: int, words: str) -> None:
    here = folder_of(tmp_path, b"a", metadata)
    with pytest.raises(FormatError) as refused:
        formats.read(tmp_path)
    assert refused.value.file == str(here / ".prompt-metadata.json")
    assert (refused.value.line, words in refused.value.message) == (line, True), refused.value.message
