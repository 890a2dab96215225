"""`prompt_config.yaml`: name → version, settings and the files of the prompt; with its few-shot examples and changes.

::

    chat:
      version: "1.3"                                # 1.3.0 here
      model: gpt-4
      temperature: 0.7
      system_prompt: prompts/chat/system_prompt.txt
      few_shot: prompts/chat/few_shot_examples.json
                                                    # prompts/chat/CHANGELOG.md: the note of version 1.3

Paths are meant from the config's folder, from the one above, or from inside it. The examples are pairs of a user and an
assistant message after the system text; examples in another form than pairs of texts are kept, not sent.
"""

from __future__ import annotations

import copy
import posixpath
import re
from collections.abc import Mapping, Sequence
from typing import Any

from workbench.domain.prompts import Content, Message
from workbench.errors import FormatError
from workbench.formats import documents, layout, strict_json, values
from workbench.formats.files import encode, name_of
from workbench.formats.model import Format, Placed, PromptFile, Record, Written
from workbench.formats.tree import Entry

NAME = "prompt-config"
_FILES = ("prompt_config.yaml", "prompt_config.yml")
TEXT, EXAMPLES, CHANGES = "system_prompt", "few_shot", "CHANGELOG.md"
_PAIRS = (("input", "output"), ("input_text", "output_text"), ("user", "assistant"), ("question", "answer"))
_HEADING = re.compile(r"^#{1,4}\s*\[?v?(\d+(?:\.\d+){0,2}(?:-[0-9A-Za-z.-]+)?)\]?.*$", re.MULTILINE)


def _claims(entry: Entry) -> bool:
    if entry.base in _FILES or (entry.forced and entry.base.endswith((".yaml", ".yml"))):
        return isinstance(entry.read_document[0], dict)
    return False


def _read(entry: Entry) -> tuple[PromptFile, ...]:
    document, lines = entry.read_document
    keep = documents.kept_shared(entry.text, len(document))
    found = []
    for key, body in document.items():
        fields = values.Fields(body if isinstance(body, dict) else {}, entry.file, lines, (key,))
        if not isinstance(body, dict) or TEXT not in body:
            raise fields.error(None, f"{key} names no {TEXT}", f"write {TEXT}: {key}/system_prompt.txt")
        found.append(_prompt(entry, key, fields, keep))
    return tuple(found)


def _prompt(entry: Entry, key: str, fields: values.Fields, keep: Mapping[str, Any]) -> PromptFile:
    place = _resolved(entry, fields, TEXT)
    text = entry.other(place)
    content, warnings = layout.read_content(text.text, fields)
    source: dict[str, Any] = {"format": NAME, "path": entry.path, "key": key, "text": place, **keep}
    if text.bom:
        source["text_bom"] = True
    if EXAMPLES in fields.data:
        examples_place = _resolved(entry, fields, EXAMPLES)
        raw = entry.other(examples_place)
        listed, _ = strict_json.load(raw.text, entry.tree.shown(examples_place))
        source["examples"] = {"path": examples_place, "raw": raw.text, "bom": raw.bom}
        pairs = _pairs(listed)
        why = "no pairs of texts" if pairs is None else _unfit(pairs, content.format)
        if pairs is None or why:
            warnings = (*warnings, f"{fields.where(EXAMPLES)}: the examples of {key} are {why}; kept, not sent")
        else:
            messages = [m for asked, said in pairs for m in (Message("user", asked), Message("assistant", said))]
            content = Content(
                (*content.messages, *messages, *_asking(content.format)),
                content.format,
                content.variables,
                content.settings,
            )
            content = values.checked(content, fields)
    number = _number(fields)
    note = ""
    changes = posixpath.join(posixpath.dirname(place), CHANGES)
    if entry.has(changes):
        raw = entry.other(changes)
        source["changes"] = {"path": changes, "raw": raw.text, "bom": raw.bom}
        note = _note(raw.text, str(fields.data.get("version", "")))
    return PromptFile(
        name_of(key),
        content,
        entry.tree.shown(place),
        number=number,
        description=fields.text("description"),
        tags=values.split_tags(fields.texts("tags"), entry.environments)[0],
        note=note,
        author=fields.text("author"),
        deployed=values.split_tags(fields.texts("tags"), entry.environments)[1],
        source=source,
        lines={steps[1:]: line for steps, line in fields.lines.items() if steps[:1] == (key,)},
        lines_in=entry.file,
        warnings=warnings,
    )


