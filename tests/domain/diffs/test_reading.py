"""What people see: which words are marked, which lines belong together, what is said to have moved."""

from __future__ import annotations

import re
import textwrap

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.domain.diffs.strategies import PAIRS
from tests.domain.diffs.texts import SMALL, Writer
from workbench.domain.diffs import (
    Diff,
    Folded,
    Move,
    Rename,
    Row,
    RowKind,
    Seg,
    Segs,
    VariableUse,
    WhiteSpace,
    diff_lines,
    diff_texts,
    fold,
    hunks,
    is_ignored,
    without_ignored,
)

_SIGNS = {
    "equal": " ",
    "change": "~",
    "wsdiff": "·",
    "reflow": "¶",
    "reflow_edit": "¶~",
    "delete": "-",
    "insert": "+",
    "replace": "!",
    "moved_from": "<",
    "moved_to": ">",
}


def told(diff: Diff) -> list[str]:
    """Each row as its sign and its lines, changed words as [-gone-], [+come+] and changed spaces as [·]."""
    out: list[str] = []
    for row in diff.rows:
        sides = [
            _marked(diff.left_lines[row.l0 : row.l1], row.lsegs),
            _marked(diff.right_lines[row.r0 : row.r1], row.rsegs),
        ]
        texts = sides[1:] if row.kind == "equal" else [side for side in sides if side]
        out.append(f"{_SIGNS[row.kind]} " + " ⇒ ".join("⏎".join(side) for side in texts))
    return out


def _marked(lines: tuple[str, ...], segs: Segs | None) -> list[str]:
    if segs is None:
        return list(lines)
    frames = {"equal": ("", ""), "delete": ("[-", "-]"), "insert": ("[+", "+]"), "ws": ("[·", "·]")}
    return [
        "".join(frames[seg.kind][0] + line[seg.start : seg.end] + frames[seg.kind][1] for seg in parts)
        for line, parts in zip(lines, segs, strict=True)
    ]


@pytest.mark.parametrize(
    ("left", "right"),
    [
        ("You are a [-helpful-] agent.", "You are a [+friendly+] agent."),
        ("Ask [-{{name}}-] first", "Ask [+{{names}}+] first"),
        ("Ask [-{{ name }}-] first", "Ask [+{{ name|upper }}+] first"),
        ("Use x[-{name}-]y here", "Use x[+{title}+]y here"),
        ("Read [-${A}-] and go", "Read [+${B}+] and go"),
        ("So [-{% if a % 2 %}-] go on", "So [+{% if a % 3 %}+] go on"),
        ("Be kind in the answer.", "Be [+very +]kind in the answer."),
        ("It is the user's wish", "It is the user's [+own +]wish"),
        ("[-Don't-] do this now", "[+Do not+] do this now"),
        ("The [-price-] is fair", "The [+Price+] is fair"),
        ("price: {amount} euro", "price: {amount} euro[+, please+]"),
        ("日本[-語-]を話す人", "日本[+酒+]を話す人"),
        ("Hello [-👨‍👩‍👧-] my friend", "Hello [+👨‍👩‍👧‍👦+] my friend"),
        ("Fly to 🇩🇪[-🇫🇷-] today", "Fly to 🇩🇪[+🇫🇮+] today"),
        ("Say [-cafe\u0301-] now to all", "Say [+cafe+] now to all"),
        ("- [-keep-] it short and kind", "- [+make+] it short and kind"),
        ("1. [-Alpha-] is the one letter", "1. [+Omega+] is the one letter"),
    ],
)
def test_words_are_marked_whole(left: str, right: str) -> None:
    assert told(diff_texts(*map(_plain, (left, right)))) == [f"~ {left} ⇒ {right}"]


def _plain(marked: str) -> str:
    return re.sub(r"\[[-+]|[-+]\]", "", marked)


