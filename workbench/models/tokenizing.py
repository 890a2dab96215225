"""Exact token counts from llama.cpp's server: `/apply-template` and `/tokenize`.

https://github.com/ggml-org/llama.cpp/blob/master/tools/server/README.md
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from workbench.domain.tokens import Counted
from workbench.models.secrets import Secret

if TYPE_CHECKING:
    import openai


async def count_with_llama(client: openai.AsyncOpenAI, body: Mapping[str, Any], key: Secret) -> Counted | None:
    """None where the server's answers are not llama.cpp's. Raises what the SDK raises.

    A message counts for what the whole grows by when it is added, so that its share of the chat template is in it.
    """
    root = str(client.base_url).rstrip("/").removesuffix("/v1")
    headers = {"Authorization": f"Bearer {key.reveal()}"} if key else {}

    async def post(path: str, body: Mapping[str, Any]) -> Any:
        return await client.post(f"{root}{path}", cast_to=object, body=dict(body), options={"headers": headers})

    async def tokens(messages: Sequence[Any], *, whole: bool) -> int | None:
        asked: dict[str, Any] = {"messages": list(messages)}
        if whole and body.get("tools"):
            asked["tools"] = body["tools"]
        if not whole:
            asked["add_generation_prompt"] = False
        templated = await post("/apply-template", asked)
        text = templated.get("prompt") if isinstance(templated, dict) else None
        if not isinstance(text, str):
            return None
        # The template's own marks are single tokens, as when the request is answered.
        counted = await post("/tokenize", {"content": text, "add_special": True, "parse_special": True})
        found = counted.get("tokens") if isinstance(counted, dict) else None
        return len(found) if isinstance(found, list) else None

    messages: Sequence[Any] = body.get("messages", ())
    total = await tokens(messages, whole=True)
    if total is None:
        return None
    counts, before = [], 0
    for end in range(1, len(messages) + 1):
        so_far = await tokens(messages[:end], whole=False)
        if so_far is None:
            return None
        counts.append(max(0, so_far - before))
        before = so_far
    return Counted(tuple(counts), max(0, total - sum(counts)), exact=True)
