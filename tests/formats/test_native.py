"""The native format: byte for byte round trips, and errors with file and line."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.support.examples import examples
from workbench import formats
from workbench.domain.prompts import Content, Message, Variable, Version
from workbench.errors import FormatError
from workbench.formats import Record, files
from workbench.formats.model import as_record

TEXT = st.text(alphabet=st.characters(exclude_categories=["Cs"]), max_size=80) | st.text(
    alphabet=" \n\t\r-#:|>a'\"\\\x85\u2028\ufeff{}%", max_size=40
)
JSON = st.none() | st.booleans() | st.integers() | TEXT | st.lists(TEXT, max_size=2)
CONTENTS = st.builds(
    Content,
    st.lists(
        st.builds(Message, st.sampled_from(["system", "user", "assistant", "tool"]), TEXT), min_size=1, max_size=3
    ).map(tuple),
    st.sampled_from(["jinja", "f-string", "literal"]),
    st.lists(
        st.builds(
            Variable,
            st.sampled_from(["one", "zwei", "drei_3"]),
            TEXT,
            st.sampled_from(["", "text", "list"]),
            JSON,
            st.just(True),
            st.lists(TEXT, max_size=2, unique=True).map(tuple),
        ),
        max_size=2,
        unique_by=lambda variable: variable.name,
    ).map(tuple),
    st.dictionaries(st.sampled_from(["model", "temperature", "stop", "odd one"]), JSON, max_size=3),
)

FILE = """\
# A comment that the program would not write.
name: support/greeting
version: "1.2.0"
note: 'Warmer'
owner: ana
messages:
- role: system
  content: |
    Hello {{ name }}.
variables:
  name:
"""


def one(path: Path) -> formats.PromptFile:
    (found,) = formats.read(path)
    return found


@examples(300)
@given(content=CONTENTS, note=TEXT, description=TEXT)
def test_any_content_comes_back_with_its_digest_and_its_bytes(
    tmp_path: Path, content: Content, note: str, description: str
) -> None:
    version = Version(1, "a/b", "1.0.0", content, note=note, created_at="2026-09-01T12:03:00.000000Z")
    written = formats.write(Record(version, description, ("x",), ("dev",)), "p")
    files.write_all(tmp_path, written.files)
    found = one(tmp_path / "p.yaml")
    assert found.content.digest == content.digest
    assert found.content == content
    assert (found.name, found.number, found.note, found.description) == ("a/b", "1.0.0", note, description)
    assert (found.tags, found.deployed, found.created_at) == (("x",), ("dev",), version.created_at)
    assert "raw" not in found.source, "what the program wrote needs no copy"
    assert formats.write(as_record(found), "p").files == written.files


@pytest.mark.parametrize("text", [FILE, FILE.replace("\n", "\r\n"), "\ufeff" + FILE, FILE.rstrip("\n")])
def test_a_file_that_was_not_edited_goes_back_byte_for_byte(tmp_path: Path, text: str) -> None:
    path = tmp_path / "x.yaml"
    path.write_bytes(text.encode())
    found = one(path)
    assert formats.write(as_record(found), "x").files == {"x.yaml": text.encode()}


def test_an_edited_file_keeps_its_unknown_keys(tmp_path: Path) -> None:
    path = tmp_path / "x.yaml"
    path.write_text(FILE)
    found = one(path)
    assert found.source["extra"] == {"owner": "ana"}
    assert any("x.yaml:5" in warning and "'owner'" in warning for warning in found.warnings)
    record = as_record(found)
    edited = Version(0, record.name, "1.3.0", Content.of_text("Hi"), source=found.source)
    (data,) = formats.write(Record(edited, source=found.source), "x").files.values()
    assert b"owner: ana\n" in data
    assert b"version: 1.3.0\n" in data


def test_the_same_text_with_another_note_is_not_the_same_file(tmp_path: Path) -> None:
    path = tmp_path / "x.yaml"
    path.write_text(FILE)
    found = one(path)
    version = Version(0, found.name, "1.2.0", found.content, note="Colder", source=found.source)
    (data,) = formats.write(Record(version, source=found.source), "x").files.values()
    assert b"note: Colder\n" in data


def test_a_mistyped_key_names_the_right_one(tmp_path: Path) -> None:
    path = tmp_path / "x.yaml"
    path.write_text("mesages:\n  - {role: system, content: a}\n")
    with pytest.raises(FormatError, match=r"x\.yaml:1"):
        formats.read(path)
    path.write_text("messages:\n  - {role: system, content: a}\nvariabels: {}\n")
    assert "did you mean variables?" in one(path).warnings[0]


@pytest.mark.parametrize(
    ("body", "line", "words"),
    [
        ("messages: []\n", 1, "at least one"),
        ("messages:\n  - role: sytem\n    content: a\n", 2, "unknown role 'sytem'"),
        ("messages:\n  - content: a\n", 2, "no role"),
        ("messages:\n  - role: system\n", 2, "no content"),
        ("messages:\n  - role: system\n    content: 12\n", 3, "a number, not text"),
        ("messages:\n  - just text\n", 2, "not a role"),
        ("format: jinnja\nmessages:\n  - {role: system, content: a}\n", 1, "unknown template format"),
        ("version: 1.4\nmessages:\n  - {role: system, content: a}\n", 1, "not a version number"),
        ("version: v1.x\nmessages:\n  - {role: system, content: a}\n", 1, "not a version number"),
        ("created_at: soon\nmessages:\n  - {role: system, content: a}\n", 1, "not a time"),
        ("messages:\n  - {role: system, content: a}\nvariables:\n  tier: {defualt: a}\n", 4, "no 'defualt'"),
        ("messages:\n  - {role: system, content: a}\nvariables:\n  tier: {type: strng}\n", 4, "not a type"),
        ("messages:\n  - {role: system, content: a}\nvariables:\n  tier: {choices: a}\n", 4, "not a list"),
        ("messages:\n  - {role: system, content: a}\nvariables:\n  a b:\n", 4, "not a variable's name"),
        ("messages:\n  - {role: system, content: a}\nsettings: [a]\n", 3, "not a mapping"),
        ("messages:\n  - {role: system, content: a}\nmessages: []\n", 3, "twice"),
    ],
)
def test_a_mistake_is_named_with_file_and_line(tmp_path: Path, body: str, line: int, words: str) -> None:
    path = tmp_path / "bad.yaml"
    path.write_text(body)
    with pytest.raises(FormatError) as refused:
        formats.read(path)
    assert (refused.value.line, refused.value.file) == (line, str(path)), refused.value.message
    assert words in refused.value.message


def test_the_place_names_a_file_that_does_not_name_itself(tmp_path: Path) -> None:
    body = "messages:\n  - {role: system, content: a}\n"
    (tmp_path / "team" / "greeting").mkdir(parents=True)
    (tmp_path / "team" / "greeting" / "1.0.0.yaml").write_text(body)
    (tmp_path / "team" / "good bye.yml").write_text(body)
    assert sorted(found.name for found in formats.read(tmp_path)) == ["team/good-bye", "team/greeting"]
