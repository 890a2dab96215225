"""What differs between two versions: their messages by our text diff, everything else by DeepDiff."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from workbench.domain.diffs.messages import MessageDiff, compare_messages
from workbench.domain.diffs.model import Diff, Engine, Rename, WhiteSpace
from workbench.domain.diffs.phases import diff_lines, diff_texts
from workbench.domain.diffs.values import Change, compare_values
from workbench.domain.prompts import Content, Version
from workbench.domain.templates import names_in
from workbench.errors import TemplateError


@dataclass(frozen=True)
class ContentDiff:
    messages: tuple[MessageDiff, ...]
    """In the order of the right side; removed ones where they stood."""
    settings: tuple[Change, ...] = ()
    """Tools among them: `tools.get_weather.function.description`."""
    variables: tuple[Change, ...] = ()
    """Declarations: `tier.default`."""
    variables_used_added: tuple[str, ...] = ()
    """Names the right templates ask for and the left ones do not, sorted."""
    variables_used_removed: tuple[str, ...] = ()
    """Empty where a template of the right side cannot be read."""
    format: Change | None = None
    metadata: tuple[Change, ...] = ()
    """`note`, `tags`, `author` of versions; two versions that differ in nothing else are the same."""

    @property
    def same(self) -> bool:
        return not (self.settings or self.variables or self.format) and all(m.same for m in self.messages)

    @property
    def renamed(self) -> tuple[Rename, ...]:
        """Variables that others stand for now, counted over all messages."""
        counts: Counter[tuple[str, str]] = Counter()
        for message in self.messages:
            for rename in message.diff.variables.renamed:
                counts[rename.old, rename.new] += rename.count
        return tuple([Rename(old, new, count) for (old, new), count in counts.items()])

    def not_renamed(self, names: Sequence[str]) -> tuple[str, ...]:
        """Those of these variables that came or went without another one in their place."""
        told = {name for rename in self.renamed for name in rename.names}
        return tuple([name for name in names if name not in told])


def compare(
    a: Content | Version,
    b: Content | Version,
    *,
    mode: WhiteSpace = WhiteSpace.EXACT,
    engine: Engine = "words",
    budget: float | None = None,
    words: bool = True,
) -> ContentDiff:
    """From `a` (left, older) to `b`. Of two versions their metadata too.

    `mode`, `engine` and `budget` (seconds for each message) are those of `diff_texts`; without `words` the messages
    are compared by `diff_lines`. Never raises for templates that cannot be read: nobody knows what they use, so that
    nothing is said to be gone from them.
    """

    def differ(left: str | None, right: str | None) -> Diff:
        if words:
            return diff_texts(left, right, mode=mode, engine=engine, budget=budget)
        return diff_lines(left, right, mode=mode, engine=engine)

    left, right = (one.content if isinstance(one, Version) else one for one in (a, b))
    (used_left, _), (used_right, known) = _used(left), _used(right)
    return ContentDiff(
        compare_messages(left.messages, right.messages, differ),
        compare_values(left.settings, right.settings),
        compare_values({v.name: v.as_dict() for v in left.variables}, {v.name: v.as_dict() for v in right.variables}),
        tuple(sorted(used_right - used_left)),
        tuple(sorted(used_left - used_right)) if known else (),
        None if left.format == right.format else Change("format", "changed", left.format, right.format, ("format",)),
        _metadata(a, b) if isinstance(a, Version) and isinstance(b, Version) else (),
    )


def _metadata(a: Version, b: Version) -> tuple[Change, ...]:
    before, after = (
        {"note": one.note or None, "tags": list(one.tags) or None, "author": one.author or None} for one in (a, b)
    )
    return compare_values(before, after)


def _used(content: Content) -> tuple[frozenset[str], bool]:
    """The names, and whether these are all of them."""
    names: set[str] = set()
    known = True
    for message in content.messages:
        try:
            names |= names_in(message.content, content.format)
        except TemplateError:
            known = False
    return frozenset(names), known
