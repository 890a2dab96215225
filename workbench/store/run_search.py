"""Full-text search over what runs were given and what they answered."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator
from typing import Any, NamedTuple

from workbench.errors import StoreError
from workbench.store.database import Database

WINDOW = 5_000
"""How many of the newest runs are looked through for what the index cannot know: signs, and the middle of a word."""
_MAX_WORDS = 32
_BEGUN = 2
"""Letters from which a word may be unfinished."""
_INDEXED = 3
"""Letters up to which the index knows the beginnings of words; it finds longer ones by merging all runs of all words
that begin so, which takes seconds where they are many."""
_ENDINGS = 200
"""Words that begin so and are looked up one by one; that is quick, for only as many runs are read as are shown."""
_PLAIN = re.compile(r"[^\W_]+")


class Way(NamedTuple):
    """How runs are looked for: what comes before `runs r` in FROM, a condition, and its parameters."""

    source: str
    condition: str
    parameters: list[Any]

    @property
    def order(self) -> str:
        """The column that is the place of a run in time."""
        return "run_search.rowid" if self.source else "r.seq"


class RunSearch:
    """The index holds no text of its own, so what was indexed must be the same when it is taken out again."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._has_words: bool | None = None

    def index(self, seq: int) -> None:
        self._database.run(
            "INSERT INTO run_search (rowid, output, error, variables, note) "
            "SELECT id, output, error, variables, note FROM run_search_source WHERE id = ?",
            (seq,),
        )

    def unindex(self, seq: int) -> None:
        """Must come before a change of the note, and `index` after."""
        self._database.run(
            "INSERT INTO run_search (run_search, rowid, output, error, variables, note) "
            "SELECT 'delete', id, output, error, variables, note FROM run_search_source WHERE id = ?",
            (seq,),
        )

    def ways(self, text: str, before: int | None) -> Iterator[Way]:
        """To the runs in which all words of `text` occur, the last one at least begun; where no run has such words,
        to those that hold the text literally. The last way finds all of them; one before it is quicker, and counts
        where it finds as many as are wanted. `before`: only older runs are wanted."""
        words = [word for word in text.replace("\0", "").split() if _PLAIN.search(word)][:_MAX_WORDS]
        signs = [word for word in text.split() if not _PLAIN.fullmatch(word)]
        *begun, last = _PLAIN.findall(words[-1]) if words else [""]
        whole = [_quoted(word) for word in words[:-1]]
        unfinished = f"{_quoted(' '.join((*begun, last)))}*"
        match = ""
        if len(last) < _BEGUN:
            match = _all_of([*whole, _quoted(" ".join(begun) or last)] if last else whole)
        elif len(last) <= _INDEXED or (endings := self._endings(last)) is None:
            match = _all_of([*whole, unfinished])
        elif endings:
            if len(endings) > _ENDINGS:
                yield self._recent(_all_of([*whole, f"{_quoted(last[:_INDEXED])}*"]), [*signs, last], before)
                endings = [] if begun else self._endings(last, most=None) or []
            each = " OR ".join(_quoted(" ".join((*begun, ending))) for ending in endings)
            match = _all_of([*whole, f"({each})" if each else unfinished])
        if match and self._any(match):
            yield self._matching(match, signs)
        else:
            condition, parameters = _holding(text)
            yield Way("", f"r.seq > ? AND {condition}", [self._newest() - WINDOW, *parameters])

    def _recent(self, match: str, held: list[str], before: int | None) -> Way:
        found = self._matching(match, held)
        first = (self._newest() if before is None else before - 1) - WINDOW
        return Way(found.source, f"{found.condition} AND run_search.rowid > ?", [*found.parameters, first])

    def _matching(self, match: str, held: list[str]) -> Way:
        """`held` are compared, for the index knows words only and not the signs in them."""
        conditions, parameters = ["r.seq = run_search.rowid", "run_search MATCH ?"], list[Any]((match,))
        for word in held:
            condition, more = _holding(word)
            conditions.append(condition)
            parameters += more
        # The index gives its rows by their number, so only as many are read as are shown.
        return Way("run_search CROSS JOIN ", " AND ".join(conditions), parameters)

    def _endings(self, beginning: str, most: int | None = _ENDINGS) -> list[str] | None:
        """The words of the index that begin so, at most one more than `most`. None where it cannot be told."""
        if not beginning.isascii() or not self._open_words():
            return None  # what the index makes of other letters, only it knows
        found: list[str] = []
        start = beginning = beginning.lower()
        while most is None or len(found) <= most:
            # Not `> word`, for which every place of that word would be passed over one by one.
            word = self._database.value("SELECT term FROM temp.run_words WHERE term >= ? LIMIT 1", (start,))
            if word is None or not word.startswith(beginning):
                break
            found.append(word)
            start = word + "\x01"
        return found

    def _open_words(self) -> bool:
        """https://www.sqlite.org/fts5.html#the_fts5vocab_virtual_table_module"""
        if self._has_words is None:
            try:
                self._database.rows(
                    "CREATE VIRTUAL TABLE IF NOT EXISTS temp.run_words USING fts5vocab(main, run_search, instance)"
                )
                self._has_words = True
            except StoreError:
                self._has_words = False
        return self._has_words

    def _newest(self) -> int:
        return self._database.value("SELECT max(seq) FROM runs") or 0

    def _any(self, match: str) -> bool:
        found = self._database.value("SELECT 1 FROM run_search WHERE run_search MATCH ? LIMIT 1", (match,))
        return found is not None


def _all_of(parts: Iterable[str]) -> str:
    return " AND ".join(parts)


def _quoted(word: str) -> str:
    return '"' + word.replace('"', '""') + '"'


def _holding(text: str) -> tuple[str, list[Any]]:
    plain = containing(text)
    return (
        "(r.note LIKE ? ESCAPE '\\' OR EXISTS (SELECT 1 FROM run_bodies b WHERE b.seq = r.seq AND "
        "(b.output LIKE ? ESCAPE '\\' OR b.error LIKE ? ESCAPE '\\' OR b.variables LIKE ? ESCAPE '\\')))"
    ), [plain, plain, plain, containing(json.dumps(text)[1:-1])]


def containing(text: str) -> str:
    """For LIKE with a backslash as the escape: the text itself, anywhere."""
    return "%" + text.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_") + "%"
