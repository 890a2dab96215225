"""The `jinja` dialect: reading, finding names, rendering, and errors with line and column.

`jinja2` is imported when the first template is read, not with this module.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cache, cached_property, lru_cache
from typing import TYPE_CHECKING, Any

from workbench.domain.templates.bounds import MAX_OUTPUT, MAX_TEMPLATE, LimitExceeded, metered
from workbench.errors import MissingVariables, TemplateError

if TYPE_CHECKING:
    from jinja2 import Template, nodes

    from workbench.domain.templates.sandbox import BoundedSandbox

_OPENERS = {"{{": "}}", "{%": "%}", "{#": "#}"}
_OPENER = re.compile(r"\{[{%#]")
_RAW = re.compile(r"\{%[-+]?\s*raw\s*[-+]?%\}")
_END_RAW = re.compile(r"\{%[-+]?\s*endraw\s*[-+]?%\}")
_UNDEFINED = re.compile(r"'(\w+)' is undefined")
_QUOTED = re.compile(r"'([^']{1,80})'")


@cache
def environment() -> BoundedSandbox:
    from workbench.domain.templates.sandbox import BoundedSandbox

    return BoundedSandbox()


class Parsed:
    """One template text, read once: its names and, once it is rendered, its code. Made by `parse`."""

    def __init__(self, text: str) -> None:
        from jinja2 import meta

        self.text = text
        if len(text) > MAX_TEMPLATE:
            raise TemplateError(f"the template is longer than {MAX_TEMPLATE:,} characters")
        tree = self._guard(self._read)
        self._guard(lambda: _refuse_other_templates(tree, text))
        self.names: frozenset[str] = frozenset(self._guard(lambda: meta.find_undeclared_variables(tree)))
        self.optional: frozenset[str] = self._guard(lambda: _optional(tree)) & self.names
        """Names the template itself asks about: `x | default(…)`, `x is defined`. They may be missing."""
        self._tree: nodes.Template | None = tree

    @cached_property
    def template(self) -> Template:
        from jinja2 import Template

        def make() -> Template:
            env = environment()
            # compiling changes the tree, so that it serves once
            tree, self._tree = self._tree or self._read(), None
            return Template.from_code(env, env.compile(tree), env.make_globals(None))

        made: Template = self._guard(make)
        return made

    def _read(self) -> nodes.Template:
        """The text parsed. Jinja would make every line end a `\\n`; here carriage returns stay what they are.

        They travel as another white space that the text does not hold.
        """
        from jinja2 import nodes

        stand_in = next((char for char in "\x1c\x1d\x1e\x1f\x0b\x0c" if char not in self.text), "")
        if "\r" not in self.text or not stand_in:
            return environment().parse(self.text)
        tree = environment().parse(self.text.replace("\r", stand_in))
        for data in tree.find_all(nodes.TemplateData):
            data.data = data.data.replace(stand_in, "\r")
        for constant in tree.find_all(nodes.Const):
            if isinstance(constant.value, str):
                constant.value = constant.value.replace(stand_in, "\r")
        return tree

    def render(self, values: Mapping[str, Any]) -> str:
        """Raises `TemplateError` with the line, `MissingVariables` for an optional name used where it must be."""
        template = self.template
        with metered():
            try:
                pieces: list[str] = []
                length = 0
                for piece in template.root_render_func(template.new_context(dict(values))):
                    length += len(piece)
                    if length > MAX_OUTPUT:
                        raise LimitExceeded(f"the result is longer than {MAX_OUTPUT:,} characters")
                    pieces.append(piece)
                return "".join(pieces)
            except Exception as error:  # noqa: BLE001, RUF100 - whatever a template does is the template's mistake
                raise self._rendering_error(error) from error

    def _guard(self, work: Any) -> Any:
        """`work()`, its errors turned into `TemplateError`."""
        from jinja2 import TemplateSyntaxError

        with metered():
            try:
                return work()
            except TemplateSyntaxError as error:
                raise syntax_error(self.text, error.message or "cannot be read", error.lineno) from error
            except (RecursionError, MemoryError, SyntaxError) as error:
                raise TemplateError("the template is nested too deeply", "split it into simpler parts") from error
            except TemplateError:
                raise
            except Exception as error:
                raise TemplateError(f"the template cannot be read: {_one_line(error)}") from error

    def _rendering_error(self, error: Exception) -> TemplateError | MissingVariables:
        from jinja2 import TemplateSyntaxError, UndefinedError
        from jinja2.exceptions import SecurityError

        from workbench.domain.templates.sandbox import limit_behind

        line = self._line_of(error)
        column = _first_tag_column(self.text, line) if line else 0
        where = f"line {line}: " if line else ""
        undefined = _UNDEFINED.fullmatch(str(error)) if isinstance(error, UndefinedError) else None
        if undefined and undefined.group(1) in self.names:
            return MissingVariables([undefined.group(1)])
        hint = ""
        if (limit := limit_behind(error)) is not None:
            message, hint = str(limit), "rendering is bounded so that it always ends"
        elif isinstance(error, RecursionError):
            message, hint = "macros call each other without an end", "rendering is bounded so that it always ends"
        elif isinstance(error, MemoryError):
            message = "the result does not fit into memory"
        elif isinstance(error, SecurityError):
            message, hint = _one_line(error), "a template reaches values, not the program behind them"
        elif isinstance(error, TemplateSyntaxError):
            return syntax_error(self.text, error.message or "cannot be read", error.lineno)
        else:
            message = _one_line(error)
        return TemplateError(where + message, hint, line=line, column=column)

    def _line_of(self, error: BaseException) -> int:
        """The template line of the innermost frame of this template; 0 when there is none."""
        line = 0
        trace = error.__traceback__
        while trace is not None:
            if trace.tb_frame.f_code.co_filename == "<template>":
                line = self.template.get_corresponding_lineno(trace.tb_lineno)
            trace = trace.tb_next
        return line


def has_tags(text: str) -> bool:
    """The commonest text of all has none; it never needs Jinja."""
    return "{{" in text or "{%" in text or "{#" in text


@lru_cache(maxsize=256)
def parse(text: str) -> Parsed:
    """Raises `TemplateError` with line and column."""
    return Parsed(text)


def syntax_error(text: str, message: str, line: int) -> TemplateError:
    """Jinja knows the line only; the column is where the thing it names stands, else the line's first tag."""
    column = _column_of(text, message, line)
    return TemplateError(f"line {line}, column {column}: {message.rstrip('.')}", line=line, column=column)


