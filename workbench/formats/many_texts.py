"""Many plain texts in one file: a CSV with a row a prompt, or a YAML mapping from name to text.

The CSV has a column `prompt` (or `text`, `template`) and one that names (`name`, `act`, `label`, `title`, `id`); the
YAML file is named `prompts.yaml` or ends with it. Each text is one system message, `jinja` when it is a template,
else `literal`. Only the row or key of what was edited changes.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Mapping, Sequence
from typing import Any

from workbench.domain.prompts import Content
from workbench.errors import FormatError
from workbench.formats import documents, values
from workbench.formats.files import encode, name_of
from workbench.formats.model import Format, Placed, PromptFile, Record, Written
from workbench.formats.tree import Entry

CSV, TEXTS = "csv", "texts"
_TEXT_COLUMNS = ("prompt", "text", "template")
_NAME_COLUMNS = ("name", "act", "label", "title", "id")
_MAX_FIELD = 8 * 1024 * 1024


def _rows(text: str, file: str) -> tuple[list[list[str]], int, int]:
    """The rows, and the columns of name and text. `FormatError` with the line."""
    csv.field_size_limit(_MAX_FIELD)
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    try:
        rows = list(reader)
    except csv.Error as error:
        raise FormatError(f"is not CSV: {error}", file=file, line=reader.line_num) from error
    header = [cell.strip().lower() for cell in rows[0]] if rows else []
    text_column = next((header.index(one) for one in _TEXT_COLUMNS if one in header), -1)
    name_column = next((header.index(one) for one in _NAME_COLUMNS if one in header), -1)
    if text_column < 0 or name_column < 0:
        raise FormatError("has no column prompt with one that names beside it", "write name,prompt", file=file, line=1)
    return rows, name_column, text_column


def _claims_csv(entry: Entry) -> bool:
    if not entry.base.endswith(".csv"):
        return False
    if entry.named or entry.forced:
        return True
    header = next(csv.reader([entry.text.text.split("\n", 1)[0]]), [])
    cells = [cell.strip().lower() for cell in header]
    return any(one in cells for one in _TEXT_COLUMNS[::2]) and any(one in cells for one in _NAME_COLUMNS)


def _read_csv(entry: Entry) -> tuple[PromptFile, ...]:
    rows, name_column, text_column = _rows(entry.text.text, entry.file)
    pairs: list[tuple[str, str, int]] = []
    line = 2
    for row in rows[1:]:
        if len(row) > max(name_column, text_column):
            pairs.append((row[name_column], row[text_column], line))
        line += 1 + sum(cell.count("\n") for cell in row)
    return _files(entry, CSV, pairs)


def _files(entry: Entry, format: str, pairs: list[tuple[str, str, int]]) -> tuple[PromptFile, ...]:
    keep = documents.kept_shared(entry.text, len(pairs))
    found: list[PromptFile] = []
    seen: dict[str, str] = {}
    base = entry.name.rpartition("/")[0]
    for key, text, line in pairs:
        last = name_of(key.replace("/", "-")).strip("-").lower() if format == CSV else name_of(key)
        name = f"{base}/{last}" if base else last
        if not last:
            raise FormatError(
                f"{key!r} leaves no name",
                "a name is made of letters, digits, '.', '_' and '-'",
                file=entry.file,
                line=line,
            )
        warnings: tuple[str, ...] = ()
        if name in seen:
            warnings = (f"{entry.file}:{line}: {key!r} has the same name as {seen[name]!r} before it; left out",)
            found[0] = PromptFile(**{**found[0].__dict__, "warnings": (*found[0].warnings, *warnings)})
            continue
        seen[name] = key
        dialect, _ = values.guess_dialect(text, entry.file)
        found.append(
            PromptFile(
                name,
                values.checked(Content.of_text(text, dialect), values.Fields({}, entry.file, {(): line})),
                entry.file,
                source={"format": format, "path": entry.path, "key": key, **keep},
                lines={(): line},
            )
        )
    return tuple(found)


def _text_of(record: Record) -> str:
    content = record.version.content
    if [message.role for message in content.messages] != ["system"]:
        raise FormatError(f"{record.name} is more than one system text", "use --format native")
    guessed = values.guess_dialect(content.messages[0].content, "")[0]
    if guessed != content.format and content.format != "literal":
        raise FormatError(f"{record.name} is written in {content.format}, which such a file cannot say", "use native")
    return content.messages[0].content


def _keyed(records: Sequence[Record], format: str, warnings: list[str]) -> dict[str, str]:
    texts: dict[str, str] = {}
    for record in records:
        try:
            key = documents.source_of(record, format).get("key")
            texts[key if isinstance(key, str) else record.name] = _text_of(record)
            warnings += documents.lost(record, format)
        except FormatError as error:
            warnings.append(f"{error.message}; left out")
    return texts


def _write_csv(placed: Sequence[Placed]) -> Written:
    files: dict[str, bytes] = {}
    warnings: list[str] = []
    for path, records in documents.shared(placed, CSV, "prompts.csv").items():
        texts = _keyed(records, CSV, warnings)
        newest = max(records, key=lambda record: record.version.id if documents.source_of(record, CSV) else -1)
        raw = documents.source_of(newest, CSV).get("raw")
        files[path] = encode(
            _edited_csv(raw if isinstance(raw, str) else "name,prompt\n", texts), documents.has_bom(newest, CSV)
        )
    return Written(files, tuple(warnings))


def _edited_csv(raw: str, texts: Mapping[str, str]) -> str:
    """Rows whose text changed are written anew, new ones at the end; the rest stays byte for byte."""
    rows, name_column, text_column = _rows(raw, "")
    pieces = _row_texts(raw)
    end = "\r\n" if "\r\n" in raw else "\n"
    missing = dict(texts)
    out = [pieces[0]]
    for row, piece in zip(rows[1:], pieces[1:], strict=True):
        key = row[name_column] if len(row) > max(name_column, text_column) else None
        if key in missing:
            text = missing.pop(key)
            if text != row[text_column]:
                row[text_column] = text
                piece = _row(row, end if piece.endswith("\n") else "", piece)
        out.append(piece)
    if missing and not out[-1].endswith("\n"):
        out[-1] += end
    for key, text in missing.items():
        row = [""] * len(rows[0])
        row[name_column], row[text_column] = key, text
        out.append(_row(row, end, out[-1]))
    return "".join(out)


def _row_texts(raw: str) -> list[str]:
    """The text of each row, quoted line ends and all."""
    pieces: list[str] = []
    lines = re.findall(r"[^\r\n]*(?:\r\n|\n|\r|\Z)", raw)[:-1] if raw else []
    current, quotes = "", 0
    for line in lines:
        current += line
        quotes += line.count('"')
        if quotes % 2 == 0:
            pieces.append(current)
            current, quotes = "", 0
    return [*pieces, current] if current else pieces


def _row(cells: list[str], end: str, like: str) -> str:
    """Quoted where it must be, or everywhere as the row `like` is."""
    out = io.StringIO(newline="")
    is_quoted = like.startswith('"')
    csv.writer(out, quoting=csv.QUOTE_ALL if is_quoted else csv.QUOTE_MINIMAL, lineterminator=end).writerow(cells)
    return out.getvalue()


def _claims_texts(entry: Entry) -> bool:
    if not entry.base.endswith((".yaml", ".yml")):
        return False
    if not entry.forced and not re.fullmatch(r"(.*[_.-])?prompts\.ya?ml", entry.base):
        return False
    document = entry.document
    return isinstance(document, Mapping) and bool(document) and all(isinstance(text, str) for text in document.values())


def _read_texts(entry: Entry) -> tuple[PromptFile, ...]:
    document, lines = entry.read_document
    return _files(entry, TEXTS, [(key, text, lines.get((key,), 0)) for key, text in document.items()])


def _write_texts(placed: Sequence[Placed]) -> Written:
    files: dict[str, bytes] = {}
    warnings: list[str] = []
    for path, records in documents.shared(placed, TEXTS, "prompts.yaml").items():
        raw, document = documents.newest_base(records, TEXTS, "yaml")
        texts: dict[str, Any] = {**(document or {}), **_keyed(records, TEXTS, warnings)}
        bom = any(documents.has_bom(record, TEXTS) for record in records)
        files[path] = encode(documents.rewritten(raw, texts, "yaml"), bom)
    return Written(files, tuple(warnings))


CSV_FORMAT = Format(CSV, "a CSV with columns name and prompt", _claims_csv, _read_csv, _write_csv, shares_files=True)
TEXTS_FORMAT = Format(
    TEXTS, "prompts.yaml, a mapping from name to text", _claims_texts, _read_texts, _write_texts, shares_files=True
)
