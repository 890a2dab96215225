"""Make a store of many prompts for the benchmarks: `seed_store.py FILE [PROMPTS] [VERSIONS_EACH]`.

Goes through the store's own bulk path where there is one; what it writes is what the app would have written.
"""

from __future__ import annotations

import random
import sys
import time
from pathlib import Path

from workbench import Workbench
from workbench.domain.prompts import Content, Message

WORDS = ("answer", "the", "customer", "politely", "and", "cite", "policy", "refund", "delivery", "invoice", "escalate")
FOLDERS = ("support", "extraction", "classification", "summaries", "code", "translation", "rag", "sql", "agents")


def text_of(randomness: random.Random, paragraphs: int) -> str:
    return "\n\n".join(" ".join(randomness.choices(WORDS, k=60)) + " for {{company_name}}." for _ in range(paragraphs))


def seed(path: Path, prompts: int, versions_each: int) -> None:
    randomness = random.Random(7)
    started = time.monotonic()
    with Workbench.open(store=path) as workbench:
        for index in range(prompts):
            name = f"{FOLDERS[index % len(FOLDERS)]}/team-{index // 100:04d}/prompt-{index:06d}"
            body = text_of(randomness, 3)
            for revision in range(versions_each):
                content = Content((Message("system", f"{body}\n\nRevision {revision}."),))
                workbench.library.save(name, content, note=f"revision {revision} says it more plainly")
            if index % 10 == 0:
                workbench.deploying.promote(f"{name}@latest", "production", "bench")
            if index % 1000 == 999:
                rate = (index + 1) * versions_each / (time.monotonic() - started)
                print(f"{index + 1:>7} prompts, {rate:,.0f} versions/s", file=sys.stderr)


if __name__ == "__main__":
    seed(Path(sys.argv[1]), int((sys.argv[2:] or ["20000"])[0]), int((sys.argv[3:] or ["5"])[0]))
