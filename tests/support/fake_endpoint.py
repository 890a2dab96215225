"""A small OpenAI-compatible server on loopback that misbehaves on request: the model's name says how.

Faults with a memory (`retry-…`) count the requests of their model, so each test starts its own server.
"""

from __future__ import annotations

import json
import socket
import struct
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email.utils import formatdate
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

WORDS = ("Hello", " from", " a", " fake", " endpoint", ".")
WHOLE = "".join(WORDS)
USAGE = {"prompt_tokens": 11, "completion_tokens": 6, "total_tokens": 17}


@dataclass
class Seen:
    path: str
    headers: dict[str, str]
    body: dict[str, Any]


@dataclass
class FakeEndpoint:
    base_url: str
    requests: list[Seen] = field(default_factory=list)
    counts: Counter[str] = field(default_factory=Counter)
    closing: threading.Event = field(default_factory=threading.Event)
    disconnected: threading.Event = field(default_factory=threading.Event)
    """Set when a caller went away in the middle of a stream."""


def chunk(text: Any = None, *, finish: str | None = None, **more: Any) -> bytes:
    delta = {} if text is None else {"content": text}
    body = {
        "id": "chatcmpl-fake",
        "object": "chat.completion.chunk",
        "created": 1,
        "model": "fake",
        "choices": [{"index": 0, "delta": delta, "finish_reason": finish}],
        **more,
    }
    return b"data: " + json.dumps(body).encode() + b"\n\n"


def usage_chunk() -> bytes:
    return chunk(choices=[], usage=USAGE)


DONE = b"data: [DONE]\n\n"
WORDS_AS_CHUNKS = b"".join(chunk(word) for word in WORDS)


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    endpoint: FakeEndpoint
    body: dict[str, Any]
    """Of the request that is being answered."""

    def log_message(self, *_: Any) -> None:
        pass

    def do_GET(self) -> None:
        self.endpoint.requests.append(
            Seen(self.path, {name.title(): value for name, value in self.headers.items()}, {})
        )
        self._json(200, {"object": "list", "data": [{"id": name, "object": "model"} for name in ("whole", "cut")]})

    def do_POST(self) -> None:
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        self.endpoint.requests.append(
            Seen(self.path, {name.title(): value for name, value in self.headers.items()}, body)
        )
        self.body = body
        model = body["model"]
        self.endpoint.counts[model] += 1
        try:
            FAULTS[model](self)
        except (BrokenPipeError, ConnectionResetError):
            self.endpoint.disconnected.set()
            self.close_connection = True

    # -- ways to answer

    def _json(self, status: int, body: Any, headers: dict[str, str] | None = None) -> None:
        self._whole(status, json.dumps(body).encode(), "application/json", headers)

    def _whole(self, status: int, data: bytes, kind: str, headers: dict[str, str] | None = None) -> None:
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(data)))
        for name, value in (headers or {}).items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(data)

    def error(self, status: int, message: str, headers: dict[str, str] | None = None, **more: Any) -> None:
        self._json(status, {"error": {"message": message, **more}}, headers)

    def page(self, status: int) -> None:
        self._whole(status, b"<!doctype html><title>Welcome</title>", "text/html")

    def stream(self, *parts: bytes, end: bool = True) -> None:
        """Parts as they are; without `end` the connection is dropped in the middle of the body."""
        self.send_response(200)
        self.send_header("Content-Type", "text/event-stream")
        self.send_header("Transfer-Encoding", "chunked")
        self.end_headers()
        for part in parts:
            self.piece(part)
        if end:
            self.wfile.write(b"0\r\n\r\n")
        else:
            self.drop()

    def piece(self, data: bytes) -> None:
        self.wfile.write(f"{len(data):x}\r\n".encode() + data + b"\r\n")
        self.wfile.flush()

    def drop(self, *, reset: bool = False) -> None:
        if reset:
            self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.close_connection = True
        self.wfile.flush()
        self.connection.shutdown(socket.SHUT_RDWR)

    def hang(self) -> None:
        """Until the server closes or the caller goes away."""
        self.connection.settimeout(0.05)
        self.close_connection = True
        while not self.endpoint.closing.is_set():
            try:
                if self.connection.recv(1) == b"":
                    self.endpoint.disconnected.set()
                    return
            except TimeoutError:
                continue

    def after(self, failures: int, fail: Callable[[], None]) -> None:
        """Fails that often, then answers."""
        if self.endpoint.counts[self.body["model"]] <= failures:
            fail()
        else:
            whole(self)


