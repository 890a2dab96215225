"""What the two layouts of users' own have in common: one text, one mapping of metadata beside it."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

from workbench.domain.prompts import Content, Message
from workbench.domain.versions import is_number
from workbench.errors import FormatError
from workbench.formats import values
from workbench.formats.model import Record

DIALECT_KEYS = ("format", "template_format")


def read_content(text: str, fields: values.Fields) -> tuple[Content, tuple[str, ...]]:
    """The text as a system message, with the settings, variables and dialect that the metadata name; warnings."""
    stated = next((found for key in DIALECT_KEYS if (found := values.read_dialect(fields, key))), None)
    settings = {key: fields.data[key] for key in values.SETTINGS if fields.data.get(key) is not None}
    settings |= fields.mapping("settings").data
    variables = fields.data.get("variables")
    if isinstance(variables, list):
        # A plain list of names is as common as a mapping.
        listed = fields.texts("variables")
        variables_read = values.read_variables(
            values.Fields(dict.fromkeys(listed), fields.file, fields.lines, ("variables",))
        )
    else:
        variables_read = values.read_variables(fields.mapping("variables"))
    declared = [variable.name for variable in variables_read]
    dialect, warnings = (stated, ()) if stated else values.guess_dialect(text, fields.file, declared)
    content = Content((Message("system", text),), dialect, variables_read, settings)
    return values.checked(content, fields), warnings


def split_stated_tags(fields: values.Fields, environments: Collection[str]) -> tuple[tuple[str, ...], tuple[str, ...]]:
    return values.split_tags(fields.texts("tags"), environments)


def previous(fields: values.Fields, key: str) -> str | None:
    """The number of the version before, None where it is absent or no number."""
    stated = fields.data.get(key)
    if not isinstance(stated, str):
        return None
    bare = stated[1:] if stated[:1] in "vV" else stated
    return bare if is_number(bare) else None


def one_text(record: Record, layout: str) -> tuple[str, tuple[str, ...]]:
    """The system text, and warnings naming what the layout has no place for."""
    messages = record.version.content.messages
    if messages[0].role != "system":
        raise FormatError(
            f"{record.name} begins with a {messages[0].role} message, but the {layout} layout holds one system text",
            "export it with --format native",
        )
    warnings = []
    if len(messages) > 1:
        roles = ", ".join(message.role for message in messages[1:])
        warnings.append(f"{record.name}: the {layout} layout holds one text; left out: {roles}")
    if messages[0].extra:
        warnings.append(f"{record.name}: left out of the system message: {', '.join(messages[0].extra)}")
    if record.version.tags:
        warnings.append(
            f"{record.name}: the {layout} layout has no tags of a version; left out: {', '.join(record.version.tags)}"
        )
    return messages[0].content, tuple(warnings)


def put_content(document: dict[str, Any], content: Content, *, was: Content | None) -> None:
    """Settings, dialect and variables into the metadata, in place; what is the same as it `was` is not touched."""
    if was is None or dict(was.settings) != dict(content.settings):
        for key in (*values.SETTINGS, "settings"):
            document.pop(key, None)
        document.update({key: value for key, value in content.settings.items() if key in values.SETTINGS})
        others = {key: value for key, value in content.settings.items() if key not in values.SETTINGS}
        if others:
            document["settings"] = others
    if was is None or was.variables != content.variables:
        document.pop("variables", None)
        if content.variables:
            document["variables"] = values.write_variables(content.variables)
    if was is None or was.format != content.format or guessed(content) != content.format:
        for key in DIALECT_KEYS:
            document.pop(key, None)
        if guessed(content) != content.format:
            document["format"] = content.format


def guessed(content: Content) -> str:
    declared = [variable.name for variable in content.variables]
    return values.guess_dialect(content.messages[0].content, "", declared)[0]


def put(document: dict[str, Any], key: str, value: Any) -> None:
    """Set or, for an empty value, remove; the place of a key that is there already stays."""
    if value:
        document[key] = value
    else:
        document.pop(key, None)


def put_tags(document: dict[str, Any], tags: list[str]) -> None:
    """Leaves the list alone, its order too, while it names the same."""
    old = document.get("tags")
    if not (isinstance(old, list) and sorted(map(str, old)) == sorted(tags)):
        put(document, "tags", tags)


def put_time(document: dict[str, Any], key: str, moment: str) -> None:
    """Leaves a time alone that says the same in other words."""
    old = document.get(key)
    try:
        if isinstance(old, str) and values.utc(old) == moment:
            return
    except ValueError:
        pass
    put(document, key, values.short_time(moment))


def kept_document(record: Record, layout: str) -> dict[str, Any]:
    """The metadata that came with the version or its nearest imported ancestor, as a copy."""
    found = record.source.get("document") if record.source.get("format") == layout else None
    return dict(found) if isinstance(found, Mapping) else {}