@pytest.mark.parametrize(
    "right",
    [
        "[+Be kind. Ask first. +]Be kind. Ask first. Answer then.",
        "Read the text, [+the notes, +]then the title.",
        "One is here. [+Four is here. +]Two is there.",
        "Name the place (the town) [+and the time (the hour) +]of it.",
    ],
)
def test_what_is_put_in_begins_where_a_sentence_or_a_clause_does(right: str) -> None:
    left = re.sub(r"\[\+.*?\+\]", "", right)
    assert told(diff_texts(left, _plain(right))) == [f"~ {left} ⇒ {right}"]


def test_a_lone_small_word_between_rewritten_parts_is_no_match() -> None:
    left = "Answer every question with patience and consult the knowledge base before replying to anybody at all."
    right = "Answer every message swiftly whenever customers shout and mention legal threats to anybody at all."
    (row,) = told(diff_texts(left, right))
    assert "and-]" not in row
    assert "-] and [-" not in row


def test_a_variable_between_rewritten_parts_stays_a_match() -> None:
    left = "Answer every difficult question of {{name}} with patience, consulting the knowledge base before replying."
    right = "Answer swiftly whenever angry customers like {{name}} mention lawyers, newspapers or public complaints."
    (row,) = told(diff_texts(left, right))
    assert "[-{{name}}" not in row
    assert row.count("{{name}}") == 2


def test_edited_lines_find_their_counterparts_beside_new_ones() -> None:
    left = "Rules\nAnswer in the language of the user.\nNever promise a refund.\nEnd"
    right = (
        "Rules\nA wholly new rule about tone.\nAnswer in the language of the customer.\nNever promise any refund.\nEnd"
    )
    assert told(diff_texts(left, right)) == [
        "  Rules",
        "+ A wholly new rule about tone.",
        "~ Answer in the language of the [-user-]. ⇒ Answer in the language of the [+customer+].",
        "~ Never promise [-a-] refund. ⇒ Never promise [+any+] refund.",
        "  End",
    ]


def test_much_that_is_added_to_a_short_line_leaves_it_the_same_line() -> None:
    left = "- Requirements\n- `docs/DESIGN.md`\n- Audits of others"
    right = left.replace("`\n", "` (only for tasks of the interface, and of all the files that match those patterns)\n")
    assert told(diff_texts(left, right)) == [
        "  - Requirements",
        "~ - `docs/DESIGN.md` ⇒ - `docs/DESIGN.md`[+ (only for tasks of the interface, and of all the files that match"
        " those patterns)+]",
        "  - Audits of others",
    ]


def test_a_few_words_across_a_break_join_no_long_paragraphs() -> None:
    # A pair where four words in a row happen to stand across a break of one side.
    left, right = Writer(272).paragraphs(12_000, 900), Writer(1272).paragraphs(12_000, 900)
    assert {row.kind for row in diff_texts(left, right).rows} == {"replace"}


def test_unrelated_lines_stand_opposite_each_other() -> None:
    assert diff_texts("alpha beta", "gamma delta").rows == (Row("replace", 0, 1, 0, 1),)


def test_blank_lines_do_not_pull_paragraphs_apart() -> None:
    left = "\n\n".join(f"Paragraph {n} tells of {word} at length." for n, word in enumerate(["tea", "salt", "iron"]))
    right = left.replace("salt at", "sugar at")
    assert [row.kind for row in diff_texts(left, right).rows] == ["equal", "change", "equal"]


def test_a_renumbered_list_shows_the_new_items_and_the_numbers() -> None:
    diff = diff_texts(*SMALL["list insertion"](1))
    assert [row.kind for row in diff.rows].count("insert") == 2
    assert sum(row.r1 - row.r0 for row in diff.rows if row.kind == "insert") == 3
    for row in diff.rows:
        if row.kind == "change" and row.rsegs is not None:
            (parts,) = row.rsegs
            assert [diff.right_lines[row.r0][s.start : s.end].isdigit() for s in parts if s.kind != "equal"] == [True]


