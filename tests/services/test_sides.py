"""What can stand on a side of a diff, and how unlike sides are made comparable."""

from __future__ import annotations

from pathlib import Path

import pytest

from workbench.domain.prompts import Content, Message, Variable
from workbench.errors import BadInput, FormatError, NotFound
from workbench.services.diffs.sides import (
    Side,
    filled_in,
    find,
    levelled,
    of_file,
    of_git,
    of_text,
    rendered,
    values_of_kept,
)
from workbench.services.library import Library


def version_of(library: Library, content: Content) -> Side:
    library.save("x", content)
    return find(library, "x")


def test_a_reference_a_file_or_what_is_near_it(library: Library, tmp_path: Path) -> None:
    library.save("x", Content.of_text("one"))
    (tmp_path / "a.txt").write_bytes(b"one\r\n")

    assert find(library, "x@1.0.0", tmp_path).name == "x@1.0.0"
    assert find(library, "a.txt", tmp_path).content.text == "one\r\n"
    with pytest.raises(NotFound, match=r"there is no version x@1\.0\.9"):
        find(library, "x@1.0.9", tmp_path)


def test_a_text_beside_a_version_takes_what_it_cannot_say_from_it(library: Library) -> None:
    version = version_of(library, Content((Message("system", "Hi {{ a }}"),), settings={"temperature": 0.3}))
    left, right = levelled(version, of_text("Hello {{ a }}"))

    assert left.content == version.content
    assert right.content.settings == {"temperature": 0.3}
    assert right.content.messages == (Message("system", "Hello {{ a }}"),)
    turned = levelled(of_text("Hello {{ a }}"), version)
    assert (turned[0].content, turned[1].content) == (right.content, left.content)


def test_several_messages_beside_a_text_are_one(library: Library) -> None:
    version = version_of(library, Content((Message("system", "One."), Message("user", "Two."))))
    left, right = levelled(version, of_text("[system]\nOne.\n\n[user]\nTwo."))

    assert left.content.messages == right.content.messages


def test_rendering_leaves_what_has_no_value_as_it_is_written(library: Library) -> None:
    declared = (Variable("tier", choices=("free", "pro")), Variable("b", default="B", has_default=True))
    version = version_of(library, Content((Message("system", "{{ a }} {{ tier }} {{ b }}"),), "jinja", declared))

    side, absent = rendered(version, {"a": "{{ b }}"})

    assert absent == ("tier",)
    assert side.content.messages[0].content == "{{ b }} {{tier}} B"
    with pytest.raises(BadInput, match="tier"):
        rendered(version, {"a": "1", "tier": "gold"})


def test_what_was_sent_is_compared_with_what_several_messages_become(library: Library) -> None:
    version = version_of(library, Content((Message("system", "Help {{ a }}."), Message("user", "{{ b }} {{ c }}"))))
    sent = of_text("[system]\nHelp Ana.\n\n[user]\n{{ b }} {{c}}")

    left, right, absent = filled_in(version, sent, {"a": "Ana", "b": "{{ b }}"})
    assert left.content.messages == right.content.messages
    assert absent == ("c",)
    assert (left.name, right.name) == ("x@1.0.0 rendered", sent.name)


def test_a_text_beside_one_message_is_a_template_too(library: Library) -> None:
    version = version_of(library, Content.of_text("Help {{ a }}."))
    left, right, absent = filled_in(version, of_text("Help {{ a }} or {{ b }}."), {"a": "Ana"})
    assert [side.content.text for side in (left, right)] == ["Help Ana.", "Help Ana or {{b}}."]
    assert absent == ("b",)


def test_the_input_is_the_message_a_model_receives(library: Library) -> None:
    version = version_of(library, Content.of_text("Help with {{ product }}."))
    kept = {"variable:product": "it", "input:": "Where?", "setting:temperature": "0.5", "variable:empty": '""'}

    assert values_of_kept(kept) == {"product": "it", "input": "Where?", "empty": ""}
    side, _ = rendered(version, values_of_kept(kept))
    assert side.content.messages == (Message("system", "Help with it."), Message("user", "Where?"))


@pytest.mark.parametrize("spec", ["HEAD", ":a", "HEAD:", "--output=x:a", "HEAD:a\0b"])
def test_what_is_no_revision_of_a_file(spec: str, tmp_path: Path) -> None:
    with pytest.raises(BadInput):
        of_git(spec, tmp_path)


def test_files_that_are_no_text(tmp_path: Path) -> None:
    (tmp_path / "raw").write_bytes(b"one\n\xff")

    with pytest.raises(FormatError) as error:
        of_file(tmp_path / "raw")
    assert error.value.line == 2
    with pytest.raises(BadInput, match="cannot be read"):
        of_file(tmp_path / "missing")
