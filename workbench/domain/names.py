"""Names of prompts, tags and environments, and the nearest right name to a wrong one."""

from __future__ import annotations

import difflib
import re
from collections.abc import Collection, Iterable

from workbench.errors import BadInput

MAX_NAME = 200
_SEGMENT = re.compile(r"[A-Za-z0-9._-]+")
_TAG = re.compile(r"[A-Za-z0-9][A-Za-z0-9._:/-]{0,63}")


def check_prompt_name(name: str) -> str:
    """The name itself, or `BadInput` saying which segment is wrong."""
    if not name:
        raise BadInput("a prompt needs a name", "for example support/customer-support")
    if len(name) > MAX_NAME:
        raise BadInput(f"the name has {len(name)} characters; at most {MAX_NAME} are possible")
    for segment in name.split("/"):
        if segment in ("", ".", ".."):
            raise BadInput(f"{name!r} has an empty, '.' or '..' segment", "write folder/name")
        if not _SEGMENT.fullmatch(segment):
            raise BadInput(
                f"{segment!r} in {name!r} is not a name" if segment != name else f"{name!r} is not a name",
                "a segment is made of letters, digits, '.', '_' and '-'",
            )
    return name


def check_tag(tag: str, environments: Collection[str] = ()) -> str:
    """The tag itself; environment names and `latest` are reserved."""
    if tag in environments or tag == "latest":
        raise BadInput(f"{tag!r} is reserved and cannot be a tag", f"promote to {tag} instead")
    if not _TAG.fullmatch(tag):
        raise BadInput(f"{tag!r} is not a tag", "letters, digits, '.', '_', ':', '/' and '-', at most 64")
    return tag


def near(name: str, candidates: Iterable[str], limit: int = 3) -> tuple[str, ...]:
    """The candidates most like `name`, best first; the last path segment counts too."""
    pool = list(candidates)
    found = difflib.get_close_matches(name, pool, n=limit, cutoff=0.6)
    if len(found) < limit:
        tail = name.rsplit("/", 1)[-1].lower()
        found += [
            c for c in pool if c not in found and tail and (tail in c.lower() or c.rsplit("/", 1)[-1].lower() in tail)
        ]
    return tuple(found[:limit])
