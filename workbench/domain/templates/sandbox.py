"""The Jinja2 environment of templates: the immutable sandbox, strict, without loaders, and bounded.

Importing this module imports `jinja2` (60 ms), so only `jinja` does, when the first template is read.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from types import BuiltinMethodType, MethodType
from typing import Any

from jinja2 import StrictUndefined, nodes
from jinja2.compiler import generate
from jinja2.runtime import Context, LoopContext, Undefined
from jinja2.sandbox import ImmutableSandboxedEnvironment
from jinja2.visitor import NodeTransformer

from workbench.domain.templates import guards
from workbench.domain.templates.bounds import LimitExceeded, meter, size_of

_OWN_GLOBALS = ("range", "dict", "namespace", "cycler", "joiner")
_BODIES = (nodes.For, nodes.Macro, nodes.CallBlock, nodes.Block)


class BoundedSandbox(ImmutableSandboxedEnvironment):
    """Every loop, call, filter and operator that can make something bigger is counted by the meter of `bounds`."""

    intercepted_binops = frozenset(("+", "*", "**", "%"))

    def __init__(self) -> None:
        super().__init__(
            undefined=StrictUndefined,
            keep_trailing_newline=True,
            autoescape=False,
            finalize=_written,
            optimized=False,
            loader=None,
            cache_size=0,
        )
        self.globals = {name: value for name, value in self.globals.items() if name in _OWN_GLOBALS}
        self.filters = {
            name: _guarded(name, filter_)
            for name, filter_ in self.filters.items()
            if name not in guards.REMOVED_FILTERS
        }
        self.filters["tojson"] = _guarded("tojson", to_json)

    def _generate(
        self, source: nodes.Template, name: str | None, filename: str | None, defer_init: bool = False
    ) -> str:
        """Counting is put into the parsed template just before Python is made of it."""
        return generate(_Counting().visit(source), self, name, filename, defer_init=defer_init, optimized=False)  # type: ignore[return-value]

    # what _Counting puts calls to

    def counted(self, values: Any) -> Any:
        return guards.counted(values)

    def charge(self, characters: int) -> str:
        """A body with that much text of its own is entered."""
        current = meter()
        current.step()
        current.make(characters)
        return ""

    def built(self, value: Any) -> Any:
        current = meter()
        current.step()
        current.make(size_of(value))
        return value

    def joined(self, *parts: Any) -> str:
        current = meter()
        current.step()
        current.make(sum(size_of(part) for part in parts))
        return "".join(str(part) for part in parts)

    # what the sandbox asks

    def is_safe_attribute(self, obj: Any, attr: str, value: Any) -> bool:
        for kind, allowed in guards.SAFE_METHODS.items():
            if isinstance(obj, kind):
                return attr in allowed
        return super().is_safe_attribute(obj, attr, value)

    def wrap_str_format(self, value: Any) -> Callable[..., str] | None:  # noqa: ARG002 - the sandbox's signature
        """`str.format` is not offered: its fields reach into objects and its widths know no bound."""
        return None

    def call_binop(self, context: Context, operator: str, left: Any, right: Any) -> Any:
        meter().step()
        guards.operator(operator, left, right)
        return super().call_binop(context, operator, left, right)

    def call(__self, __context: Context, __obj: Any, *args: Any, **kwargs: Any) -> Any:  # noqa: N805 - as the sandbox
        if type(__obj) is MethodType and __obj.__self__ is __self:
            return __obj(*args)
        current = meter()
        current.step()
        if isinstance(__obj, LoopContext) and args:
            args = (guards.counted(args[0]), *args[1:])
        elif type(__obj) is BuiltinMethodType and isinstance(__obj.__self__, str):
            args = guards.method(__obj.__name__, __obj.__self__, args)
        result = super().call(__context, __obj, *args, **kwargs)
        if not isinstance(result, Undefined):
            current.make(size_of(result))
        return result


def to_json(value: Any, indent: int | None = None, ensure_ascii: bool = False) -> str:
    """Plain JSON: Jinja's own filter writes `<` as `\\u003c`, for web pages."""
    return json.dumps(value, indent=indent, ensure_ascii=ensure_ascii, sort_keys=False)


def _written(value: Any) -> Any:
    if isinstance(value, Undefined):
        return value
    if isinstance(value, Iterator):
        raise TypeError("this is a sequence of values without an end of its own; add |list or |join")
    meter().make(size_of(value, on_other=_strict))
    return value


def _strict(part: Any) -> None:
    """An undefined part of a list would be written as `Undefined`."""
    if isinstance(part, Undefined):
        str(part)


def _guarded(name: str, filter_: Callable[..., Any]) -> Callable[..., Any]:
    guard = guards.FILTER_GUARDS.get(name)
    # Filters that take the environment or the context first say so with this attribute.
    given = getattr(filter_, "jinja_pass_arg", None)
    at = 0 if given is None else 1

    def bounded(*args: Any, **kwargs: Any) -> Any:
        current = meter()
        current.step()
        if len(args) > at and not isinstance(args[at], Undefined):
            # A stored value of the caller's own may be big; what a filter can do to it in one go may not.
            if name not in ("default", "d"):
                size_of(args[at])
            if guard is not None:
                args = (*args[:at], guard(args[at], args[at + 1 :], kwargs), *args[at + 1 :])
        result = filter_(*args, **kwargs)
        if isinstance(result, Iterator):
            return guards.counted(result)
        if not isinstance(result, Undefined):
            current.make(size_of(result))
        current.look_at_the_clock()
        return result

    if given is not None:
        bounded.jinja_pass_arg = given  # type: ignore[attr-defined]
    return bounded


class _Counting(NodeTransformer):
    """Puts `counted`, `charge`, `built` and `joined` where a template can loop or make something bigger."""

    def generic_visit(self, node: nodes.Node, *args: Any, **kwargs: Any) -> nodes.Node:
        node = super().generic_visit(node, *args, **kwargs)
        if isinstance(node, nodes.For):
            node.iter = _call("counted", [node.iter], node.lineno)
        if isinstance(node, _BODIES):
            charge = _call("charge", [nodes.Const(_own_text(node.body))], node.lineno)
            node.body.insert(0, nodes.ExprStmt(charge, lineno=node.lineno))
        elif isinstance(node, nodes.Concat):
            return _call("joined", node.nodes, node.lineno)
        elif isinstance(node, (nodes.List, nodes.Dict, nodes.Tuple)) and getattr(node, "ctx", "load") == "load":
            # (a tuple on the left of `=` or `in` is a target, not a value)
            return _call("built", [node], node.lineno)
        return node


def _call(name: str, arguments: list[Any], lineno: int) -> nodes.Call:
    return nodes.Call(nodes.EnvironmentAttribute(name), arguments, [], None, None, lineno=lineno)


def _own_text(body: list[nodes.Node]) -> int:
    """Characters written each time the body runs, without what inner bodies are charged for."""
    total = 0
    stack: list[nodes.Node] = list(body)
    while stack:
        node = stack.pop()
        if isinstance(node, nodes.TemplateData):
            total += len(node.data)
        elif not isinstance(node, _BODIES):
            stack.extend(node.iter_child_nodes())
    return total


def limit_behind(error: BaseException) -> LimitExceeded | None:
    """The bound that was passed, if that is why `error` was raised."""
    seen: BaseException | None = error
    while seen is not None:
        if isinstance(seen, LimitExceeded):
            return seen
        seen = seen.__cause__ or seen.__context__
    return None
