"""The `nunjucks` dialect of promptfoo: output, conditions, loops, `set` and a few filters, with JavaScript's meaning.

Its tags are Jinja's, so that names, syntax errors and the places of tags are found by Jinja's parser; what they mean
stands in `nunjucks_values`. What is not here (calls, macros, further filters, `env`) is refused with its line and never
guessed.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from workbench.domain.templates import jinja
from workbench.domain.templates import nunjucks_values as js
from workbench.domain.templates.bounds import LimitExceeded, metered
from workbench.domain.templates.nunjucks_rendering import Rendering
from workbench.domain.templates.output import Output
from workbench.domain.templates.places import bound_error
from workbench.errors import TemplateError

_ARITHMETIC = ("Add", "Sub", "Mul", "Div", "Mod")
_LEAVES = (
    *("Template", "TemplateData", "Output", "If", "For", "Assign", "Const", "Getattr", "Getitem", "And", "Or", "Not"),
    *("CondExpr", "List", "Dict", "Pair", "Compare", "Operand", "Concat", "Filter", "Test", "Name", "Neg", "Tuple"),
    *_ARITHMETIC,
)
_TESTS = ("defined", "undefined", "none")


def names_in(text: str) -> frozenset[str]:
    return (jinja.parse(text).names if jinja.has_tags(text) else frozenset()) - {"env", "null"}


def optional_in(text: str) -> frozenset[str]:
    """Names that the template asks about: in conditions, and with a default."""
    from jinja2 import nodes

    if not jinja.has_tags(text):
        return frozenset()
    tree = jinja.environment().parse(text)
    asked: set[str] = set()
    tests = [one.test for one in tree.find_all(nodes.If)] + [one.test for one in tree.find_all(nodes.CondExpr)]
    asked |= {name.name for test in tests for name in _asked(test)}
    for choice in tree.find_all((nodes.Filter, nodes.Test)):
        if choice.name in ("default", "d", *_TESTS) and isinstance(choice.node, nodes.Name):
            asked.add(choice.node.name)
    return frozenset(asked) & names_in(text)


def _asked(test: Any) -> Iterator[Any]:
    """The names whose being there or not is the question."""
    from jinja2 import nodes

    if isinstance(test, nodes.Name):
        yield test
    elif isinstance(test, (nodes.And, nodes.Or)):
        yield from _asked(test.left)
        yield from _asked(test.right)
    elif isinstance(test, nodes.Not):
        yield from _asked(test.node)


def check(text: str) -> None:
    if jinja.has_tags(text):
        jinja.parse(text)


def unrenderable(text: str) -> TemplateError | None:
    """Why the text cannot be rendered here; None where it can."""
    from jinja2 import nodes

    if not jinja.has_tags(text):
        return None
    tree = jinja.environment().parse(text)
    written = {id(part) for output in tree.find_all(nodes.Output) for part in output.nodes}
    for node in tree.find_all(nodes.Node):
        refused = _refused(node, is_written=id(node) in written)
        if refused is not None:
            return refused
    return None


def _refused(node: Any, *, is_written: bool) -> TemplateError | None:
    what = _beyond(node, is_written=is_written)
    if not what:
        return None
    return TemplateError(
        f"line {node.lineno}: {what} of Nunjucks is not rendered here",
        "put the finished value into a variable, or write the prompt in the jinja format",
        line=node.lineno,
        column=1,
    )


def _beyond(node: Any, *, is_written: bool) -> str:
    """What of Nunjucks the node is that is not rendered here; "" for what is."""
    kind = type(node).__name__
    if kind not in _LEAVES:
        return {"Call": "a call", "Import": "an import"}.get(kind, kind.lower())
    if kind == "Name" and node.name == "env":
        return "env"
    if kind == "Filter":
        return _filter_beyond(node, is_written=is_written)
    if kind == "Test" and (node.name not in _TESTS or node.args):
        return f"the test {node.name}"
    if kind == "For" and (node.test is not None or node.recursive):
        return "a loop with a condition of its own"
    if kind == "Assign" and type(node.target).__name__ != "Name":
        return "setting several names at once"
    if kind == "Compare" and len(node.ops) > 1:
        return "comparing three things at once"
    if kind == "Neg" and type(node.node).__name__ != "Const":
        return "a minus before an expression"
    if kind in _ARITHMETIC and {type(node.left).__name__, type(node.right).__name__} & {*_ARITHMETIC} - {kind}:
        # The two read such a mixture in another order.
        return "arithmetic of several kinds at once"
    return ""


def _filter_beyond(node: Any, *, is_written: bool) -> str:
    if node.name not in js.FILTERS or node.kwargs or node.dyn_args or node.node is None:
        return f"the filter {node.name}"
    if len(node.args) > js.FILTERS[node.name][1]:
        return f"the filter {node.name} with {len(node.args)} arguments"
    if node.name == "safe" and not is_written:
        # What it gives is an object, which is true even where it is empty.
        return "the filter safe inside of an expression"
    return ""


def render(text: str, values: Mapping[str, Any]) -> str:
    """Raises `TemplateError` for what is refused, and for what Nunjucks itself would fail on."""
    if not jinja.has_tags(text):
        return text
    refused = unrenderable(text)
    if refused is not None:
        raise refused
    with metered() as meter:
        out = Output(meter)
        try:
            Rendering(out, meter, values).body(jinja.environment().parse(text).body)
        except LimitExceeded as error:
            raise bound_error(error) from error
        except RecursionError as error:
            raise TemplateError("the template is nested too deep") from error
        return "".join(out.pieces)
