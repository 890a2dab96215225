"""Rows, segments, hunks and folds: what holds for any two texts, and what people see for some."""

from __future__ import annotations

import random
import time
from itertools import pairwise

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from workbench.domain.diffs import Diff, Folded, Row, Seg, Segs, diff_texts, fold, hunks

LINE = st.one_of(
    st.text(st.characters(blacklist_categories=()), max_size=12),
    st.lists(
        st.sampled_from(
            [
                "the",
                "a",
                "support",
                "{{name}}",
                "{{",
                "x",
                "|",
                "f",
                "}}",
                "agent,",
                "kind.",
                "",
                "\t日本",
                "語",
                "é",
                "’s",
                "🇩🇪",
                "👨\u200d👩\u200d👧",
                "{%",
                "if",
                "%}",
            ]
        ),
        max_size=9,
    ).map(" ".join),
    st.sampled_from(["", "", " ", "- item", "# Title"]),
)
TEXT = st.lists(LINE, max_size=14).map("\n".join)


@st.composite
def related(draw: st.DrawFn) -> tuple[str, str]:
    """A text and an edit of it, so that there is something to align."""
    lines = draw(st.lists(LINE, max_size=14))
    edited = list(lines)
    for _ in range(draw(st.integers(0, 5))):
        at = draw(st.integers(0, len(edited)))
        act = draw(st.sampled_from(["insert", "delete", "edit", "swap"]))
        if act == "insert" or at >= len(edited):
            edited.insert(at, draw(LINE))
        elif act == "delete":
            del edited[at]
        elif act == "swap":
            edited[at], edited[0] = edited[0], edited[at]
        else:
            words = edited[at].split(" ")
            words[draw(st.integers(0, len(words) - 1))] = draw(st.sampled_from(["", "new", "words here", "  "]))
            edited[at] = " ".join(words)
    return "\n".join(lines), "\n".join(edited)


PAIRS = st.one_of(st.tuples(TEXT, TEXT), related())


def holds(diff: Diff, left: str, right: str) -> None:
    assert diff.left == left
    assert diff.right == right
    i = j = 0
    for row in diff.rows:
        assert (row.l0, row.r0) == (i, j)
        i, j = row.l1, row.r1
        l_lines, r_lines = diff.left_lines[row.l0 : row.l1], diff.right_lines[row.r0 : row.r1]
        if row.kind == "equal":
            assert l_lines == r_lines
            assert l_lines
        elif row.kind == "change":
            assert len(l_lines) == len(r_lines) == 1
            assert l_lines != r_lines
            assert tiled(only(row.lsegs), l_lines[0], "delete") == tiled(only(row.rsegs), r_lines[0], "insert")
        else:
            assert bool(l_lines) == (row.kind != "insert")
            assert bool(r_lines) == (row.kind != "delete")
        if row.kind != "change":
            assert row.lsegs is row.rsegs is None
    assert (i, j) == (len(diff.left_lines), len(diff.right_lines))
    for one, other in pairwise(diff.rows):
        assert not (one.kind == other.kind == "equal")


def only(segs: Segs | None) -> tuple[Seg, ...]:
    return segs[0] if segs else ()


def tiled(segs: tuple[Seg, ...], line: str, kind: str) -> str:
    """The equal text, after checking that the segments cover the line without gaps and in turns."""
    at = 0
    for seg in segs:
        assert seg.kind in ("equal", kind)
        assert seg.start == at < seg.end
        at = seg.end
    assert at == len(line)
    assert all(a.kind != b.kind for a, b in pairwise(segs))
    return "".join(line[seg.start : seg.end] for seg in segs if seg.kind == "equal")


@given(PAIRS)
@settings(max_examples=400)
@example(("", "\n"))
@example(("a", "a\n"))
@example(("a\r\nb", "a\nb"))
@example(("\u2028a\x0b", "\u2028b\x0b"))
@example(("\ud800 x", "\ud800 y"))
def test_rows_and_segments_tile_both_sides(pair: tuple[str, str]) -> None:
    holds(diff_texts(*pair), *pair)


