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


def create_run_search(db: Tables) -> None:
    db.execute(
        """CREATE VIEW run_search_source AS SELECT
            r.seq AS id,
            b.output AS output,
            b.error AS error,
            coalesce((SELECT group_concat(atom, ' ') FROM json_tree(b.variables) WHERE atom IS NOT NULL), '')
                AS variables,
            r.note AS note
        FROM runs r JOIN run_bodies b ON b.seq = r.seq"""
    )
    db.execute(
        "CREATE VIRTUAL TABLE run_search USING fts5(output, error, variables, note, content='run_search_source', "
        "content_rowid='id', tokenize='unicode61', prefix='2 3')"
    )
    db.execute(
        "INSERT INTO run_search (rowid, output, error, variables, note) "
        "SELECT id, output, error, variables, note FROM run_search_source"
    )
