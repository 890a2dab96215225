"""What was edited changes only there: comments, order, quoting and line ends of the rest of a file stay."""

from __future__ import annotations

import difflib
from dataclasses import replace
from pathlib import Path

import pytest

from workbench import Workbench

NATIVE = """# top
messages:   # the messages
  - role: system
    content: |
      You are kind.

      Be brief.
  - {role: user, content: 'Hi {{ name }}'}
x-owner: 'ana'   # owner
settings: {temperature: 0.30, model: gpt-4o}  # low
"""
FILES = {
    "native": ("s/a.yml", NATIVE),
    "variations": (
        "a.yaml",
        "# c\nversion: 1.0.0   # now\nsystem_prompt: |-\n  You are kind.\n  Be brief.\nowner: x # o\n",
    ),
    "github-models": (
        "a.prompt.yml",
        "# gh\nname: T\nmodel: openai/gpt-4o   # m\nmessages:\n  - role: system\n    content: You are kind.\n"
        "testData:\n  - input: x # t\n",
    ),
    "llm": ("a.yaml", "# llm\nsystem: You are kind.\nprompt: 'Say: $input'\nmodel: gpt-4o # m\n"),
    "prompty": ("a.prompty", "---\n# p\nname: a\nmodel: gpt-4o # m\nx: [1, 2]\n---\nsystem:\nYou are kind.\n"),
    "dotprompt": ("a.prompt", '# l\n---\nmodel: googleai/x # m\n---\n{{role "system"}}\nYou are kind.\n'),
    "continue": ("a.prompt", "name: a # n\nversion: 2\n---\n<system>\nYou are kind.\n</system>\n{{{ input }}}\n"),
    "texts": ("prompts.yaml", "# t\na: |\n  You are kind.\nb: 'other'  # b\n"),
    "fabric": ("patterns/a/system.md", "# IDENTITY\n\nYou are kind.\n"),
    "plain": ("prompts/a.txt", "You are kind.\nOk\n"),
}


@pytest.mark.parametrize("line_end", ["\n", "\r\n"])
@pytest.mark.parametrize("format", FILES)
def test_one_word_is_one_line(format: str, line_end: str, tmp_path: Path) -> None:
    path, text = FILES[format]
    place = tmp_path / "in" / path
    place.parent.mkdir(parents=True)
    before = text.replace("\n", line_end).encode()
    place.write_bytes(before)
    with Workbench.open(store=tmp_path / "store.db", actor="ana") as workbench:
        workbench.porting.carry_out(workbench.porting.plan_import([tmp_path / "in"]))
        workbench.porting.export_report(tmp_path / "same", format=format)
        assert (tmp_path / "same" / path).read_bytes() == before
        (name,) = [row.name for row in workbench.library.prompts() if row.name.endswith("a")]
        content = workbench.library.version(name).content
        messages = tuple(replace(m, content=m.content.replace("kind", "calm")) for m in content.messages)
        workbench.library.save(name, replace(content, messages=messages))
        workbench.porting.export_report(tmp_path / "edited", format=format)
    after = (tmp_path / "edited" / path).read_bytes()
    lines = difflib.ndiff(before.decode().splitlines(True), after.decode().splitlines(True))
    changed = [line for line in lines if line.startswith("- ")]
    told = [line for line in changed if "kind" not in line]
    assert [line[2:] for line in changed if "kind" in line]
    assert told == ([f"- version: 1.0.0   # now{line_end}"] if format == "variations" else [])
    assert after.count(b"\r\n") == (after.count(b"\n") if line_end == "\r\n" else 0)


def test_a_file_that_says_its_history_goes_on_saying_it(tmp_path: Path) -> None:
    (tmp_path / "a.yaml").write_text("# c\nname: other/name\nversion: 1.2.0 # v\n" + NATIVE)
    with Workbench.open(store=tmp_path / "store.db", actor="ana") as workbench:
        workbench.porting.carry_out(workbench.porting.plan_import([tmp_path / "a.yaml"]))
        content = workbench.library.version("other/name").content
        workbench.library.save("other/name", replace(content, settings={"temperature": 0.5}), note="Warmer")
        (written,) = workbench.porting.export(tmp_path / "out")
    assert written == tmp_path / "out/a.yaml"
    text = written.read_text()
    assert "# c\nname: other/name\nversion: 1.2.1 # v\n# top\n" in text
    assert "parent: 1.2.0\n" in text
    assert "note: Warmer\n" in text
    assert "settings: {temperature: 0.5}" in text


