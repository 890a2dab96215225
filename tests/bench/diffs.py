"""The diff beside others: `diffs.py [FOLDER] [--only KIND] [--rounds N]`. Time, and how well it can be read.

On made-up pairs of every kind, and on the consecutive files (in the natural order of their names) of each folder
inside FOLDER. Others: difflib with and without `autojunk` (lines, then the words of what changed), git's histogram word
diff (with its process), and diff-match-patch where it is installed. Each pair runs in a process of its own that is
ended after 20 seconds: that is a failure.

fragments   changed runs with visible text, both sides together
confetti    equal runs of at most three letters or digits between two changes
cuts        changes that begin or end inside a word
aligned     edited lines with an obvious counterpart (by their words) that were matched to it
coarse      pairs where more than twice the best method's share of the text, and 5 %, is marked
"""

from __future__ import annotations

import argparse
import importlib.util
import multiprocessing
import re
import statistics
import subprocess
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from difflib import SequenceMatcher
from itertools import accumulate, pairwise
from multiprocessing.connection import Connection
from pathlib import Path

from tests.domain.diffs.texts import LARGE, SMALL
from workbench.domain.diffs import Engine, diff_lines, diff_texts

Match = tuple[int, int, int]
"""(start on the left, start on the right, characters) of equal text. Moved text is equal text elsewhere."""
Method = Callable[[str, str], list[Match]]
TIME_LIMIT = 20.0
TARGETS = {
    "5,000 characters": 15,
    "50,000 characters": 100,
    "1 MB in paragraphs": 300,
    "1 MB on one line": 2000,
}
_WORD = re.compile(r"\s+|\w+|[^\w\s]")
_LETTER = re.compile(r"[^\W_]")


# -- the methods


def ours(left: str, right: str, engine: Engine = "words") -> list[Match]:
    diff = diff_texts(left, right, engine=engine)
    on_left, on_right = _tops(diff.left_lines), _tops(diff.right_lines)
    found: list[Match] = []
    targets = {row.move: row for row in diff.rows if row.kind == "moved_to"}
    for row in diff.rows:
        to = targets[row.move] if row.kind == "moved_from" else row
        if row.kind in ("delete", "insert", "replace", "moved_to"):
            continue
        if row.lsegs is None or to.rsegs is None:
            for i, j in zip(range(row.l0, row.l1), range(to.r0, to.r1), strict=False):
                if diff.left_lines[i] == diff.right_lines[j]:
                    found.append((on_left[i], on_right[j], len(diff.left_lines[i]) + 1))
            continue
        pieces = [
            [
                (top + seg.start, seg.end - seg.start)
                for top, segs in zip(tops, lines, strict=False)
                for seg in segs
                if seg.kind == "equal"
            ]
            for tops, lines in ((on_left[row.l0 :], row.lsegs), (on_right[to.r0 :], to.rsegs))
        ]
        found += _zipped(pieces[0], pieces[1])
    return found


def _tops(lines: tuple[str, ...]) -> list[int]:
    """Where each line starts in its text."""
    return list(accumulate([len(line) + 1 for line in lines], initial=0))


def _zipped(lefts: list[tuple[int, int]], rights: list[tuple[int, int]]) -> Iterator[Match]:
    """Equal text that is cut differently on both sides, in pieces that both have."""
    lefts, rights = lefts[::-1], rights[::-1]
    while lefts and rights:
        (i, n), (j, m) = lefts.pop(), rights.pop()
        size = min(n, m)
        yield i, j, size
        if n > size:
            lefts.append((i + size, n - size))
        if m > size:
            rights.append((j + size, m - size))


def by_difflib(left: str, right: str) -> list[Match]:
    return _with_difflib(left, right, autojunk=True)


def by_difflib_without_autojunk(left: str, right: str) -> list[Match]:
    return _with_difflib(left, right, autojunk=False)


def _with_difflib(left: str, right: str, *, autojunk: bool) -> list[Match]:
    a, b = left.splitlines(keepends=True), right.splitlines(keepends=True)
    on_left, on_right = (list(accumulate(map(len, lines), initial=0)) for lines in (a, b))
    found: list[Match] = []
    for kind, i, i_end, j, j_end in SequenceMatcher(None, a, b, autojunk).get_opcodes():
        if kind == "equal":
            found.append((on_left[i], on_right[j], on_left[i_end] - on_left[i]))
        elif kind == "replace":
            words = _WORD.findall("".join(a[i:i_end])), _WORD.findall("".join(b[j:j_end]))
            tops = [list(accumulate(map(len, side), initial=0)) for side in words]
            for x, y, n in SequenceMatcher(None, *words, autojunk).get_matching_blocks():
                found.append((on_left[i] + tops[0][x], on_right[j] + tops[1][y], tops[0][x + n] - tops[0][x]))
    return found


