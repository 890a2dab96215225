"""The parts of the diff view by themselves: wrapping, weaving, blocks, layout, drawing, search, phases."""

from __future__ import annotations

import asyncio
import pickle
import sys
import time
from bisect import bisect_left

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from rich.cells import cell_len
from textual.app import App, ComposeResult

from tests.bench.diff_pairs import pair
from tests.support.host_app import until
from tests.tui.hard_pairs import PAIRS
from workbench.domain.diffs import WhiteSpace, compare, diff_texts, hunks
from workbench.domain.estimates import estimated_tokens
from workbench.domain.prompts import Content
from workbench.domain.weaving import can_be_woven, weave
from workbench.services.diffs.differing import Job, flat, from_flat
from workbench.tui.differ import in_process
from workbench.tui.widgets.diff.anchors import anchor_at, row_of_anchor
from workbench.tui.widgets.diff.blocks import ALL, LAYOUTS, LEFT, RIGHT, Layout, View, blocks_of
from workbench.tui.widgets.diff.drawing import Pen
from workbench.tui.widgets.diff.heads import sheet_of, sheet_of_texts
from workbench.tui.widgets.diff.layout import LaidOut, Texts, Widths
from workbench.tui.widgets.diff.lines import drawn
from workbench.tui.widgets.diff.palette import ASCII, UNICODE, Signs, inks
from workbench.tui.widgets.diff.ruler import ruler_of
from workbench.tui.widgets.diff.searching import find_all
from workbench.tui.widgets.diff.view import DiffView
from workbench.tui.widgets.diff.words import places_of

ATOMS = [
    "a",
    "word ",
    " ",
    "é",
    "漢字",
    "か゛",
    "👩‍🚀",
    "🇩🇪",
    "x" * 30,
    "e\u0301",
    "\t",
    "\r",
    "\x1b[0m",
    "\u202e",
    "- ",
    "ไทย",
]
LINES = st.lists(st.sampled_from(ATOMS), max_size=12).map("".join)
TEXTS = st.lists(LINES, max_size=8).map("\n".join)


def laid_out(left: str, right: str, layout: Layout, width: int, context: int = ALL, signs: Signs = UNICODE) -> LaidOut:
    sheet = sheet_of_texts(diff_texts(left, right))
    texts = Texts(sheet)
    gutter = len(str(texts.longest))
    return LaidOut(blocks_of(sheet, View(layout, context), signs), texts, Widths(width, gutter, layout == "split"))


def lines_of(left: str, right: str, layout: Layout, width: int, signs: Signs = UNICODE) -> list[str]:
    out = laid_out(left, right, layout, width, signs=signs)
    pen = Pen(sheet_of_texts(diff_texts(left, right)), out, inks("none", True), signs, lambda *_: [])
    return ["".join(text for text, _ in pen.line(y, False)) for y in range(out.height)]


@given(LINES)
def test_places_of_a_line_are_found_in_what_is_drawn_of_it(line: str) -> None:
    shown = drawn(line)
    for index, char in enumerate(line):
        if char.isalnum():
            assert shown.text[shown.moved(index)] == char
    assert shown.moved(len(line)) == len(shown.text)


@given(TEXTS, TEXTS)
def test_woven_lines_hold_both_sides(left: str, right: str) -> None:
    diff = diff_texts(left, right)
    for row in diff.rows:
        if row.kind not in ("change", "reflow_edit") or not can_be_woven(row):
            continue
        woven = weave(diff, row)
        kept = ["".join(line.text[s.start : s.end] for s in line.segs if s.kind != "delete") for line in woven]
        assert kept == list(diff.right_lines[row.r0 : row.r1])
        words = "".join(
            line.text[s.start : s.end] for line in woven for s in line.segs if s.kind in ("equal", "delete")
        )
        assert "".join(words.split()) == "".join("".join(diff.left_lines[row.l0 : row.l1]).split())


@settings(deadline=None)
@given(TEXTS, TEXTS, st.sampled_from(LAYOUTS), st.integers(40, 120))
def test_every_visual_line_has_the_width_it_was_laid_out_for(left: str, right: str, layout: Layout, width: int) -> None:
    for line in lines_of(left, right, layout, width):
        assert cell_len(line) == width


@settings(deadline=None)
@given(TEXTS, TEXTS, st.sampled_from(LAYOUTS))
def test_every_line_of_both_sides_is_drawn_and_found_again(left: str, right: str, layout: Layout) -> None:
    diff = diff_texts(left, right)
    out = laid_out(left, right, layout, 100)
    for side, lines in ((LEFT, diff.left_lines), (RIGHT, diff.right_lines)):
        for line in range(len(lines)):
            y = out.row_of(0, side, line)
            assert y is not None
            anchor = anchor_at(out, y, side)
            assert anchor is not None
            assert row_of_anchor(out, anchor) == y


