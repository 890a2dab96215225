"""The README's key table from the action table; run as a module, it writes it there."""

from __future__ import annotations

import re
from pathlib import Path

from workbench.settings.actions import ACTIONS, CONTEXTS, key_label

README = Path(__file__).parent.parent.parent / "README.md"


def key_table() -> str:
    lines = ["| where | keys | id | what it does |", "|---|---|---|---|"]
    for context in CONTEXTS:
        for action in (a for a in ACTIONS if a.context == context):
            keys = " ".join(f"`{key_label(key)}`".replace("|", "\\|") for key in action.keys)
            lines.append(f"| {context} | {keys} | `{action.id}` | {action.description} |")
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    text = README.read_text()
    between = re.compile(r"(<!-- keys -->\n).*?(<!-- end -->)", re.DOTALL)
    README.write_text(between.sub(lambda found: found[1] + key_table() + found[2], text))
