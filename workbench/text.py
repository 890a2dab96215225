"""Text that is safe to show: control and direction characters become pictures.

Stored text is never changed; only what is drawn passes through here.
"""

from __future__ import annotations

import re

# C0, DEL, C1, separators, bidirectional controls, zero-width and tag characters, lone surrogates.
# U+200D stays: it joins emoji and deleting it would change cell widths.
UNSAFE = re.compile(
    "[\x00-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069\u200e\u200f\u061c\ufeff\u200b"
    "\u2060-\u2064\U000e0000-\U000e007f\ud800-\udfff]"
)
_UNSAFE_BUT_LAYOUT = re.compile(UNSAFE.pattern.replace("\x00-\x1f", "\x00-\x08\x0b-\x1f"))


def _picture(match: re.Match[str]) -> str:
    code = ord(match.group())
    if code < 0x20:
        return chr(0x2400 + code)
    if code == 0x7F:
        return "␡"
    return f"⟨{code:04X}⟩"


def visible(text: str) -> str:
    """Several lines: tabs and newlines stay, every other control becomes a picture (`␛`, `⟨202E⟩`)."""
    return _UNSAFE_BUT_LAYOUT.sub(_picture, text)


def one_line(text: str) -> str:
    """One line: newlines and tabs become pictures too."""
    return UNSAFE.sub(_picture, text)


def has_unsafe(text: str) -> bool:
    return UNSAFE.search(text.replace("\n", "").replace("\t", "")) is not None


_TAG = r"\{[{%#][^{}\n]{1,200}[}%#]\}"
_TAGS = re.compile(f"{_TAG}(?:{_TAG})*")


def without_gaps(text: str) -> str:
    """The text with other characters for the spaces inside its template variables and tags, each in its place."""
    return _TAGS.sub(lambda tags: tags.group().replace(" ", "_"), text)


def unbroken(text: str, width: int) -> str:
    """As `without_gaps` for what fits a row of `width` characters, to find where rows begin: not inside of those."""

    def joined(tags: re.Match[str]) -> str:
        start, end = tags.span()
        before = text.rfind(" ", max(0, start - width), start)
        after = text.find(" ", end, end + width)
        left = start - before - 1 if before >= 0 else min(start, width)
        right = (after if after >= 0 else len(text)) - end
        # What is longer than a row with what stands beside it is cut, and then better at its spaces.
        return tags.group() if left + end - start + right > width else tags.group().replace(" ", "_")

    return _TAGS.sub(joined, text) if "{" in text else text


def shorten(text: str, width: int) -> str:
    """At most `width` characters of one safe line, with `…` where something was left out."""
    line = one_line(text)
    return line if len(line) <= width else line[: max(0, width - 1)] + "…"


_ADDRESS = re.compile(r" <[^<>\s]+@[^<>\s]+>")


def name_of(actor: str) -> str:
    """`Ana` of `Ana <ana@example.com>`; of an address alone what stands before the `@`. For where there is no room."""
    name = actor.partition(" <")[0] if " <" in actor else actor.partition("@")[0]
    return name.lstrip("<") or actor


def without_addresses(line: str) -> str:
    """The line with people by their names alone."""
    return _ADDRESS.sub("", line)
