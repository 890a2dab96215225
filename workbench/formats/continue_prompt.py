"""Continue, `.prompt`: a few YAML lines, `---`, and the text; `<system>…</system>` in it is the system message.

Only what stands between the first and a second line `---` is read by Continue; here all of it is. `{{{ input }}}` of
version 1 is Handlebars; helpers such as `{{{ url "…" }}}` fetch things, so that a text with them is taken literally.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from workbench.domain import yaml_core
from workbench.domain.prompts import Content, Message
from workbench.domain.templates import check_text
from workbench.errors import FormatError
from workbench.formats import documents, values
from workbench.formats.files import encode
from workbench.formats.model import Format, PromptFile, Record, Written, one_by_one
from workbench.formats.tree import Entry

NAME = "continue"
_SPLIT = re.compile(r"\A(?P<head>(?!---).*?)(?P<between>\r?\n---[ \t]*\r?\n)(?P<body>.*)\Z", re.DOTALL)
_SYSTEM = re.compile(r"<system>(.*?)</system>", re.DOTALL)
_KEYS = ("name", "description", "version", "temperature", "model", "schema")
_SETTINGS = ("temperature", "model")


def _head(text: str) -> tuple[str, str, str, Mapping[str, Any]]:
    """(head, separator, body, the head's values) of a file; without a head all is body."""
    found = _SPLIT.match(text)
    if found is not None:
        try:
            document = yaml_core.load(found["head"], "")
        except FormatError:
            document = None
        if isinstance(document, Mapping) and any(key in document for key in _KEYS):
            return found["head"], found["between"], found["body"], document
    return "", "", text, {}


def _claims(entry: Entry) -> bool:
    if not entry.path.endswith(".prompt"):
        return False
    text = entry.text.text
    return entry.forced or bool(_head(text)[3]) or "<system>" in text or re.search(r"\{\{\{\s*\w+", text) is not None


def _read(entry: Entry) -> tuple[PromptFile, ...]:
    head, _, _, document = _head(entry.text.text)
    fields = values.Fields(document, entry.file, yaml_core.load_with_lines(head, entry.file)[1] if head else {})
    content, warnings = _content(entry.text.text, entry.file)
    return (
        PromptFile(
            entry.name,
            values.checked(content, fields),
            entry.file,
            description=fields.text("description"),
            source={"format": NAME, "path": entry.path, **documents.kept(entry.text)},
            lines=fields.lines,
            warnings=warnings,
        ),
    )


def _content(text: str, file: str) -> tuple[Content, tuple[str, ...]]:
    _, _, body, document = _head(text)
    found = _SYSTEM.search(body)
    messages = [Message("system", found.group(1))] if found else []
    rest = body[: found.start()] + body[found.end() :] if found else body
    if rest.strip() or not messages:
        messages.append(Message("user", rest))
    dialect, warnings = "literal", tuple[str, ...]()
    if "{{{" in body:
        problems = check_text(body, "handlebars")
        dialect = "literal" if problems else "handlebars"
        if problems:
            warnings = (f"{file}: taken literally: {problems[0].message}",)
    settings = {key: document[key] for key in _SETTINGS if document.get(key) is not None}
    return Content(tuple(messages), dialect, (), settings), warnings


def _write(record: Record, place: str) -> Written:
    content = record.version.content
    roles = [message.role for message in content.messages]
    if roles not in (["system"], ["user"], ["system", "user"]):
        raise FormatError(
            f"{record.name} has {', '.join(roles)}; such a file has one system and one user text", "use native"
        )
    if content.format not in ("handlebars", "literal"):
        raise FormatError(f"{record.name} is written in {content.format}, which Continue does not know", "use native")
    raw = documents.source_of(record, NAME).get("raw")
    head, between, body, document = _head(raw) if isinstance(raw, str) else ("", "", "", {})
    was = _content(raw, "")[0] if isinstance(raw, str) else None
    new = dict(document)
    documents.put(new, "description", record.description)
    for key in _SETTINGS:
        if key in content.settings:
            new[key] = content.settings[key]
        else:
            new.pop(key, None)
    if was is None:
        new = {"name": record.name.rsplit("/", 1)[-1], **new}
    if not was or was.messages != content.messages:
        body = _body(body if was else "", content)
    if new != document or not raw:
        head = (
            documents.rewritten(head, new, "yaml").removesuffix("\n")
            if head
            else yaml_core.dump(new).removesuffix("\n")
        )
        between = between or "\n---\n"
    path = documents.path_of(record, NAME, place, ".prompt")
    data = encode(head + between + body, documents.has_bom(record, NAME))
    return Written({path: data}, documents.lost(record, NAME, holds=("description",)))


def _body(old: str, content: Content) -> str:
    texts = {message.role: message.content for message in content.messages}
    found = _SYSTEM.search(old)
    if found and set(texts) == {"system", "user"} and texts["user"] == old[: found.start()] + old[found.end() :]:
        return old[: found.start()] + f"<system>{texts['system']}</system>" + old[found.end() :]
    system = f"<system>{texts['system']}</system>" if "system" in texts else ""
    return system + texts.get("user", "")


FORMAT = Format(NAME, "Continue .prompt", _claims, _read, one_by_one(_write))
