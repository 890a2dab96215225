"""Walking a Nunjucks text, read by Jinja's parser, with its values; what is refused has been refused before."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from workbench.domain.templates import nunjucks_values as js
from workbench.domain.templates.bounds import Meter, size_of
from workbench.domain.templates.nunjucks_values import UNDEFINED
from workbench.domain.templates.output import Output
from workbench.errors import TemplateError

if TYPE_CHECKING:
    from jinja2 import nodes


class Rendering:
    """One text with its values. `_frames`: the names that loops and `set` give, the innermost last."""

    def __init__(self, out: Output, meter: Meter, values: Mapping[str, Any]) -> None:
        self._out = out
        self._meter = meter
        self._values = dict(values)
        self._frames: list[dict[str, Any]] = [{}]

    def body(self, listed: list[nodes.Node]) -> None:
        from jinja2 import nodes

        for node in listed:
            self._meter.step()
            if isinstance(node, nodes.Output):
                for part in node.nodes:
                    is_data = isinstance(part, nodes.TemplateData)
                    self._out.text(part.data if is_data else self._written(self.value(part)))  # type: ignore[attr-defined]
            elif isinstance(node, nodes.If):
                self._if(node)
            elif isinstance(node, nodes.For):
                self._for(node)
            elif isinstance(node, nodes.Assign):
                assert isinstance(node.target, nodes.Name)  # noqa: S101 — `unrenderable` has looked
                self._set(node.target.name, self.value(node.node))

    def _written(self, value: Any) -> str:
        size_of(value)
        return js.text_of(value)

    def _if(self, node: nodes.If) -> None:
        for branch in (node, *node.elif_):
            if js.is_true(self.value(branch.test)):
                self.body(branch.body)
                return
        self.body(node.else_)

    def _for(self, node: nodes.For) -> None:
        from jinja2 import nodes

        given = self.value(node.iter)
        targets = node.target.items if isinstance(node.target, nodes.Tuple) else [node.target]
        names = [target.name for target in targets if isinstance(target, nodes.Name)]
        rows = list(_rows(given, len(names)))
        if not rows:
            self.body(node.else_)
            return
        self._frames.append({})
        try:
            for place, row in enumerate(rows):
                self._meter.step()
                self._frames[-1].update(zip(names, row, strict=True))
                self._frames[-1]["loop"] = _loop(place, len(rows))
                self.body(node.body)
        finally:
            self._frames.pop()

    def _set(self, name: str, value: Any) -> None:
        """Where the name stands already, however far out; else here."""
        if value is UNDEFINED and len(self._frames) > 1:
            raise TemplateError(f"{name} is set to nothing inside of a loop")
        frame = next((frame for frame in reversed(self._frames) if name in frame), self._frames[-1])
        frame[name] = value
        if len(self._frames) == 1:
            self._values[name] = value

    def _name(self, node: nodes.Name) -> Any:
        name = node.name
        if name == "null":
            return None
        for frame in reversed(self._frames):
            if name in frame:
                return frame[name]
        return self._values.get(name, UNDEFINED)

    def value(self, node: Any) -> Any:
        self._meter.step()
        found: Any = getattr(self, f"_{type(node).__name__.lower()}")(node)
        return found

    def _const(self, node: nodes.Const) -> Any:
        return node.value

    def _neg(self, node: nodes.Neg) -> Any:
        return js.plain(-js.number_of(self.value(node.node)))

    def _getattr(self, node: nodes.Getattr) -> Any:
        return js.member(self.value(node.node), node.attr)

    def _getitem(self, node: nodes.Getitem) -> Any:
        return js.member(self.value(node.node), self.value(node.arg))

    def _and(self, node: nodes.And) -> Any:
        left = self.value(node.left)
        return self.value(node.right) if js.is_true(left) else left

    def _or(self, node: nodes.Or) -> Any:
        left = self.value(node.left)
        return left if js.is_true(left) else self.value(node.right)

    def _not(self, node: nodes.Not) -> Any:
        return not js.is_true(self.value(node.node))

    def _condexpr(self, node: nodes.CondExpr) -> Any:
        if js.is_true(self.value(node.test)):
            return self.value(node.expr1)
        return self.value(node.expr2) if node.expr2 is not None else ""

    def _list(self, node: nodes.List) -> Any:
        return [self.value(item) for item in node.items]

    def _dict(self, node: nodes.Dict) -> Any:
        return {js.text_of(self.value(pair.key)): self.value(pair.value) for pair in node.items}

    def _compare(self, node: nodes.Compare) -> Any:
        one, other = self.value(node.expr), self.value(node.ops[0].expr)
        kind = node.ops[0].op
        if kind in ("in", "notin"):
            return js.contains(one, other) == (kind == "in")
        if kind in ("eq", "ne"):
            return js.loosely_equal(one, other) == (kind == "eq")
        if kind in ("lt", "gt"):
            return js.is_less(one, other) if kind == "lt" else js.is_less(other, one)
        both = isinstance(one, str) and isinstance(other, str)
        low, high = (one, other) if kind == "lteq" else (other, one)
        return not js.is_less(high, low) if both else js.number_of(low) <= js.number_of(high)

    def _concat(self, node: nodes.Concat) -> Any:
        return self._made("".join(js.joined_text(self.value(one)) for one in node.nodes))

    def _add(self, node: nodes.Add) -> Any:
        made = js.added(self.value(node.left), self.value(node.right))
        return self._made(made) if isinstance(made, str) else made

    def _sub(self, node: nodes.Sub) -> Any:
        return js.plain(js.number_of(self.value(node.left)) - js.number_of(self.value(node.right)))

    def _mul(self, node: nodes.Mul) -> Any:
        return js.plain(js.number_of(self.value(node.left)) * js.number_of(self.value(node.right)))

    def _div(self, node: nodes.Div) -> Any:
        return js.divided(self.value(node.left), self.value(node.right))

    def _mod(self, node: nodes.Mod) -> Any:
        return js.remainder(self.value(node.left), self.value(node.right))

    def _test(self, node: nodes.Test) -> Any:
        value = self.value(node.node)
        if node.name == "none":
            return value is None
        return (value is UNDEFINED) == (node.name == "undefined")

    def _filter(self, node: nodes.Filter) -> Any:
        value = self.value(node.node)
        size_of(value)
        made = js.FILTERS[node.name][0](value, *(self.value(one) for one in node.args))
        return self._made(made) if isinstance(made, str) else made

    def _made(self, text: str) -> str:
        self._meter.make(len(text))
        return text


def _rows(given: Any, names: int) -> Iterator[tuple[Any, ...]]:
    """What each turn of a loop gives to so many names."""
    if names == 1:
        length = js.member(given, "length") if isinstance(given, (list, tuple, str)) else 0
        yield from ((js.member(given, place),) for place in range(length))
    elif isinstance(given, Mapping):
        if names != 2:
            raise TemplateError("a mapping gives two names to each turn of a loop")
        yield from ((str(key), value) for key, value in given.items())
    elif isinstance(given, str) and names == 2:
        yield from ((str(place), js.member(given, place)) for place in range(js.member(given, "length")))
    elif isinstance(given, (list, tuple)):
        if any(js.is_nothing(item) for item in given):
            raise TemplateError("nothing is taken apart in a loop of several names")
        yield from (tuple(js.member(item, place) for place in range(names)) for item in given)


def _loop(place: int, count: int) -> dict[str, Any]:
    return {
        "index": place + 1,
        "index0": place,
        "revindex": count - place,
        "revindex0": count - place - 1,
        "first": place == 0,
        "last": place == count - 1,
        "length": count,
    }