def by_git(left: str, right: str) -> list[Match]:
    """White space aside, which git tells of one side only."""
    with tempfile.TemporaryDirectory() as folder:
        for name, text in (("left", left), ("right", right)):
            (Path(folder) / name).write_text(text, newline="")
        command = ["git", "diff", "--no-index", "--no-color", "--histogram", "--word-diff=porcelain", "-U9999999"]
        done = subprocess.run([*command, "left", "right"], cwd=folder, capture_output=True, check=False)
    told = done.stdout.decode().split("\n")
    body = told[next((n for n, line in enumerate(told) if line.startswith("@@")), len(told)) + 1 :]
    places = [[n for n, char in enumerate(text) if not char.isspace()] for text in (left, right)]
    found: list[Match] = []
    at = [0, 0]
    for line in body:
        size = len("".join(line[1:].split()))
        if line[:1] == " ":
            found += [(places[0][at[0] + n], places[1][at[1] + n], 1) for n in range(size)]
        for side, signs in enumerate((" -", " +")):
            at[side] += size * (line[:1] in signs and line != "")
    return found if body else [(0, 0, len(left))]


def by_diff_match_patch(left: str, right: str) -> list[Match]:
    from diff_match_patch import diff_match_patch  # type: ignore[import-not-found, unused-ignore]

    engine = diff_match_patch()
    parts = engine.diff_main(left, right)
    engine.diff_cleanupSemantic(parts)
    found: list[Match] = []
    i = j = 0
    for kind, text in parts:
        if kind == 0:
            found.append((i, j, len(text)))
        i, j = i + len(text) * (kind <= 0), j + len(text) * (kind >= 0)
    return found


METHODS: dict[str, Method] = {
    "ours": ours,
    "ours, difflib engine": lambda left, right: ours(left, right, "difflib"),
    "difflib": by_difflib,
    "difflib, no autojunk": by_difflib_without_autojunk,
    "git histogram words": by_git,
}
if importlib.util.find_spec("diff_match_patch"):
    METHODS["diff-match-patch"] = by_diff_match_patch


# -- how it reads


@dataclass
class Figures:
    seconds: float = 0.0
    fragments: int = 0
    confetti: int = 0
    cuts: int = 0
    aligned: int = 0
    edited: int = 0
    marked: int = 0
    coarse: bool = False


def read(left: str, right: str, matches: list[Match], seconds: float) -> Figures:
    figures = Figures(seconds)
    for text, spans in ((left, [(i, i + n) for i, _, n in matches]), (right, [(j, j + n) for _, j, n in matches])):
        changes = list(_changes(text, sorted(spans)))
        figures.fragments += len(changes)
        figures.marked += sum(end - start for start, end in (_whole_words(text, *change) for change in changes))
        figures.cuts += sum(_inside_word(text, at) for change in changes for at in change)
        figures.confetti += sum(
            0 < len(_LETTER.findall(text[end:start])) <= 3 and "\n" not in text[end:start]
            for (_, end), (start, _) in pairwise(changes)
        )
    figures.edited, figures.aligned = _aligned(left, right, matches)
    return figures


def _changes(text: str, equal: list[tuple[int, int]]) -> Iterator[tuple[int, int]]:
    """What the equal spans leave, without white space around it; one change where only white space is between."""
    start = -1
    end = done = 0
    for first, last in [*equal, (len(text), len(text))]:
        gap = text[done:first]
        if gap.strip():
            begin = done + len(gap) - len(gap.lstrip())
            if start >= 0 and text[end:begin].strip():
                yield start, end
                start = -1
            start = begin if start < 0 else start
            end = done + len(gap.rstrip())
        done = max(done, last)
    if start >= 0:
        yield start, end


def _whole_words(text: str, start: int, end: int) -> tuple[int, int]:
    """Nobody reads half a word, so that a cut inside one saves nothing."""
    while _inside_word(text, start):
        start -= 1
    while _inside_word(text, end):
        end += 1
    return start, end


def _inside_word(text: str, at: int) -> bool:
    return 0 < at < len(text) and all(
        (char.isalnum() and char < "\u2e80") or char == "_" for char in text[at - 1 : at + 1]
    )


def _aligned(left: str, right: str, matches: list[Match]) -> tuple[int, int]:
    """(edited lines with an obvious counterpart, those of them that most of their equal text matches to it)."""
    a, b = left.split("\n"), right.split("\n")
    same = set(a) & set(b)
    bags = [
        {n: Counter(line.split()) for n, line in enumerate(lines) if line not in same and len(line.split()) > 3}
        for lines in (a, b)
    ]
    if not bags[0] or len(bags[0]) * len(bags[1]) > 40_000:
        return 0, 0
    wanted: dict[int, int] = {}
    for n, bag in bags[0].items():
        alike = {m: 2 * (bag & other).total() / (bag.total() + other.total()) for m, other in bags[1].items()}
        best = max(alike, key=lambda m: alike[m], default=-1)
        if best >= 0 and alike[best] >= 0.6:
            wanted[n] = best
    lines_of = [[n for n, line in enumerate(lines) for _ in range(len(line) + 1)] for lines in (a, b)]
    votes: Counter[tuple[int, int]] = Counter()
    for i, j, size in matches:
        for k in range(min(size, len(lines_of[0]) - i, len(lines_of[1]) - j)):
            votes[lines_of[0][i + k], lines_of[1][j + k]] += 1
    best_match: dict[int, tuple[int, int]] = {}
    for (n, m), count in votes.items():
        best_match[n] = max(best_match.get(n, (0, -1)), (count, m))
    return len(wanted), sum(best_match.get(n, (0, -1))[1] == m for n, m in wanted.items())


