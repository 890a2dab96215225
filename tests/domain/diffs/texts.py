"""Pairs of texts of every kind that prompts come in, made up here; the same each time."""

from __future__ import annotations

import random
import textwrap
from collections.abc import Callable

Pair = tuple[str, str]


def _words(text: str) -> list[str]:
    return text.split()


_NOUNS = _words(
    """
    agent answer order customer refund ticket language tone policy account invoice delivery product question summary
    source table tool schema record message review complaint address payment contract deadline report example rule
    """
)
_VERBS = _words(
    """
    answers checks confirms escalates explains keeps lists mentions never promises quotes reads refuses repeats returns
    shows summarises translates verifies writes
    """
)
_PLAIN = _words(
    """
    briefly politely always carefully first again only exactly once clearly without before after during about under
    while because unless whenever the a an of in on with for and or but not every each any their its this that these
    """
)
_VARIABLES = [
    "{{customer_name}}",
    "{{ tier }}",
    "{{#if urgent}}",
    "{{/if}}",
    "{language}",
    "${API_URL}",
    "{% if vip %}",
]
_HAN = "请用户回答问题时保持礼貌简洁准确不要承诺退款如果订单已经发货则说明物流状态并提供联系方式以便后续处理"
_EMOJI = ["👩‍👩‍👧‍👦", "👍🏽", "🇩🇪", "🏴󠁧󠁢󠁳󠁣󠁴󠁿", "❤️‍🔥", "1️⃣", "✅"]
_HEBREW = _words("שלום לקוח הזמנה תשובה שפה מדיניות החזר כספי משלוח כתובת")
_ARABIC = _words("العميل الطلب الجواب سياسة الاسترداد الشحن العنوان اللغة رسالة مُشَكَّلَة")


