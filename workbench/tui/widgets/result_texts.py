"""What comparisons have found out about a version, in one line for each other version."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from workbench.tui.widgets.content_view import TextLine

if TYPE_CHECKING:
    from workbench.domain.releases.results import Result


def result_text(result: Result) -> str:
    """`1.1.0 against 1.0.0: 1.1.0 is better, 9 votes (9 blind), 9 : 0, no ties`."""
    a, b = (_short(reference) for reference in (result.a, result.b))
    found = result.standing
    tally = found.tally
    said = found.said(a, b)
    if found.answer == "open":
        said = f"not decided, {found.votes} vote{'s' * (found.votes != 1)}, {said}"
    blind = f" ({result.hidden} blind)" if result.hidden else ""
    even = f", {tally.even} even" if tally.even else ""
    again = f", {result.repeated} more on inputs that were judged again" if result.repeated else ""
    return f"{a} against {b}: {said}{blind}, {tally.a} : {tally.b}{even}{again}"


def result_lines(results: Sequence[Result]) -> list[TextLine]:
    if not results:
        return []
    return [*(TextLine(f"compared  {result_text(one)}", "strong") for one in results[:5]), TextLine("")]


def _short(reference: str) -> str:
    name, at, number = reference.partition("@")
    return number if at else f"draft {name.partition('#')[2][:7]}"
