"""Diffs to share: whole, escaped, with signs for every kind of change, and without anything from elsewhere."""

from __future__ import annotations

import re
from html.parser import HTMLParser
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.support.examples import examples
from workbench.domain.diffs import compare
from workbench.domain.prompts import Content, Message, Variable
from workbench.reports import diff_html, diff_markdown
from workbench.text import one_line

EVIL = (
    "</pre></code><script>alert(1)</script><img src=x onerror=alert(1)> & \x1b[31m \u202e {{x}} `a` *b* | @ana #1 \"'"
)
VOID = ("meta", "img", "br", "hr", "input", "link")


class Reader(HTMLParser):
    """Collects text and tags, and fails where tags are not closed in their order."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.open: list[str] = []
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.text = ""
        self.marked: dict[str, str] = {"del": "", "ins": ""}

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        if "style" not in self.open:
            self.text += data
        for tag in ("del", "ins"):
            if tag in self.open:
                self.marked[tag] += data


def read(text: str) -> Reader:
    reader = Reader()
    reader.feed(text)
    reader.close()
    assert reader.open == []
    return reader


PARAGRAPH = "You are a patient agent of the shop and answer in whole sentences, in the language of the customer."
OLD = f"# Rules\n\n{PARAGRAPH}\n\nFirst ask for the order number and the postcode.\nThen look it up.\n\nNever guess.\n"
NEW = (
    f"# Rules\n\nNever guess.\n\n{PARAGRAPH.replace('patient', 'kind')}\n\n"
    "First ask for the order number and the\npostcode. Then look it up.\n"
)


def contents() -> tuple[Content, Content]:
    return (
        Content((Message("system", OLD), Message("user", "Hi {{ name }}")), settings={"temperature": 0.2}),
        Content(
            (Message("system", NEW), Message("user", "Hi {{ first_name }}")),
            variables=(Variable("first_name", EVIL),),
            settings={"temperature": 0.7, "stop": [EVIL]},
        ),
    )


def test_a_page_shows_what_changed_with_signs_and_words() -> None:
    page = read(diff_html.diff_page("a@1.0.0", "a@2.0.0", compare(*contents())))
    assert "patient" in page.marked["del"]
    assert "kind" in page.marked["ins"]
    for said in ("moved to line", "moved here from line", "temperature", "0.7", "first_name", "Message 2"):
        assert said in page.text
    signs = re.findall(r"<b>(.)</b>|<b>&(?:gt|lt);</b>", diff_html.diff_page("a", "b", compare(*contents())))
    assert {"-", "+"} <= set(signs)


def test_a_renamed_variable_is_told_as_one_and_only_others_as_new() -> None:
    before = Content(
        (Message("system", "Greet {{ user }}."), Message("user", "I am {{ user }}, and where is my order?"))
    )
    after = [Message("system", "Greet {{ customer }}."), Message("user", "I am {{ customer }}, and where is my order?")]
    found = compare(before, Content((*after, Message("assistant", "{{ more }}"))))
    page = read(diff_html.diff_page("a", "b", found)).text
    text = re.sub("<.*?>", "", diff_markdown.diff_document("a", "b", found))
    for told in (page, text):
        assert "Variable renamed: {{user}} → {{customer}} in 2 places" in told
        assert "Variables now used: more" in told
        assert "no longer used" not in told


def test_a_page_stands_alone() -> None:
    text = diff_html.diff_page("a", "b", compare(*contents()))
    page = read(text)
    assert {tag for tag, _ in page.tags}.isdisjoint({"script", "link", "img", "iframe", "object"})
    assert not any(name in attributes for _, attributes in page.tags for name in ("src", "href", "onclick", "style"))
    assert "prefers-color-scheme: dark" in text
    assert "@media print" in text
    assert 'name="viewport"' in text
    assert "url(" not in text
    assert "@import" not in text


@pytest.mark.parametrize("writer", [diff_html.diff_page, diff_markdown.diff_document])
def test_what_a_prompt_says_is_data(writer: object) -> None:
    assert callable(writer)
    before, after = Content.of_text(f"One line.\n{EVIL}\n"), Content.of_text(f"One line!\n{EVIL} more\n", stop=EVIL)
    text = writer(EVIL, EVIL, compare(before, after), facts=[EVIL])
    page = read(text if text.startswith("<!DOCTYPE") else f"<body>{text}</body>")
    assert {tag for tag, _ in page.tags}.isdisjoint({"script", "img", "pre"})
    assert "\x1b" not in text
    assert "\u202e" not in text
    assert "␛[31m" in page.text
    assert "⟨202E⟩" in page.text


def test_markdown_marks_words_inside_a_paragraph_and_holds_no_blank_line_in_a_table() -> None:
    text = diff_markdown.diff_document("a@1.0.0", "a@2.0.0", compare(*contents()))
    assert "<del>patient</del>" in text or "<del>patient </del>" in text
    assert "moved to line" in text
    for table in re.findall(r"<table>.*?</table>", text, re.DOTALL):
        assert "\n\n" not in table


def test_texts_that_are_the_same_and_messages_that_are_new_are_said() -> None:
    same = Content.of_text("Hello.")
    assert "Both say the same" in diff_html.diff_page("a", "b", compare(same, same))
    more = Content((*same.messages, Message("user", "New one.")))
    for writer in (diff_html.diff_page, diff_markdown.diff_document):
        text = read(f"<p>{writer('a', 'b', compare(same, more)).removeprefix('<!DOCTYPE html>')}</p>").text
        assert "New one." in text
        assert "added" in text


def test_long_unchanged_parts_are_folded(tmp_path: Path) -> None:
    lines = [f"Line number {number} says something of its own." for number in range(200)]
    old, new = "\n".join(lines), "\n".join([*lines[:100], "An inserted one.", *lines[100:]])
    text = diff_html.diff_page("a", "b", compare(Content.of_text(old), Content.of_text(new)))
    assert "97 lines unchanged" in text
    assert "Line number 3 " not in text


TEXT = st.text(alphabet="ab <>&\"'`*|@{}\n\t\x1b\u202e\u00a0é😀", max_size=60)


@examples(60)
@given(TEXT, TEXT, TEXT)
def test_whatever_the_texts_say_the_page_is_whole_and_shows_every_line(shared: str, old: str, new: str) -> None:
    left, right = Content.of_text(f"{shared}\n{old}\n{shared}"), Content.of_text(f"{shared}\n{new}\n{shared}", stop=new)
    found = compare(left, right)
    for text in (diff_html.diff_page(old, new, found), f"<body>{diff_markdown.diff_document(old, new, found)}</body>"):
        page = read(text)
        assert not re.search("[\x00-\x08\x0b-\x1f\u202e]", text)
        assert {tag for tag, _ in page.tags}.isdisjoint({"script", "img", "a", "ab", "ba"})
    page = read(diff_html.diff_page(old, new, found))
    if not any(message.diff.same for message in found.messages):
        shown = re.sub(r"[·→⍽]", " ", page.text).replace("\u00a0", " ")
        for line in new.split("\n"):
            assert one_line(line).replace("\u00a0", " ").replace("→", " ") in shown
