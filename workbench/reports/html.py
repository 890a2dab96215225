"""What every page has: escaping, the head, and one style that serves screens, phones, paper, dark and light."""

from __future__ import annotations

import html
from collections.abc import Iterable, Sequence

from workbench.text import one_line, visible

MADE_BY = '<meta name="generator" content="workbench">'
_STYLE = """
:root { color-scheme: light dark; --ink: #1c1e21; --paper: #fff; --dim: #5c636b; --line: #d5d9de; --soft: #f3f5f7;
  --old: #8a3b00; --old-soft: #fdeee0; --old-word: #f8c9a0; --new: #0a4a9c; --new-soft: #e5effc; --new-word: #b0d1fa;
  --move: #6b2a87; --move-soft: #f5eafa; }
@media (prefers-color-scheme: dark) { :root { --ink: #e4e6e8; --paper: #14171a; --dim: #9aa2ab; --line: #363c43;
  --soft: #1e2226; --old: #ffb27a; --old-soft: #2f2013; --old-word: #6d3d12; --new: #8fc1ff; --new-soft: #14243a;
  --new-word: #1f4a80; --move: #d9a8f0; --move-soft: #2a1c33; } }
* { box-sizing: border-box; }
body { margin: 0 auto; max-width: 88rem; padding: 1rem; color: var(--ink); background: var(--paper);
  font: 16px/1.5 system-ui, sans-serif; overflow-wrap: anywhere; }
h1 { font-size: 1.4rem; line-height: 1.25; margin: .5rem 0; }
h2 { font-size: 1.15rem; margin: 2rem 0 .5rem; border-bottom: 1px solid var(--line); padding-bottom: .2rem; }
h3 { font-size: 1rem; margin: 1.2rem 0 .4rem; }
h3[id] { font-size: 1.1rem; margin-top: 2rem; }
p { margin: .4rem 0; }
.dim { color: var(--dim); }
code, .diff, pre { font: .875rem/1.5 ui-monospace, SFMono-Regular, Menlo, Consolas, monospace; }
pre { white-space: pre-wrap; background: var(--soft); padding: .6rem; border-radius: 4px; margin: .4rem 0; }
.scroll { overflow-x: auto; }
table { border-collapse: collapse; margin: .5rem 0; }
th, td { overflow-wrap: break-word; text-align: left; vertical-align: top;
  padding: .25rem .75rem .25rem 0; border-bottom: 1px solid var(--line); }
td.n, th.n { text-align: right; font-variant-numeric: tabular-nums; }
summary { cursor: pointer; padding: .3rem 0; }
details { margin: .3rem 0; }
.diff { border: 1px solid var(--line); border-radius: 4px; overflow: hidden; margin: .5rem 0; }
.row { display: grid; grid-template-columns: 1fr 1fr; }
.row + .row, .row + .told, .told + .row { border-top: 1px solid var(--line); }
.row.equal + .row.equal { border-top: 0; }
.side { min-width: 0; }
.side + .side { border-left: 1px solid var(--line); }
.line { display: grid; grid-template-columns: 3.2em 1.2em 1fr; white-space: pre-wrap; min-height: 1.5em; }
.line > i { font-style: normal; color: var(--dim); text-align: right; padding-right: .6em; user-select: none; }
.line > b { user-select: none; }
.told { color: var(--dim); background: var(--soft); padding: .1rem .6rem; font-family: system-ui, sans-serif; }
.row.moved .line > b, .told.moved { color: var(--move); }
.row.moved .side:not(:empty) { background: var(--move-soft); }
.row.edit .old:not(:empty) { background: var(--old-soft); }
.row.edit .new:not(:empty) { background: var(--new-soft); }
.row.edit .old .line > b { color: var(--old); }
.row.edit .new .line > b { color: var(--new); }
del { color: var(--old); background: var(--old-word); text-decoration: line-through; }
ins { color: var(--new); background: var(--new-word); text-decoration: underline; font-weight: 600; }
del::before { content: "[-"; } del::after { content: "-]"; }
ins::before { content: "{+"; } ins::after { content: "+}"; }
del::before, del::after, ins::before, ins::after { display: inline-block; opacity: .65; font-weight: 400; }
.whole del, .whole ins { background: none; text-decoration: none; font-weight: inherit; color: inherit; }
.whole del::before, .whole del::after, .whole ins::before, .whole ins::after { content: none; }
mark { background: none; color: var(--dim); outline: 1px dotted var(--dim); }
.live { border: 1px solid currentColor; border-radius: 3px; padding: 0 .35em; font-size: .85em; font-weight: 600; }
.error { font-weight: 700; }
@media (max-width: 60rem) {
  .row { grid-template-columns: minmax(0, 1fr); }
  .side + .side { border-left: 0; }
  .row.equal .old, .row.flow .old { display: none; }
  .line { grid-template-columns: 2.4em 1.2em minmax(0, 1fr); }
}
@media print {
  :root { color-scheme: light; --ink: #000; --paper: #fff; --dim: #444; --line: #999; --soft: #f3f3f3; --old: #000;
    --old-soft: #fff; --old-word: #fff; --new: #000; --new-soft: #fff; --new-word: #fff; --move: #000;
    --move-soft: #fff; }
  body { padding: 0; max-width: none; font-size: 10pt; }
  .row { grid-template-columns: minmax(0, 1fr); }
  .row.equal .old, .row.flow .old { display: none; }
  .side + .side { border-left: 0; }
  .diff, .scroll { overflow: visible; }
  .line, tr { break-inside: avoid; }
  h2, h3, summary { break-after: avoid; }
}
"""


def escape(text: str) -> str:
    """One line of data as HTML text or a quoted attribute."""
    return html.escape(one_line(text))


def escape_text(text: str) -> str:
    """Several lines of data."""
    return html.escape(visible(text))


def page(title: str, body: Iterable[str]) -> str:
    """A whole document. `title` is data, `body` HTML."""
    # The policy forbids what must not be in here anyway: scripts, and anything from elsewhere.
    policy = "default-src 'none'; style-src 'unsafe-inline'"
    return (
        '<!DOCTYPE html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        f'<meta http-equiv="Content-Security-Policy" content="{policy}">\n'
        f"{MADE_BY}\n"
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        f"<title>{escape(title)}</title>\n<style>{_STYLE}</style>\n</head>\n<body>\n"
        + "\n".join(body)
        + "\n</body>\n</html>\n"
    )


def table(headers: Sequence[str], rows: Iterable[Sequence[str]], numbers: Sequence[int] = ()) -> str:
    """`headers` are data, cells HTML; `numbers` are the columns that stand to the right."""

    def cells(tag: str, row: Sequence[str]) -> str:
        return "".join(
            f"<{tag}{' class=n' if place in numbers else ''}>{cell}</{tag}>" for place, cell in enumerate(row)
        )

    body = "\n".join(f"<tr>{cells('td', row)}</tr>" for row in rows)
    head = cells("th", [escape(header) for header in headers])
    return (
        f'<div class="scroll"><table>\n<thead><tr>{head}</tr></thead>\n<tbody>\n{body}\n</tbody>\n</table></div>'
        if body
        else ""
    )
