"""Each step of the engine alone."""

from __future__ import annotations

import random
import unicodedata
from collections.abc import Sequence
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.domain.diffs.strategies import TEXT
from tests.support.examples import examples
from workbench.domain.diffs import by_difflib, lcs
from workbench.domain.diffs.alignment import LINES, WORDS, Grams, align
from workbench.domain.diffs.anchors import anchors, heaviest_chain
from workbench.domain.diffs.cleanup import without_confetti
from workbench.domain.diffs.deadline import Deadline
from workbench.domain.diffs.exempt import kept_breaks
from workbench.domain.diffs.lcs import longest_common
from workbench.domain.diffs.ordering import paired
from workbench.domain.diffs.shifting import shifted
from workbench.domain.diffs.statistics import count_words
from workbench.domain.diffs.tokens import Tokens, Vocabulary, _all_pieces, common_words, pieces, tokens_of
from workbench.domain.diffs.variables import found_in
from workbench.domain.diffs.whitespace import white_space_row

NEVER = Deadline()
NUMBERS = st.lists(st.integers(0, 6), max_size=24)


# -- deadline


def test_a_deadline_passes_and_none_never_does() -> None:
    assert not Deadline().passed()
    assert not Deadline(60).passed()
    assert Deadline(0).passed()


# -- longest common subsequence


def best_length(a: Sequence[int], b: Sequence[int]) -> int:
    """By the textbook."""
    above = [0] * (len(b) + 1)
    for x in a:
        row = [0]
        for j, y in enumerate(b):
            row.append(above[j] + 1 if x == y else max(above[j + 1], row[j]))
        above = row
    return above[-1]


def chain_holds(a: Sequence[int], b: Sequence[int], pairs: list[tuple[int, int]]) -> None:
    assert all(a[i] == b[j] for i, j in pairs)
    assert all(i < x and j < y for (i, j), (x, y) in pairwise(pairs))


@given(NUMBERS, NUMBERS)
def test_the_longest_common_subsequence_is_the_longest(a: list[int], b: list[int]) -> None:
    pairs = longest_common(a, b, NEVER)
    assert not isinstance(pairs, str)
    chain_holds(a, b, pairs)
    assert len(pairs) == best_length(a, b)


@pytest.mark.parametrize("sizes", [(700, 900), (900, 700), (1500, 40)])
def test_it_is_the_same_whether_all_rows_are_kept_or_computed_again(
    sizes: tuple[int, int], monkeypatch: pytest.MonkeyPatch
) -> None:
    rnd = random.Random(1)
    a, b = (rnd.choices(range(30), k=size) for size in sizes)
    kept = longest_common(a, b, NEVER)
    monkeypatch.setattr(lcs, "_KEPT_CELLS", 0)
    again = longest_common(a, b, NEVER)
    assert kept == again
    assert not isinstance(kept, str)
    chain_holds(a, b, kept)
    assert len(kept) == best_length(a, b)


def test_it_says_why_it_found_nothing() -> None:
    a, b = [1, 2] * 300, [2, 2, 1] * 300
    assert longest_common(a, b, Deadline(0)) == "out of time"
    assert longest_common(a, b, NEVER, 1000) == "too large"
    # What is left after the common ends is what counts.
    assert longest_common([1] * 4000 + [2], [1] * 4000 + [3], NEVER, 1000) == [(n, n) for n in range(4000)]


# -- anchors and alignment


@given(st.permutations(list(range(12))), st.lists(st.integers(1, 3), min_size=12, max_size=12))
def test_the_heaviest_chain_is_the_heaviest(order: list[int], weights: list[int]) -> None:
    runs = [(10 * i, 10 * j, n) for i, (j, n) in enumerate(zip(order, weights, strict=True))]
    chain = heaviest_chain(runs, NEVER)
    assert all(one[0] < other[0] and one[1] < other[1] for one, other in pairwise(chain))
    best = [0] * 13
    for k, (_, j, n) in enumerate(runs):
        best[k] = n + max((best[p] for p in range(k) if runs[p][1] < j), default=0)
    assert sum(n for _, _, n in chain) == max(best)


def test_anchors_are_unique_on_both_sides_and_as_long_as_they_can_be() -> None:
    a, b = [1, 1, 5, 6, 7, 1, 1, 9], [1, 5, 6, 7, 1, 2, 1, 9, 9]
    assert anchors(a, b, (0, 8, 0, 9), 1, NEVER) == [(1, 0, 5)]
    assert anchors(a, b, (0, 8, 0, 9), 2, NEVER) == [(1, 0, 5), (6, 6, 2)]
    assert anchors([1, 2, 1, 2], [1, 2, 1, 2], (0, 4, 0, 4), 4, NEVER) == [(0, 0, 4)]
    assert anchors([1, 2, 1, 2], [1, 2, 3, 1, 2], (0, 4, 0, 5), 2, NEVER) == []
    assert anchors(a, b, (0, 8, 0, 9), 1, Deadline(0)) == []


