"""A server on this machine that streams chat completions, so that commands meet real sockets."""

from __future__ import annotations

import json
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Self


class AnsweringServer:
    """Streams `pieces`, `pause` seconds apart, or sends them whole after `whole_pause`, as it was asked.

    Refuses with a `status` other than 200. `bodies` is what it was sent.
    """

    def __init__(self) -> None:
        self.pieces = ["Hello", " from", " here"]
        self.pause = 0.0
        self.whole_pause = 0.0
        self.status = 200
        self.bodies: list[dict[str, Any]] = []
        owner = self

        class Handler(BaseHTTPRequestHandler):
            def log_message(self, *_: Any) -> None: ...

            def do_GET(self) -> None:
                self._answer(200, {"object": "list", "data": [{"id": "parrot", "object": "model"}]})

            def do_POST(self) -> None:
                body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
                owner.bodies.append(body)
                if owner.status != 200:
                    self._answer(owner.status, {"error": {"message": "no such thing", "type": "invalid"}})
                    return
                if not body.get("stream"):
                    time.sleep(owner.whole_pause)
                    message = {"role": "assistant", "content": "".join(owner.pieces)}
                    usage = {"prompt_tokens": 7, "completion_tokens": 3, "total_tokens": 10}
                    choice = {"index": 0, "message": message, "finish_reason": "stop"}
                    self._answer(200, {"id": "c1", "model": "parrot", "choices": [choice], "usage": usage})
                    return
                self.send_response(200)
                self.send_header("Content-Type", "text/event-stream")
                self.end_headers()
                try:
                    for piece in owner.pieces:
                        self._event({"choices": [{"index": 0, "delta": {"content": piece}}]})
                        time.sleep(owner.pause)
                    self._event({"choices": [{"index": 0, "delta": {}, "finish_reason": "stop"}]})
                    usage = {"prompt_tokens": 7, "completion_tokens": 3, "total_tokens": 10}
                    self._event({"choices": [], "usage": usage})
                    self.wfile.write(b"data: [DONE]\n\n")
                except OSError:
                    return

            def _event(self, chunk: dict[str, Any]) -> None:
                body = {"id": "c1", "object": "chat.completion.chunk", "created": 1, "model": "parrot", **chunk}
                self.wfile.write(b"data: " + json.dumps(body).encode() + b"\n\n")
                self.wfile.flush()

            def _answer(self, status: int, body: dict[str, Any]) -> None:
                raw = json.dumps(body).encode()
                self.send_response(status)
                self.send_header("Content-Type", "application/json")
                self.send_header("Content-Length", str(len(raw)))
                self.end_headers()
                self.wfile.write(raw)

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        self._thread = threading.Thread(target=self._server.serve_forever, daemon=True)

    @property
    def base_url(self) -> str:
        return f"http://127.0.0.1:{self._server.server_port}/v1"

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()
