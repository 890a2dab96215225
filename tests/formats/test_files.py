"""Nothing outside the folder is read or written, and nothing half."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from workbench import formats
from workbench.errors import BadInput, FormatError, NotFound, Refused
from workbench.formats import files

PROMPT = "messages:\n  - {role: system, content: a}\n"


@pytest.mark.parametrize(
    "relative", ["../x.yaml", "a/../../x.yaml", "/etc/x.yaml", "", "a/..", "a\\..\\x.yaml", "a\0.yaml"]
)
def test_a_path_that_leaves_the_folder_is_refused(tmp_path: Path, relative: str) -> None:
    with pytest.raises(Refused):
        files.write_all(tmp_path / "out", {"good.yaml": b"a", relative: b"b"})
    assert not (tmp_path / "out").exists(), "nothing is written before every place was found good"


def test_a_link_to_a_folder_elsewhere_is_not_written_through(tmp_path: Path) -> None:
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "support").symlink_to(tmp_path / "elsewhere")
    with pytest.raises(Refused, match="leads out"):
        files.write_all(tmp_path / "out", {"support/x.yaml": b"a"})
    assert list((tmp_path / "elsewhere").iterdir()) == []


def test_a_link_in_a_files_place_is_replaced_not_followed(tmp_path: Path) -> None:
    (tmp_path / "victim").write_bytes(b"keep")
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "x.yaml").symlink_to(tmp_path / "victim")
    files.write_all(tmp_path / "out", {"x.yaml": b"new"})
    assert (tmp_path / "victim").read_bytes() == b"keep"
    assert (tmp_path / "out" / "x.yaml").read_bytes() == b"new"


def test_files_have_the_modes_of_source_files_and_leave_nothing_temporary(tmp_path: Path) -> None:
    files.write_all(tmp_path, {"a/b.yaml": b"x"})
    mask = os.umask(0)
    os.umask(mask)
    assert (tmp_path / "a" / "b.yaml").stat().st_mode & 0o777 == 0o666 & ~mask
    assert [entry.name for entry in (tmp_path / "a").iterdir()] == ["b.yaml"]


def test_a_folder_that_cannot_be_written_says_so(tmp_path: Path) -> None:
    (tmp_path / "a").write_text("a file where a folder must be")
    with pytest.raises(Refused, match="cannot be written"):
        files.write_all(tmp_path, {"a/b.yaml": b"x"})


def test_a_link_that_leads_out_is_not_read(tmp_path: Path) -> None:
    (tmp_path / "secret.yaml").write_text(PROMPT)
    (tmp_path / "in").mkdir()
    (tmp_path / "in" / "x.yaml").symlink_to(tmp_path / "secret.yaml")
    (tmp_path / "in" / "loop.yaml").symlink_to(tmp_path / "in" / "loop.yaml")
    reading = formats.read_paths([tmp_path / "in"])
    assert reading.files == ()
    assert ["leads out" in problem.message for problem in reading.problems] == [False, True]


def test_a_link_that_was_named_itself_is_read(tmp_path: Path) -> None:
    (tmp_path / "real.yaml").write_text(PROMPT)
    (tmp_path / "link.yaml").symlink_to(tmp_path / "real.yaml")
    assert [found.name for found in formats.read(tmp_path / "link.yaml")] == ["real"]


def test_links_to_folders_are_not_walked(tmp_path: Path) -> None:
    (tmp_path / "a").mkdir()
    (tmp_path / "a" / "x.yaml").write_text(PROMPT)
    (tmp_path / "a" / "again").symlink_to(tmp_path / "a")
    assert [found.name for found in formats.read(tmp_path / "a")] == ["x"]


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="no named pipes here")
def test_a_pipe_is_refused_without_waiting(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "x.yaml")
    with pytest.raises(FormatError, match="not a regular file"):
        formats.read(tmp_path)


def test_what_is_not_utf8_is_refused_with_its_position(tmp_path: Path) -> None:
    (tmp_path / "x.yaml").write_bytes(b"messages:\n  - caf\xe9\n")
    with pytest.raises(FormatError, match=r"x\.yaml:2: byte 0xe9 at position 17 is not UTF-8"):
        formats.read(tmp_path / "x.yaml")


def test_a_huge_file_is_refused(tmp_path: Path) -> None:
    with (tmp_path / "x.yaml").open("wb") as stream:
        stream.truncate(files.MAX_BYTES + 1)
    with pytest.raises(FormatError, match="at most"):
        formats.read(tmp_path / "x.yaml")


@pytest.mark.parametrize(
    ("name", "place"), [("a/b", "a/b"), (".git/hooks/x", "~.git/hooks/x"), ("A/b.c_d-e", "A/b.c_d-e")]
)
def test_names_and_places(name: str, place: str) -> None:
    assert files.place_of(name) == place
    assert files.name_of(place) == name
    assert files.name_of(files.twin(place, 2)) == name


def test_other_yaml_files_are_left_alone_unless_they_are_named(tmp_path: Path) -> None:
    (tmp_path / "compose.yaml").write_text("services: {}\n")
    (tmp_path / "broken.yaml").write_text("a: [\n")
    (tmp_path / "broken-prompt.yaml").write_text("messages: [\n")
    (tmp_path / ".hidden").mkdir()
    (tmp_path / ".hidden" / "x.yaml").write_text(PROMPT)
    reading = formats.read_paths([tmp_path])
    assert reading.files == ()
    assert [Path(other).name for other in reading.other] == ["broken.yaml", "compose.yaml"]
    assert [Path(problem.file).name for problem in reading.problems] == ["broken-prompt.yaml"]
    with pytest.raises(FormatError, match="neither messages nor system_prompt"):
        formats.read(tmp_path / "compose.yaml")


def test_what_is_not_there_names_what_is(tmp_path: Path) -> None:
    (tmp_path / "greeting.yaml").write_text(PROMPT)
    with pytest.raises(NotFound) as missing:
        formats.read(tmp_path / "greting.yaml")
    assert missing.value.near == ("greeting.yaml",)
    with pytest.raises(BadInput, match="unknown format"):
        formats.read(tmp_path, "natve")
    with pytest.raises(FormatError, match="no format that can be read"):
        (tmp_path / "x.py").write_text("import os")
        formats.read(tmp_path / "x.py")


def test_progress_reaches_the_end(tmp_path: Path) -> None:
    for index in range(3):
        (tmp_path / f"{index}.yaml").write_text(PROMPT)
    seen: list[tuple[int, int]] = []
    formats.read_paths([tmp_path], progress=lambda done, total: seen.append((done, total)))
    assert seen == [(0, 3), (1, 3), (2, 3), (3, 3)]
