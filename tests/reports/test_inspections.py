"""The summary of a change for a forge: what is wrong first, within the length that a forge takes."""

from __future__ import annotations

from workbench.domain.inspections import Inspection, Touched, Trial
from workbench.domain.prompts import Content, Version
from workbench.domain.rules import Finding
from workbench.reports.inspection_markdown import inspection_document


def version(name: str, number: str, text: str) -> Version:
    return Version(0, name, number, Content.of_text(text), note="Why it was changed")


def touched(place: int, words: int = 400) -> Touched:
    name = f"group/prompt-{place}"
    text = " ".join(f"word{at}" for at in range(words))
    return Touched(
        name,
        "changed",
        f"{name}.yaml",
        version(name, "1.0.0", text),
        version(name, "1.1.0", text + " more."),
        "",
        ("1.1.0",),
    )


def test_errors_stand_before_warnings_and_everything_is_counted() -> None:
    findings = (
        Finding("b.yaml", 0, "warning", "doubtful <b>", "length", ""),
        Finding("a.yaml", 3, "error", "wrong `x`", "template", "mend it"),
    )
    trials = (
        Trial("a", "1.0.0", "one"),
        Trial("a", "1.0.0", "two", "missing variable: x", "error"),
        Trial("b", "", "made-up values", "no list"),
    )
    text = inspection_document(Inspection("main", (touched(1), touched(2)), findings, trials))
    assert "**2 changed** since <code>main</code>" in text
    assert "1 error, 1 warning" in text
    assert "1 of 3 variable sets rendered" in text
    assert text.index("a.yaml:3") < text.index("b.yaml")
    assert "doubtful &lt;b&gt;" in text
    assert "could not be tried for want of values" in text
    assert text.count("<details open>") == 2
    assert "Why it was changed" in text
    assert "<ins>" in text


def test_a_change_without_prompts_says_so() -> None:
    text = inspection_document(Inspection("main", ()))
    assert "no prompt touched" in text
    assert "<table>" not in text


def test_new_prompts_are_shown_whole_and_deleted_ones_named() -> None:
    new = Touched("new", "added", "new.yaml", None, version("new", "1.0.0", "First line.\n\n  <Second> line."))
    gone = Touched("gone", "deleted", "gone.yaml", version("gone", "2.0.0", "Old text of the prompt."))
    text = inspection_document(Inspection("main", (gone, new)))
    assert "<code>  &lt;Second&gt; line.</code>" in text
    assert "deleted" in text
    assert "Old text" not in text


def test_the_summary_keeps_to_the_length_that_is_taken() -> None:
    many = tuple(touched(place) for place in range(60))
    whole = inspection_document(Inspection("main", many))
    cut = inspection_document(Inspection("main", many), limit=60_000)
    assert len(whole.encode()) > 60_000 >= len(cut.encode())
    assert "more prompts do not fit in here" in cut
    assert all(f"<code>group/prompt-{place}</code>" in cut for place in range(60))
    assert len(inspection_document(Inspection("main", many), limit=400).encode()) <= 1000
