"""What people said of a version: approvals, requests for changes, comments, and which of them hold now."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from workbench.domain.releases.signing import principal

ReviewKind = Literal["approve", "request_changes", "comment"]
SignatureState = Literal["", "valid", "unknown", "broken"]
"""Of what is not signed, ""; `unknown`: a sound signature of a key that nobody allowed for this person."""
SAID = {"approve": "approved", "request_changes": "requested changes of", "comment": "commented on"}


@dataclass(frozen=True)
class Review:
    """One row. It speaks of a content, whatever its number: `digest` is that of the version it was given on."""

    id: int
    prompt: str
    number: str
    digest: str
    environment: str
    """"": of none in particular; an approval always names one."""
    kind: ReviewKind
    comment: str
    actor: str
    at: str
    line: int | None = None
    """Of the text of `line_number` (`Content.text`, as `workbench show` prints it), from 1; None: of the whole."""
    line_number: str | None = None
    """The version whose line it is: the reviewed one, or the one it was compared with."""
    withdrawn: bool = False
    signature: SignatureState = ""

    @property
    def place(self) -> str:
        """`1.3.2 line 12`; "" for the whole."""
        return f"{self.line_number} line {self.line}" if self.line else ""


@dataclass(frozen=True)
class Approvals:
    """What holds of one content in one environment."""

    valid: tuple[Review, ...] = ()
    """The newest of each person."""
    requests: tuple[Review, ...] = ()
    """Changes that were requested and not taken back or followed by an approval of the same person."""
    not_counted: tuple[tuple[Review, str], ...] = ()
    """Approvals that do not count, each with why: stale, their own, not signed."""


def approvals_of(
    reviews: Sequence[Review],
    digest: str,
    environment: str,
    *,
    authors: Sequence[str] = (),
    own_approval: bool = True,
    signed: bool = False,
) -> Approvals:
    """`reviews` of one prompt, oldest first. `authors` wrote the versions that have this digest.

    Of each person the last word on this content counts. `signed`: only approvals with a valid signature count.
    """
    last: dict[str, Review] = {}
    left_out: list[tuple[Review, str]] = []
    own = {same_person(author) for author in authors}
    for review in reviews:
        if review.withdrawn or review.kind == "comment":
            continue
        if review.environment not in ("", environment):
            continue
        if review.digest != digest:
            if review.kind == "approve":
                left_out.append((review, f"stale: {review.number} says something else"))
            continue
        last[same_person(review.actor)] = review
    valid = []
    for person, review in last.items():
        if review.kind != "approve":
            continue
        if person in own and not own_approval:
            left_out.append((review, "their own version"))
        elif signed and review.signature != "valid":
            said = {"": "not signed", "unknown": "signed with an unknown key", "broken": "the signature is broken"}
            left_out.append((review, said[review.signature]))
        else:
            valid.append(review)
    requests = tuple(review for review in last.values() if review.kind == "request_changes")
    return Approvals(tuple(valid), requests, tuple(left_out))


def same_person(actor: str) -> str:
    """What two names of one person have in common: the address in `Ana Silva <ana@example.org>`, else the name."""
    return principal(actor).casefold()
