"""Patterns of fabric: `NAME/system.md`, the whole file the system text, `{{name}}` replaced.

`{{plugin:…}}` and `{{ext:…}}` run code: a pattern with them is taken literally. `user.md` is passed over, as fabric
does.
"""

from __future__ import annotations

import posixpath

from workbench.domain.prompts import Content
from workbench.domain.templates import check_text
from workbench.errors import FormatError
from workbench.formats import documents
from workbench.formats.files import encode
from workbench.formats.model import Format, PromptFile, Record, Written, one_by_one
from workbench.formats.tree import Entry

NAME = "fabric"
TEXT = "system.md"


def _claims(entry: Entry) -> bool:
    return entry.base == TEXT and bool(entry.folder or entry.tree.name)


def _read(entry: Entry) -> tuple[PromptFile, ...]:
    text = entry.text.text
    problems = check_text(text, NAME)
    warnings = [f"{entry.file}:{problems[0].line}: {problems[0].message}; taken literally"] if problems else []
    user = entry.beside("user.md")
    if entry.has(user) and entry.other(user).text.strip():
        warnings.append(f"{entry.tree.shown(user)}: is passed over, as fabric does")
    source = {"format": NAME, "path": entry.path, **({"bom": True} if entry.text.bom else {})}
    content = Content.of_text(text, "literal" if problems else NAME)
    return (PromptFile(entry.folder_name, content, entry.file, source=source, warnings=tuple(warnings)),)


def _write(record: Record, place: str) -> Written:
    content = record.version.content
    if [message.role for message in content.messages] != ["system"]:
        raise FormatError(f"{record.name} is more than one system text, which is all that a pattern is", "use native")
    if content.format not in (NAME, "literal"):
        raise FormatError(f"{record.name} is written in {content.format}, not in {NAME}", "use --format native")
    stated = documents.source_of(record, NAME).get("path")
    path = stated if isinstance(stated, str) and posixpath.dirname(stated) == place else f"{place}/{TEXT}"
    data = encode(content.messages[0].content, documents.has_bom(record, NAME))
    return Written({path: data}, documents.lost(record, NAME))


FORMAT = Format(NAME, "patterns of fabric, NAME/system.md", _claims, _read, one_by_one(_write))