def _resolved(entry: Entry, fields: values.Fields, key: str) -> str:
    """The file that a path means: from here, from the folder above, or with this folder's own name before it."""
    stated = fields.text(key)
    own = posixpath.basename(entry.folder) or entry.tree.name
    tries = [stated, stated.removeprefix(f"{own}/"), f"../{stated}"]
    last: FormatError | None = None
    for relative in dict.fromkeys(tries):
        try:
            path = entry.beside(relative)
        except FormatError as error:
            last = error
            continue
        if entry.has(path):
            return path
    if last is not None and stated.startswith(("../", "/")):
        raise fields.error(key, f"{stated!r} leads out of the folder that is read", "keep the texts beside the config")
    raise fields.error(key, f"there is no file {stated}", "paths are meant from the config's folder or the one above")


def _number(fields: values.Fields) -> str | None:
    """`1.3` and `2` are common here and mean 1.3.0 and 2.0.0."""
    stated = fields.data.get("version")
    if isinstance(stated, str) and re.fullmatch(r"v?\d+(\.\d+)?", stated):
        return ".".join([*stated.removeprefix("v").split("."), "0", "0"][:3])
    return fields.number("version")


def _pairs(listed: Any) -> list[tuple[str, str]] | None:
    if isinstance(listed, dict) and isinstance(listed.get("examples"), list):
        listed = listed["examples"]
    if not isinstance(listed, list):
        return None
    pairs = []
    for item in listed:
        keys = next(
            (p for p in _PAIRS if isinstance(item, dict) and all(isinstance(item.get(k), str) for k in p)), None
        )
        if keys is None:
            return None
        pairs.append((item[keys[0]], item[keys[1]]))
    return pairs


def _unfit(pairs: Sequence[tuple[str, str]], dialect: str) -> str:
    """Why examples cannot stand in a template: what looks like a tag in them is meant as it stands."""
    signs = {"jinja": ("{{", "{%", "{#"), "f-string": ("{", "}")}.get(dialect, ())
    found = any(sign in text for pair in pairs for text in pair for sign in signs)
    return "texts with braces, which are meant as they stand" if found else ""


def _asking(dialect: str) -> tuple[Message, ...]:
    """After the examples comes what is asked now."""
    text = {"jinja": "{{ input }}", "f-string": "{input}"}.get(dialect)
    return (Message("user", text),) if text else ()


def _note(changes: str, version: str) -> str:
    """What stands under the version's heading, or behind it on its line."""
    headings = list(_HEADING.finditer(changes))
    for index, heading in enumerate(headings):
        if heading.group(1) == version.removeprefix("v"):
            end = headings[index + 1].start() if index + 1 < len(headings) else len(changes)
            lines = [line.strip().lstrip("-* ") for line in changes[heading.end() : end].splitlines()]
            return "; ".join(line for line in lines if line)
    return ""


def _write(placed: Sequence[Placed]) -> Written:
    files: dict[str, bytes] = {}
    warnings: list[str] = []
    for path, records in documents.shared(placed, NAME, _FILES[0]).items():
        raw, document = documents.newest_base(records, NAME, "yaml")
        document = document if isinstance(document, dict) else {}
        top = path.removesuffix(path.rsplit("/", 1)[-1])
        for record in records:
            key = documents.source_of(record, NAME).get("key")
            key = key if isinstance(key, str) and key in document else record.name
            try:
                document[key] = _body(document.get(key), record, top, files, warnings)
            except FormatError as error:
                warnings.append(f"{error.message}; left out")
        bom = any(documents.has_bom(record, NAME) for record in records)
        files[path] = encode(documents.rewritten(raw, document, "yaml"), bom)
    return Written(files, tuple(warnings))


