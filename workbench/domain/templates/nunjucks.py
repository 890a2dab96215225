"""The `nunjucks` dialect of promptfoo, as far as it can be rendered without guessing.

Its tags are Jinja's, so that names, syntax errors and the places of tags are found by Jinja's parser; `env` is its own.
What is rendered is plain output of names, attributes and indexes, written as JavaScript writes values. Filters,
conditions and loops mean something else than in Jinja for lists, mappings and numbers: rendering such a template is
refused with the line, until it is converted.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from workbench.domain.templates import jinja
from workbench.domain.templates.bounds import LimitExceeded, metered
from workbench.domain.templates.output import Output, js_text
from workbench.domain.templates.places import bound_error
from workbench.errors import TemplateError

if TYPE_CHECKING:
    from jinja2 import nodes


def names_in(text: str) -> frozenset[str]:
    return (jinja.parse(text).names if jinja.has_tags(text) else frozenset()) - {"env"}


def check(text: str) -> None:
    if jinja.has_tags(text):
        jinja.parse(text)


def unrenderable(text: str) -> TemplateError | None:
    """Why the text cannot be rendered here; None where it can."""
    from jinja2 import nodes

    if not jinja.has_tags(text):
        return None
    tree = jinja.environment().parse(text)
    for node in tree.body:
        if not isinstance(node, nodes.Output):
            return _refusal(node)
        for part in node.nodes:
            if not isinstance(part, nodes.TemplateData) and not _is_path(part):
                return _refusal(part)
    return None


def _is_path(node: nodes.Node) -> bool:
    from jinja2 import nodes

    while isinstance(node, (nodes.Getattr, nodes.Getitem)):
        if isinstance(node, nodes.Getitem) and not isinstance(node.arg, nodes.Const):
            return False
        node = node.node
    return isinstance(node, nodes.Name) and node.name != "env"


def _refusal(node: nodes.Node) -> TemplateError:
    kind = type(node).__name__.lower()
    return TemplateError(
        f"line {node.lineno}: {kind} of Nunjucks differs from Jinja's and is not rendered",
        "import it with --convert where that is possible, or write it in the jinja format",
        line=node.lineno,
        column=1,
    )


def render(text: str, values: Mapping[str, Any]) -> str:
    from jinja2 import nodes

    if not jinja.has_tags(text):
        return text
    refused = unrenderable(text)
    if refused is not None:
        raise refused
    with metered() as meter:
        out = Output(meter)
        try:
            for node in jinja.environment().parse(text).body:
                assert isinstance(node, nodes.Output)  # noqa: S101 — `unrenderable` has looked
                for part in node.nodes:
                    out.text(part.data if isinstance(part, nodes.TemplateData) else js_text(_value(part, values)))
        except LimitExceeded as error:
            raise bound_error(error) from error
        return "".join(out.pieces)


def _value(node: Any, values: Mapping[str, Any]) -> Any:
    from jinja2 import nodes

    if isinstance(node, nodes.Name):
        return values.get(node.name)
    holder = _value(node.node, values)
    key = node.attr if isinstance(node, nodes.Getattr) else node.arg.value
    if isinstance(holder, Mapping):
        return holder.get(str(key))
    if isinstance(holder, (list, tuple)):
        if key == "length":
            return len(holder)
        index = int(key) if str(key).isdigit() else -1
        return holder[index] if 0 <= index < len(holder) else None
    return None
