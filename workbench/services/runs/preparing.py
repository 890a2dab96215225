"""From a version, variables and settings to the exact request; nothing is sent and nothing is stored."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from workbench.domain.parameters import check_parameters
from workbench.domain.prompts import INPUT
from workbench.domain.runs import Request
from workbench.domain.templates import render
from workbench.errors import BadInput
from workbench.services.runs.calls import Prepared

if TYPE_CHECKING:
    from workbench.domain.comparisons import CellKey
    from workbench.domain.prompts import Version
    from workbench.models.gateway import Gateway


def prepare(
    gateway: Gateway,
    version: Version,
    variables: Mapping[str, Any],
    *,
    input: str | None = None,
    model: str | None = None,
    settings: Mapping[str, Any] | None = None,
    turns: Sequence[Mapping[str, Any]] = (),
    follows: str = "",
    stream: bool = True,
    cells: Sequence[CellKey] = (),
) -> Prepared:
    """See `Running.prepare`."""
    values = dict(variables)
    if input is not None:
        values[INPUT] = input
    rendered = render(version.content, values)
    merged = {**version.content.settings, **(settings or {})}
    parameters = {name: value for name, value in merged.items() if value is not None}
    wanted = parameters.pop("model", None)
    if wanted is not None and not isinstance(wanted, str):
        raise BadInput(f"the model must be text, not {wanted!r}")
    warnings = list(check_parameters(parameters))
    endpoint, name = gateway.resolve(model or wanted)
    messages = [*(message.as_dict() for message in rendered.messages), *map(dict, turns)]
    body: dict[str, Any] = {"model": name, "messages": messages, **parameters}
    if stream:
        body["stream"] = True
        if endpoint.stream_usage:
            body["stream_options"] = {"include_usage": True}
    _check_json(body, values)
    if rendered.unused:
        plural = "s" if len(rendered.unused) > 1 else ""
        warnings.append(f"unused variable{plural}: {', '.join(rendered.unused)}")
    if not any(message["role"] == "user" for message in messages):
        warnings.append("nothing is asked: the version has no user message and no input was given")
    request = Request(endpoint.name, name, body)
    return Prepared(version, values, request, endpoint, tuple(warnings), tuple(map(dict, turns)), follows, list(cells))


def _check_json(body: Mapping[str, Any], variables: Mapping[str, Any]) -> None:
    for what, value in (("the request", body), ("the variables", variables)):
        try:
            json.dumps(value, ensure_ascii=False, allow_nan=False).encode()
        except UnicodeEncodeError:
            raise BadInput(f"{what} cannot be sent: a character is only half there (a lone surrogate)") from None
        except (TypeError, ValueError) as error:
            raise BadInput(f"{what} cannot be written as JSON: {error}") from None