@given(TEXT)
def test_a_text_is_the_same_as_itself(text: str) -> None:
    diff = diff_texts(text, text)
    assert diff.same
    assert [row.kind for row in diff.rows] == ["equal"]
    assert hunks(diff) == []
    assert fold(diff) == [Folded(0, len(diff.left_lines), 0, len(diff.right_lines), fold_heading(diff))]


def fold_heading(diff: Diff) -> str:
    (folded,) = fold(diff)
    assert isinstance(folded, Folded)
    return folded.heading


@given(PAIRS)
def test_different_texts_have_a_hunk_and_the_same_diff_every_time(pair: tuple[str, str]) -> None:
    diff = diff_texts(*pair)
    assert bool(hunks(diff)) == (pair[0] != pair[1])
    assert diff == diff_texts(*pair)


@given(PAIRS, st.integers(0, 4))
def test_hunks_and_folds_leave_nothing_out(pair: tuple[str, str], context: int) -> None:
    diff = diff_texts(*pair)
    inside = {index for start, end in hunks(diff) for index in range(start, end)}
    assert inside == {index for index, row in enumerate(diff.rows) if row.kind != "equal"}
    i = j = 0
    for item in fold(diff, context):
        assert (item.l0, item.r0) == (i, j)
        i, j = item.l1, item.r1
        if isinstance(item, Folded):
            assert diff.left_lines[item.l0 : item.l1] == diff.right_lines[item.r0 : item.r1]
            assert item.count >= 1
    assert (i, j) == (len(diff.left_lines), len(diff.right_lines))


def marked(left: str, right: str) -> tuple[str, str]:
    """Both sides with [-what went-] and [+what came+]."""
    out = ["", ""]
    for row in diff_texts(left, right).rows:
        for side, (lines, start, end, segs) in enumerate(
            [
                (left.split("\n"), row.l0, row.l1, only(row.lsegs)),
                (right.split("\n"), row.r0, row.r1, only(row.rsegs)),
            ]
        ):
            sign = "-+"[side]
            for number in range(start, end):
                line = lines[number]
                if row.kind == "equal":
                    out[side] += line
                elif row.kind == "change":
                    for seg in segs:
                        part = line[seg.start : seg.end]
                        out[side] += part if seg.kind == "equal" else f"[{sign}{part}{sign}]"
                else:
                    out[side] += f"[{sign}{line}{sign}]"
                out[side] += "\n"
    return out[0][:-1], out[1][:-1]


@pytest.mark.parametrize(
    ("left", "right"),
    [
        ("You are a [-helpful-] agent.", "You are a [+friendly+] agent."),
        ("Ask {{[-name-]}} first", None),
        ("Greet [-{{name}}-] kindly today", "Greet [+{{full_name}}+] kindly today"),
        ("Be kind in the answer.", "Be [+very +]kind in the answer."),
        ("the user's wish", "the user's [+own +]wish"),
        ("price: {amount} euro", "price: {amount} euro[+, please+]"),
        ("日本[-語-]を話す人", "日本[+酒+]を話す人"),
        ("Hello 👨‍👩‍👧 my [-family-]", "Hello 👨‍👩‍👧 my [+friends+]"),
    ],
)
def test_words_are_marked_whole(left: str, right: str | None) -> None:
    if right is None:  # a variable is one token, whatever changes inside it
        assert marked("Ask {{name}} first", "Ask {{names}} first")[0] == "Ask [-{{name}}-] first"
        return
    plain = [side.replace(f"[{s}", "").replace(f"{s}]", "") for side, s in ((left, "-"), (right, "+"))]
    assert marked(*plain) == (left, right)


def test_a_lone_small_word_between_rewritten_parts_is_no_match() -> None:
    left = "Answer every question with patience and consult the knowledge base before replying."
    right = "Escalate difficult conversations quickly whenever and customers mention legal threats."
    for row in diff_texts(left, right).rows:
        assert not [
            seg for seg in only(row.lsegs) if seg.kind == "equal" and left[seg.start : seg.end].strip() == "and"
        ]