LANGFUSE = """[
  {"name": "a", "version": 1, "type": "text", "prompt": "You are kind.", "config": {"team": "x", "temperature": 0.5}},
  {"name": "b", "version": 1, "type": "text", "prompt": "Else."}
]
"""
CONFIG = "# c\r\na:\r\n  version: 1.0.0   # v\r\n  system_prompt: a/p.txt\r\n"
FOO = "# pf\nprompts:\n  - file://p.txt   # p\nproviders: [echo]\n"


def edited(tmp_path: Path, files: dict[str, bytes], name: str, format: str) -> Path:
    """The files with one word of one prompt changed, as they are exported; unedited they come back as they were."""
    for path, data in files.items():
        (tmp_path / "in" / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / "in" / path).write_bytes(data)
    with Workbench.open(store=tmp_path / "store.db", actor="ana") as workbench:
        workbench.porting.carry_out(workbench.porting.plan_import([tmp_path / "in"]))
        workbench.porting.export_report(tmp_path / "same", format=format)
        assert {path: (tmp_path / "same" / path).read_bytes() for path in files} == files
        content = workbench.library.version(name).content
        messages = tuple(replace(m, content=m.content.replace("kind", "calm")) for m in content.messages)
        workbench.library.save(name, replace(content, messages=messages), note="Calmer")
        workbench.porting.export_report(tmp_path / "out", format=format)
    return tmp_path / "out"


def test_a_version_that_is_added_stands_like_the_others_and_keeps_what_only_the_file_knows(tmp_path: Path) -> None:
    out = edited(tmp_path, {"l.json": LANGFUSE.encode()}, "a", "langfuse")
    added = (out / "l.json").read_text().splitlines()[3]
    assert added.startswith('  {"name": "a", "version": "1.0.1", "type": "text", "prompt": "You are calm."')
    assert '"config": {"team": "x", "temperature": 0.5}' in added
    assert (out / "l.json").read_text().splitlines()[:2] == LANGFUSE.splitlines()[:2]


def test_line_ends_and_marks_of_the_files_beside_a_config_stay(tmp_path: Path) -> None:
    changes = b"# Changes\r\n\r\n## 1.0.0\r\n\r\n- first\r\n"
    files = {"prompt_config.yaml": CONFIG.encode(), "a/p.txt": b"You are kind.\r\n", "a/CHANGELOG.md": changes}
    out = edited(tmp_path / "config", files, "a", "prompt-config")
    assert (out / "a/CHANGELOG.md").read_bytes() == changes.replace(
        b"## 1.0.0", b"## 1.0.1\r\n\r\n- Calmer\r\n\r\n## 1.0.0"
    )
    assert (out / "prompt_config.yaml").read_bytes() == CONFIG.replace("1.0.0", "1.0.1").encode()
    marked = {"promptfooconfig.yaml": FOO.encode(), "p.txt": b"\xef\xbb\xbfYou are kind.\n"}
    out = edited(tmp_path / "foo", marked, "p", "promptfoo")
    assert (out / "p.txt").read_bytes() == b"\xef\xbb\xbfYou are calm.\n"


def test_rows_and_metadata_are_written_as_they_stood(tmp_path: Path) -> None:
    rows = b'name,prompt,team\na,"You are kind.\nOk",x\n"b","Else.","y"\n'
    out = edited(tmp_path / "csv", {"p.csv": rows}, "a", "csv")
    assert (out / "p.csv").read_bytes() == rows.replace(b"kind", b"calm")
    metadata = b'{\n   "version": "1.0.0", "team": "x",\n   "owner": "ana"\n}'
    out = edited(
        tmp_path / "folder",
        {"a/system-prompt.txt": b"You are kind.", "a/.prompt-metadata.json": metadata},
        "a",
        "folder",
    )
    lines = (out / "a/.prompt-metadata.json").read_text().splitlines()
    assert lines[:3] == ["{", '   "version": "1.0.1", "team": "x",', '   "owner": "ana",']
    assert [line.split('"')[1] for line in lines[3:-1]] == ["updated", "author", "change_notes", "previous_version"]
