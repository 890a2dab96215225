"""What went wrong with a call, in plain words and with what to do next. No key survives this."""

from __future__ import annotations

import json
import re
import socket
import ssl
from collections.abc import Collection, Iterator
from typing import Any

from workbench.errors import ModelError
from workbench.models.endpoints import Endpoint
from workbench.models.secrets import scrub

_TOO_LONG = re.compile(
    r"context.{0,20}(length|size|window)|maximum context|too many tokens|prompt is too long|exceed_context"
    r"|input.{0,20}too long",
    re.IGNORECASE,
)
_OUT_OF_MONEY = re.compile(r"insufficient_quota|exceeded your current quota|billing|credit balance", re.IGNORECASE)


def explain(
    error: BaseException,
    endpoint: Endpoint,
    model: str,
    *,
    begun: bool = False,
    parameters: Collection[str] = (),
) -> ModelError:
    """Any exception of a call as a `ModelError`. `begun`: chunks had already come; `parameters`: what was sent."""
    if isinstance(error, ModelError):
        return error
    status = getattr(error, "status_code", None)
    if isinstance(status, int):
        refused = _refused_parameter(status, error, endpoint, model, parameters)
        return refused or _of_status(status, error, endpoint, model)
    kinds = {type(one).__name__ for one in _chain(error)}
    if isinstance(error, TimeoutError) or any("Timeout" in kind for kind in kinds):
        return hung(endpoint, endpoint.timeout, begun=begun)
    if kinds & {"JSONDecodeError", "UnicodeDecodeError", "DecodingError", "APIResponseValidationError"}:
        return malformed(endpoint, "a piece of the answer could not be read")
    if kinds & {"APIConnectionError"} or any(type(one).__module__.startswith("httpx") for one in _chain(error)):
        return cut(endpoint) if begun or _broke_in_the_middle(error) else _unreachable(error, endpoint)
    if type(error).__name__ == "APIError":
        return broke_off(endpoint, getattr(error, "body", None))
    return malformed(endpoint, type(error).__name__)


def _refused_parameter(
    status: int, error: BaseException, endpoint: Endpoint, model: str, parameters: Collection[str]
) -> ModelError | None:
    """A request refused for one of its parameters: by the field that the API names, else by the name in its words."""
    if status not in (400, 422):
        return None
    said = _said(error, endpoint)
    body: Any = getattr(error, "body", None)
    inner = body.get("error", body) if isinstance(body, dict) else None
    named = inner.get("param") if isinstance(inner, dict) else None
    candidates = sorted(set(parameters) - {"model", "messages", "stream", "stream_options"}, key=len, reverse=True)
    if isinstance(named, str) and named.partition(".")[0].partition("[")[0] in candidates:
        name = named.partition(".")[0].partition("[")[0]
    else:
        # Words such as `stop` and `user` stand in many sentences: only a name that is set apart counts.
        marked = (c for c in candidates if re.search(rf"[`'\"]{re.escape(c)}[`'\".\[]|\b{re.escape(c)}\b\s*[:=]", said))
        plain = (c for c in candidates if "_" in c and re.search(rf"\b{re.escape(c)}\b", said))
        found = next(marked, None) or next(plain, None) or (said.split(" ", 1)[0] if said else "")
        if found not in candidates:
            return None
        name = found
    return ModelError(
        f"{model} on {endpoint.name} refuses the setting {name} ({status}): {said}",
        f"change {name}, or leave it out with {name}=null",
        kind="bad_request",
    )


def hung(endpoint: Endpoint, seconds: float, *, begun: bool = False) -> ModelError:
    more = "nothing more came from" if begun else "no answer from"
    return ModelError(
        f"{more} {endpoint.name} within {seconds:g} s",
        f"run it again, or raise endpoints.{endpoint.name}.timeout in the config",
        kind="timeout",
    )


def too_slow(endpoint: Endpoint, seconds: float) -> ModelError:
    return ModelError(
        f"the call to {endpoint.name} was not done within {seconds:g} s",
        "lower max_tokens, or choose a faster model",
        kind="timeout",
    )


def cut(endpoint: Endpoint) -> ModelError:
    return ModelError(
        f"the answer from {endpoint.name} was cut off before its end", "what came is kept; run it again", kind="cut"
    )


def malformed(endpoint: Endpoint, what: str) -> ModelError:
    return ModelError(
        f"{endpoint.name} sent something that is not a model's answer: {what}",
        f"check that base_url ({endpoint.address}) is an OpenAI-compatible API, often ending in /v1",
        kind="malformed",
    )


def empty(endpoint: Endpoint, reason: str) -> ModelError:
    """An answer that ended properly and says nothing."""
    if reason == "length":
        return ModelError(
            "the token limit was reached before the first word of the answer", "raise max_tokens", kind="malformed"
        )
    if reason == "content_filter":
        return ModelError(
            f"{endpoint.name} withheld the answer (content filter)", "change the prompt", kind="bad_request"
        )
    return ModelError(f"{endpoint.name} answered with nothing", "run it again, or change the prompt", kind="malformed")


def broke_off(endpoint: Endpoint, body: Any) -> ModelError:
    """An error that came inside an answer; `body` is what stands under "error"."""
    said = said_in({"error": body} if isinstance(body, dict) else {"message": body}, endpoint)
    return ModelError(f"{endpoint.name} broke off with an error: {said}", "run it again", kind="server")


