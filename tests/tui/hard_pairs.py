"""Ten pairs of texts on which diff views break, small enough to be looked at."""

from __future__ import annotations

import textwrap

_SENTENCES = (
    "Answer in the language of the customer.",
    "Use their own words for the thing they ask about, and give the steps in the order in which they click.",
    "Never promise refunds, discounts or delivery dates, not even when somebody insists.",
    "If you do not know the answer, say so plainly and hand over to a colleague.",
    "Do not guess a menu name or a price.",
    "Ask for the order number before you look anything up.",
    "Keep the tone warm, and the sentences short.",
)
_LONG = " ".join(_SENTENCES[n % 7] for n in range(42))
_RULES = [f"- Rule {n}: {_SENTENCES[n % 7]}" for n in range(12)]
_PARAGRAPHS = [
    f"## Part {n}\n\n{_SENTENCES[n % 7]} {_SENTENCES[(n + 2) % 7]} {_SENTENCES[(n + 4) % 7]}" for n in range(6)
]
_CHINESE = (
    "你是一家网上商店的客服。请用客户的语言回答问题，语气友好，句子简短。不要承诺退款"
    "、折扣或送货日期。如果不知道答案，请直接说明并转交给同事。"
)


def _reordered() -> tuple[str, str]:
    moved = _PARAGRAPHS[1].replace("their own words", "the words of the customer")
    return "\n\n".join(_PARAGRAPHS), "\n\n".join([_PARAGRAPHS[0], *_PARAGRAPHS[2:5], moved, _PARAGRAPHS[5]])


def _rewrapped() -> tuple[str, str]:
    text = " ".join(_SENTENCES * 3)
    edited = text.replace("short.", "short and kind.", 1)
    return (
        f"# Voice\n\n{textwrap.fill(text, 60)}\n\n# Edited\n\n{textwrap.fill(text, 60)}\n",
        f"# Voice\n\n{textwrap.fill(text, 88)}\n\n# Edited\n\n{textwrap.fill(edited, 88)}\n",
    )


PAIRS: dict[str, tuple[str, str]] = {
    "long_paragraph": (
        f"# System\n\n{_LONG}\n\n# End\n",
        "# System\n\n"
        + _LONG.replace("language", "tongue", 1)
        .replace("warm, and", "warm but clear, and", 1)
        .replace("a price.", "any price or date.", 3)
        + "\n\n# End\n",
    ),
    "reordered": _reordered(),
    "rewrapped": _rewrapped(),
    "list": (
        "\n".join(["# Rules", "", *_RULES]),
        "\n".join(["# Rules", "", *_RULES[:3], "- Rule 2b: Say who you are first.", *_RULES[3:8], *_RULES[9:]]),
    ),
    "rewrite": (
        "\n".join(["# Tone", *_SENTENCES[:4]]),
        "# Voice\nWe are a small shop and we sound like one.\nNobody has to wait for a sentence to end.\n"
        "Every answer fits on a phone.",
    ),
    "variables": (
        "Hello {{ user_name }}, you are on the {{ tier }} plan.\n\nWrite to {{ user_name }} in {{ language }}.\n",
        "Hello {{ customer_name }}, you are on the {{ tier }} plan.\n\nWrite to {{ customer_name }} briefly.\n",
    ),
    "white_space": (
        "def answer():\n    return 1  \n\ttabbed line\nand\u00a0a fixed space\nlast words  here",
        "def answer():\n\treturn 1\n    tabbed line\nand a fixed space\nlast words here",
    ),
    "chinese": (
        f"{_CHINESE}\n\n{_CHINESE[::-1][:60]}\n",
        f"{_CHINESE.replace('友好', '热情而专业').replace('同事', '主管')}\n\n{_CHINESE[::-1][:60]}\n",
    ),
    "emoji_and_hebrew": (
        "Sign with 👩‍🚀 or 👨‍👩‍👧, never with 🙂.\nשלום, אנחנו כאן כדי לעזור לך היום.\nCafé costs 3 €.",
        "Sign with 👩🏽‍🚀 or 👨‍👩‍👧, never with 🙃.\nשלום, אנחנו כאן כדי לעזור לכם תמיד.\nCafe\u0301 costs 4 €.",
    ),
    "controls": (
        "Before \x1b[31mred\x1b[0m after\r\nsecond\u202e line\n",
        "Before \x1b[32mgreen\x1b[0m after\nsecond line\n",
    ),
}
