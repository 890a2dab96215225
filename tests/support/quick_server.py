"""A zero-delay chat-completions server in a process of its own, for measuring what a call costs its caller.

    python -m tests.support.quick_server [TOKENS]

Prints its address and answers until its standard input ends. An answer is written before the request's body is even
parsed: whether it is streamed is told by a look for `"stream":true` in it.
"""

from __future__ import annotations

import asyncio
import json
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

USAGE = {"prompt_tokens": 11, "completion_tokens": 20, "total_tokens": 31}


def _events(tokens: int) -> list[bytes]:
    def event(delta: dict[str, str] | None, finish: str | None, **more: object) -> bytes:
        choice = {"index": 0, "delta": delta or {}, "finish_reason": finish}
        body = {"id": "c1", "object": "chat.completion.chunk", "created": 1, "model": "m", "choices": [choice], **more}
        data = b"data: " + json.dumps(body).encode() + b"\n\n"
        return f"{len(data):x}\r\n".encode() + data + b"\r\n"

    found = [event({"content": f"word{n} "}, None) for n in range(tokens)]
    found += [event(None, "stop"), event(None, None, usage=USAGE, choices=[])]
    return [*found, b"e\r\ndata: [DONE]\n\n\r\n", b"0\r\n\r\n"]


def _whole(tokens: int) -> bytes:
    message = {"role": "assistant", "content": "".join(f"word{n} " for n in range(tokens))}
    choices = [{"index": 0, "message": message, "finish_reason": "stop"}]
    body = json.dumps({"id": "c1", "model": "m", "choices": choices, "usage": USAGE}).encode()
    head = f"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n"
    return head.encode() + body


_STREAM_HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nTransfer-Encoding: chunked\r\n\r\n"


class _Server(asyncio.Protocol):
    def __init__(self, tokens: int) -> None:
        self._events, self._whole = _events(tokens), _whole(tokens)
        self._got = b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport

    def data_received(self, data: bytes) -> None:
        self._got += data
        head, separator, rest = self._got.partition(b"\r\n\r\n")
        if not separator:
            return
        length = int(head.lower().partition(b"content-length:")[2].split(b"\r\n", 1)[0])
        if len(rest) < length:
            return
        body, self._got = rest[:length], rest[length:]
        if b'"stream":true' in body.replace(b" ", b""):
            self._transport.write(_STREAM_HEAD)
            for event in self._events:
                self._transport.write(event)
        else:
            self._transport.write(self._whole)


async def _serve(tokens: int) -> None:
    loop = asyncio.get_running_loop()
    server = await loop.create_server(lambda: _Server(tokens), "127.0.0.1", 0, backlog=1024)
    print(f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/v1", flush=True)
    await loop.run_in_executor(None, sys.stdin.buffer.read)


@contextmanager
def quick_server(tokens: int = 20) -> Iterator[str]:
    """Its base_url."""
    root = Path(__file__).resolve().parents[2]
    command = [sys.executable, "-m", "tests.support.quick_server", str(tokens)]
    with subprocess.Popen(command, cwd=root, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        try:
            yield process.stdout.readline().decode().strip()
        finally:
            process.stdin.close()
            process.wait(5)


if __name__ == "__main__":
    asyncio.run(_serve(int((sys.argv[1:] or ["20"])[0])))
