"""Two versions made of the same one, put together again.

    merge_texts(base, ours, theirs)         sentence by sentence; agreed texts and conflicts in turn
    merge_contents(base, ours, theirs)      versions: message by message, settings and variables key by key
    merge_sets(base, ours, theirs)          tags: what either side added and neither took away
    nearest_ancestors(parents, a, b)        what to take for the base

Nothing that either side wrote is lost: it is in the result or in a conflict. White space is no text: where both sides
changed it, the wider gap is taken.
"""

from workbench.domain.merging.ancestry import ancestors, nearest_ancestors
from workbench.domain.merging.contents import Conflict, Merge, Pick, merge_contents, messages_of
from workbench.domain.merging.markers import Names, marked, marked_text, unsolved
from workbench.domain.merging.texts import Clash, Part, merge_texts
from workbench.domain.merging.values import merge_sets

__all__ = [
    "Clash",
    "Conflict",
    "Merge",
    "Names",
    "Part",
    "Pick",
    "ancestors",
    "marked",
    "marked_text",
    "merge_contents",
    "merge_sets",
    "merge_texts",
    "messages_of",
    "nearest_ancestors",
    "unsolved",
]
