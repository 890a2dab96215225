"""Generated pairs of texts that have something to do with each other."""

from __future__ import annotations

from hypothesis import strategies as st

WORDS = st.sampled_from(
    [
        *[
            "the",
            "a",
            "model",
            "answer",
            "never",
            "agent,",
            "kind.",
            "support",
            "refund",
            "{{user}}",
            "{{ tier }}",
            "${x}",
        ],
        *["{name}", "{{", "}}", "x", "|", "{%", "if", "%}", "-", "1.", "#", "```", "|cell|", "你好", "日本語を", "é"],
        *[
            "’s",
            "“x”",
            "👨\u200d👩\u200d👧",
            "🇩🇪",
            "🇩🇪🇫",
            "👍🏽",
            "1\ufe0f\u20e3",
            "שלום",
            "مُشَكَّلَة",
            "क्षि",
            "กำ",
            "İ",
            "ß",
        ],
        *["", "  ", "\t", "\r", "\u00a0", "\u2028", "\x0b", "\x00", "\u0301", " \u0301", "\u200d", "\ud800"],
    ]
)
LINE = st.one_of(
    st.lists(WORDS, max_size=12).map(" ".join),
    st.text(st.characters(blacklist_characters="\n", blacklist_categories=()), max_size=12),
    st.sampled_from(["", "", " ", "- item", "# Title", "```", "---", "| a | b |", "ends hard  "]),
    st.sampled_from(
        [
            "Answer in the language of the user and never promise a refund before the order is checked.",
            "Keep every answer short, kind and exact; ask for the number of the order when it is missing.",
            "When a customer threatens with a lawyer, stop and hand the conversation to a person at once.",
        ]
    ),
)
TEXT = st.one_of(st.lists(LINE, max_size=12).map("\n".join), st.text(max_size=60))


@st.composite
def _edited(draw: st.DrawFn) -> tuple[str, str]:
    lines = draw(st.lists(LINE, min_size=1, max_size=12))
    edited = list(lines)
    for _ in range(draw(st.integers(0, 6))):
        at = draw(st.integers(0, len(edited)))
        act = draw(st.sampled_from(["insert", "delete", "edit", "move", "merge", "split", "space"]))
        if act == "insert" or at >= len(edited):
            edited.insert(at, draw(LINE))
        elif act == "delete":
            del edited[at]
        elif act == "move":
            edited.insert(draw(st.integers(0, len(edited) - 1)), edited.pop(at))
        elif act == "merge" and at + 1 < len(edited):
            edited[at : at + 2] = [edited[at] + " " + edited[at + 1]]
        elif act == "split" and " " in edited[at]:
            cut = draw(st.sampled_from([n for n, char in enumerate(edited[at]) if char == " "]))
            edited[at : at + 1] = [edited[at][:cut], edited[at][cut + 1 :]]
        elif act == "space":
            edited[at] = edited[at].replace(" ", draw(st.sampled_from(["  ", "\t", " "]))) + draw(
                st.sampled_from(["", " "])
            )
        else:
            words = edited[at].split(" ")
            words[draw(st.integers(0, len(words) - 1))] = draw(WORDS)
            edited[at] = " ".join(words)
    return "\n".join(lines), "\n".join(edited)


PAIRS = st.one_of(_edited(), _edited(), st.tuples(TEXT, TEXT))
