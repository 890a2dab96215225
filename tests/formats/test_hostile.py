"""Files that are broken or mean harm are named with file and line, and stop nothing else."""

from __future__ import annotations

from pathlib import Path

import pytest

from workbench import Workbench, formats
from workbench.formats import files

BOMB = "a: &a [x,x,x,x,x,x,x,x,x]\n" + "".join(
    f"{chr(98 + n)}: &{chr(98 + n)} [{','.join(['*' + chr(97 + n)] * 9)}]\n" for n in range(9)
)
DEEP = "[" * 3000 + "]" * 3000
GOOD = ("good.yaml", b"messages:\n  - {role: system, content: fine}\n")
ENDINGS = (".yaml", ".prompty", ".prompt", ".prompt.yml", ".json", ".j2", ".csv")


def head(ending: str, inside: str) -> str:
    """A file that is of the ending's format up to what is inside."""
    return {
        ".yaml": f"messages:\n- {{role: system, content: a}}\n{inside}",
        ".prompty": f"---\nname: x\n{inside}---\nsystem:\nHi\n",
        ".prompt": f"---\nmodel: x\n{inside}---\nHi\n",
        ".prompt.yml": f"messages:\n- {{role: user, content: a}}\n{inside}",
    }[ending]


def problem_of(root: Path, name: str, data: bytes) -> str:
    (root / GOOD[0]).write_bytes(GOOD[1])
    (root / name).write_bytes(data)
    reading = formats.read_paths([root])
    assert [file.name for file in reading.files if file.name != "x"] == ["good"]
    told = [problem.message for problem in reading.problems] + [w for file in reading.files for w in file.warnings]
    (only,) = [one for one in told if name in one] or [""]
    return only


@pytest.mark.parametrize("ending", [".yaml", ".prompty", ".prompt", ".prompt.yml"])
@pytest.mark.parametrize(
    ("inside", "words"),
    [
        (BOMB, "too much for one document"),
        ("z: &z {a: *z}\n", "inside its own anchor"),
        ("z: !!python/object/apply:os.system [x]\n", "is not read"),
        ("z: 1\nz: 2\n", "stands twice"),
        ("z: .nan\n", "not a number"),
        (f"z: {DEEP}\n", "nested deeper"),
    ],
)
def test_a_head_that_means_harm(tmp_path: Path, ending: str, inside: str, words: str) -> None:
    told = problem_of(tmp_path, f"x{ending}", head(ending, inside).encode())
    assert words in told
    line = int(told.split(f"x{ending}:")[1].split(":")[0])
    assert line >= head(ending, "").count("\n") - 2 - ending.count("prompt")


@pytest.mark.parametrize("ending", ENDINGS)
def test_what_is_not_utf8_is_named_with_its_line_or_left_alone(tmp_path: Path, ending: str) -> None:
    (tmp_path / f"x{ending}").write_bytes(b"one\ncaf\xe9\n")
    reading = formats.read_paths([tmp_path / f"x{ending}"])
    assert reading.files == ()
    assert [f"x{ending}:2: byte 0xe9" in problem.message for problem in reading.problems] == [True]


@pytest.mark.parametrize("ending", ENDINGS)
def test_a_file_of_a_hundred_megabytes_is_not_read(tmp_path: Path, ending: str) -> None:
    with (tmp_path / f"x{ending}").open("wb") as stream:
        stream.truncate(100 * 1024 * 1024)
    reading = formats.read_paths([tmp_path / f"x{ending}"])
    assert [f"at most {files.MAX_BYTES:,}" in problem.message for problem in reading.problems] == [True]


@pytest.mark.parametrize("text", [DEEP, '{"a": 1, "a": 2}', '{"a": NaN}', '["\\ud800"]', "{", '{"versions": 1}'])
def test_json_that_is_none_is_named_where_it_was_meant(tmp_path: Path, text: str) -> None:
    (tmp_path / "prompts.json").write_text(text)
    reading = formats.read_paths([tmp_path])
    assert reading.files == ()
    assert ["prompts.json" in problem.message for problem in reading.problems] in ([True], [])
    assert formats.read_paths([tmp_path / "prompts.json"]).problems


def test_rows_that_never_end_are_named(tmp_path: Path) -> None:
    (tmp_path / "p.csv").write_text('act,prompt\nPoet,"never closed\n')
    (problem,) = formats.read_paths([tmp_path]).problems
    assert "p.csv:" in problem.message
    assert "is not CSV" in problem.message


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("promptfooconfig.yaml", "prompts: [file://../secret.txt]\nproviders: [echo]\n"),
        ("promptfooconfig.yaml", "prompts: [file:///etc/passwd]\nproviders: [echo]\n"),
        ("promptfooconfig.yaml", "prompts: ['file://../*.txt']\nproviders: [echo]\n"),
        ("promptfooconfig.yaml", "prompts: [file://link.txt]\nproviders: [echo]\n"),
        ("prompt_config.yaml", "a: {system_prompt: ../secret.txt}\n"),
        ("prompt_config.yaml", "a: {system_prompt: link.txt}\n"),
        ("registry.json", '{"../secret": {"current_version": "1.0.0"}}'),
    ],
)
def test_nothing_outside_of_the_folder_is_read(tmp_path: Path, name: str, text: str) -> None:
    (tmp_path / "secret.txt").write_text("a secret")
    (tmp_path / "in").mkdir()
    (tmp_path / "in/link.txt").symlink_to(tmp_path / "secret.txt")
    (tmp_path / "in" / name).write_text(text)
    reading = formats.read_paths([tmp_path / "in"])
    assert reading.problems
    assert not any("a secret" in file.content.text for file in reading.files)


@pytest.mark.parametrize("data", [b"one\ncaf\xe9\n", b"\0" * (files.MAX_BYTES + 1)])
@pytest.mark.parametrize("name", ["x.prompt", "x.prompty", "prompts.json", "registry.json", "x.json", "x.csv"])
def test_what_cannot_be_read_in_a_folder_is_never_passed_over_without_a_word(
    tmp_path: Path, name: str, data: bytes
) -> None:
    (tmp_path / name).write_bytes(data)
    reading = formats.read_paths([tmp_path])
    assert reading.files == ()
    is_meant = name not in ("x.json", "x.csv")
    assert [name in problem.message for problem in reading.problems] == [True] * is_meant
    assert [name in problem.message for problem in reading.unread] == [True] * (not is_meant)


@pytest.mark.parametrize(
    ("name", "text", "line"),
    [
        (
            "l.json",
            '[\n  {"name": "a", "version": 1, "type": "text", "prompt": "x"},\n'
            '  {\n    "name": "a", "version": 1, "type": "text", "prompt": "y"\n  }\n]',
            3,
        ),
        (
            "prompts.json",
            '{"a": {"active_version": "1.0.0", "versions": [\n{"version": "1.0.0", "template": "[{\\"\\n"},\n'
            '{"version": "1.0.0", "template": "y"}]}}',
            3,
        ),
    ],
)
def test_a_number_that_stands_twice_is_named_with_its_line(tmp_path: Path, name: str, text: str, line: int) -> None:
    (tmp_path / name).write_text(text)
    with Workbench.open(store=tmp_path / "store.db", actor="ana") as workbench:
        plan = workbench.porting.plan_import([tmp_path])
    assert [(item.action, item.line) for item in plan.items] == [("new", line - 1), ("refused", line)]
