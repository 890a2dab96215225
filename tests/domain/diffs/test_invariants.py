"""The sixteen things that hold for any two texts."""

from __future__ import annotations

import pickle
import random
import subprocess
import sys
import time
from pathlib import Path

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from tests.domain.diffs.hostile import ADVERSARIES
from tests.domain.diffs.invariants import (
    ONE_SIDED,
    all_hold,
    ends_change_nothing,
    first_phase_holds,
    holds,
    in_time,
    is_same,
    patched,
    space_is_no_change,
)
from tests.domain.diffs.strategies import LINE, PAIRS, TEXT
from tests.domain.diffs.texts import LARGE, SMALL
from tests.support.examples import examples
from workbench.domain.diffs import (
    Engine,
    WhiteSpace,
    diff_lines,
    diff_texts,
    mirror,
    phases,
    refine,
)

MODES = st.sampled_from(list(WhiteSpace))
ENGINES: list[Engine] = ["words", "difflib"]


@given(PAIRS, MODES, st.sampled_from(ENGINES))
@examples(600)
@example(("", "\n"), WhiteSpace.EXACT, "words")
@example(("a", "a\n"), WhiteSpace.EXACT, "words")
@example(("a\r\nb", "a\nb"), WhiteSpace.EXACT, "words")
@example(("\u2028a\x0b", "\u2028b\x0b"), WhiteSpace.EXACT, "words")
@example(("\ud800 x\x00", "\ud800 y\x00"), WhiteSpace.EXACT, "words")
@example(("\n\n\n\n`\na ```", "a ```\nthe\n\n\n\n\n\n`"), WhiteSpace.EXACT, "words")
def test_rows_and_segments_tell_both_texts(pair: tuple[str, str], mode: WhiteSpace, engine: Engine) -> None:
    diff = holds(diff_texts(*pair, mode=mode, engine=engine), *pair)
    assert (diff.mode, diff.engine) == (mode, engine)
    assert diff.degraded == ()


@given(TEXT)
def test_a_text_is_the_same_as_itself(text: str) -> None:
    is_same(text)


@given(PAIRS, MODES)
@examples(300)
def test_the_other_direction_is_the_mirror_image(pair: tuple[str, str], mode: WhiteSpace) -> None:
    there = diff_texts(*pair, mode=mode)
    back = diff_texts(*reversed(pair), mode=mode)
    assert back == mirror(there)
    assert mirror(mirror(there)) == there
    holds(back, *reversed(pair))


@given(PAIRS, MODES)
@examples(300)
def test_the_first_phase_holds_too_and_refined_it_is_the_whole(pair: tuple[str, str], mode: WhiteSpace) -> None:
    assert refine(first_phase_holds(*pair, mode)) == diff_texts(*pair, mode=mode)


@given(PAIRS, st.randoms(use_true_random=False))
@examples(200)
def test_blocks_refined_one_by_one_in_any_order_give_the_whole(pair: tuple[str, str], chance: random.Random) -> None:
    diff = diff_lines(*pair)
    while diff.degraded:
        which = chance.randrange(len(diff.degraded))
        block = diff.degraded[which]
        before = [row for row in diff.rows if row.l1 <= block.l0 and row.r1 <= block.r0]
        diff = holds(refine(diff, [which]), *pair)
        if diff.degraded:
            assert diff.rows[: len(before)] == tuple(before)
    assert diff == diff_texts(*pair)


@given(PAIRS, MODES, st.sampled_from(ENGINES))
@examples(200)
def test_without_any_time_it_is_only_coarser(pair: tuple[str, str], mode: WhiteSpace, engine: Engine) -> None:
    diff = holds(diff_texts(*pair, mode=mode, engine=engine, budget=0), *pair)
    assert {block.reason for block in diff.degraded} <= {"out of time"}
    assert refine(diff) == diff_texts(*pair, mode=mode, engine=engine)


def test_a_text_too_large_is_compared_by_line_until_somebody_asks_for_more(monkeypatch: pytest.MonkeyPatch) -> None:
    left, right = SMALL["5,000 characters"](1)
    whole = diff_texts(left, right)
    monkeypatch.setattr(phases, "_LARGEST", 4_000)
    diff = holds(diff_texts(left, right), left, right)
    assert {block.reason for block in diff.degraded} == {"too large"}
    assert {row.kind for row in diff.rows} <= {"equal", "replace", *ONE_SIDED}
    assert refine(diff) == whole