def whole(handler: _Handler) -> None:
    """Streamed or at once, as it was asked for."""
    if handler.body.get("stream"):
        handler.stream(WORDS_AS_CHUNKS, chunk(finish="stop"), usage_chunk(), DONE)
        return
    choice = {"index": 0, "message": {"role": "assistant", "content": WHOLE}, "finish_reason": "stop"}
    handler._json(200, {"id": "c1", "model": "fake", "choices": [choice], "usage": USAGE})


def _hang_within(handler: _Handler) -> None:
    handler.send_response(200)
    handler.send_header("Content-Type", "text/event-stream")
    handler.send_header("Transfer-Encoding", "chunked")
    handler.end_headers()
    handler.piece(chunk("Hello") + chunk(" from"))
    handler.hang()


def _drip(handler: _Handler) -> None:
    handler.send_response(200)
    handler.send_header("Content-Type", "text/event-stream")
    handler.send_header("Transfer-Encoding", "chunked")
    handler.end_headers()
    while not handler.endpoint.closing.is_set():
        handler.piece(chunk("drip "))
        time.sleep(0.02)


def _no_stream_options(handler: _Handler) -> None:
    if "stream_options" in handler.body:
        handler.error(400, "Unrecognized request argument supplied: stream_options")
    else:
        handler.stream(WORDS_AS_CHUNKS, chunk(finish="stop"), DONE)


def _echo_key(handler: _Handler) -> None:
    handler.error(401, f"Incorrect API key provided: {handler.headers.get('Authorization')}")


def _called(index: int = 0, **function: str) -> bytes:
    delta = {"tool_calls": [{"index": index, "id": f"call_{index + 1}", "function": function}]}
    return chunk(choices=[{"index": 0, "delta": delta, "finish_reason": None}])


def _talk(handler: _Handler) -> None:
    """Thinks, then answers with what it was told last, so that a conversation can be followed."""
    last = handler.body["messages"][-1]["content"]
    if not handler.body.get("stream"):
        said = {"role": "assistant", "content": f"You said: {last}", "reasoning_content": "Hm. Hm. "}
        choice = {"index": 0, "message": said, "finish_reason": "stop"}
        handler._json(200, {"id": "c1", "model": "fake", "choices": [choice], "usage": USAGE})
        return
    thought = chunk(choices=[{"index": 0, "delta": {"reasoning_content": "Hm. "}, "finish_reason": None}])
    handler.stream(thought, thought, chunk("You said: "), chunk(last), chunk(finish="stop"), usage_chunk(), DONE)


def _refuses(parameter: str | None, words: str) -> Callable[[_Handler], None]:
    return lambda h: h.error(400, words, param=parameter)


def _flaky(handler: _Handler) -> None:
    """Every third call is overloaded, every fifth resets the connection; both pass."""
    count = handler.endpoint.counts["flaky"]
    if count % 5 == 0:
        handler.drop(reset=True)
    elif count % 3 == 0:
        handler.error(503, "overloaded", {"Retry-After": "0"})
    else:
        whole(handler)


