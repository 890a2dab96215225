"""How long a repository's history takes: `git_import.py [COMMITS] [PROMPTS]` (5,000 and 200).

Makes a repository with `git fast-import`, runs `workbench import --history` on it twice in processes of its own, and
prints seconds and the largest memory of each. The budget is 60 s and 300 MB, and 3 s for the second run, on two
cores.
"""

from __future__ import annotations

import os
import random
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).parents[2]
WORDS = ("answer", "the", "customer", "politely", "and", "cite", "policy", "refund", "delivery", "invoice", "escalate")


def make_repository(place: Path, commits: int, prompts: int) -> None:
    """Prompts in four formats; each commit changes one."""
    randomness = random.Random(7)
    subprocess.run(["git", "init", "-q", "-b", "main", str(place)], check=True)
    bodies = {index: [" ".join(randomness.choices(WORDS, k=60)) for _ in range(6)] for index in range(prompts)}
    out: list[bytes] = []
    for number in range(commits):
        index = number if number < prompts else randomness.randrange(prompts)
        body = bodies[index]
        body[randomness.randrange(len(body))] = " ".join(randomness.choices(WORDS, k=60))
        text = "\n\n".join(body) + "\n"
        path, file = _file(index, text)
        data = file.encode()
        message = f"Change prompt {index}, the {number}th".encode()
        out.append(b"commit refs/heads/main\n")
        out.append(b"committer Ana <a@b> %d +0000\n" % (1_700_000_000 + number * 60))
        out.append(b"data %d\n%s\n" % (len(message), message))
        out.append(b"M 100644 inline %s\ndata %d\n%s\n" % (path.encode(), len(data), data))
    subprocess.run(["git", "-C", str(place), "fast-import", "--quiet"], input=b"".join(out), check=True)
    subprocess.run(["git", "-C", str(place), "reset", "-q", "--hard", "main"], check=True)


def _file(index: int, text: str) -> tuple[str, str]:
    kind = index % 4
    if kind == 0:
        block = "".join(f"      {line}\n" if line else "\n" for line in text.splitlines())
        return f"prompts/native-{index}.yaml", f"messages:\n  - role: system\n    content: |\n{block}"
    if kind == 1:
        return (
            f"prompts/p-{index}.prompty",
            f"---\nname: p{index}\nmodel: gpt-4o\n---\nsystem:\n{text}\nuser:\n{{{{ q }}}}\n",
        )
    if kind == 2:
        return f"prompts/pattern-{index}/system.md", text
    return f"prompts/d-{index}.prompt", f'---\nmodel: googleai/gemini\n---\n{{{{role "system"}}}}{text}'


def run(repository: Path, store: Path) -> tuple[float, float]:
    """Seconds, and megabytes at most."""
    started = time.monotonic()
    command = [
        sys.executable,
        "-m",
        "workbench",
        "--store",
        str(store),
        "import",
        "--history",
        str(repository / "prompts"),
    ]
    process = subprocess.Popen(
        command, cwd=repository, env={**os.environ, "PYTHONPATH": str(ROOT)}, stdout=subprocess.DEVNULL
    )
    _, status, usage = os.wait4(process.pid, 0)
    if status:
        raise SystemExit(f"workbench import --history ended with {status}")
    return time.monotonic() - started, usage.ru_maxrss / 1024


def main(arguments: list[str]) -> None:
    commits, prompts = (int(one) for one in (*arguments, *("5000", "200")[len(arguments) :]))
    with tempfile.TemporaryDirectory(prefix="workbench-bench-") as folder:
        repository, store = Path(folder) / "repository", Path(folder) / "store.db"
        make_repository(repository, commits, prompts)
        for name in ("first run", "second run"):
            seconds, megabytes = run(repository, store)
            print(f"{name}: {seconds:.1f} s, {megabytes:.0f} MB")


if __name__ == "__main__":
    main(sys.argv[1:])
