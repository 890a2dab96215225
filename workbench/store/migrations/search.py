"""The full-text index."""

from __future__ import annotations

from sqlite_utils import Database as Tables


def create_search(db: Tables) -> None:
    # The index holds no text of its own: the view gives it back from the versions.
    db.execute(
        """CREATE VIEW search_source AS SELECT
            v.id AS id,
            p.name AS name,
            v.note AS note,
            coalesce((SELECT group_concat(tag, ' ') FROM
                (SELECT tag FROM prompt_tags WHERE prompt_id = v.prompt_id
                 UNION SELECT tag FROM version_tags WHERE version_id = v.id ORDER BY tag)), '') AS tags,
            coalesce((SELECT group_concat(json_extract(value, '$.content'), char(10))
                FROM json_each(v.content, '$.messages')), '') AS text
        FROM versions v JOIN prompts p ON p.id = v.prompt_id"""
    )
    db.execute(
        "CREATE VIRTUAL TABLE search USING fts5(name, note, tags, text, content='search_source', content_rowid='id', "
        "tokenize='unicode61')"
    )
