"""The words of lines: what is never cut, and how much each of them says.

A token is a template variable, a word, one Chinese or Japanese character, a flag, or one other sign, each with its
combining marks; so no token boundary lies inside a variable or inside what a reader takes for one character (the
extended grapheme clusters of Unicode's UAX 29). White space is no token: it belongs to what stands around it.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Container, Iterable, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import accumulate, compress, islice
from operator import sub

from workbench.domain.diffs.deadline import Deadline

VARIABLE_WEIGHT = 24.0
_IDEOGRAPH_WEIGHT = 2.0
_SIGN_WEIGHT = 0.5
_LONGEST_COUNTED = 12
_CHUNK = 400_000
"""Characters between two looks at the clock, about a tenth of a second."""
_BORDERS_TRIED = 500
_LONGEST = 620
"""More than any variable has."""
_SAMPLE = 200_000
"""Characters of each side from which the common words are taken."""

_MARKS = (
    # Every range of Unicode 14 with general category M, joined over letters and unassigned code points between two:
    # a letter among them is told apart by \w. Joiners, variation selectors, skin tones and tags continue a sign too.
    "300-36f 483-489 591-5bd 5bf 5c1-5c2 5c4-5c5 5c7 610-61a 64b-65f 670 6d6-6dc 6df-6e8 6ea-6ed 711-7f3 7fd "
    "816-82d 859-85b 898-8e1 8e3-963 981-9e3 9fe-a75 a81-ae3 afa-b63 b82-bd7 c00-c63 c81-c83 cbc-d4d d57-d63 "
    "d81-df3 e31-e3a e47-e4e eb1-ecd f18-f19 f35 f37 f39 f3e-f84 f86-fbc fc6 102b-103e 1056-109d 135d-135f "
    "1712-1734 1752-17d3 17dd 180b-180d 180f-193b 1a17-1a1b 1a55-1a7f 1ab0-1b44 1b6b-1b73 1b80-1bf3 1c24-1c37 "
    "1cd0-1cd2 1cd4-1dff 200c-200d 20d0-20f0 2cef-2cf1 2d7f-2dff 302a-302f 3099-309a a66f-a672 a674-a67d a69e-a6f1 "
    "a802-a827 a82c a880-a8c5 a8e0-a8f1 a8ff-a92d a947-a953 a980-a9c0 a9e5-aa4d aa7b-aac1 aaeb-aaef aaf5-aaf6 "
    "abe3-abea abec-abed fb1e fe00-fe0f fe20-fe2f 101fd-1037a 10a01-10a3f 10ae5-10ae6 10d24-10eac 10f46-10f50 "
    "10f82-10f85 11000-11046 11070-110ba 110c2 11100-11134 11145-11173 11180-111c0 111c9-111cc 111ce-111cf "
    "1122c-11237 1123e 112df-11446 1145e-114c3 115af-115c0 115dc-11640 116ab-116b7 1171d-1172b 1182c-1183a "
    "11930-11943 119d1-119e0 119e4-11a3e 11a47-11a99 11c2f-11c3f 11c92-11ef6 16af0-16af4 16b30-16b36 16f4f-16f92 "
    "16fe4-16ff1 1bc9d-1bc9e 1cf00-1cf46 1d165-1d169 1d16d-1d172 1d17b-1d182 1d185-1d18b 1d1aa-1d1ad 1d242-1d244 "
    "1da00-1da36 1da3b-1da6c 1da75 1da84 1da9b-1e136 1e2ae-1e2ef 1e8d0-1e94a 1f3fb-1f3ff e0020-e007f e0100-e01ef"
)
_IDEOGRAPHS = "\u3005-\u3007\u3041-\u3096\u309b-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003134f"
_VARIABLES = (
    r"\{\{\{[^{}\n]{1,200}+\}\}\}"  # mustache, unescaped
    r"|\{\{[^{}\n]{1,200}+\}\}"  # jinja, mustache, handlebars
    r"|\{%[^%\n]{1,200}+(?:%(?!\})[^%\n]{0,100}+){0,3}+%\}"  # jinja statements
    r"|\$\{[^{}\n]{1,200}+\}"  # shells, JavaScript
    r"|(?<!\{)\{[^\W\d][\w.]{0,100}\}(?!\})"  # f-strings; {{ and }} are braces there
)
_ENGLISH = """
    the a an and or of to in is are be for on with as it that this by at from not if you your i we will can do
"""


def _range(text: str) -> str:
    first, _, last = text.partition("-")
    return chr(int(first, 16)) + (f"-{chr(int(last, 16))}" if last else "")


@cache
def mark_class() -> str:
    """The inside of a regular expression's character class. It holds letters too: use it where \\w was excluded."""
    return "".join(map(_range, _MARKS.split()))


def ideographs() -> str:
    """The inside of a character class: signs that are words of their own."""
    return _IDEOGRAPHS


def pieces(text: str) -> re.Pattern[str]:
    """Whatever it finds in the text, joined, is the text: tokens, line breaks, and white space between them."""
    return _ascii_pieces() if text.isascii() else _all_pieces()


@cache
def _ascii_pieces() -> re.Pattern[str]:
    """The same as the other one, for texts without marks: it compiles in a tenth of the time."""
    return re.compile(rf"\w+(?:'\w+)*|[ ](?=[!-~])|\n|{_VARIABLES}|[^\S\n]+|[^\w\s]")


