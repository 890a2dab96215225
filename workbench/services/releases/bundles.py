"""Bundles: what is live in one environment as files, for images that have no store.

A bundle is a folder with `bundle.json` and one native file a prompt. The manifest says of each prompt its version, the
digest of its content, and the SHA-256 of its file, and of the whole which state of the ledger it is: the hash of the
newest event. Its own digest, the SHA-256 of `bundle.json`, is what is written down to know the bundle again.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from workbench.domain.names import near
from workbench.domain.prompts import Version
from workbench.domain.references import parse_reference
from workbench.errors import BadInput, FormatError, NotFound, Refused, StoreCorrupt
from workbench.formats import files, native
from workbench.formats.model import Record

if TYPE_CHECKING:
    from workbench.services.library import Library
    from workbench.services.releases.deploying import Deploying
    from workbench.store import Store

FORMAT = "workbench-bundle/1"
MANIFEST = "bundle.json"
_FOLDER = "prompts"


@dataclass(frozen=True)
class Bundled:
    files: tuple[Path, ...]
    """The manifest is the last one."""
    digest: str
    """Of the bundle, 64 hex digits: two exports of the same state have the same."""
    prompts: int


class Bundling:
    def __init__(self, store: Store, library: Library, deploying: Deploying) -> None:
        self._store = store
        self._library = library
        self._deploying = deploying

    def write(self, target: Path, environment: str, prompts: Sequence[str] = ()) -> Bundled:
        """What is live in the environment (of these prompts only) into `target`: new, empty, or an earlier bundle.

        The manifest is written last: a bundle that was not written to its end does not open. Raises `NotFound`,
        `Refused` where something else is in the way.
        """
        older = _older(target)
        with self._store.snapshot():
            manifest, written = self._gathered(environment, prompts)
        (target / MANIFEST).unlink(missing_ok=True)
        paths = files.write_all(target, written)
        for name in older - set(written):
            files.inside(target, name).unlink(missing_ok=True)
        body = (json.dumps(manifest, ensure_ascii=False, indent=1, sort_keys=True) + "\n").encode()
        paths += files.write_all(target, {MANIFEST: body})
        return Bundled(tuple(paths), hashlib.sha256(body).hexdigest(), len(written))

    def _gathered(self, environment: str, prompts: Sequence[str]) -> tuple[dict[str, Any], dict[str, bytes]]:
        from workbench.services.files.exporting import Exporting

        rows = Exporting(self._library, self._deploying).chosen(list(prompts) or None, environment)
        if not rows:
            raise NotFound(f"nothing is live in {environment}", hint="promote something first")
        order = tuple(each.name for each in self._deploying.environments)
        entries: dict[str, Any] = {}
        written: dict[str, bytes] = {}
        for row in rows:
            version = self._library.version(f"{row.name}@{environment}")
            record = Record(version, row.description, row.tags, version.environments, {}, order)
            ((name, data),) = native.write(record, f"{_FOLDER}/{files.place_of(row.name)}").files.items()
            written[name] = data
            moved = self._deploying.ledger(row.name, environment, 1)[0]
            entries[row.name] = {
                "version": version.number,
                "digest": version.digest,
                "file": name,
                "sha256": hashlib.sha256(data).hexdigest(),
                "deployment": {"id": moved.id, "at": moved.at, "actor": moved.actor, "reason": moved.reason},
                **({"partials": dict(version.content.partials)} if version.content.partials else {}),
            }
        newest = self._store.events.newest(limit=1)[0]
        head = {"event": newest.id, "hash": newest.hash, "at": newest.at}
        return {"format": FORMAT, "environment": environment, "ledger": head, "prompts": entries}, written


class Bundle:
    """A bundle that is read: nothing is imported, nothing is written, and every file is checked before it is used."""

    def __init__(self, path: Path, manifest: Mapping[str, Any], digest: str) -> None:
        self.path = path
        self.digest = digest
        self.environment: str = manifest["environment"]
        self.ledger: Mapping[str, Any] = manifest["ledger"]
        """`event`, `hash` and `at` of the newest event when it was written."""
        self._entries: Mapping[str, Any] = manifest["prompts"]
        self._read: dict[str, Version] = {}

    def names(self) -> list[str]:
        return sorted(self._entries)

    def get(self, reference: str) -> Version:
        """`NAME`, or `NAME@SELECTOR` where that is the version in the bundle: its environment, number or digest.

        Raises `NotFound`, `BadReference`; `StoreCorrupt` for a file that is not what was written.
        """
        wanted = parse_reference(reference, (self.environment,))
        entry = self._entries.get(wanted.name)
        if entry is None:
            raise NotFound(f"there is no prompt {wanted.name!r} in {self.path}", near(wanted.name, self.names()))
        matches = {
            "latest": "@" not in reference,
            "environment": True,
            "number": wanted.value == entry["version"],
            "digest": entry["digest"].startswith(wanted.value),
        }
        if not matches[wanted.kind]:
            raise NotFound(
                f"{reference} is not in this bundle: it holds {wanted.name}@{entry['version']}",
                hint=f"which was live in {self.environment}",
            )
        if wanted.name not in self._read:
            self._read[wanted.name] = self._checked(wanted.name, entry)
        return self._read[wanted.name]

    def render(self, reference: str, **variables: Any) -> list[dict[str, Any]]:
        """As `Version.render`: messages, ready for any chat client."""
        return self.get(reference).render(**variables)

    def faults(self) -> list[str]:
        """Of every file, one sentence each; none when all of it is what was written."""
        found = []
        for name in self.names():
            try:
                self._checked(name, self._entries[name])
            except (StoreCorrupt, FormatError) as error:
                found.append(error.message)
        return found

    def _checked(self, name: str, entry: Mapping[str, Any]) -> Version:
        from workbench.domain.yaml_core import load_with_lines

        place = files.inside(self.path, entry["file"])
        try:
            text = files.read_text(place, self.path)
        except FormatError as error:
            raise StoreCorrupt(f"{name} cannot be read from the bundle: {error.message}", _HINT) from error
        if hashlib.sha256(text.encoded()).hexdigest() != entry["sha256"]:
            raise StoreCorrupt(f"{place} is not what was written: its digest differs", _HINT)
        document, lines = load_with_lines(text.text, str(place))
        said = native.read(document, lines, file=str(place), path="", name=name, text=text)
        content = replace(said.content, partials=entry.get("partials", {}))
        if content.digest != entry["digest"]:
            raise StoreCorrupt(f"{place} does not say what {name}@{entry['version']} says: its digest differs", _HINT)
        return Version(
            0,
            name,
            entry["version"],
            content,
            said.author,
            said.created_at,
            said.note,
            said.parent,
            said.version_tags,
            (self.environment,),
        )


_HINT = "nothing was used of it; write the bundle anew: workbench export DIR --env ENV"


def open_bundle(path: Path | str, digest: str = "") -> Bundle:
    """`digest`: refuse any other bundle than the one with this digest, or this beginning of it (12 digits or more).

    Raises `NotFound` for no bundle, `StoreCorrupt` for one that is not what was written, `BadInput`.
    """
    folder = Path(path).expanduser().absolute()
    try:
        body = (folder / MANIFEST).read_bytes()
    except OSError as error:
        raise NotFound(
            f"there is no bundle at {folder}: {MANIFEST} cannot be read ({error.strerror})",
            hint="workbench export DIR --env ENV writes one",
        ) from error
    own = hashlib.sha256(body).hexdigest()
    digest = digest.lower().removeprefix("sha256:")
    if digest and len(digest) < 12:
        raise BadInput(f"{digest!r} is too short to know a bundle by", "give 12 digits or more")
    if digest and not own.startswith(digest):
        raise StoreCorrupt(f"{folder} is another bundle: its digest is {own[:12]}…, not {digest[:12]}…", _HINT)
    try:
        manifest = json.loads(body)
        if manifest["format"] != FORMAT:
            raise BadInput(f"{folder} is a bundle of another kind: {manifest['format']!r}", "update workbench")
        for entry in manifest["prompts"].values():
            _ = entry["version"], entry["digest"], entry["file"], entry["sha256"]
        return Bundle(folder, manifest, own)
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise StoreCorrupt(f"{folder / MANIFEST} is not the manifest of a bundle", _HINT) from error


def _older(target: Path) -> set[str]:
    """The files of the bundle that is there. `Refused` for a folder with anything else in it."""
    if not target.exists() or (target.is_dir() and not any(target.iterdir())):
        return set()
    try:
        manifest = json.loads((target / MANIFEST).read_bytes())
        return {str(entry["file"]) for entry in manifest["prompts"].values()}
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise Refused(f"{target} is there and is no bundle", "choose a new or empty folder") from error