@given(PAIRS, st.sampled_from(["A line above all", "Ein Satz vor allem anderen"]))
@examples(200)
def test_a_line_added_to_both_ends_changes_nothing_else(pair: tuple[str, str], line: str) -> None:
    ends_change_nothing(*pair, line)


@st.composite
def _spaced(draw: st.DrawFn) -> tuple[str, str]:
    """Two texts that differ in the white space inside their lines only."""
    lines = draw(st.lists(LINE, max_size=10))
    spaces = st.sampled_from(["", " ", "  ", "\t", "\r"])
    other = ["".join(draw(spaces) + part for part in line.split()) + draw(spaces) for line in lines]
    return "\n".join(lines), "\n".join(other)


@given(_spaced())
@examples(200)
def test_white_space_alone_is_no_change_where_none_counts(pair: tuple[str, str]) -> None:
    space_is_no_change(*pair)


@given(PAIRS)
@examples(100)
def test_a_diff_can_be_sent_to_another_process(pair: tuple[str, str]) -> None:
    diff = diff_texts(*pair)
    assert pickle.loads(pickle.dumps(diff)) == diff  # noqa: S301
    with pytest.raises(AttributeError):
        diff.rows[0].__setattr__("kind", "equal")


FILE_LINE = st.one_of(
    LINE.map(lambda line: line.replace("\x00", "").replace("\ud800", "")),
    st.sampled_from(["+++ b", "--- a", "@@ -1 +1 @@", "\\ No newline at end of file", "x\u2028y"]),
).filter(lambda line: not any("\ud800" <= char <= "\udfff" or char == "\x00" for char in line))


@given(st.lists(FILE_LINE, max_size=20), st.data())
@settings(examples(120), suppress_health_check=list(HealthCheck))
def test_git_and_patch_make_the_right_text_of_the_left_one(
    tmp_path_factory: pytest.TempPathFactory, lines: list[str], data: st.DataObject
) -> None:
    other = list(lines)
    for _ in range(data.draw(st.integers(0, 4))):
        at = data.draw(st.integers(0, len(other)))
        other[at : at + data.draw(st.integers(0, 2))] = data.draw(st.lists(FILE_LINE, max_size=2))
    patched(tmp_path_factory.getbasetemp(), "\n".join(lines), "\n".join(other))


@pytest.mark.parametrize("seed", [1, 2])
@pytest.mark.parametrize("kind", SMALL)
def test_every_kind_of_prompt(tmp_path: Path, kind: str, seed: int) -> None:
    all_hold(*SMALL[kind](seed), tmp_path)


@pytest.mark.parametrize("kind", LARGE)
def test_large_texts_are_compared_in_full_and_soon(tmp_path: Path, kind: str) -> None:
    left, right = LARGE[kind](3)
    started = time.process_time()
    diff = diff_texts(left, right)
    # Measured at 0.03 to 1.5 s; a quadratic step anywhere takes minutes.
    assert time.process_time() - started < 12
    assert holds(diff, left, right).degraded == ()
    patched(tmp_path, left, right)


@pytest.mark.parametrize("name", ADVERSARIES)
def test_the_budget_is_kept(name: str) -> None:
    left, right = ADVERSARIES[name]()
    for budget in (0.3, 1.0):
        in_time(left, right, budget)


def test_hash_seeds_change_nothing() -> None:
    code = (
        "import hashlib; from tests.domain.diffs.texts import SMALL; from workbench.domain.diffs import diff_texts\n"
        "print(hashlib.sha256(repr([diff_texts(*make(4)) for make in SMALL.values()]).encode()).hexdigest())"
    )
    found = {
        subprocess.run(
            [sys.executable, "-c", code],
            env={"PYTHONHASHSEED": seed, "PYTHONPATH": ":".join(sys.path)},
            capture_output=True,
            text=True,
            check=True,
        ).stdout
        for seed in ("0", "1", "77")
    }
    assert len(found) == 1
