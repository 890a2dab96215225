"""Pairs of texts of a wanted length for the benches of the diff view: paragraphs, and one line."""

from __future__ import annotations

import random

_TEXT = (
    "answer the customer in their own language and never promise a refund before you know what the order says about "
    "it unless somebody has told them so already then say how long it takes ask for the number and hand over"
)
_WORDS = _TEXT.split()


def sentence(chance: random.Random) -> str:
    words = [chance.choice(_WORDS) + (str(chance.randrange(1000)) if chance.random() < 0.1 else "") for _ in range(14)]
    return " ".join(words).capitalize() + "."


def pair(length: int, one_line: bool = False, seed: int = 1) -> tuple[str, str]:
    """(before, after) of about so many characters: a tenth of the paragraphs edited, some moved, added and removed."""
    chance = random.Random(seed)
    paragraphs: list[str] = []
    total = 0
    while total < length:
        paragraphs.append(" ".join(sentence(chance) for _ in range(chance.randint(2, 9))))
        total += len(paragraphs[-1]) + 2
    after: list[str] = []
    for paragraph in paragraphs:
        draw = chance.random()
        if draw < 0.1:
            words = paragraph.split(" ")
            for _ in range(chance.randint(1, 4)):
                words[chance.randrange(len(words))] = "instead"
            paragraph = " ".join(words)
        elif draw < 0.12:
            continue
        elif draw < 0.14:
            after.append(" ".join(sentence(chance) for _ in range(3)))
        after.append(paragraph)
    for _ in range(max(1, len(after) // 100)):
        after.insert(chance.randrange(len(after)), after.pop(chance.randrange(len(after))))
    between = " " if one_line else "\n\n"
    return between.join(paragraphs), between.join(after)