def spans(text: str) -> list[tuple[int, int]]:
    """Where the tags are (`{{…}}`, `{%…%}`, `{#…#}`), in a text that may still be half written."""
    found: list[tuple[int, int]] = []
    unclosed: set[str] = set()
    at = 0
    while match := _OPENER.search(text, at):
        opener = match.group()
        end = -1 if opener in unclosed else text.find(_OPENERS[opener], match.end())
        if end < 0:
            # Looked for once only, so that a text full of openers is read in one pass.
            unclosed.add(opener)
            at = match.end()
            continue
        at = end + 2
        found.append((match.start(), at))
        if opener == "{%" and _RAW.fullmatch(text, match.start(), at):
            closing = _END_RAW.search(text, at)
            if closing is None:
                break
            found.append(closing.span())
            at = closing.end()
    return found


def _refuse_other_templates(tree: nodes.Template, text: str) -> None:
    from jinja2 import nodes

    found = next(tree.find_all((nodes.Include, nodes.Import, nodes.FromImport, nodes.Extends)), None)
    if found is not None:
        kind = {"FromImport": "from … import"}.get(type(found).__name__, type(found).__name__.lower())
        error = syntax_error(text, f"{kind!r} needs another template, and there is none to load", found.lineno)
        raise TemplateError(error.message, "put the text itself here", line=error.line, column=error.column)


def _optional(tree: nodes.Template) -> frozenset[str]:
    from jinja2 import nodes

    asked = [
        node.node
        for node in tree.find_all((nodes.Filter, nodes.Test))
        if (isinstance(node, nodes.Filter) and node.name in ("default", "d"))
        or (isinstance(node, nodes.Test) and node.name in ("defined", "undefined"))
    ]
    return frozenset(node.name for node in asked if isinstance(node, nodes.Name))


def _column_of(text: str, message: str, line: int) -> int:
    source = _line(text, line)
    first = _OPENER.search(source)
    start = first.end() if first else 0
    for quoted in reversed(_QUOTED.findall(message)):
        pattern = rf"\b{re.escape(quoted)}\b" if quoted.isidentifier() else re.escape(quoted)
        match = re.compile(pattern).search(source, start)
        if match:
            return match.start() + 1
    return first.start() + 1 if first else 1


def _first_tag_column(text: str, line: int) -> int:
    match = _OPENER.search(_line(text, line))
    return match.start() + 1 if match else 1


def _line(text: str, line: int) -> str:
    lines = text.split("\n")
    return lines[line - 1] if 0 < line <= len(lines) else ""


def _one_line(error: BaseException) -> str:
    message = " ".join(str(error).split()) or type(error).__name__
    return message if len(message) <= 200 else message[:199] + "…"
