"""From one style of a terminal to the next with the fewest codes.

The codes are those of ECMA-48, 8.3.117 (select graphic rendition), with the colours of ISO 8613-6.
"""

from __future__ import annotations

from functools import lru_cache

INK, PAPER = "ink", "paper"
_ENDED_BY = {
    "1": "22", "2": "22", "3": "23", "4": "24", "5": "25", "7": "27", "8": "28", "9": "29", INK: "39", PAPER: "49"
}  # fmt: skip
"""What ends an attribute or a colour; 22 ends bold and dim alike."""
_WEIGHTS = ("1", "2")
_LENGTHS = {"2": 5, "5": 3}
"""Numbers that a colour of each kind takes, in red, green and blue or from a palette."""


@lru_cache(maxsize=4096)
def change_of_style(held: str, wanted: str) -> str:
    """What is to be sent while `held` is in force, "" for nothing; both are codes with semicolons, "" for no style."""
    if not wanted:
        return "0" if held else ""
    if not held:
        return wanted
    before, after = _parts(held), _parts(wanted)
    again = f"0;{wanted}"
    gone = [part for part in before if part not in after]
    if not all(part in _ENDED_BY for part in gone):
        return again
    ends = dict.fromkeys(_ENDED_BY[part] for part in gone)
    begun = [code for part, code in after.items() if before.get(part) != code or (part in _WEIGHTS and "22" in ends)]
    return min(";".join([*ends, *begun]), again, key=len)


def _parts(style: str) -> dict[str, str]:
    """Attribute, ink or paper → its codes."""
    parts: dict[str, str] = {}
    codes = style.split(";")
    at = 0
    while at < len(codes):
        code = codes[at]
        length = _LENGTHS.get(codes[at + 1], 1) if code in ("38", "48") and at + 1 < len(codes) else 1
        parts[_part(code)] = ";".join(codes[at : at + length])
        at += length
    return parts


def _part(code: str) -> str:
    number = int(code) if code.isdigit() else 0
    if 30 <= number <= 39 or 90 <= number <= 97:
        return INK
    return PAPER if 40 <= number <= 49 or 100 <= number <= 107 else code