def retry_is_sensible(error: BaseException) -> bool:
    """Overload, a passing server fault or a dropped connection; not a hang, a refusal or a wrong address."""
    status = getattr(error, "status_code", None)
    if isinstance(status, int):
        if status == 429:
            return not _OUT_OF_MONEY.search(_body_text(error))
        return status in (408, 409) or status >= 500
    kinds = {type(one).__name__ for one in _chain(error)}
    if any("Timeout" in kind for kind in kinds) or "APIConnectionError" not in kinds:
        return False
    # What has begun to answer was asked and is paid for: asking again is for a person to decide.
    return not _broke_in_the_middle(error) and not any(
        isinstance(one, ConnectionRefusedError | socket.gaierror | ssl.SSLError) or _is_refusal(one)
        for one in _chain(error)
    )


def _broke_in_the_middle(error: BaseException) -> bool:
    """The connection ended inside a body whose head had come."""
    return any("complete message body" in str(one) or "incomplete" in str(one).lower() for one in _chain(error))


def _is_refusal(error: BaseException) -> bool:
    text = str(error).lower()
    return any(sign in text for sign in ("refused", "all connection attempts failed", "name or service", "nodename"))


def _of_status(status: int, error: BaseException, endpoint: Endpoint, model: str) -> ModelError:
    said = _said(error, endpoint)
    if status == 401:
        hint = (
            f"check the key in {endpoint.api_key_env}"
            if endpoint.api_key_env
            else "set api_key_env for it in the config"
        )
        return ModelError(f"{endpoint.name} does not accept the key (401)", hint, kind="auth")
    if status == 403:
        return ModelError(
            f"{endpoint.name} does not allow this (403): {said}",
            f"the key may not use {model}, or the region is closed",
            kind="auth",
        )
    if status == 402 or (status == 429 and _OUT_OF_MONEY.search(_body_text(error))):
        return ModelError(
            f"the account at {endpoint.name} has no credit left: {said}", "top it up there", kind="rate_limit"
        )
    if status == 404:
        return ModelError(
            f"{endpoint.name} has no model {model} (404): {said}",
            f"`workbench models list {endpoint.name}` shows what it has; or base_url ({endpoint.address}) is wrong",
            kind="not_found",
        )
    if status == 429:
        return ModelError(
            f"{endpoint.name} is asked too often (429): {said}", "wait a little and run it again", kind="rate_limit"
        )
    if status == 413 or (status < 500 and _TOO_LONG.search(_body_text(error))):
        return ModelError(
            f"the prompt is too long for {model}: {said}",
            "shorten it, or choose a model with a longer context",
            kind="bad_request",
        )
    if status < 500:
        return ModelError(
            f"{endpoint.name} refused the request ({status}): {said}",
            "check the settings of this version",
            kind="bad_request",
        )
    return ModelError(f"{endpoint.name} failed ({status}): {said}", "run it again later", kind="server")


def _unreachable(error: BaseException, endpoint: Endpoint) -> ModelError:
    where = f"{endpoint.name} at {endpoint.address}"
    chain = list(_chain(error))
    text = " ".join(str(one) for one in chain).lower()
    if any(isinstance(one, socket.gaierror) for one in chain) or "name or service" in text or "nodename" in text:
        return ModelError(
            f"cannot reach {where}: its name is not known", "check base_url and the network", kind="connection"
        )
    if "certificate" in text or any(isinstance(one, ssl.SSLError) for one in chain):
        return ModelError(
            f"cannot reach {where}: its certificate is not trusted",
            "set SSL_CERT_FILE, or check base_url",
            kind="connection",
        )
    if "refused" in text or "all connection attempts failed" in text:
        return ModelError(f"cannot reach {where}: connection refused", "is it running there?", kind="connection")
    return ModelError(
        f"cannot reach {where}: the connection broke", "check the network and run it again", kind="connection"
    )


def _chain(error: BaseException) -> Iterator[BaseException]:
    seen = 0
    current: BaseException | None = error
    while current is not None and seen < 10:
        yield current
        current = current.__cause__ or current.__context__
        seen += 1


def _body_text(error: BaseException) -> str:
    return _written(getattr(error, "body", None))


def _written(body: Any) -> str:
    try:
        return body if isinstance(body, str) else json.dumps(body, default=str)
    except (TypeError, ValueError):
        return str(body)


def _said(error: BaseException, endpoint: Endpoint) -> str:
    """The endpoint's own words: one line of at most 300 characters, without keys."""
    return said_in(getattr(error, "body", None), endpoint, getattr(error, "message", ""))


def said_in(body: Any, endpoint: Endpoint, otherwise: str = "") -> str:
    """The words in the body of an error, as `{"error": {"message": …}}` and its relatives hold them."""
    if isinstance(body, dict) and isinstance(body.get("error"), dict):
        body = body["error"]
    text = body.get("message") if isinstance(body, dict) else body
    if isinstance(body, dict) and not isinstance(text, str):
        text = body.get("error") or body.get("detail")
    if not isinstance(text, str):
        text = _written(body) if text else otherwise
    if re.match(r"\s*<(!doctype|html)", text, re.IGNORECASE):
        text = "an HTML page"
    text = " ".join(scrub(text, endpoint.secrets()).split())
    return text[:299] + "…" if len(text) > 300 else text or "no reason given"