def _body(old: Any, record: Record, top: str, files: dict[str, bytes], warnings: list[str]) -> dict[str, Any]:
    version, source = record.version, documents.source_of(record, NAME)
    messages = version.content.messages
    if messages[0].role != "system":
        raise FormatError(
            f"{record.name} begins with a {messages[0].role} message, but the {NAME} layout holds one system text",
            "export it with --format native",
        )
    body = copy.deepcopy(old) if isinstance(old, dict) else {"version": version.number}
    was = _was(body, source)
    text_path = source.get("text")
    if not isinstance(text_path, str):
        text_path = f"{top}{record.name}/system_prompt.txt"
        body[TEXT] = f"{record.name}/system_prompt.txt"
    if _number(values.Fields(body, "", {})) != version.number:
        body["version"] = version.number
    content = Content(messages[:1], version.content.format, version.content.variables, version.content.settings)
    layout.put_content(body, content, was=was)
    documents.put(body, "description", record.description)
    layout.put_tags(body, [*record.deployed, *record.tags])
    files[text_path] = encode(messages[0].content, bool(source.get("text_bom")))
    _put_examples(body, record, source, top, files)
    _put_changes(record, source, text_path, files)
    author = body.get("author")
    warnings += documents.lost(
        record,
        NAME,
        holds=("number", "description", "tags", "note", "deployed", *(("author",) if author == version.author else ())),
    )
    if any(message.extra for message in messages):
        warnings.append(f"{record.name}: the {NAME} layout has no place for: further fields of messages")
    return body


def _was(body: Mapping[str, Any], source: Mapping[str, Any]) -> Content | None:
    """What the kept entry said about settings, variables and dialect."""
    if not source:
        return None
    return layout.read_content("", values.Fields({k: v for k, v in body.items() if k != TEXT}, "", {}))[0]


def _put_examples(
    body: dict[str, Any], record: Record, source: Mapping[str, Any], top: str, files: dict[str, bytes]
) -> None:
    messages = record.version.content.messages[1:]
    asking = _asking(record.version.content.format)
    if asking and messages[-1:] == asking:
        messages = messages[:-1]
    roles = [message.role for message in messages]
    if roles != ["user", "assistant"] * (len(roles) // 2) or len(roles) % 2:
        raise FormatError(
            f"{record.name} has messages that are no pairs of user and assistant", "export it with --format native"
        )
    kept = source.get("examples")
    pairs = [(messages[i].content, messages[i + 1].content) for i in range(0, len(messages), 2)]
    if isinstance(kept, Mapping) and isinstance(kept.get("raw"), str):
        listed = strict_json.load(kept["raw"], "")[0]
        text = kept["raw"] if _pairs(listed) in (pairs, None) else documents.dump(_as_list(pairs), "json", kept["raw"])
        files[str(kept["path"])] = encode(text, bool(kept.get("bom")))
    elif pairs:
        if _unfit(pairs, record.version.content.format) or asking != record.version.content.messages[-len(asking) :]:
            raise FormatError(
                f"{record.name} has examples that would come back otherwise", "export it with --format native"
            )
        body[EXAMPLES] = f"{record.name}/few_shot_examples.json"
        files[f"{top}{body[EXAMPLES]}"] = encode(documents.dump(_as_list(pairs), "json"))


def _as_list(pairs: list[tuple[str, str]]) -> list[dict[str, str]]:
    return [{"input": asked, "output": said} for asked, said in pairs]


def _put_changes(record: Record, source: Mapping[str, Any], text_path: str, files: dict[str, bytes]) -> None:
    """The version's heading and note on top of what the file says; nothing where it says so already."""
    version = record.version
    kept = source.get("changes")
    raw = kept.get("raw", "") if isinstance(kept, Mapping) else ""
    short = version.number.removesuffix(".0")
    if not version.note and not raw:
        return
    if version.note and not any(_note(raw, number) == version.note for number in (version.number, short)):
        first = _HEADING.search(raw)
        at = first.start() if first else len(raw)
        section = f"## {version.number}\n\n- {version.note}\n\n"
        section = section.replace("\n", "\r\n") if "\r\n" in raw else section
        raw = (raw or "# Changes\n\n")[: at or None] + section + raw[at:] if raw else f"# Changes\n\n{section}"
    path = kept["path"] if isinstance(kept, Mapping) else posixpath.join(posixpath.dirname(text_path), CHANGES)
    files[str(path)] = encode(raw, bool(isinstance(kept, Mapping) and kept.get("bom")))


FORMAT = Format(
    NAME,
    "prompt_config.yaml naming system_prompt.txt, few_shot_examples.json and CHANGELOG.md",
    _claims,
    _read,
    _write,
    shares_files=True,
    names_files=True,
)

__all__ = ["FORMAT", "NAME"]