def test_a_paragraph_that_was_split_is_one_row() -> None:
    left = "Answer in the language of the customer. Never promise a refund before the order was checked by a person."
    right = left.replace(". Never", ".\n\nNever")
    assert told(diff_texts(left, right)) == [
        f"¶ {left.replace('. Never', '.[· ·]Never')} ⇒ " + right.replace("\n", "⏎")
    ]
    edited = right.replace("a person", "a lawyer")
    (row,) = told(diff_texts(left, edited))
    assert row.startswith("¶~ ")
    assert "[-person-]" in row
    assert "[+lawyer+]" in row


def test_re_wrapped_paragraphs_change_no_word() -> None:
    diff = diff_texts(*SMALL["reflow"](1))
    assert {row.kind for row in diff.rows} == {"equal", "reflow"}
    assert (diff.stats.words_added, diff.stats.words_removed, diff.stats.lines_changed) == (0, 0, 0)
    assert diff.stats.lines_reflowed > 20


WRAPPED = "\n".join(textwrap.wrap(Writer(1).paragraph(400), 60)), "\n".join(textwrap.wrap(Writer(1).paragraph(400), 80))


@pytest.mark.parametrize(
    "frame",
    ["```\n{}\n```", "~~~~ text\n{}\n~~~~", "---\n{}\n---\n\nText"],
    ids=["fence", "tildes", "front matter"],
)
def test_line_breaks_that_mean_something_are_never_called_re_wrapped(frame: str) -> None:
    left, right = (frame.format(text) for text in WRAPPED)
    kinds = {row.kind for row in diff_texts(left, right).rows}
    assert not kinds & {"reflow", "reflow_edit"}
    assert "change" in kinds
    # The same without the frame is.
    assert {row.kind for row in diff_texts(*WRAPPED).rows} == {"reflow"}


@pytest.mark.parametrize("end", ["  ", "\\"])
def test_hard_line_breaks_are_no_wrapping(end: str) -> None:
    left = f"Roses are red and the violets are blue{end}\nSugar is sweet and so are you, says the old poem."
    right = f"Roses are red and the violets{end}\nare blue sugar is sweet and so are you, says the old poem."
    assert not {row.kind for row in diff_texts(left, right).rows} & {"reflow", "reflow_edit"}


def test_table_rows_pair_with_one_row_each() -> None:
    left = "| name | meaning of the name |\n|---|---|\n| tier | the plan that the customer pays for |"
    right = "| name | meaning of the name | since |\n|---|---|---|\n| tier | the plan that the customer pays for | 2 |"
    assert [row.kind for row in diff_texts(left, right).rows] == ["change"] * 3


def test_an_unclosed_fence_is_only_a_line() -> None:
    left, right = ("```\n" + text for text in WRAPPED)
    assert {row.kind for row in diff_texts(left, right).rows} == {"equal", "reflow"}


PARAGRAPHS = [Writer(seed).paragraph(200) for seed in range(7)]


def test_a_paragraph_of_one_line_that_moved_is_named() -> None:
    left = "\n\n".join(PARAGRAPHS[:4])
    right = "\n\n".join([*PARAGRAPHS[1:4], PARAGRAPHS[0]])
    diff = diff_texts(left, right)
    assert diff.moves == (Move(0, 1, 6, 7),)
    assert diff.stats.lines_moved == 1
    assert (diff.stats.words_added, diff.stats.words_removed) == (0, 0)


def test_a_move_shows_the_edit_inside_it() -> None:
    edited = PARAGRAPHS[0].replace(PARAGRAPHS[0].split()[5], "otherwise", 1)
    diff = diff_texts("\n\n".join(PARAGRAPHS[:4]), "\n\n".join([*PARAGRAPHS[1:4], edited]))
    (move,) = diff.moves
    assert 0.9 <= move.similarity < 1, "what a reader would say, who sees one word of fifteen"
    source, target = (row for row in told(diff) if row[0] in "<>")
    assert source.startswith("< ")
    assert source.count("[-") == 1
    assert target.count("[+otherwise+]") == 1


