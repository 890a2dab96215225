"""A request before it is sent, as lines to read: where it goes, what differs, what it is reckoned to cost, its body."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from workbench.tui.widgets.content_view import TextLine
from workbench.tui.widgets.run_facts import money

if TYPE_CHECKING:
    from workbench.services.runs.previewing import Forecast, Preview


def request_lines(preview: Preview, *, counted: bool = False) -> list[TextLine]:
    """`counted`: the forecast is in; until then it is said that it is being made."""
    if preview.prepared is None:
        return [
            TextLine("not sent while these are missing: " + ", ".join(preview.missing), "error"),
            *_differing(preview),
        ]
    request, tokens = preview.prepared.request, preview.tokens
    lines = [TextLine(f"to {request.endpoint}/{request.model}", "strong"), *_differing(preview)]
    lines += [TextLine(f"! {warning}", "accent") for warning in preview.prepared.warnings]
    if tokens is not None:
        about = "" if tokens.exact else "≈ "
        how = "exactly, by the model's own tokenizer" if tokens.exact else "estimated"
        lines.append(TextLine(f"{about}{tokens.total:,} tokens ({how})", "strong"))
    lines.append(TextLine(_cost(preview.forecast) if counted else "the price is being looked up …", "dim"))
    messages = request.body.get("messages", ())
    for index, message in enumerate(messages):
        count = f"  {tokens.messages[index]:,} tokens" if tokens is not None and index < len(tokens.messages) else ""
        lines += [TextLine(""), TextLine(f"{message.get('role')}{count}", "accent")]
        content = message.get("content")
        text = content if isinstance(content, str) else json.dumps(content, ensure_ascii=False, indent=2)
        lines += [TextLine(line) for line in text.split("\n")]
        rest = {key: value for key, value in message.items() if key not in ("role", "content")}
        lines += _json(rest) if rest else []
    body = {key: value for key, value in request.body.items() if key != "messages"}
    return [*lines, TextLine(""), TextLine("the rest of the body", "accent"), *_json(body)]


def _json(value: object) -> list[TextLine]:
    return [TextLine(line) for line in json.dumps(value, ensure_ascii=False, indent=2).split("\n")]


def _differing(preview: Preview) -> list[TextLine]:
    return [TextLine(f"{one.told}  (differs from the version)", "accent") for one in preview.differs]


def _cost(forecast: Forecast | None) -> str:
    if forecast is None or forecast.input_cost is None:
        return "the price of this model is not known"
    if forecast.price is not None and forecast.price.input_per_million == forecast.price.output_per_million == 0:
        return "free"
    parts = [f"{money(forecast.input_cost)} for the input"]
    if forecast.likely is not None and forecast.output_tokens is not None:
        reckoned = f"{forecast.output_tokens:,} tokens of answer, from {forecast.reckoned_from}"
        parts.append(f"likely {money(forecast.likely)} ({reckoned})")
    if forecast.most is not None and forecast.most != forecast.likely:
        parts.append(f"at most {money(forecast.most)}")
    return " · ".join(parts)