@given(NUMBERS, NUMBERS, st.sampled_from([LINES, WORDS, Grams((4, 2, 1), 0)]))
def test_alignments_are_maximal_runs_in_order(a: list[int], b: list[int], grams: Grams) -> None:
    for aligner in (align, by_difflib.align):
        found = aligner(a, b, grams, NEVER)
        assert found.lacks is None
        for i, j, n in found.runs:
            assert n > 0
            assert a[i : i + n] == b[j : j + n]
        for (i, j, n), (x, y, _) in pairwise(found.runs):
            assert i + n <= x
            assert j + n <= y
            assert (i + n, j + n) != (x, y)


def test_difflib_is_not_started_on_what_it_would_not_finish() -> None:
    same = [1, 2] * 20_000
    assert by_difflib.align(same[:150] * 1000, same[1:150], LINES, NEVER).lacks == "too large"
    assert by_difflib.align([1], [1], LINES, Deadline(0)).lacks == "out of time"


# -- tokens


@given(TEXT)
@examples(300)
def test_pieces_are_the_whole_text_and_cut_no_character(text: str) -> None:
    found = pieces(text).findall(text)
    assert "".join(found) == text
    for piece in found:
        assert piece.isspace() == (not piece.strip())
        assert not piece.isspace() or piece == "\n" or "\n" not in piece
    for before, after in pairwise(found):
        if before != "\n":
            assert unicodedata.category(after[0])[0] != "M"
            assert after[0] not in "\u200c\u200d"


@given(
    st.text(st.characters(max_codepoint=127), max_size=60) | st.sampled_from(["{% a % b %}'x", "{{a}}{b}${c}{{{d}}}"])
)
@examples(300)
def test_plain_texts_have_the_same_tokens_by_the_quick_expression(text: str) -> None:
    assert pieces(text).findall(text) == _all_pieces().findall(text)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("don’t stop-gap 3.5", ["don’t", "stop", "-", "gap", "3", ".", "5"]),
        ("Hi {{ user.name | upper }}!", ["Hi", "{{ user.name | upper }}", "!"]),
        ("{{{raw}}} {{#if x}}y{{/if}}", ["{{{raw}}}", "{{#if x}}", "y", "{{/if}}"]),
        ("{name} {{literal}} {not a name} ${HOME}", ["{name}", "{{literal}}", "{", "not", "a", "name", "}", "${HOME}"]),
        ("{größe} {{größe}}", ["{größe}", "{{größe}}"]),
        ("a{% set x = 5 % 2 %}b", ["a", "{% set x = 5 % 2 %}", "b"]),
        ("我爱你ok", ["我", "爱", "你", "ok"]),
        ("か\u3099っこ", ["か\u3099", "っ", "こ"]),
        ("क्षि है।", ["क्षि", "है", "।"]),
        ("👨‍👩‍👧🇩🇪🇫🇷👍🏽1️⃣ x\u0301y", ["👨‍👩‍👧", "🇩🇪", "🇫🇷", "👍🏽", "1️⃣", "x\u0301y"]),
        ("a \u0301b", ["a", " \u0301", "b"]),
        ("שלום, עולם", ["שלום", ",", "עולם"]),
    ],
)
def test_tokens(text: str, expected: list[str]) -> None:
    assert [piece for piece in pieces(text).findall(text) if not piece.isspace()] == expected


def tokens(*lines: str, vocabulary: Vocabulary | None = None) -> Tokens:
    return tokens_of(lines, range(len(lines)), vocabulary or Vocabulary(), NEVER)


@given(st.lists(TEXT.map(lambda text: text.replace("\n", " ")), min_size=1, max_size=5))
def test_tokens_know_their_places(lines: list[str]) -> None:
    vocabulary = Vocabulary()
    found = tokens(*lines, vocabulary=vocabulary)
    texts = [lines[at][start:end] for at, start, end in zip(found.at, found.starts, found.ends, strict=True)]
    assert "".join("".join(texts).split()) == "".join("".join(lines).split())
    assert vocabulary.numbers(texts) == found.ids
    assert all(vocabulary.weights[token] > 0 for token in found.ids)


def test_tokens_of_some_lines_only() -> None:
    found = tokens_of(["a b", "c", "d e"], [0, 2], Vocabulary(), NEVER)
    assert (found.at, found.starts, found.ends) == ([0, 0, 2, 2], [0, 2, 0, 2], [1, 3, 1, 3])


def test_a_long_text_is_read_in_parts_that_cut_nothing() -> None:
    line = "word {{ a b c d e f }} 漢字かな " * 60_000
    found = tokens(line)
    assert len(set(found.ids)) == 6
    assert len(found.ids) == 6 * 60_000
    assert tokens_of([line], [0], Vocabulary(), Deadline(0)).ids == []


def test_weights_say_how_much_a_match_says() -> None:
    vocabulary = Vocabulary(common_words(["agent the rule " * 30 + "x"]))
    names = ["{{name}}", "internationalisation", "rare", "the", "agent", ".", "語", " "]
    numbers = vocabulary.numbers(names)
    assert [vocabulary.weights[n] for n in numbers] == [24, 12, 4, 1, 1, 0.5, 2, 0]