def test_edited_lines_find_their_counterparts_beside_new_ones() -> None:
    left = "Rules\nAnswer in the language of the user.\nNever promise a refund.\nEnd"
    right = (
        "Rules\nA wholly new rule about tone.\nAnswer in the language of the customer.\nNever promise any refund.\nEnd"
    )
    assert [(row.kind, row.l0, row.r0) for row in diff_texts(left, right).rows] == [
        ("equal", 0, 0),
        ("insert", 1, 1),
        ("change", 1, 2),
        ("change", 2, 3),
        ("equal", 3, 4),
    ]


def test_unrelated_lines_stand_opposite_each_other() -> None:
    assert diff_texts("alpha beta", "gamma delta").rows == (Row("replace", 0, 1, 0, 1),)


def test_blank_lines_do_not_pull_paragraphs_apart() -> None:
    left = "\n\n".join(f"Paragraph {n} tells of {word} at length." for n, word in enumerate(["tea", "salt", "iron"]))
    right = left.replace("salt at", "sugar at")
    assert [row.kind for row in diff_texts(left, right).rows] == ["equal", "change", "equal"]


def test_folds_name_the_heading_above_what_follows() -> None:
    lines = ["# Role", *["x"] * 20, "## Tools", *["y"] * 10, "old rule of the house", "end"]
    changed = [*lines]
    changed[-2] = "new rule of the house"
    items = fold(diff_texts("\n".join(lines), "\n".join(changed)))
    assert items[0] == Folded(0, 29, 0, 29, "## Tools")
    assert [type(item).__name__ for item in items] == ["Folded", "Row", "Row", "Row"]
    assert items[1] == Row("equal", 29, 32, 29, 32)


def words_of(seed: int, count: int) -> list[str]:
    rnd = random.Random(seed)
    vocabulary = ["".join(rnd.choices("abcdefghij", k=rnd.randint(2, 9))) for _ in range(800)]
    return rnd.choices(vocabulary, k=count)


def edited(words: list[str], seed: int, share: float) -> list[str]:
    rnd = random.Random(seed)
    return [rnd.choice(["new", "other", "words"]) if rnd.random() < share else word for word in words]


def paragraphs(words: list[str]) -> str:
    return "\n\n".join(" ".join(words[n : n + 60]) for n in range(0, len(words), 60))


BIG = {
    "one long line": (" ".join(words_of(1, 150_000)), " ".join(edited(words_of(1, 150_000), 2, 0.03))),
    "one line rewritten": (" ".join(words_of(1, 80_000)), " ".join(words_of(2, 80_000))),
    "paragraphs": (paragraphs(words_of(1, 150_000)), paragraphs(edited(words_of(1, 150_000), 2, 0.02))),
    "paragraphs rewritten": (paragraphs(words_of(1, 150_000)), paragraphs(words_of(2, 150_000))),
    "the same bullet": ("- item\n" * 30_000, "- other\n" * 31_000),
    "two bullets mixed": (
        "\n".join(random.Random(1).choices("ab", k=30_000)),
        "\n".join(random.Random(2).choices("ab", k=30_000)),
    ),
    "two words mixed": (
        " ".join(random.Random(1).choices("ab", k=100_000)),
        " ".join(random.Random(2).choices("ab", k=100_000)),
    ),
    "no spaces": ("x" * 1_000_000, "x" * 999_999 + "y"),
    "braces": ("{" * 300_000, "{" * 299_999 + "x"),
    "open tags": ("{% a " * 60_000, "{% b " * 60_000),
    "spaces": (" " * 1_000_000, "\t" * 1_000_000),
}


@pytest.mark.parametrize("name", BIG)
def test_big_texts_come_back_soon(name: str) -> None:
    left, right = BIG[name]
    started = time.process_time()
    diff = diff_texts(left, right)
    # Measured at 0.1 to 1.6 s; without the bounds most of these take minutes.
    assert time.process_time() - started < 6
    holds(diff, left, right)