@cache
def _all_pieces() -> re.Pattern[str]:
    marks = mark_class()
    mark = rf"(?:(?!\w)[{marks}])"
    return re.compile(
        # Most words and spaces are decided by these two lines alone.
        rf"[0-9A-Za-z_]++(?!['’\x80-\U0010ffff])|[ ](?=[!-~])|\n|{_VARIABLES}"
        rf"|[^\S\n]+(?!{mark})|[^\S\n]{mark}+"
        rf"|[{_IDEOGRAPHS}]{mark}*"
        rf"|(?:(?![{_IDEOGRAPHS}])\w(?:(?![{_IDEOGRAPHS}])[\w{marks}])*+)"
        rf"(?:['’](?:(?![{_IDEOGRAPHS}])\w(?:(?![{_IDEOGRAPHS}])[\w{marks}])*+))*"
        rf"|[\U0001f1e6-\U0001f1ff]{{2}}{mark}*"
        rf"|[^\w\s](?:{mark}++(?:(?<=\u200d)[^\w\s])?)*"
    )


def is_mark(char: str) -> bool:
    """Does it belong to the character before it?"""
    return not char.isascii() and re.match(rf"(?!\w)[{mark_class()}]", char) is not None


@cache
def variables() -> re.Pattern[str]:
    return re.compile(_VARIABLES)


def common_words(texts: Iterable[str]) -> frozenset[str]:
    """Words that say little of what belongs together: the small English ones, and those that these texts are full of
    (more than 12 times and 0.8 % of all words)."""
    counts: Counter[str] = Counter()
    for text in texts:
        counts.update(re.findall(r"\w+", text[:_SAMPLE]))
    least = max(12, sum(counts.values()) * 0.008)
    return frozenset([word for word, count in counts.items() if count > least]).union(_ENGLISH.split())


class Vocabulary:
    """Tokens as small numbers, the same for both sides, each with its weight."""

    def __init__(self, common: Container[str] = frozenset()) -> None:
        numbers: defaultdict[str, int] = defaultdict()
        numbers.default_factory = numbers.__len__
        self._numbers = numbers
        self._common = common
        self.line_break = numbers["\n"]
        self.weights: list[float] = [0.0]
        """How much it says that this very token is on both sides; 0 for white space."""

    def numbers(self, tokens: Iterable[str]) -> list[int]:
        found = list(map(self._numbers.__getitem__, tokens))
        for token in reversed(list(islice(reversed(self._numbers), len(self._numbers) - len(self.weights)))):
            self.weights.append(0.0 if token.isspace() else 1.0 if token in self._common else _weight(token))
        return found


def _weight(token: str) -> float:
    if token[0].isalnum() or token[0] == "_":
        return (
            _IDEOGRAPH_WEIGHT if token[0] > "\u2e80" and len(token) == 1 else float(min(len(token), _LONGEST_COUNTED))
        )
    return VARIABLE_WEIGHT if len(token) > 2 and token[-1] == "}" else _SIGN_WEIGHT


@dataclass(slots=True)
class Tokens:
    """The tokens of some lines of one side, in order, as four lists of the same length."""

    lines: Sequence[str]
    """All lines of the side."""
    ids: list[int]
    at: list[int]
    """The number of the line it is in; never decreases."""
    starts: list[int]
    """Where it starts and ends in its line."""
    ends: list[int]

    def part(self, start: int, end: int) -> Tokens:
        return Tokens(self.lines, self.ids[start:end], self.at[start:end], self.starts[start:end], self.ends[start:end])


def tokens_of(lines: Sequence[str], numbers: Sequence[int], vocabulary: Vocabulary, deadline: Deadline) -> Tokens:
    """The tokens of the lines with these numbers; none when the deadline passed."""
    text = lines[numbers[0]] if len(numbers) == 1 else "\n".join([lines[number] for number in numbers])
    ids: list[int] = []
    lengths: list[int] = []
    find = pieces(text).findall
    for start, end in _chunks(text):
        found = find(text, start, end)
        ids += vocabulary.numbers(found)
        lengths += map(len, found)
        if deadline.passed():
            return Tokens(lines, [], [], [], [])
    weights = vocabulary.weights
    kept = list(map(weights.__getitem__, ids))
    ends = list(accumulate(lengths))
    starts = list(map(sub, compress(ends, kept), compress(lengths, kept)))
    if len(numbers) == 1:
        return Tokens(lines, list(compress(ids, kept)), [numbers[0]] * len(starts), starts, list(compress(ends, kept)))
    index = list(compress(accumulate(map(vocabulary.line_break.__eq__, ids)), kept))
    tops = list(accumulate([len(lines[number]) + 1 for number in numbers], initial=0))
    top = list(map(tops.__getitem__, index))
    return Tokens(
        lines,
        list(compress(ids, kept)),
        list(map(numbers.__getitem__, index)),
        list(map(sub, starts, top)),
        list(map(sub, compress(ends, kept), top)),
    )


@cache
def _token_starts() -> re.Pattern[str]:
    """Where something new starts, unless it is inside a variable: a space without a mark on it, an ideograph."""
    return re.compile("[ \t\n](?=[\x00-\x7f])|[\u4e00-\u9fff]")


def _chunks(text: str) -> Iterable[tuple[int, int]]:
    """Ranges that tile the text, cut where a token surely ends."""
    start = 0
    while len(text) - start > 2 * _CHUNK:
        borders = islice(_token_starts().finditer(text, start + _CHUNK, start + 2 * _CHUNK), _BORDERS_TRIED)
        end = next((m.start() for m in borders if "{" not in text[m.start() - _LONGEST : m.start()]), len(text))
        yield start, end
        start = end
    yield start, len(text)