def test_moved_paragraphs_one_below_the_other_are_one_move() -> None:
    edited = PARAGRAPHS[1].replace(PARAGRAPHS[1].split()[5], "otherwise", 1)
    left = "\n\n".join(PARAGRAPHS)
    right = "\n\n".join([*PARAGRAPHS[2:], PARAGRAPHS[0], edited])
    (move,) = diff_texts(left, right).moves
    assert (move.l0, move.l1, move.r0, move.r1) == (0, 3, 10, 13)
    assert not move.exact


def test_a_heading_goes_with_its_paragraph_that_moved_and_was_edited() -> None:
    moved = "Use {} words of the customer for the thing they ask about, and give the steps in their order."
    stays = "## Two\n\nNever promise a refund.\n\n## Three\n\nKeep the tone warm and every sentence short."
    diff = diff_texts(f"## One\n\n{moved.format('the')}\n\n{stays}", f"{stays}\n\n## One\n\n{moved.format('own')}")
    assert [(move.l0, move.l1, move.r0, move.r1) for move in diff.moves] == [(0, 3, 8, 11)]
    source = next(row for row in diff.rows if row.kind == "moved_from")
    assert source.lsegs is not None
    assert source.lsegs[0] == (Seg("equal", 0, 6),)


def test_a_line_between_two_moves_makes_them_one() -> None:
    sentence = "Answer in the language of the user and never promise a refund before the order is checked."
    other = "the the the the the a a a"
    diff = diff_texts(f"0\n{sentence}\n0\n{other}\nthe", f"the\n\n0 {sentence}\n0\n{other}\n")
    assert [(move.l0, move.l1, move.r0, move.r1) for move in diff.moves] == [(1, 4, 2, 5)]


def test_short_lines_do_not_move() -> None:
    assert diff_texts("- yes\nAlpha text is here\nBeta", "Alpha text is here\nBeta\n- yes").moves == ()


@pytest.mark.parametrize(
    ("mode", "ignored"),
    [
        (WhiteSpace.EXACT, [False, False, False]),
        (WhiteSpace.TRAILING, [True, False, False]),
        (WhiteSpace.AMOUNT, [True, True, True]),
        (WhiteSpace.ALL, [True, True, True]),
    ],
)
def test_white_space_is_a_change_of_its_own_and_the_mode_says_whether_it_counts(
    mode: WhiteSpace, ignored: list[bool]
) -> None:
    left = "Be kind to all of them\n    Be brief in what you say\nBe exact in all you do\nEnd of it"
    right = "Be kind to all of them  \n  Be brief in what you say\nBe  exact in all you do\nEnd of it"
    diff = diff_texts(left, right, mode=mode)
    assert told(diff) == [
        "· Be kind to all of them ⇒ Be kind to all of them[·  ·]",
        "·   [·  ·]Be brief in what you say ⇒   Be brief in what you say",
        "· Be exact in all you do ⇒ Be [· ·]exact in all you do",
        "  End of it",
    ]
    assert [is_ignored(diff, row) for row in diff.rows] == [*ignored, False]
    assert diff.stats.lines_white_space == 3
    shown = without_ignored(diff)
    assert [row.l1 for row in shown.rows if row.kind == "wsdiff"] == [n for n, no in enumerate(ignored, 1) if not no]
    assert [row.l0 for row in shown.rows] == [0, *(row.l1 for row in shown.rows[:-1])]
    assert shown.same == all(ignored)


def test_an_indented_block_is_the_same_block() -> None:
    left = "name: x\ntype: object\nage:\n  type: integer\n  minimum: 0\ncity:\n    type: string\n    minimum: 0"
    right = "schema:\n" + "\n".join("  " + line for line in left.split("\n"))
    diff = diff_texts(left, right)
    assert [row.kind for row in diff.rows] == ["insert"] + ["wsdiff"] * 8
    assert diff_lines(left, right).rows == diff.rows


