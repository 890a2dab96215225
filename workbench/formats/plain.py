"""Plain texts: `.j2` and `.jinja` anywhere; `.txt` and `.md` below a folder named for prompts; all where asked for.

The whole file is one system text, byte for byte. It is `jinja` when it is a template of it, else `literal`.
"""

from __future__ import annotations

import re
from pathlib import PurePosixPath

from workbench.domain.prompts import Content
from workbench.errors import FormatError
from workbench.formats import documents, values
from workbench.formats.files import encode
from workbench.formats.model import Format, PromptFile, Record, Written, one_by_one
from workbench.formats.tree import Entry

NAME = "plain"
_TEMPLATES = (".j2", ".jinja", ".jinja2")
_TEXTS = (".txt", ".md", ".prompt.md")
ENDINGS = (*_TEMPLATES, ".txt", ".md")
_FOLDERS = re.compile(r"(?:.*[_-])?(?:prompts?|agents|instructions|templates)", re.IGNORECASE)
_NO_PROMPTS = re.compile(
    r"(?:README|LICEN[CS]E|CHANGELOG|NOTICE|CONTRIBUTING|CODE_OF_CONDUCT|SECURITY)\b.*", re.IGNORECASE
)


def _claims(entry: Entry) -> bool:
    if entry.forced:
        return True
    if not entry.base.endswith(ENDINGS):
        return False
    if entry.named or entry.base.endswith(_TEMPLATES):
        return True
    folders = [*PurePosixPath(entry.folder).parts, entry.tree.name]
    return not _NO_PROMPTS.fullmatch(entry.base) and any(_FOLDERS.fullmatch(folder) for folder in folders)


def _read(entry: Entry) -> tuple[PromptFile, ...]:
    text = entry.text.text
    dialect, warnings = values.guess_dialect(text, entry.file)
    source = {"format": NAME, "path": entry.path, **({"bom": True} if entry.text.bom else {})}
    content = values.checked(Content.of_text(text, dialect), values.Fields({}, entry.file, {}))
    return (PromptFile(entry.name, content, entry.file, source=source, warnings=warnings),)


def _write(record: Record, place: str) -> Written:
    content = record.version.content
    if [message.role for message in content.messages] != ["system"]:
        raise FormatError(
            f"{record.name} is more than one system text, which is all that a plain file holds", "use native"
        )
    if values.guess_dialect(content.messages[0].content, "")[0] != content.format and content.format != "literal":
        raise FormatError(f"{record.name} is written in {content.format}, which a plain file cannot say", "use native")
    stated = str(documents.source_of(record, NAME).get("path", ""))
    ending = ".prompt.md" if stated.endswith(".prompt.md") else PurePosixPath(stated).suffix or ".txt"
    data = encode(content.messages[0].content, documents.has_bom(record, NAME))
    return Written({documents.path_of(record, NAME, place, ending): data}, documents.lost(record, NAME))


FORMAT = Format(NAME, "plain .j2, and .txt or .md in folders named for prompts", _claims, _read, one_by_one(_write))