@pytest.mark.parametrize("layout", LAYOUTS)
@pytest.mark.parametrize("name", PAIRS)
def test_a_place_stays_when_the_width_and_the_layout_change(name: str, layout: Layout) -> None:
    before = laid_out(*PAIRS[name], "split", 160)
    after = laid_out(*PAIRS[name], layout, 72)
    for y in range(before.height):
        anchor = anchor_at(before, y)
        assert anchor is not None
        there = anchor_at(after, row_of_anchor(after, anchor), anchor.side)
        assert there is not None
        assert there.line == anchor.line or there.row is anchor.row or there.row == anchor.row


def test_all_that_changed_has_a_sign_in_every_alphabet() -> None:
    for name, (left, right) in PAIRS.items():
        assert "~" in "".join(lines_of(left, right, "unified", 80)) or hunks(diff_texts(left, right))
        plain = "".join(lines_of(left, right, "split", 100, ASCII))
        if (left + right).isascii():
            assert plain.isascii(), name


def test_a_moved_paragraph_names_its_other_end_on_both_sides() -> None:
    lines = lines_of(*PAIRS["reordered"], "split", 160)
    assert any("> moved to line" in line.partition("│")[2] for line in lines)
    assert any("< moved from line" in line.partition("│")[0] for line in lines)
    below = lines_of(*PAIRS["reordered"], "unified", 80)
    assert sum("moved to line" in line for line in below) == sum("moved from line" in line for line in below) > 0


def test_rows_that_continue_a_list_item_stand_under_its_text() -> None:
    lines = lines_of(*PAIRS["list"], "unified", 60)
    item = next(index for index, line in enumerate(lines) if "- Rule 1:" in line)
    assert lines[item].index("Rule 1") == len(lines[item + 1]) - len(lines[item + 1].split("↪", 1)[1].lstrip())


def test_the_words_of_a_long_line_are_stepped_through_in_order() -> None:
    out = laid_out(*PAIRS["long_paragraph"], "split", 120)
    places = [place for index in range(len(out.blocks)) for place in places_of(out, index)]
    assert len(places) == 8
    assert [place.y for place in places] == sorted(place.y for place in places)


