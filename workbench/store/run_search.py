"""Full-text search over what runs were given and what they answered."""

from __future__ import annotations

import json
import re
from typing import Any

from workbench.store.database import Database

WINDOW = 5_000
"""How many of the newest runs are looked through for what the index cannot know: signs, and the middle of a word."""
_MAX_WORDS = 32
_BEGUN = 2
"""Letters from which a word may be unfinished; so many have an index of their own."""
_PLAIN = re.compile(r"[^\W_]+")


class RunSearch:
    """The index holds no text of its own, so what was indexed must be the same when it is taken out again."""

    def __init__(self, database: Database) -> None:
        self._database = database

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

    def condition(self, text: str) -> tuple[str, str, list[Any]]:
        """(what comes before `runs r` in FROM, condition, its parameters) of the runs in which all words of `text`
        occur, the last one at least begun. Where no run has such words, those that hold the text literally."""
        words = [word for word in text.replace("\0", "").split() if _PLAIN.search(word)][:_MAX_WORDS]
        match = " ".join(map(_quoted, words)) + ("*" if words and len(words[-1]) >= _BEGUN else "")
        if not words or not self._any(match):
            condition, parameters = _holding(text)
            newest = "r.seq > (SELECT max(seq) FROM runs) - ?"
            return "", f"{newest} AND {condition}", [WINDOW, *parameters]
        conditions, parameters = ["run_search MATCH ?"], list[Any]((match,))
        for word in text.split():
            if not _PLAIN.fullmatch(word):
                # The index knows words only; signs in them are compared.
                condition, more = _holding(word)
                conditions.append(condition)
                parameters += more
        # The index gives its rows by their number, so only as many are read as are shown.
        return "run_search CROSS JOIN ", "r.seq = run_search.rowid AND " + " AND ".join(conditions), parameters

    def _any(self, match: str) -> bool:
        found = self._database.value("SELECT 1 FROM run_search WHERE run_search MATCH ? LIMIT 1", (match,))
        return found is not None


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
