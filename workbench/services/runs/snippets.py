"""Runs as something to take elsewhere: JSON, JSONL, a curl command, a Python script. Never a key in it."""

from __future__ import annotations

import json
import pprint
import re
import shlex
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, Literal

from workbench.domain.runs import Price, Request, Run
from workbench.errors import BadInput, NotFound

if TYPE_CHECKING:
    from workbench.models.endpoints import Endpoint
    from workbench.models.gateway import Gateway

Kind = Literal["json", "jsonl", "curl", "python"]
KINDS: tuple[Kind, ...] = ("json", "jsonl", "curl", "python")
_BY_NAME = ("model", "messages")
"""Arguments of the SDK that are named in the script; all others go into `extra_body`, whatever the SDK's version."""


def export_runs(runs: Sequence[Run], kind: Kind, gateway: Gateway) -> str:
    """The text of a file, ending with a newline. curl and Python are of one run; `BadInput` for several."""
    if kind == "json":
        return _json([run_facts(run) for run in runs] if len(runs) != 1 else run_facts(runs[0]), indent=2) + "\n"
    if kind == "jsonl":
        return "".join(_json(run_facts(run)) + "\n" for run in runs)
    if len(runs) != 1:
        raise BadInput(f"{kind} is of one run, not of {len(runs)}", "name one, or take jsonl")
    try:
        endpoint = gateway.endpoint(runs[0].request.endpoint)
    except NotFound:
        endpoint = None
    return (as_curl if kind == "curl" else as_python)(runs[0].request, endpoint)


def as_curl(request: Request, endpoint: Endpoint | None) -> str:
    """A command for a POSIX shell; the key comes from the endpoint's environment variable.

    `endpoint` None: it is not configured any more, and the command asks for its address.
    """
    url, remark, headers, key_name = _where(endpoint)
    target = shlex.quote(url + "/chat/completions") if url else '"$BASE_URL/chat/completions"'
    lines = [f"curl -sS --fail-with-body -N {target}", "  -H 'Content-Type: application/json'"]
    if key_name:
        lines.append(f'  -H "Authorization: Bearer ${key_name}"')
    lines += [f'  -H "{name}: ${variable}"' for name, variable in headers]
    # Data between quotes of JSON never makes a line of its own, so the mark cannot stand inside.
    body = _scrubbed(_json(dict(request.body), indent=2), endpoint)
    return remark + " \\\n".join(lines) + f" \\\n  --data-binary @- <<'JSON'\n{body}\nJSON\n"


def as_python(request: Request, endpoint: Endpoint | None) -> str:
    """A script for the `openai` package that prints the answer; see `as_curl`."""
    url, remark, headers, key_name = _where(endpoint)
    body = {key: value for key, value in request.body.items() if key not in ("stream", "stream_options")}
    extra = {key: value for key, value in body.items() if key not in _BY_NAME}
    client = [f"base_url={url!r}" if url else 'base_url=os.environ["BASE_URL"]']
    client.append(f"api_key=os.environ[{key_name!r}]" if key_name else 'api_key="none"')
    if headers:
        listed = ", ".join(f"{name!r}: os.environ[{variable!r}]" for name, variable in headers)
        client.append(f"default_headers={{{listed}}}")
    arguments = [f"    model={body.get('model')!r},\n", f"    messages={_literal(body.get('messages', []), 13)},\n"]
    if extra:
        arguments.append(f"    extra_body={_literal(extra, 15)},\n")
    text = (
        f"{remark}import os\n\nfrom openai import OpenAI\n\nclient = OpenAI({', '.join(client)})\n"
        f"response = client.chat.completions.create(\n{''.join(arguments)})\n"
        "message = response.choices[0].message\n"
        # An answer that refuses has no content, and one that calls tools may have some beside the calls.
        "print(message.to_json() if message.tool_calls else message.content or message.to_json())\n"
    )
    return _scrubbed(text if "os.environ" in text else text.replace("import os\n\n", "", 1), endpoint)


def run_facts(run: Run) -> dict[str, Any]:
    """A run as JSON values: the same keys every time, null for what is unknown."""
    return {
        "id": run.id,
        "prompt": run.prompt,
        "version": run.number or None,
        "digest": run.digest,
        "variables": dict(run.variables),
        "request": {
            "endpoint": run.request.endpoint,
            "model": run.request.model,
            "body": dict(run.request.body),
        },
        "status": run.status,
        "output": run.output,
        "error": run.error or None,
        "response": dict(run.response),
        "finish_reason": run.finish_reason or None,
        "usage": {
            "input_tokens": run.usage.input_tokens,
            "output_tokens": run.usage.output_tokens,
            "estimated": run.usage.estimated,
        },
        "price": _price(run.price),
        "cost": run.cost,
        "first_token": run.first_token,
        "duration": run.duration,
        "tokens_per_second": run.tokens_per_second,
        "started_at": run.started_at,
        "actor": run.actor,
        "origin": run.origin,
        "seed": run.seed,
        "turns": [dict(turn) for turn in run.turns],
        "follows": run.follows or None,
        "rating": run.rating,
        "starred": run.starred,
        "note": run.note or None,
    }


def _price(price: Price | None) -> Mapping[str, Any] | None:
    if price is None:
        return None
    return {
        "input_per_million": price.input_per_million,
        "output_per_million": price.output_per_million,
        "source": price.source,
    }


def _where(endpoint: Endpoint | None) -> tuple[str, str, list[tuple[str, str]], str]:
    """(address or "", a remark for the top, headers with the variables that hold them, variable of the key or "")."""
    if endpoint is None or endpoint.is_local:
        why = "the embedded model has no address of its own" if endpoint else "its endpoint is not configured here"
        return "", f"# {why}: set BASE_URL to that of an OpenAI-compatible endpoint\n", [], ""
    # What a header holds may be a key, so its value is never written.
    headers = [
        (name, "HEADER_" + re.sub(r"[^A-Z0-9]", "_", name.upper()))
        for name in endpoint.default_headers
        if re.fullmatch(r"[A-Za-z0-9!#%&'*+.^_|~-]+", name)
    ]
    return endpoint.address.rstrip("/"), "", headers, endpoint.api_key_env


def _literal(value: Any, indent: int) -> str:
    text = pprint.pformat(value, width=100, sort_dicts=False)
    return text.replace("\n", "\n" + " " * indent)


def _json(value: Any, indent: int | None = None) -> str:
    # Escaped, so that no control or direction character of a text is in the file as itself.
    return json.dumps(value, indent=indent)


def _scrubbed(text: str, endpoint: Endpoint | None) -> str:
    from workbench.models.secrets import MASK

    for secret in endpoint.secrets() if endpoint is not None else ():
        if len(secret.reveal()) >= 4:
            text = text.replace(secret.reveal(), MASK)
    return text
