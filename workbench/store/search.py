"""Full-text search over names, notes, tags and messages of all versions."""

from __future__ import annotations

import json
import re

from workbench.domain.prompts import SearchHit
from workbench.store.database import Database

_OPEN, _CLOSE = "\ue000", "\ue001"
"""Around a match in what SQLite hands back; private characters that no prompt uses on purpose."""

_MAX_WORDS = 32
_MAX_QUERY = 1_000
_WINDOW = 5_000
"""How many of the newest versions are looked through for a text that the index cannot know, such as `%` or `]]`."""
_AROUND = 40


class Search:
    def __init__(self, database: Database) -> None:
        self._database = database

    def index(self, version_id: int) -> None:
        self._database.run(
            "INSERT INTO search (rowid, name, note, tags, text) SELECT id, name, note, tags, text FROM search_source "
            "WHERE id = ?",
            (version_id,),
        )

    def unindex(self, version_id: int) -> None:
        """Takes out what is indexed now, so it must come before tags change and `index` after."""
        self._database.run(
            "INSERT INTO search (search, rowid, name, note, tags, text) "
            "SELECT 'delete', id, name, note, tags, text FROM search_source WHERE id = ?",
            (version_id,),
        )

    def find(self, query: str, limit: int) -> list[SearchHit]:
        """The newest matching version of each prompt, newest first; those with the words in a row before the others.

        All words must occur; the last may be begun.
        """
        text = "".join(c for c in query if c != "\0" and not "\ud800" <= c <= "\udfff").strip()[:_MAX_QUERY]
        if not text or limit < 1:
            return []
        words = [word for word in text.split() if re.search(r"\w", word)][:_MAX_WORDS]
        # The words as they were typed, then the same words anywhere: who quotes a note wants the version it stands on.
        hits = self._indexed(f"{_quoted(' '.join(words))}*", limit) if words else []
        if len(words) > 1 and len(hits) < limit:
            known = {hit.prompt for hit in hits}
            anywhere = self._indexed(f"{' '.join(map(_quoted, words))}*", limit)
            hits += [hit for hit in anywhere if hit.prompt not in known][: limit - len(hits)]
        return hits or self._literal(text, limit)

    def _indexed(self, match: str, limit: int) -> list[SearchHit]:
        hits: dict[str, SearchHit] = {}
        rows = self._database.rows(
            "SELECT p.name, v.number, snippet(search, -1, ?, ?, '…', 16) FROM search "
            "JOIN versions v ON v.id = search.rowid JOIN prompts p ON p.id = v.prompt_id "
            "WHERE search MATCH ? AND NOT EXISTS (SELECT 1 FROM withdrawn w WHERE w.version_id = v.id) "
            "ORDER BY search.rowid DESC LIMIT ?",
            (_OPEN, _CLOSE, match, limit * 6),
        )
        for name, number, snippet in rows:
            if name not in hits and len(hits) < limit:
                hits[name] = _marked(name, number, snippet)
        return list(hits.values())

    def _literal(self, text: str, limit: int) -> list[SearchHit]:
        # The stored JSON is looked through first, because it lies there ready; but its own signs are no matches.
        stored = _pattern(json.dumps(text, ensure_ascii=False)[1:-1])
        plain = _pattern(text)
        hits: dict[str, SearchHit] = {}
        rows = self._database.rows(
            "SELECT p.name, v.number, s.text FROM "
            "(SELECT id, prompt_id, number, content, note FROM versions ORDER BY id DESC LIMIT :window) v "
            "JOIN prompts p ON p.id = v.prompt_id JOIN search_source s ON s.id = v.id WHERE "
            "(v.content LIKE :stored ESCAPE '\\' AND s.text LIKE :plain ESCAPE '\\' OR v.note LIKE :plain ESCAPE '\\') "
            "AND NOT EXISTS (SELECT 1 FROM withdrawn w WHERE w.version_id = v.id) ORDER BY v.id DESC LIMIT :limit",
            {"window": _WINDOW, "stored": stored, "plain": plain, "limit": limit * 6},
        )
        for name, number, body in rows:
            if name not in hits and len(hits) < limit:
                hits[name] = _around(name, number, body, text)
        return list(hits.values())


def _quoted(text: str) -> str:
    return '"' + text.replace('"', '""') + '"'


def _pattern(text: str) -> str:
    """For LIKE with a backslash as the escape: the text itself, anywhere."""
    return "%" + re.sub(r"([\\%_])", r"\\\1", text) + "%"


def _marked(name: str, number: str, snippet: str) -> SearchHit:
    line = _line(snippet)
    start = line.find(_OPEN)
    end = line.find(_CLOSE, start + 1) - 1
    plain = line.replace(_OPEN, "").replace(_CLOSE, "")
    return SearchHit(name, number, plain, start, end) if 0 <= start < end else SearchHit(name, number, plain)


def _around(name: str, number: str, body: str, text: str) -> SearchHit:
    at = body.lower().find(text.lower())
    if at < 0:
        return SearchHit(name, number, _line(body[: 2 * _AROUND]))
    begin = max(0, at - _AROUND)
    return SearchHit(name, number, _line(body[begin : at + len(text) + _AROUND]), at - begin, at - begin + len(text))


def _line(text: str) -> str:
    return re.sub(r"[\n\r\t]", " ", text)
