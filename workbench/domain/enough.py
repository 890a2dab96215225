"""Is it enough? A test of the votes between two columns that may be looked at after every vote.

Each vote is a number: 1 for A, 0 for B, 1/2 for a vote that prefers none. For each share m that A could truly have,
a gambler bets on the votes against "the mean is m": with the bet λ its capital after a vote x is multiplied by
1 + λ(x − m). That is a fair game if m is right, whatever else is true of the votes, so the capital is a non-negative
martingale, and so is any fixed mixture of such capitals; by Ville's inequality it ever reaches 1/α with a probability
of at most α, however often one looks. The shares whose capital stays below 1/α are therefore a confidence sequence:
all of them at once hold the true share with a probability of at least 1 − α.

Sources: J. Ville, Étude critique de la notion de collectif, 1939; H. Robbins, "Statistical methods related to the law
of the iterated logarithm", Annals of Mathematical Statistics 41 (1970), for the mixture; I. Waudby-Smith, A. Ramdas,
"Estimating means of bounded random variables by betting", Journal of the Royal Statistical Society B 86 (2024), 1-27,
for the betting confidence sequence.

The mixture here is over the bets that would be best if A truly had the share p: λ = (p − m) / (m (1 − m)), for p on an
even grid. At m = 1/2 votes without preference multiply by 1: only the others count, as in a sign test.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal

from workbench.domain.comparisons import Comparison, Tally

ALPHA = 0.05
"""How likely it is at most to name a better side, ever, where there is none; the same for "no difference"."""
MATTERS = 0.1
"""A share nearer to one half than this is no difference that matters: 6 votes of 10 or fewer."""
FARTHEST = 1000
"""Further votes that are looked ahead."""
_GRID = tuple((k / 64, math.log(k / 64), math.log(1 - k / 64)) for k in range(1, 64))
"""(p, ln p, ln (1 − p))."""
_SHARES = 128
"""Steps of the first look for the ends of the interval."""

Answer = Literal["a", "b", "same", "open"]


@dataclass(frozen=True)
class Standing:
    """What the votes say. `share` is A's, votes without preference counting one half; None before the first vote."""

    tally: Tally
    share: float | None
    low: float
    high: float
    """The interval of the share, valid at every look; 0 to 1 before the first vote."""
    answer: Answer
    """"a" or "b" is better; "same": no difference that matters; "open": not enough yet."""
    more: int | None
    """For "open": about so many more votes if they fall like those before; None: more than can be foreseen."""
    alpha: float = ALPHA

    @property
    def votes(self) -> int:
        return self.tally.votes

    def said(self, a: str = "A", b: str = "B") -> str:
        """`B is better, 31 votes`, `no difference that matters so far, 80 votes`, `about 12 more votes`."""
        votes = f"{self.votes} vote{'s' * (self.votes != 1)}"
        if self.answer in ("a", "b"):
            return f"{a if self.answer == 'a' else b} is better, {votes}"
        if self.answer == "same":
            return f"no difference that matters so far, {votes}"
        if self.more is None:
            return f"more than {FARTHEST} more votes"
        return f"{'at least' if not self.votes else 'about'} {self.more} more vote{'s' * (self.more != 1)}"


@lru_cache(maxsize=4096)
def standing(tally: Tally, alpha: float = ALPHA) -> Standing:
    """Depends on the counts alone, not on their order, so that a vote can be taken back."""
    a, b, even = float(tally.a), float(tally.b), float(tally.even)
    votes = tally.votes
    low, high = interval(a, b, even, alpha)
    answer = _answer(a, b, even, alpha)
    share = (a + even / 2) / votes if votes else None
    more = _more(tally, alpha) if answer == "open" else None
    return Standing(tally, share, low, high, answer, more, alpha)


def keeps_names(comparison: Comparison, judged: int, found: Iterable[Standing]) -> bool:
    """Whether the result of a blind comparison keeps the names to itself: only `judged` inputs are judged yet, and
    more votes are needed. Who is told how the sides do so far guesses which is which from then on."""
    return comparison.blind and judged < len(comparison.cases) and any(one.answer == "open" for one in found)


def capital(a: float, b: float, even: float, m: float) -> float:
    """The logarithm of the mixture's capital against the share `m`, 0 < m < 1, after so many votes."""
    against = a * math.log(m) + b * math.log(1 - m)
    exponents = [a * log_p + b * log_rest - against for _, log_p, log_rest in _GRID]
    if even and m != 0.5:
        spread = (0.5 - m) / (m * (1 - m))
        exponents = [one + even * math.log1p((p - m) * spread) for one, (p, _, _) in zip(exponents, _GRID, strict=True)]
    top = max(exponents)
    return top + math.log(math.fsum(math.exp(one - top) for one in exponents) / len(exponents))


def interval(a: float, b: float, even: float, alpha: float = ALPHA) -> tuple[float, float]:
    """The least and the greatest share that the votes do not speak against."""
    if a + b + even == 0:
        return 0.0, 1.0
    limit = -math.log(alpha)
    inside = [k / _SHARES for k in range(1, _SHARES) if capital(a, b, even, k / _SHARES) < limit]
    if not inside:
        # The interval is narrower than the steps: it lies around the share itself.
        middle = min(max((a + even / 2) / (a + b + even), 1e-6), 1 - 1e-6)
        inside = [middle]
    return (
        _edge(a, b, even, limit, max(inside[0] - 1 / _SHARES, 0.0), inside[0]),
        _edge(a, b, even, limit, min(inside[-1] + 1 / _SHARES, 1.0), inside[-1]),
    )


def _edge(a: float, b: float, even: float, limit: float, outside: float, inside: float) -> float:
    """Between a share that is spoken against and one that is not; rounded to the outside."""
    for _ in range(20):
        middle = (outside + inside) / 2
        if capital(a, b, even, min(max(middle, 1e-9), 1 - 1e-9)) < limit:
            inside = middle
        else:
            outside = middle
    return outside


def _answer(a: float, b: float, even: float, alpha: float) -> Answer:
    """Whether the interval leaves out one half, or lies where no difference matters; told by its ends alone."""
    limit = -math.log(alpha)
    if capital(a, b, even, 0.5) >= limit:
        return "a" if a > b else "b"
    near = abs(a - b) < 2 * MATTERS * (a + b + even)
    if near and all(capital(a, b, even, 0.5 + end) >= limit for end in (-MATTERS, MATTERS)):
        return "same"
    return "open"


def _more(tally: Tally, alpha: float) -> int | None:
    """The least number of further votes, falling like those before, after which there would be an answer."""
    votes = tally.votes
    if not votes:
        return next(n for n in range(1, FARTHEST) if capital(n, 0, 0, 0.5) >= -math.log(alpha))

    def answered(more: int) -> bool:
        scale = (votes + more) / votes
        a, b, even = tally.a * scale, tally.b * scale, tally.even * scale
        return _answer(a, b, even, alpha) != "open"

    step = 1
    while not answered(step):
        step *= 2
        if step > FARTHEST:
            return None
    least, enough = step // 2, step
    while enough - least > 1:
        middle = (least + enough) // 2
        if answered(middle):
            enough = middle
        else:
            least = middle
    return enough
