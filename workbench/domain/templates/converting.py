"""From another dialect to `jinja`, only where every value of every variable gives the same text; else the reason why
not.

What counts is how a value becomes text. Python's own way (`f-string`, `langfuse`, `llm`) is Jinja's. JavaScript
writes true, 1.0 and lists otherwise, and mustache writes signs as HTML: there a variable must be declared as text, or
as a whole number, to be safe.Of logic only Nunjucks'
conditions are converted, where they ask for variables that are declared as text, numbers or booleans and have a
default: loops, and handlebars' blocks, mean something else for values that nobody declares, so that it is never
provable. The answer then is why not.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from workbench.domain.contents import Content, Message, Variable
from workbench.domain.templates import fstring, jinja
from workbench.domain.templates.tokens import DIALECTS as TOKENS
from workbench.errors import TemplateError

Piece = tuple[bool, str]
"""Is it a name, and the name or the text."""
_AS_PYTHON = ("f-string", "langfuse", "github-models", "llm")
_SAFE_TYPES = ("string", "text", "integer")
_LOGIC = "it has logic of its own dialect"
_SIGN = re.compile(r"\{[{%#]|\{\Z")


def to_jinja(content: Content) -> tuple[Content | None, str]:
    """The content in `jinja`, or None and why it would not be the same."""
    if content.format == "jinja":
        return content, ""
    declared = {variable.name: variable for variable in content.variables}
    messages: list[Message] = []
    for index, message in enumerate(content.messages):
        try:
            pieces = _pieces(message.content, content.format)
            has_conditions = pieces is None and content.format == "nunjucks"
            reason = _why_not_conditions(message.content, declared) if has_conditions else ""
        except TemplateError as error:
            return None, f"message {index + 1}: {error.message}"
        if has_conditions and not reason:
            # The words of both are the same.
            messages.append(message)
            continue
        if pieces is not None:
            reason = _why_not(pieces, content.format, declared)
        if pieces is None or reason:
            reason = reason or _LOGIC
            return None, f"message {index + 1}: {reason}"
        messages.append(replace(message, content=_written(pieces)))
    made = replace(content, messages=tuple(messages), format="jinja")
    return made, ""


def _why_not(pieces: Sequence[Piece], format: str, declared: dict[str, Variable]) -> str:
    for is_name, name in pieces:
        if not is_name:
            continue
        if not name.isidentifier() or name in ("true", "false", "none", "not", "and", "or", "if", "else", "in", "is"):
            return f"{name!r} is no name that Jinja can have"
        variable = declared.get(name)
        if variable is not None and variable.has_default and variable.default is None and format != "f-string":
            return f"{name} may be nothing, which Jinja writes as None"
        if format in _AS_PYTHON:
            continue
        if variable is None or variable.type not in _SAFE_TYPES:
            return f"{name} is not declared as text: values such as true or [1] would be written otherwise"
        if format == "mustache" and variable.type != "integer":
            return f"signs in {name} would not be written as HTML any more"
    return ""


def _pieces(text: str, format: str) -> list[Piece] | None:
    """Texts and names in order; None for a template that has more than names."""
    if format == "literal":
        return [(False, text)]
    if format == "f-string":
        return [(is_name, piece) for is_name, piece, _, _ in fstring.parse(text)]
    if format in TOKENS:
        from workbench.domain.templates import tokens

        tokens.check(text, format)
        return tokens.pieces(text, format)
    if format in ("mustache", "mustache-plain"):
        from workbench.domain.templates import mustache

        nodes = mustache.parse(text)
        if any(
            node.kind not in ("text", "value", "raw") or ("." in node.text and node.kind != "text") for node in nodes
        ):
            return None
        return [(node.kind != "text", node.text) for node in nodes]
    if format == "nunjucks":
        return _plain_nunjucks(text)
    return _plain_handlebars(text)


def _plain_nunjucks(text: str) -> list[Piece] | None:
    from jinja2 import nodes

    if not jinja.has_tags(text):
        return [(False, text)]
    jinja.parse(text)
    found: list[Piece] = []
    for node in jinja.environment().parse(text).body:
        if not isinstance(node, nodes.Output):
            return None
        for part in node.nodes:
            if isinstance(part, nodes.TemplateData):
                found.append((False, part.data))
            elif isinstance(part, nodes.Name) and part.name != "env":
                found.append((True, part.name))
            else:
                return None
    return found


def _why_not_conditions(text: str, declared: dict[str, Variable]) -> str:
    """Why a Nunjucks text of names and conditions would not be the same in Jinja.

    Text, numbers and booleans are true and false alike in both; lists and mappings are not.
    """
    from jinja2 import nodes

    for node in jinja.environment().parse(text).find_all(nodes.Node):
        reason = ""
        if isinstance(node, nodes.Output):
            names = [part for part in node.nodes if not isinstance(part, nodes.TemplateData)]
            plain = [part.name for part in names if isinstance(part, nodes.Name) and part.name != "env"]
            same = len(plain) == len(names)
            reason = _why_not([(True, name) for name in plain], "nunjucks", declared) if same else _LOGIC
        elif isinstance(node, nodes.If):
            reason = _why_not_test(node.test, declared)
        elif not isinstance(node, (nodes.Template, nodes.TemplateData, nodes.Expr, nodes.Operand)):
            reason = _LOGIC
        if reason:
            return reason
    return ""


def _why_not_test(test: Any, declared: dict[str, Variable]) -> str:
    from jinja2 import nodes

    if isinstance(test, (nodes.And, nodes.Or)):
        return _why_not_test(test.left, declared) or _why_not_test(test.right, declared)
    if isinstance(test, nodes.Not):
        return _why_not_test(test.node, declared)
    if isinstance(test, nodes.Compare) and len(test.ops) == 1 and test.ops[0].op in ("eq", "ne"):
        sides = (test.expr, test.ops[0].expr)
        texts = [side for side in sides if isinstance(side, nodes.Const) and isinstance(side.value, str)]
        names = [side.name for side in sides if isinstance(side, nodes.Name)]
        if len(texts) == len(names) == 1:
            return _why_not_asked(names[0], declared, ("string", "text"))
    if isinstance(test, nodes.Name):
        return _why_not_asked(test.name, declared, (*_SAFE_TYPES, "number", "boolean"))
    return _LOGIC


def _why_not_asked(name: str, declared: dict[str, Variable], types: Sequence[str]) -> str:
    variable = declared.get(name)
    if variable is None or variable.type not in types:
        return f"{name} is asked for and not declared as {' or '.join(types)}: an empty list is true in Nunjucks"
    if not variable.has_default or variable.default is None:
        return f"{name} may be missing, which Jinja does not allow; give it a default"
    return ""


def _plain_handlebars(text: str) -> list[Piece] | None:
    from workbench.domain.templates.handlebars_expressions import Path
    from workbench.domain.templates.handlebars_parsing import parse

    found: list[Piece] = []
    for node in parse(text):
        if node.kind == "text":
            found.append((False, node.text))
            continue
        path = node.call.params[0] if node.kind == "write" and node.call and not node.call.helper else None
        if not isinstance(path, Path) or path.up or path.is_data or len(path.parts) != 1:
            return None
        found.append((True, path.parts[0]))
    return found


def _written(pieces: Sequence[Piece]) -> str:
    """Names as `{{ name }}`; what Jinja would take for a tag in a text is written as a text in one."""
    out: list[str] = []
    for is_name, piece in pieces:
        if is_name:
            out.append(f"{{{{ {piece} }}}}")
        else:
            out.append(_SIGN.sub(lambda match: f"{{{{ '{match.group()}' }}}}", piece))
    return "".join(out)