class Writer:
    """Random but repeatable prose."""

    def __init__(self, seed: int) -> None:
        self.random = random.Random(seed)

    def sentence(self) -> str:
        pick = self.random.choice
        words = [pick(_NOUNS if n % 3 == 1 else _VERBS if n % 3 == 2 else _PLAIN) for n in range(pick(range(7, 22)))]
        if self.random.random() < 0.15:
            words[self.random.randrange(len(words))] = pick(_VARIABLES)
        if self.random.random() < 0.3:
            words[len(words) // 2] += ","
        return " ".join(words).capitalize() + pick([".", ".", ".", "?", "!"])

    def paragraph(self, characters: int) -> str:
        sentences: list[str] = []
        while sum(map(len, sentences)) < characters:
            sentences.append(self.sentence())
        return " ".join(sentences)

    def paragraphs(self, characters: int, each: int = 500) -> str:
        return "\n\n".join(self.paragraph(each) for _ in range(max(1, characters // (each + 40))))

    def edited(self, text: str, share: float) -> str:
        """Words replaced, dropped and put in; line breaks stay."""
        out: list[str] = []
        for word in text.split(" "):
            chance = self.random.random()
            if chance < share / 2 and "\n" not in word:
                out.append(self.random.choice(_NOUNS) + self.random.choice(["", "s", "ed"]))
            elif chance < share * 3 / 4 and "\n" not in word:
                continue
            elif chance < share:
                out += [word, self.random.choice(_PLAIN)]
            else:
                out.append(word)
        return " ".join(out)

    def shuffled(self, items: list[str]) -> list[str]:
        return self.random.sample(items, len(items))


def tiny_edits_in_long_lines(seed: int) -> Pair:
    writer = Writer(seed)
    lines = [writer.paragraph(3000) for _ in range(3)]
    return "\n\n".join(lines), "\n\n".join(writer.edited(line, 0.004) for line in lines)


def reorder(seed: int) -> Pair:
    writer = Writer(seed)
    lines = [writer.paragraph(300) for _ in range(9)]
    moved = [*lines[:1], *lines[4:6], *lines[1:4], writer.edited(lines[8], 0.05), *lines[6:8]]
    return "\n\n".join(lines), "\n\n".join(moved)


def reflow(seed: int) -> Pair:
    text = Writer(seed).paragraphs(4000)
    wrap = [[textwrap.fill(part, width) for part in text.split("\n\n")] for width in (80, 100)]
    return "\n\n".join(wrap[0]), "\n\n".join(wrap[1])


def reflow_and_edits(seed: int) -> Pair:
    writer = Writer(seed)
    text = writer.paragraphs(4000)
    wrap = [
        [textwrap.fill(p, width) for p in t.split("\n\n")] for t, width in ((text, 80), (writer.edited(text, 0.01), 64))
    ]
    return "\n\n".join(wrap[0]), "\n\n".join(wrap[1])


def list_insertion(seed: int) -> Pair:
    writer = Writer(seed)
    items = [writer.sentence() for _ in range(12)]
    longer = [*items[:4], writer.sentence(), *items[4:9], writer.sentence(), writer.sentence(), *items[9:]]
    left, right = ("\n".join(f"{n}. {item}" for n, item in enumerate(found, 1)) for found in (items, longer))
    return "# Rules\n" + left, "# Rules\n" + right


def rewrite(seed: int) -> Pair:
    return Writer(seed).paragraphs(3000), Writer(seed + 1000).paragraphs(3000)


def variable_rename(seed: int) -> Pair:
    writer = Writer(seed)
    text = "\n\n".join(
        f"Greet {{{{user_name}}}}. {writer.paragraph(200)} Ask {{{{ user_name }}}} again." for _ in range(7)
    )
    return text, text.replace("{{user_name}}", "{{customer_name}}").replace("{{ user_name }}", "{{ customer_name }}")


def white_space_only(seed: int) -> Pair:
    writer = Writer(seed)
    lines = ["  " * writer.random.randrange(3) + writer.sentence() for _ in range(30)]
    change: list[Callable[[str], str]] = [
        lambda line: line,
        lambda line: line + "  ",
        lambda line: "\t" + line.lstrip() if line[0] == " " else line + " ",
        lambda line: line.replace(" ", "  ", 2),
        lambda line: line + "\r",
    ]
    return "\n".join(lines), "\n".join(writer.random.choice(change)(line) for line in lines)


def chinese(seed: int) -> Pair:
    rnd = random.Random(seed)

    def clause() -> str:
        return "".join(rnd.sample(_HAN, rnd.randrange(6, 16)))

    lines = ["，".join(clause() for _ in range(4)) + "。" for _ in range(14)]
    edited = [
        line[: len(line) // 2] + rnd.choice(_HAN) + line[len(line) // 2 + 1 :] if n % 3 == 0 else line
        for n, line in enumerate(lines)
    ]
    return "\n".join(lines), "\n".join([*edited[:5], clause() + "。", *edited[6:]])


def emoji(seed: int) -> Pair:
    writer = Writer(seed)
    lines = [
        " ".join(
            f"{word}{writer.random.choice(_EMOJI)}" if writer.random.random() < 0.3 else word
            for word in writer.sentence().split()
        )
        for _ in range(12)
    ]
    return "\n".join(lines), "\n".join(
        line.replace(_EMOJI[0], "👩‍👩‍👧").replace(_EMOJI[1], "👍🏿").replace("🇩🇪", "🇩🇰") for line in lines
    )


def right_to_left(seed: int) -> Pair:
    rnd = random.Random(seed)
    lines = [" ".join(rnd.choices(words, k=14)) for words in [_HEBREW, _ARABIC] * 7]
    edited = [" ".join("חדש" if rnd.random() < 0.08 else word for word in line.split()) for line in lines]
    return "\n".join(lines), "\n".join(edited)


def fifty_thousand(seed: int) -> Pair:
    writer = Writer(seed)
    parts = [writer.paragraph(500) for _ in range(92)]
    edited = [writer.edited(part, 0.04) if n % 3 == 0 else part for n, part in enumerate(parts)]
    return "\n\n".join(parts), "\n\n".join(
        [*edited[:20], writer.paragraph(400), *edited[21:60], *edited[65:80], *edited[60:65], *edited[80:]]
    )


def five_thousand(seed: int) -> Pair:
    writer = Writer(seed)
    parts = [writer.paragraph(450) for _ in range(10)]
    return "\n\n".join(parts), "\n\n".join([*[writer.edited(part, 0.05) for part in parts[:4]], *parts[5:], parts[4]])


def megabyte_in_paragraphs(seed: int) -> Pair:
    writer = Writer(seed)
    parts = [writer.paragraph(800) for _ in range(1150)]
    return "\n\n".join(parts), "\n\n".join(
        writer.edited(part, 0.03) if n % 8 == 0 else part for n, part in enumerate(parts)
    )


def megabyte_on_one_line(seed: int) -> Pair:
    writer = Writer(seed)
    text = writer.paragraph(1_000_000)
    return text, writer.edited(text, 0.01)


def fifty_thousand_on_one_line(seed: int) -> Pair:
    writer = Writer(seed)
    text = writer.paragraph(50_000)
    return text, writer.edited(text, 0.02)


def megabyte_rewritten(seed: int) -> Pair:
    return Writer(seed).paragraphs(1_000_000, 900), Writer(seed + 1000).paragraphs(1_000_000, 900)


def same_short_lines(_seed: int) -> Pair:
    return "- item\n" * 40_000, "- thing\n" * 41_000


SMALL: dict[str, Callable[[int], Pair]] = {
    "tiny edits in long lines": tiny_edits_in_long_lines,
    "reorder": reorder,
    "reflow": reflow,
    "reflow and edits": reflow_and_edits,
    "list insertion": list_insertion,
    "rewrite": rewrite,
    "variable rename": variable_rename,
    "white space only": white_space_only,
    "chinese": chinese,
    "emoji": emoji,
    "right to left": right_to_left,
    "5,000 characters": five_thousand,
}
LARGE: dict[str, Callable[[int], Pair]] = {
    "50,000 characters": fifty_thousand,
    "50,000 on one line": fifty_thousand_on_one_line,
    "1 MB in paragraphs": megabyte_in_paragraphs,
    "1 MB on one line": megabyte_on_one_line,
    "1 MB rewritten": megabyte_rewritten,
    "40,000 same short lines": same_short_lines,
}