FAULTS: dict[str, Callable[[_Handler], None]] = {
    "whole": whole,
    "401": _echo_key,
    "403": lambda h: h.error(403, "Country not supported"),
    "404": lambda h: h.error(404, "The model `404` does not exist"),
    "400": lambda h: h.error(400, "temperature must be at most 2"),
    "context": lambda h: h.error(400, "This model's maximum context length is 10 tokens", code="too_long"),
    "429": lambda h: h.error(429, "Rate limit reached", {"Retry-After": "0"}),
    "quota": lambda h: h.error(429, "You exceeded your current quota", code="insufficient_quota"),
    "500": lambda h: h.error(500, "The server had an error"),
    "502-page": lambda h: h.page(502),
    "retry-500": lambda h: h.after(2, lambda: h.error(503, "overloaded")),
    "retry-429": lambda h: h.after(1, lambda: h.error(429, "slow down", {"Retry-After": "1"})),
    "retry-date": lambda h: h.after(
        1, lambda: h.error(429, "slow down", {"Retry-After": formatdate(time.time() + 2, usegmt=True)})
    ),
    "retry-reset": lambda h: h.after(1, lambda: h.drop(reset=True)),
    "a-day": lambda h: h.error(429, "slow down", {"Retry-After": "86400"}),
    "hang-before": lambda h: h.hang(),
    "hang-within": _hang_within,
    "drip": _drip,
    "closed": lambda h: h.drop(),
    "cut": lambda h: h.stream(chunk("Hello"), chunk(" from"), end=False),
    "unfinished": lambda h: h.stream(chunk("Hello"), chunk(" from")),
    "unfinished-done": lambda h: h.stream(chunk("Hello"), chunk(" from"), DONE),
    "error-mid": lambda h: h.stream(chunk("Hello"), b'data: {"error": {"message": "the engine died"}}\n\n'),
    "bad-json": lambda h: h.stream(chunk("Hello"), b'data: {"choices": [{"del\n\n', DONE)
    if h.body.get("stream")
    else h._whole(200, b'{"choices": [{"del', "application/json"),
    "bad-utf8": lambda h: h.stream(chunk("Hello"), b'data: {"choices": "\xff\xfe"}\n\n', DONE),
    "page": lambda h: h.page(200),
    "not-streamed": lambda h: h._json(200, {"choices": [{"message": {"content": "Hello"}, "finish_reason": "stop"}]}),
    "strange-chunks": lambda h: h.stream(
        b"data: 5\n\ndata: null\n\ndata: []\n\n", chunk(choices=None), chunk(choices=["x"]),
        chunk(choices=[{"delta": 3}]),
        WORDS_AS_CHUNKS, chunk(finish="stop", usage={"prompt_tokens": "many"}), DONE,
    ),
    "no-choices": lambda h: h.stream(chunk(choices=[]), chunk(choices=[]), DONE),
    "null-content": lambda h: h.stream(
        chunk(choices=[{"index": 0, "delta": {"content": None}, "finish_reason": "stop"}]), DONE
    ),
    "all-thought": lambda h: h.stream(
        chunk(choices=[{"index": 0, "delta": {"reasoning_content": "Hm"}, "finish_reason": "length"}]), DONE
    ),
    "surrogates": lambda h: h.stream(chunk("a\ud83d"), chunk("\ude00b"), chunk("\udc00!"), chunk(finish="stop"), DONE),
    "controls": lambda h: h.stream(chunk("\x1b]52;c;eHg=\x07\x00\x9b2J"), chunk(finish="stop"), DONE),
    "many": lambda h: h.stream(b"".join(chunk("x") for _ in range(20_000)), chunk(finish="stop"), usage_chunk(), DONE),
    "huge": lambda h: h.stream(chunk("é" * 5_000_000), chunk(finish="stop"), DONE),
    "no-usage-option": _no_stream_options,
    "tools": lambda h: h.stream(
        _called(name="weather", arguments='{"ci'), _called(arguments='ty": "Oslo"}'),
        chunk(finish="tool_calls"), DONE,
    ),
    "three-tools": lambda h: h.stream(
        *(_called(at, name=tool, arguments="{}") for at, tool in enumerate(("weather", "time", "weather"))),
        chunk(finish="tool_calls"), DONE,
    ),
    "talk": _talk,
    "flaky": _flaky,
    "retry-now": lambda h: h.after(1, lambda: h.error(503, "overloaded", {"Retry-After": "0"})),
    "refusing": lambda h: h.stream(
        chunk(choices=[{"index": 0, "delta": {"refusal": "I will "}, "finish_reason": None}]),
        chunk(choices=[{"index": 0, "delta": {"refusal": "not."}, "finish_reason": "stop"}]), DONE,
    ),
    "error-whole": lambda h: h._json(200, {"error": {"message": "the engine died"}}),
    "bad-temperature": _refuses("temperature", "Unsupported value: 'temperature' does not support 0.5."),
    "bad-seed": _refuses(None, "Unrecognized request argument supplied: `seed`"),
    "bad-max": _refuses(None, "max_tokens is too large: 50"),
    "bad-other": _refuses("messages[0].content", "messages may not be so"),
}  # fmt: skip


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 256

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A caller that went away is part of the play."""


@contextmanager
def fake_endpoint() -> Iterator[FakeEndpoint]:
    class Handler(_Handler):
        pass

    server = _Server(("127.0.0.1", 0), Handler)
    Handler.endpoint = endpoint = FakeEndpoint(f"http://127.0.0.1:{server.server_address[1]}/v1")
    thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    try:
        yield endpoint
    finally:
        endpoint.closing.set()
        server.shutdown()
        thread.join()
        server.server_close()