# -- running


def measured(method: Method, left: str, right: str, rounds: int) -> Figures | None:
    """None when it failed or took too long."""
    receiver, sender = multiprocessing.Pipe(duplex=False)
    process = multiprocessing.get_context("fork").Process(target=_child, args=(method, left, right, rounds, sender))
    process.start()
    sender.close()
    try:
        return receiver.recv() if receiver.poll(TIME_LIMIT + rounds + 10) else None
    except EOFError:
        return None
    finally:
        process.kill()
        process.join()


def _child(method: Method, left: str, right: str, rounds: int, sender: Connection) -> None:
    best = float("inf")
    matches: list[Match] = []
    for _ in range(rounds):
        started = time.perf_counter()
        matches = method(left, right)
        best = min(best, time.perf_counter() - started)
        if best > TIME_LIMIT:
            return
        if best > 1:
            break
    sender.send(read(left, right, matches, best))


def folder_pairs(folder: Path) -> Iterator[tuple[str, str, str]]:
    for place in sorted({path.parent for path in folder.rglob("*") if path.is_file()}):
        files = sorted((path for path in place.iterdir() if path.is_file()), key=_natural)
        for one, other in pairwise(files):
            try:
                left, right = (path.read_bytes().decode() for path in (one, other))
            except UnicodeDecodeError:
                continue
            if left != right:
                yield f"{place.name}/{other.name}", left, right


def _natural(path: Path) -> list[tuple[bool, int, str]]:
    return [(part.isdigit(), int(part) if part.isdigit() else 0, part) for part in re.split(r"(\d+)", path.name)]


def compare_on(title: str, pairs: Iterable[tuple[str, str, str]], rounds: int, each: bool) -> None:
    totals: dict[str, list[Figures]] = {name: [] for name in METHODS}
    failed: Counter[str] = Counter()
    coarse: Counter[str] = Counter()
    count = 0
    for name, left, right in pairs:
        count += 1
        results = {method: measured(METHODS[method], left, right, rounds) for method in METHODS}
        least = min((figures.marked for figures in results.values() if figures), default=0)
        for method, figures in results.items():
            if figures is None:
                failed[method] += 1
                continue
            figures.coarse = figures.marked > 2 * least + 0.05 * (len(left) + len(right))
            coarse[method] += figures.coarse
            totals[method].append(figures)
        if each:
            _print_pair(name, left, right, results)
    print(f"\n{title}: {count} pairs")
    heads = ("p50 ms", "p90", "worst", "fragments", "confetti", "cuts", "aligned", "coarse", "failed")
    print(" " * 24 + "".join(f"{head:>10}" for head in heads))
    for method, found in totals.items():
        if not found:
            continue
        times = sorted(figures.seconds * 1e3 for figures in found)
        edited = sum(figures.edited for figures in found)
        share = f"{100 * sum(figures.aligned for figures in found) / edited:.0f} %" if edited else "–"
        sums = [sum(getattr(figures, what) for figures in found) for what in ("fragments", "confetti", "cuts")]
        spread = (statistics.median(times), times[int(len(times) * 0.9)], times[-1])
        cells = [*(f"{ms:.1f}" for ms in spread), *map(str, sums), share, str(coarse[method]), str(failed[method])]
        print(f"{method:24}" + "".join(f"{cell:>10}" for cell in cells))


def _print_pair(name: str, left: str, right: str, results: dict[str, Figures | None]) -> None:
    started = time.perf_counter()
    diff_lines(left, right)
    first = (time.perf_counter() - started) * 1e3
    target = f"  target {TARGETS[name]} ms" if name in TARGETS else ""
    print(f"\n{name} ({len(left):,} → {len(right):,} characters), first phase {first:.1f} ms{target}")
    for method, figures in results.items():
        if figures is None:
            print(f"  {method:22} failed")
        else:
            f = figures
            print(
                f"  {method:22}{f.seconds * 1e3:9.1f} ms{f.fragments:8} fragments{f.confetti:7} confetti{f.cuts:6} cuts"
                f"{f.aligned:5}/{f.edited} aligned{100 * f.marked / max(1, len(left) + len(right)):7.1f} % marked"
                + ", coarse"
                * f.coarse
            )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", nargs="?", type=Path)
    parser.add_argument("--only", default="", help="kinds of made-up pairs whose name holds this")
    parser.add_argument("--rounds", type=int, default=3, help="of which the best counts")
    arguments = parser.parse_args()
    kinds = {name: make for name, make in {**SMALL, **LARGE}.items() if arguments.only in name}
    compare_on("made-up pairs", ((name, *make(7)) for name, make in kinds.items()), arguments.rounds, each=True)
    if arguments.folder:
        compare_on(str(arguments.folder), folder_pairs(arguments.folder), arguments.rounds, each=False)


if __name__ == "__main__":
    main()
