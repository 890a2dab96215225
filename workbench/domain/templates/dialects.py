"""The template dialects by name, each in a module of its own.

| dialect | where it comes from |
|---|---|
| `jinja` | Jinja2, sandboxed and strict: the default |
| `f-string` | `{name}`, as LangChain has it |
| `mustache`, `mustache-plain` | the specification, with and without writing signs as HTML |
| `handlebars` | the part of it that dotprompt uses |
| `nunjucks` | promptfoo; without calls, macros and most filters |
| `langfuse`, `github-models`, `fabric`, `llm` | names in signs, see `tokens` |
| `literal` | nothing is replaced |

Modules are imported when a text needs them, so that a plain one costs none.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from workbench.domain.contents import FORMATS, Message
from workbench.domain.names import near
from workbench.domain.templates import fstring, jinja
from workbench.errors import BadInput, TemplateError

Partials = Callable[[str], str | None]
_TOKENS = frozenset({"langfuse", "github-models", "fabric", "llm"})
_MUSTACHE = frozenset({"mustache", "mustache-plain"})


def known(format: str) -> None:
    """`BadInput` with the nearest for a dialect that is none."""
    if format not in FORMATS:
        close = near(format, FORMATS, 1)
        raise BadInput(
            f"unknown template format {format!r}",
            (f"did you mean {close[0]}? " if close else "") + "formats: " + ", ".join(FORMATS),
        )


def names_in(text: str, format: str) -> frozenset[str]:
    if format == "jinja":
        return jinja.parse(text).names if jinja.has_tags(text) else frozenset()
    if format == "f-string":
        return fstring.names_in(text)
    if format in _TOKENS:
        from workbench.domain.templates import tokens

        return tokens.names_in(text, format)
    module: Any = _module(format, text)
    found: frozenset[str] = module.names_in(text) if module else frozenset()
    return found


def optional_in(text: str, format: str) -> frozenset[str]:
    """Names that may be missing, because the template itself asks about them."""
    if format == "jinja":
        return jinja.parse(text).optional if jinja.has_tags(text) else frozenset()
    module: Any = _module(format, text)
    found: frozenset[str] = module.optional_in(text) if hasattr(module, "optional_in") else frozenset()
    return found


def partials_in(text: str, format: str) -> frozenset[str]:
    module: Any = _module(format, text)
    found: frozenset[str] = module.partials_in(text) if hasattr(module, "partials_in") else frozenset()
    return found


def check(text: str, format: str) -> None:
    """Raises `TemplateError` with line and column for a text that cannot be read."""
    if format == "jinja":
        if jinja.has_tags(text):
            _ = jinja.parse(text).template
    elif format == "f-string":
        fstring.parse(text)
    elif format in _TOKENS:
        from workbench.domain.templates import tokens

        tokens.check(text, format)
    elif (module := _module(format, text)) is not None:
        module.check(text)


def spans(text: str, format: str) -> list[tuple[int, int]]:
    if format in ("jinja", "nunjucks"):
        return jinja.spans(text)
    if format == "f-string":
        return fstring.spans(text)
    if format in _TOKENS:
        from workbench.domain.templates import tokens

        return tokens.spans(text, format)
    module: Any = _module(format, text)
    found: list[tuple[int, int]] = module.spans(text) if module else []
    return found


def render(text: str, format: str, values: Mapping[str, Any], partials: Partials) -> str:
    if format == "jinja":
        return jinja.parse(text).render(values) if jinja.has_tags(text) else text
    if format == "f-string":
        return fstring.render(text, values)
    if format in _TOKENS:
        from workbench.domain.templates import tokens

        return tokens.render(text, format, values)
    if format == "nunjucks":
        from workbench.domain.templates import nunjucks

        return nunjucks.render(text, values)
    if format in _MUSTACHE:
        from workbench.domain.templates import mustache

        return mustache.render(text, values, partials, escape=format == "mustache")
    known(format)
    return text


def cut_into_messages(message: Message, values: Mapping[str, Any], partials: Partials) -> list[Message]:
    """A handlebars text rendered and cut at its marks: roles begin messages, `history` brings those of before.

    `history` is a list of `{role, content}`. Parts without text are left out, where anything is left.
    """
    from workbench.domain.templates import handlebars

    pieces = handlebars.pieces(message.content, values, partials)
    if all(isinstance(piece, str) for piece in pieces):
        return [Message(message.role, "".join(str(piece) for piece in pieces), message.extra)]
    cut: list[tuple[str, list[str]]] = [(message.role, [])]
    made: list[Message] = []

    def flush() -> None:
        role, texts = cut.pop()
        text = "".join(texts)
        if text.strip():
            made.append(Message(role, text, message.extra if role == message.role and not made else {}))

    for piece in pieces:
        if isinstance(piece, str):
            cut[-1][1].append(piece)
        elif piece.kind == "role":
            flush()
            cut.append((_role(piece.value), []))
        elif piece.kind == handlebars.HISTORY:
            flush()
            made += _history(values.get(handlebars.HISTORY))
            cut.append(("assistant", []))
        elif piece.kind == "media":
            raise TemplateError(f"the medium {piece.value[:80]!r} cannot be sent: messages hold text only")
    flush()
    return made or [Message(message.role, "", message.extra)]


def _role(name: str) -> str:
    role = {"model": "assistant"}.get(name, name)
    if role not in ("system", "user", "assistant", "tool"):
        raise TemplateError(f"{name!r} is no role", "use system, user, model or tool")
    return role


def _history(value: Any) -> list[Message]:
    if value is None:
        return []
    items = value if isinstance(value, (list, tuple)) else [value]
    if not all(isinstance(item, Mapping) and isinstance(item.get("content"), str) for item in items):
        raise BadInput("history is not a list of messages", 'write [{"role": "user", "content": "…"}]')
    return [Message(_role(str(item.get("role", "user"))), item["content"]) for item in items]


def _module(format: str, text: str) -> Any:
    """The module of a dialect whose texts have tags; None where nothing is to be found."""
    if format in _MUSTACHE and "{{" in text:
        from workbench.domain.templates import mustache

        return mustache
    if format == "handlebars" and "{{" in text:
        from workbench.domain.templates import handlebars

        return handlebars
    if format == "nunjucks":
        from workbench.domain.templates import nunjucks

        return nunjucks
    known(format)
    return None
