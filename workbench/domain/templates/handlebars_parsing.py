"""Reading the `handlebars` dialect: from text to nodes, with its white space rules and the places of its tags."""

from __future__ import annotations

import re
from functools import lru_cache

from workbench.domain.templates.handlebars_expressions import (
    Node,
    Token,
    atoms_of,
    block_call,
    partial_call,
    written_call,
)
from workbench.domain.templates.places import error_at, refuse_too_long

MAX_DEPTH = 60
_TAG = re.compile(
    r"\\\\(?=\{\{)|\\\{\{|\{\{~?!--.*?--~?\}\}|\{\{~?!.*?\}\}|\{\{\{~?(?P<raw>.*?)~?\}\}\}|\{\{~?(?P<body>[^{].*?|)~?\}\}",
    re.DOTALL,
)


@lru_cache(maxsize=256)
def parse(text: str) -> tuple[Node, ...]:
    """Raises `TemplateError` with line and column."""
    refuse_too_long(text)
    tokens = _tokens(text)
    indents = _stripped(tokens)
    top: list[Node] = []
    target = top
    opened: list[tuple[Token, list[Node], Node, int]] = []
    for index, token in enumerate(tokens):
        if token.kind == "text":
            if token.body:
                target.append(Node("text", token.at, token.body))
        elif token.kind == "write":
            target.append(Node("write", token.at, call=written_call(text, token)))
        elif token.kind == "partial":
            name, *rest = atoms_of(text, token, token.body)
            target.append(partial_call(text, token, name, rest, indents.get(index, "")))
        elif token.kind in ("open", "inverse"):
            if sum(depth for _, _, _, depth in opened) >= MAX_DEPTH:
                raise error_at(text, token.at, f"blocks lie more than {MAX_DEPTH} deep in one another")
            block = block_call(text, token)
            target.append(block)
            opened.append((token, target, block, 1))
            target = block.otherwise if token.kind == "inverse" else block.children
        elif token.kind == "else":
            if not opened:
                raise error_at(text, token.at, "else stands outside of a block")
            first, outer, block, depth = opened[-1]
            if depth >= MAX_DEPTH:
                raise error_at(text, token.at, f"more than {MAX_DEPTH} conditions in a row")
            if not token.body:
                target = block.children if first.kind == "inverse" else block.otherwise
                if depth > 1:
                    target = block.otherwise
            else:
                chained = block_call(text, token)
                block.otherwise.append(chained)
                opened[-1] = (first, outer, chained, depth + 1)
                target = chained.children
        elif token.kind == "close":
            if not opened:
                raise error_at(text, token.at, f"/{token.body} closes nothing")
            first, outer, _, _ = opened.pop()
            if first.body.split()[0] != token.body:
                name = first.body.split()[0]
                raise error_at(
                    text, token.at, f"/{token.body} closes nothing; #{name} is open", f"write {{{{/{name}}}}}"
                )
            target = outer
    if opened:
        name = opened[-1][0].body.split()[0]
        raise error_at(text, opened[-1][0].at, f"#{name} is never closed", f"write {{{{/{name}}}}}")
    return tuple(top)


# Tokens and white space --------------------------------------------------------------------------------------------


def _tokens(text: str) -> list[Token]:
    tokens: list[Token] = []
    at = 0
    literal = ""
    begins = 0

    def flush() -> None:
        nonlocal literal
        tokens.append(Token("text", begins, at, literal))
        literal = ""

    while match := _TAG.search(text, at):
        literal += text[at : match.start()]
        found = match.group()
        if found == "\\\\":
            literal += "\\"
            at = match.end()
            continue
        if found == "\\{{":
            # An escaped tag is text up to the next one.
            stop = text.find("{{", match.end())
            stop = len(text) if stop < 0 else stop - (text[stop - 1] == "\\")
            literal += text[match.start() + 1 : stop]
            at = stop
            continue
        at = match.start()
        flush()
        tokens.append(_token(text, match))
        at = begins = match.end()
    unclosed = text.find("{{", at)
    if unclosed >= 0 and text[unclosed - 1 : unclosed] != "\\":
        raise error_at(text, unclosed, "the tag {{ is never closed", "write }}, or \\{{ for the characters themselves")
    literal += text[at:]
    at = len(text)
    flush()
    return tokens


def _token(text: str, match: re.Match[str]) -> Token:
    found = match.group()
    before, after = found.lstrip("{").startswith("~"), found.rstrip("}").endswith("~")
    start, end = match.span()
    if match.group("raw") is not None:
        return Token("write", start, end, match.group("raw").strip(), before, after)
    if match.group("body") is None:
        return Token("comment", start, end, "", before, after)
    body = match.group("body").strip()
    if not body:
        raise error_at(text, start, "the tag says nothing")
    kinds = {"#": "open", "^": "inverse", "/": "close", ">": "partial", "&": "write"}
    kind = kinds.get(body[0], "write")
    if body[0] in kinds:
        body = body[1:].strip()
    if kind == "inverse" and not body:
        kind = "else"
    elif kind == "write" and (body == "else" or body.startswith("else ")):
        kind, body = "else", body[4:].strip()
    elif not body or (kind == "open" and body[0] in "*>"):
        raise error_at(text, start, f"{found[:20]} is not read here")
    return Token(kind, start, end, body, before, after)


def _stripped(tokens: list[Token]) -> dict[int, str]:
    """Takes out the white space that tags swallow: `~`, and lines that hold nothing but a tag that writes nothing.

    Gives the indents of the partials that stand alone on a line, by token.
    """
    original = [token.body if token.kind == "text" else "" for token in tokens]
    indents: dict[int, str] = {}
    cut_start = [0] * len(tokens)
    cut_end = [len(body) for body in original]
    last = len(tokens) - 1
    for index, token in enumerate(tokens):
        if token.kind in ("text", "write"):
            continue
        before, after = original[index - 1], original[index + 1]
        head = re.search(r"(\A|\n)([ \t]*)\Z", before) if index == 1 else re.search(r"(\n)([ \t]*)\Z", before)
        tail = re.match(r"[ \t]*(\r?\n|\Z)", after) if index + 1 == last else re.match(r"[ \t]*\r?\n", after)
        if head is None or tail is None:
            continue
        cut_end[index - 1] = min(cut_end[index - 1], head.start(2))
        cut_start[index + 1] = max(cut_start[index + 1], tail.end())
        if token.kind == "partial":
            indents[index] = head.group(2)
    for index, token in enumerate(tokens):
        if token.kind != "text":
            continue
        body = original[index][cut_start[index] : max(cut_start[index], cut_end[index])]
        if index > 0 and tokens[index - 1].strip_after:
            body = body.lstrip()
        if index < last and tokens[index + 1].strip_before:
            body = body.rstrip()
        token.body = body
    return indents