@pytest.mark.parametrize("height", [10, 45])
def test_the_ruler_shows_every_change_and_nothing_else(height: int) -> None:
    lines = [f"line {n} is one of two hundred" for n in range(200)]
    changed = [*lines[:50], "line 50 is another one", *lines[51:150], *lines[151:], "more"]
    out = laid_out("\n".join(lines), "\n".join(changed), "split", 100)
    marks = [sign for sign, _ in ruler_of(out, height, UNICODE)]
    assert marks[50 * height // out.height] == "~"
    assert marks[150 * height // out.height] == "-"
    assert marks[-1] == "+"
    assert sum(sign != " " for sign in marks) == 3


def test_both_ends_of_a_move_are_on_the_ruler_whole() -> None:
    out = laid_out(*PAIRS["reordered"], "split", 159)
    marks = [sign for sign, _ in ruler_of(out, out.height, UNICODE)]
    assert marks.count("<") == marks.count(">") == 6


@pytest.mark.parametrize("layout", LAYOUTS)
@pytest.mark.parametrize("width", [79, 99, 160])
def test_text_never_touches_what_stands_behind_it(layout: Layout, width: int) -> None:
    for name in ("long_paragraph", "reordered", "chinese"):
        for line in lines_of(*PAIRS[name], layout, width):
            halves = line.split("│") if layout == "split" else [line]
            assert all(half.endswith(" ") for half in halves), line


def test_a_search_finds_both_sides_once_and_minds_upper_case_when_asked() -> None:
    sheet = sheet_of_texts(diff_texts("One two\nsame One\nthree", "one two\nsame One\nfour"))
    texts = Texts(sheet)
    assert [(m.side, m.line) for m in find_all(sheet, texts, "one")] == [(LEFT, 0), (RIGHT, 0), (RIGHT, 1)]
    assert [(m.side, m.line) for m in find_all(sheet, texts, "One")] == [(LEFT, 0), (RIGHT, 1)]


@given(TEXTS, TEXTS)
def test_a_diff_comes_through_another_process_as_it_was(left: str, right: str) -> None:
    job = Job(left, right)
    data = pickle.loads(pickle.dumps(flat(job.run())))  # noqa: S301 written a moment ago
    assert from_flat(job, data) == diff_texts(left, right)


async def test_the_engine_as_a_process_of_its_own() -> None:
    left, right = pair(20_000)
    jobs = [Job(left, right, WhiteSpace.AMOUNT), Job("a", "b")]
    assert await in_process(jobs) == [job.run() for job in jobs]


async def test_a_process_that_is_not_wanted_any_more_ends() -> None:
    left, right = pair(400_000, one_line=True)
    task = asyncio.create_task(in_process([Job(left, right)]))
    await asyncio.sleep(0.3)
    begin = time.monotonic()
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert time.monotonic() - begin < 2


async def test_without_a_process_the_work_is_done_here(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "executable", "/nothing/here")
    assert await in_process([Job("a b c d", "a b x d")]) == [diff_texts("a b c d", "a b x d")]


def test_token_estimates_are_of_the_right_size() -> None:
    # Counted with the o200k vocabulary: 23 and 20.
    english = "Answer the customer's question in at most four sentences, and never promise a refund you cannot give."
    assert 18 <= estimated_tokens(english) <= 27
    assert estimated_tokens("") == 0
    assert estimated_tokens("退款需要五个工作日") == 9


def test_what_was_not_looked_for_is_said_and_nothing_else_is_marked_for_it() -> None:
    moved = "Answer every customer in the language of the customer and promise {} before the order is checked."
    left, right = f"{moved.format('nothing')}\n\nShort.\nKind.", f"Short.\nKind.\n\n{moved.format('no refund')}"
    blocks = blocks_of(sheet_of_texts(diff_texts(left, right, budget=0)), View(), UNICODE)
    assert [block.note for block in blocks if block.kind == "note"] == [("⚠ edited moves not looked for", "warning")]
    assert not any(block.coarse for block in blocks)


@pytest.mark.parametrize("layout", LAYOUTS)
def test_heights_that_are_guessed_are_true_where_somebody_looked_and_all_are_in_the_end(layout: Layout) -> None:
    sheet = sheet_of_texts(diff_texts(*pair(250_000)))
    texts = Texts(sheet)
    blocks = blocks_of(sheet, View(layout), UNICODE)
    widths = Widths(160, 4, layout == "split")
    whole, rough = LaidOut(blocks, texts, widths), LaidOut(blocks, texts, widths, rough=True)
    assert whole.is_whole
    assert not rough.is_whole
    middle = len(blocks) // 2
    rough.look_at(middle, 100)
    before, after = (bisect_left(whole.tops, whole.tops[middle] + rows) for rows in (-100, 100))
    seen = slice(before, after)
    assert [top - rough.tops[middle] for top in rough.tops[seen]] == [
        top - whole.tops[middle] for top in whole.tops[seen]
    ]
    rough.finish()
    assert rough.is_whole
    assert rough.tops == whole.tops


async def test_what_is_in_sight_stays_there_while_the_rest_is_laid_out(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("workbench.tui.widgets.diff.layout._LONG", 400_000)

    class Shell(App[None]):
        def compose(self) -> ComposeResult:
            yield DiffView()

    def page(view: DiffView) -> list[str]:
        return [view.render_line(y).text[:-1] for y in range(view.size.height)]

    app = Shell()
    async with app.run_test(size=(160, 40)) as pilot:
        view = app.query_one(DiffView)
        view.show(sheet_of_texts(diff_texts(*pair(250_000))))
        await pilot.pause()
        view.jump(view.count // 2)
        for layout in ("unified", "words", "split"):
            view.set_look(layout=layout)
            assert not view._laid_out.is_whole
            seen, line = page(view), view.here
            height = view._count
            assert view.laid_out.is_whole
            assert view.count != height
            assert page(view) == seen
            assert view.here == line
        here = view.here
        await pilot.resize_terminal(90, 30)
        await until(pilot, lambda: view.widths.whole == 89)
        assert view.here is not None
        assert here is not None
        assert view.here.line == here.line


def test_what_is_said_around_the_texts_has_plain_signs_too() -> None:
    left, right = "Hello {{ a }}, {{ a }} and {{ b }}.", "Hello {{ a }} and {{ b }}."
    comparison = compare(Content.of_text(left, temperature=1), Content.of_text(right, temperature=2))
    notes = [block.note[0] for block in blocks_of(sheet_of(comparison), View(), ASCII) if block.kind == "note"]
    assert "~ settings.temperature: 1 > 2" in notes
    assert "~ {{a}} 2 > 1" in notes
    assert all(note.isascii() for note in notes)
