"""What changed inside a line: whole words and template variables, never parts of them."""

from __future__ import annotations

import re

from workbench.domain.diffs.matching import Block, Effort, matching_blocks
from workbench.domain.diffs.model import Seg, SegKind

_VARIABLE = r"\{\{\{[^{}\n]{1,200}\}\}\}|\{\{[^{}\n]{1,200}\}\}|\{%[^\n]{1,200}?%\}|\$?\{\w{1,100}\}"
# White space is no token: it belongs to what stands around it. Chinese and Japanese have no spaces between words.
_TOKEN = re.compile(
    rf"(?:{_VARIABLE})"
    r"|[\U0001f1e6-\U0001f1ff]{2}"  # two regional letters are one flag
    r"|[\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff\U00020000-\U0003ffff][\u0300-\u036f\u3099\u309a\ufe00-\ufe0f]*"
    r"|(?:(?![\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff\U00020000-\U0003ffff])[\w\u0300-\u036f])+"
    r"(?:['’](?![\u3040-\u30ff\u3400-\u9fff])\w+)*"
    r"|[^\w\s](?:[\u0300-\u036f\u200d\ufe00-\ufe0f\u20d0-\u20ff\U0001f3fb-\U0001f3ff\U000e0020-\U000e007f]"
    r"|(?<=\u200d)[^\w\s])*"
)
_COMMON_WORDS = """
    a an and are as at be by for from has have if in is it its not of on or so that the this to was were when will with
    you your
"""
_COMMON = frozenset(_COMMON_WORDS.split())
_PASSES = 4

Token = tuple[str, int, int]
"""The text; where it starts and ends in its line."""


def tokens(line: str) -> list[Token]:
    """All but white space. Joined with the white space between them they are the line."""
    return [(match.group(), match.start(), match.end()) for match in _TOKEN.finditer(line)]


def word_segs(left: str, right: str, effort: Effort) -> tuple[tuple[Seg, ...], tuple[Seg, ...]]:
    """The segments of both lines: they tile them, and the equal ones are the same text in the same order."""
    effort.edited_lines -= 1
    if effort.edited_lines < 0:
        effort.degraded = True
        return _whole("delete", left), _whole("insert", right)
    ltokens, rtokens = tokens(left), tokens(right)
    a, b = [t[0] for t in ltokens], [t[0] for t in rtokens]
    blocks = _clean(matching_blocks(a, b, effort, (4, 2, 1)), a, b)
    lsegs: list[Seg] = []
    rsegs: list[Seg] = []
    l_at = r_at = 0

    def edit(l_end: int, r_end: int) -> None:
        """What stands between two matched words: the white space both sides share there is equal."""
        nonlocal l_at, r_at
        before, after = left[l_at:l_end], right[r_at:r_end]
        first = _shared_space(before, after)
        last = _shared_space(before[first:][::-1], after[first:][::-1])
        _push(lsegs, "equal", l_at, l_at + first)
        _push(rsegs, "equal", r_at, r_at + first)
        _push(lsegs, "delete", l_at + first, l_end - last)
        _push(rsegs, "insert", r_at + first, r_end - last)
        _push(lsegs, "equal", l_end - last, l_end)
        _push(rsegs, "equal", r_end - last, r_end)
        l_at, r_at = l_end, r_end

    for i, j, n in blocks:
        whole = left[ltokens[i][1] : ltokens[i + n - 1][2]] == right[rtokens[j][1] : rtokens[j + n - 1][2]]
        # Where the white space between the words differs too, word by word.
        for k, last in [(0, n - 1)] if whole else [(k, k) for k in range(n)]:
            edit(ltokens[i + k][1], rtokens[j + k][1])
            l_end, r_end = ltokens[i + last][2], rtokens[j + last][2]
            _push(lsegs, "equal", l_at, l_end)
            _push(rsegs, "equal", r_at, r_end)
            l_at, r_at = l_end, r_end
    edit(len(left), len(right))
    return tuple(lsegs), tuple(rsegs)


def _whole(kind: SegKind, line: str) -> tuple[Seg, ...]:
    return (Seg(kind, 0, len(line)),) if line else ()


def weight(token: str) -> float:
    """How much it says that this very token is on both sides."""
    if token[0] in "{$" and len(token) > 1:
        return 24
    if not (token[0].isalnum() or token[0] == "_"):
        return 0.5
    if token.lower() in _COMMON:
        return 1
    return 2 if token[0] >= "\u3040" else min(len(token), 12)


def _clean(blocks: list[Block], a: list[str], b: list[str]) -> list[Block]:
    """Drops the short equal runs between long edits: a lone `the` between two rewritten sentences helps nobody."""
    if len(blocks) < 2:
        return blocks
    l_sums, r_sums = _sums(a), _sums(b)
    for _ in range(_PASSES):
        kept: list[Block] = []
        l_done = r_done = 0
        for index, (i, j, n) in enumerate(blocks):
            next_i, next_j = blocks[index + 1][:2] if index + 1 < len(blocks) else (len(a), len(b))
            before = max(l_sums[i] - l_sums[l_done], r_sums[j] - r_sums[r_done])
            after = max(l_sums[next_i] - l_sums[i + n], r_sums[next_j] - r_sums[j + n])
            if _is_confetti(l_sums[i + n] - l_sums[i], before, after, a[i : i + min(n, 8)]):
                continue
            kept.append((i, j, n))
            l_done, r_done = i + n, j + n
        if len(kept) == len(blocks):
            break
        blocks = kept
    return blocks


def _is_confetti(own: float, before: float, after: float, words: list[str]) -> bool:
    if len(words) >= 8 or any(weight(word) == 24 for word in words):
        return False
    if own <= 30 and own * 2 <= min(before, after):
        return True
    return own < 3 and min(before, after) > 0 and before + after > 8


def _sums(words: list[str]) -> list[float]:
    sums = [0.0]
    for word in words:
        sums.append(sums[-1] + weight(word))
    return sums


def _shared_space(before: str, after: str) -> int:
    n = 0
    while n < len(before) and n < len(after) and before[n] == after[n] and before[n].isspace():
        n += 1
    return n


def _push(segs: list[Seg], kind: SegKind, start: int, end: int) -> None:
    if start == end:
        return
    if segs and segs[-1].kind == kind:
        segs[-1] = Seg(kind, segs[-1].start, end)
    else:
        segs.append(Seg(kind, start, end))
