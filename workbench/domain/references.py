"""References: NAME or NAME@SELECTOR. Reading only; the store resolves them."""

from __future__ import annotations

import re
from collections.abc import Collection
from dataclasses import dataclass
from typing import Literal

from workbench.domain.names import check_prompt_name, near
from workbench.domain.versions import is_number
from workbench.errors import BadInput, BadReference

SelectorKind = Literal["latest", "number", "environment", "digest"]
_DIGEST = re.compile(r"#[0-9a-f]{6,64}")


@dataclass(frozen=True)
class Reference:
    name: str
    kind: SelectorKind = "latest"
    value: str = ""
    """The number, the environment or the hex digits without `#`; "" for latest."""

    def __str__(self) -> str:
        if self.kind == "latest":
            return f"{self.name}@latest"
        return f"{self.name}@{'#' if self.kind == 'digest' else ''}{self.value}"


def parse_reference(text: str, environments: Collection[str]) -> Reference:
    """Raises `BadReference` naming the part that is wrong and the nearest right thing."""
    name, at, selector = text.partition("@")
    try:
        check_prompt_name(name)
    except BadInput as error:
        raise BadReference(
            error.message if text == name else f"{text!r} is not a reference: {error.message}",
            error.hint or "write NAME@SELECTOR",
        ) from error
    if not at:
        return Reference(name)
    return parse_selector(name, selector, environments)


def parse_selector(name: str, selector: str, environments: Collection[str]) -> Reference:
    """The part after `@`: latest, an environment, a number, or `#` with at least 6 hex digits."""
    if selector == "latest":
        return Reference(name)
    if selector in environments:
        return Reference(name, "environment", selector)
    if _DIGEST.fullmatch(selector.lower()):
        return Reference(name, "digest", selector[1:].lower())
    if is_number(selector):
        return Reference(name, "number", selector)
    close = near(selector, [*environments, "latest"])
    hint = (
        f"did you mean {name}@{close[0]}?"
        if close
        else "use latest, " + ", ".join(environments) + ", a number like 1.4.0, or #digest"
    )
    raise BadReference(f"{selector!r} is not a version number, environment or digest", hint)
