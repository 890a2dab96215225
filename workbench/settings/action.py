"""One act of the app, as the table of all acts holds it."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Action:
    """One act. The method that does it is `action_` + the id with `_` for the dot."""

    id: str
    keys: tuple[str, ...]
    verb: str
    """One or two words for the footer."""
    description: str
    """One sentence for the help and the palette."""
    context: str
    changes_state: bool = False
    """Not offered with --readonly."""
    also: tuple[str, ...] = ()
    """Further contexts in which the same key does the same."""
    footer: tuple[str, ...] = ()
    """The contexts in whose footer it is shown, in the order of this table; `past` is the library as it was."""

    @property
    def method(self) -> str:
        return self.id.replace(".", "_")

    @property
    def contexts(self) -> tuple[str, ...]:
        return (self.context, *self.also)


def act(
    id: str,
    keys: str,
    verb: str,
    description: str,
    context: str,
    *,
    changes: bool = False,
    also: str = "",
    footer: bool | str = False,
) -> Action:
    """`footer`: True for the footer of every context of it, or the contexts."""
    shown = footer if isinstance(footer, str) else f"{context} {also}" if footer else ""
    return Action(
        id, tuple(keys.split()), verb, description, context, changes, tuple(also.split()), tuple(shown.split())
    )
