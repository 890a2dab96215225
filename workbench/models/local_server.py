"""The child process of the local model: llama.cpp's own server on a free loopback port.

    python -m workbench.models.local_server WEIGHTS

The first line of standard input is JSON `{key, model, context, threads}`; the one line on standard output is the
address once it answers. It ends when its standard input does: the pipe closes however the parent dies. (The kernel's
parent-death signal would end it with the thread that started it, which may be a short-lived one.)
"""

from __future__ import annotations

import json
import os
import sys
import threading
from typing import Any


def _end_with_parent() -> None:
    while os.read(0, 4096):
        pass
    os._exit(0)


def main(weights: str) -> None:
    options: dict[str, Any] = json.loads(_first_line())
    answer = os.dup(1)
    os.dup2(2, 1)  # whatever the library prints goes to the log
    threading.Thread(target=_end_with_parent, daemon=True).start()

    import xllamacpp

    params = xllamacpp.CommonParams()
    params.model.path = weights
    params.model_alias = {options["model"]}
    params.n_ctx = options["context"]
    params.n_parallel = 1
    params.cpuparams.n_threads = options["threads"]
    params.hostnames = ["127.0.0.1"]
    params.port = 0
    params.api_keys = [options["key"]]
    params.ui = False
    params.offline = True
    params.endpoint_slots = False
    params.cache_ram_mib = 256
    server = xllamacpp.Server(params)  # returns when it listens and the weights are loaded
    os.write(answer, (server.listening_address + "\n").encode())
    os.close(answer)
    threading.Event().wait()


def _first_line() -> bytes:
    """Unbuffered, so that the watching thread sees all that follows."""
    line = b""
    while not line.endswith(b"\n"):
        byte = os.read(0, 1)
        if not byte:
            sys.exit(0)
        line += byte
    return line


if __name__ == "__main__":
    main(sys.argv[1])
