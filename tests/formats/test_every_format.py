"""What every format promises: what it writes comes back with the same digest, or it says what it has no place for."""

from __future__ import annotations

import dataclasses
import shutil
import tempfile
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.support.examples import examples
from workbench import formats
from workbench.domain.prompts import FORMATS as DIALECTS
from workbench.domain.prompts import Content, Message, Variable, Version
from workbench.domain.templates import check
from workbench.errors import FormatError
from workbench.formats import Record, files
from workbench.formats.model import as_record

WRITABLE = sorted(name for name, known in formats.BY_NAME.items() if known.write is not None)
WORDS = st.text(alphabet="ab é\n\r\t:#\"'{}|-<>&\\$%@1", max_size=30) | st.sampled_from(
    [
        "You are {{ name }}.\n",
        "Hi {name}",
        "$name",
        "system:\nA\n",
        "---\nb: 1\n---\n",
        "\ufeffx",
        "{{#each x}}y{{/each}}",
    ]
)
MESSAGES = st.lists(
    st.builds(Message, st.sampled_from(["system", "user", "assistant", "tool"]), WORDS), min_size=1, max_size=4
)
CONTENTS = st.builds(
    Content,
    MESSAGES.map(tuple) | WORDS.map(lambda text: (Message("system", text),)),
    st.sampled_from(DIALECTS),
    st.lists(
        st.builds(
            Variable,
            st.sampled_from(["name", "tier"]),
            st.sampled_from(["", "who: it is"]),
            st.sampled_from(["", "string", "integer", "list", "object", "boolean", "number"]),
            st.sampled_from([None, "x", 3, 1.5, True, ["a"]]),
            st.booleans(),
            st.sampled_from([(), ("free", "pro")]),
        ),
        max_size=2,
        unique_by=lambda variable: variable.name,
    )
    .map(lambda found: [v if v.has_default else dataclasses.replace(v, default=None) for v in found])
    .map(tuple),
    st.dictionaries(
        st.sampled_from(["model", "temperature", "max_tokens", "top_p", "stop", "seed", "odd"]),
        st.sampled_from(["gpt-4o", 0.5, 7, ["END"]]),
        max_size=3,
    ),
)


def bare(content: Content, name: str = "a/b") -> Record:
    return Record(Version(1, name, "1.0.0", content), environments=("dev", "production"))


@pytest.mark.parametrize("format", WRITABLE)
@examples(80)
@given(content=CONTENTS)
def test_what_is_written_comes_back_or_is_named(format: str, content: Content) -> None:
    if check(content):
        return
    try:
        written = formats.write(bare(content), "a/b", format)
    except FormatError:
        return
    root = Path(tempfile.mkdtemp(prefix="workbench-test-"))
    try:
        files.write_all(root, written.files)
        reading = formats.read_paths([root], format=format, environments=("dev", "production"))
        told = [warning for warning in written.warnings if not warning.endswith("has no place for: number")]
        if reading.problems or [file.content.digest for file in reading.files] != [content.digest]:
            assert told, f"{written.files} became {reading} without a word"
            return
        (found,) = reading.files
        assert found.name.endswith("b")
        again = formats.write(dataclasses.replace(as_record(found), environments=("dev", "production")), "a/b", format)
        assert again.files == written.files
    finally:
        shutil.rmtree(root)


@pytest.mark.parametrize("format", WRITABLE)
@examples(25)
@given(before=CONTENTS, after=CONTENTS)
def test_an_edit_of_a_file_comes_back_or_is_named(format: str, before: Content, after: Content) -> None:
    if check(before) or check(after):
        return
    root = Path(tempfile.mkdtemp(prefix="workbench-test-"))
    try:
        try:
            files.write_all(root / "one", formats.write(bare(before), "a/b", format).files)
        except FormatError:
            return
        read = formats.read_paths([root / "one"], format=format, environments=("dev", "production"))
        if read.problems or len(read.files) != 1:
            return
        (stated,) = read.files
        version = Version(2, stated.name, "1.0.1", after, parent="1.0.0")
        record = Record(version, environments=("dev", "production"), source=stated.source)
        try:
            written = formats.write(record, files.place_of(stated.name), format)
        except FormatError:
            return
        files.write_all(root / "two", written.files)
        again = formats.read_paths([root / "two"], format=format, environments=("dev", "production"))
        if after.digest not in [file.content.digest for file in again.files]:
            told = [warning for warning in written.warnings if not warning.endswith("has no place for: number")]
            assert told, f"{written.files} became {again} without a word"
    finally:
        shutil.rmtree(root)


@pytest.mark.parametrize("format", WRITABLE)
def test_a_plain_prompt_fits_into_every_format(format: str, tmp_path: Path) -> None:
    content = Content((Message("system", "You are kind.\n\nBe short."),), "literal")
    written = formats.write(bare(content), "a/b", format)
    files.write_all(tmp_path, written.files)
    reading = formats.read_paths([tmp_path], format=format)
    assert reading.problems == ()
    assert [found.content.text.strip() for found in reading.files] == [content.text]


def test_the_readme_lists_every_format() -> None:
    lines = (
        (Path(__file__).parents[2] / "README.md").read_text().split("<!-- formats -->\n")[1].split("<!-- end -->")[0]
    )
    rows = [
        f"| `{known.name}` | {known.about} | {'read, write' if known.write else 'read'} |"
        for known in formats.BY_NAME.values()
    ]
    assert lines.splitlines() == ["| format | files | |", "|---|---|---|", *rows]
