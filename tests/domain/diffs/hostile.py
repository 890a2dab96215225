"""Texts that an engine may trip over: long, random, all the same."""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence

Pair = tuple[str, str]


def _drawn(items: Sequence[str], count: int, glue: str = "") -> Pair:
    """Two texts of so many of the items, drawn at random but always the same ones."""
    chance = random.Random(5)
    left, right = (glue.join(chance.choices(items, k=count)) for _ in range(2))
    return left, right


def _words(count: int = 800) -> list[str]:
    chance = random.Random(5)
    return ["".join(chance.choices("abcdefghij", k=chance.randint(2, 9))) for _ in range(count)]


def _lines(count: int, words: int) -> list[str]:
    chance = random.Random(7)
    vocabulary = _words(3000)
    return [" ".join(chance.choices(vocabulary, k=words)) for _ in range(count)]


def shuffled_lines() -> Pair:
    lines = _lines(10_000, 12)
    return "\n".join(lines), "\n".join(random.Random(5).sample(lines, len(lines)))


def shuffled_and_edited_lines() -> Pair:
    chance = random.Random(5)
    lines = _lines(10_000, 14)
    others = [line.split() for line in chance.sample(lines, len(lines))]
    for words in others:
        words[chance.randrange(14)] = "edited"
    return "\n".join(lines), "\n".join(map(" ".join, others))


def spaces_in_each_line() -> Pair:
    return "\n".join(f"a  b c d {n}" for n in range(60_000)), "\n".join(f"a b  c d {n}" for n in range(60_000))


ADVERSARIES: dict[str, Callable[[], Pair]] = {
    "random ideographs on one line": lambda: _drawn([chr(0x4E00 + n) for n in range(3000)], 300_000),
    "random words on one line": lambda: _drawn(_words(), 150_000, " "),
    "two words on one line": lambda: _drawn("ab", 100_000, " "),
    "variables on one line": lambda: _drawn([f"{{{{v{n}}}}}" for n in range(500)], 100_000, " "),
    "two bullets": lambda: _drawn("ab", 30_000, "\n"),
    "lines of a few": lambda: _drawn(_lines(1000, 6), 10_000, "\n"),
    "shuffled lines": shuffled_lines,
    "shuffled and edited lines": shuffled_and_edited_lines,
    "spaces in each line": spaces_in_each_line,
    "no spaces": lambda: ("x" * 1_000_000, "x" * 999_999 + "y"),
    "braces": lambda: ("{" * 300_000, "{" * 299_999 + "x"),
    "open tags": lambda: ("{% a " * 60_000, "{% b " * 60_000),
    "spaces": lambda: (" " * 1_000_000, "\t" * 1_000_000),
    "joiners": lambda: ("a" + "\u200d\u0301" * 200_000, "b" + "\u200d\u0301" * 200_000),
}
"""Made when one is tried: together they are many megabytes."""