# -- cleanup and shifting


def texts_of(side: Tokens, runs: list[tuple[int, int, int]]) -> list[str]:
    return [
        side.lines[side.at[i]][side.starts[i] : side.ends[i + n - 1]] if side.at[i] == side.at[i + n - 1] else "…"
        for i, _, n in runs
    ]


@pytest.mark.parametrize(
    ("left", "right", "kept"),
    [
        ("rewritten wholly and again anew", "different things and something else", []),
        ("rewritten wholly {{name}} again anew", "different things {{name}} something else", ["{{name}}"]),
        ("one changed word of many", "one other word of many", ["one", "word of many"]),
        ("- rewritten wholly again", "- different things entirely", ["-"]),
    ],
)
def test_confetti_is_dropped_and_what_holds_is_kept(left: str, right: str, kept: list[str]) -> None:
    vocabulary = Vocabulary(common_words([]))
    one, other = tokens(left, vocabulary=vocabulary), tokens(right, vocabulary=vocabulary)
    runs = align(one.ids, other.ids, WORDS, NEVER).runs
    assert texts_of(one, without_confetti(runs, one, other, vocabulary.weights, NEVER)) == kept


@given(NUMBERS, NUMBERS)
def test_shifting_keeps_every_match_a_match(a: list[int], b: list[int]) -> None:
    words = ["a", "b.", "c,", "d", "e;", "f", "g"]
    vocabulary = Vocabulary()
    one, other = (tokens(" ".join(words[n] for n in side), vocabulary=vocabulary) for side in (a, b))
    runs = align(one.ids, other.ids, WORDS, NEVER).runs
    moved = shifted(runs, one, other, NEVER)
    assert sum(n for _, _, n in moved) == sum(n for _, _, n in runs)
    assert len(moved) <= len(runs) + 1
    for i, j, n in moved:
        assert one.ids[i : i + n] == other.ids[j : j + n]
    for (i, j, n), (x, y, _) in pairwise(moved):
        assert i + n <= x
        assert j + n <= y


# -- lines that stay alone, white space, variables, words


def test_lines_whose_breaks_are_kept() -> None:
    text = "---\ntitle: x\n---\nplain\n| a | b |\n  ```py\ncode\n  ```\nhard  \nalso\\\n~~~\n```\n~~~\n```\nopen"
    assert sorted(kept_breaks(text.split("\n"))) == [0, 1, 2, 4, 5, 6, 7, 8, 9, 10, 11, 12]
    assert kept_breaks(["no", "---", "   "]) == frozenset()


def test_white_space_is_told_where_it_differs_and_cuts_nothing() -> None:
    row = white_space_row("  a b", "\ta  b", 0, 0)
    assert row.lsegs is not None
    assert [(seg.kind, seg.start, seg.end) for seg in row.lsegs[0]] == [("ws", 0, 2), ("equal", 2, 5)]
    assert white_space_row("{{ a }} b", "{{a}} b", 0, 0).lsegs is None
    assert white_space_row("a \u0301b", "a\u0301b", 0, 0).lsegs is None
    assert white_space_row("same", "same", 3, 4).kind == "equal"


def test_variables_as_they_are_written() -> None:
    text = "{{ a }} {{{b}}} {c} ${D} {{#each x}} {{/each}} {% if y %} {{! note }} {{x|upper}} {{{{ {{!x}} {n}{m} {1}"
    assert list(found_in(text)) == ["{{a}}", "{{{b}}}", "{c}", "${D}", "{{x|upper}}", "{n}", "{m}"]
    assert list(found_in("{" * 300_000)) == []


def test_words_are_counted_as_people_do() -> None:
    assert count_words("two words, really") == 3
    assert count_words("日本語 and more") == 5
    assert count_words(" \n ") == 0
    assert count_words("Hi {{ customer_name }}, {% if tier == 'pro' %}you{% endif %}") == 3


@given(st.text("ab \t\n\x0b\x0c\r\x1c\x1f\x00", max_size=30))
def test_words_of_a_long_line_are_counted_as_those_of_a_short_one(text: str) -> None:
    assert count_words(text * 1000) == len((text * 1000).split())


# -- order


def test_items_are_paired_by_what_they_are_then_by_how_alike_they_are() -> None:
    left, right = ["a", "b1", "c", "d1"], ["new", "a", "c", "x", "d2"]

    def alike(i: int, j: int) -> float:
        return 1.0 if left[i][0] == right[j][0] else 0.0

    assert paired(left, right, alike) == [(-1, 0), (0, 1), (1, -1), (2, 2), (-1, 3), (3, 4)]


@given(NUMBERS, NUMBERS)
def test_every_item_is_in_the_order_once(a: list[int], b: list[int]) -> None:
    found = paired(list(map(str, a)), list(map(str, b)), lambda i, j: 0.1 + (a[i] == b[j]))
    assert [i for i, _ in found if i >= 0] == list(range(len(a)))
    assert [j for _, j in found if j >= 0] == list(range(len(b)))