def test_words_written_together_are_white_space_only_where_none_counts() -> None:
    left, right = "The help desk is open for all today", "The helpdesk is open for all today"
    assert [row.kind for row in diff_texts(left, right).rows] == ["change"]
    assert told(diff_texts(left, right, mode=WhiteSpace.ALL)) == [
        "· The help[· ·]desk is open for all today ⇒ The helpdesk is open for all today"
    ]


def test_variables_that_came_went_and_were_renamed() -> None:
    left = "Dear {{ user_name }}, your {{tier}} plan.\nBye {{user_name}} {{#if x}}{{/if}} {old}"
    right = "Dear {{ customer_name }}, your {{tier}} plan {{tier}}.\nBye {{customer_name}} ${NEW}"
    variables = diff_texts(left, right).variables
    assert variables.added == (VariableUse("${NEW}", 0, 1), VariableUse("{{customer_name}}", 0, 2))
    assert variables.removed == (VariableUse("{old}", 1, 0), VariableUse("{{user_name}}", 2, 0))
    assert variables.recounted == (VariableUse("{{tier}}", 1, 2),)
    assert Rename("{{user_name}}", "{{customer_name}}", 1) in variables.renamed


def test_a_renamed_variable_is_counted() -> None:
    variables = diff_texts(*SMALL["variable rename"](1)).variables
    assert variables.renamed == (Rename("{{user_name}}", "{{customer_name}}", 14),)


def test_statistics_count_words_and_lines() -> None:
    stats = diff_texts(
        "One two three four five\n日本語を話す\nold line", "One two 3 four five\n日本酒を話す\n\nnew thing!"
    ).stats
    assert (stats.words_removed, stats.words_added) == (4, 4)
    assert (stats.lines_changed, stats.lines_removed, stats.lines_added) == (2, 1, 2)


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
    hide: tuple[RowKind, ...] = ("reflow", "wsdiff")
    for items in (fold(diff, context), fold(diff, context, headings=False, hide=hide)):
        i = j = 0
        for item in items:
            assert (item.l0, item.r0) == (i, j)
            i, j = item.l1, item.r1
            if isinstance(item, Folded) and item.kind == "equal":
                assert diff.left_lines[item.l0 : item.l1] == diff.right_lines[item.r0 : item.r1]
                assert item.count >= 1
            elif not isinstance(item, Folded):
                assert item.kind not in hide or items == fold(diff, context)
        assert (i, j) == (len(diff.left_lines), len(diff.right_lines))


def test_folds_name_the_heading_above_what_follows() -> None:
    lines = ["# Role", *["x"] * 20, "## Tools", *["y"] * 10, "old rule of the house", "end"]
    changed = [*lines]
    changed[-2] = "new rule of the house"
    diff = diff_texts("\n".join(lines), "\n".join(changed))
    items = fold(diff)
    assert items[0] == Folded(0, 29, 0, 29, "## Tools")
    assert [type(item).__name__ for item in items] == ["Folded", "Row", "Row", "Row"]
    assert items[1] == Row("equal", 29, 32, 29, 32)
    assert fold(diff, headings=False)[0] == Folded(0, 29, 0, 29)


def test_re_wrapped_and_white_space_rows_can_be_hidden() -> None:
    left, right = WRAPPED
    reflow: tuple[RowKind, ...] = ("reflow",)
    items = fold(diff_texts(left + "\n# Next\nHere is  it all", right + "\n# Next\nHere is it all"), hide=reflow)
    assert [(item.kind, isinstance(item, Folded)) for item in items] == [
        ("reflow", True),
        ("equal", False),
        ("wsdiff", False),
    ]
    assert isinstance(items[0], Folded)
    assert items[0].heading == ""
