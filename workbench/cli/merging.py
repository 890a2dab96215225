"""`merge`: two versions that were made of the same one become one that was made of both."""

from __future__ import annotations

import os
import sys
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from workbench.cli import diagnostics, output, shapes
from workbench.cli.session import act, current, json_option
from workbench.cli.values import settings
from workbench.domain.merging import Conflict, Pick, marked_text, messages_of, unsolved
from workbench.domain.prompts import Content, Message, Version
from workbench.domain.versions import BUMPS
from workbench.errors import BadInput, Refused

if TYPE_CHECKING:
    from workbench.services.diffs.merging import Proposal

_PROMPT_FILES = (".yaml", ".yml", ".json")


@act("merge")
@click.argument("ours", metavar="A")
@click.argument("theirs", metavar="B")
@click.option("--base", metavar="C", help="What both were made of; the nearest such version if not given.")
@click.option("--ours", "take", flag_value="ours", help="Where both changed the same, take what A says.")
@click.option("--theirs", "take", flag_value="theirs", help="Where both changed the same, take what B says.")
@click.option("--set", "sets", metavar="NAME=VALUE", multiple=True, help="Decide a setting; the value is JSON or text.")
@click.option(
    "--output",
    "target",
    metavar="FILE",
    help="Write it there (- is standard output) and save nothing; with conflicts marked.",
)
@click.option("--solved", metavar="FILE", help="Save what FILE says: the output, without conflicts by now.")
@click.option("-m", "--note", default="", metavar="NOTE", help="Why; the new version's note.")
@click.option("--bump", type=click.Choice(BUMPS), default="patch", show_default=True, help="Which part counts up.")
@click.option("--number", metavar="N", help="This number, in place of counting up.")
@click.option("--expect-latest", metavar="NUMBER", help="Only if this is the latest version now.")
@json_option
def merge(
    ours: str,
    theirs: str,
    base: str | None,
    take: str | None,
    sets: tuple[str, ...],
    target: str | None,
    solved: str | None,
    note: str,
    bump: str,
    number: str | None,
    expect_latest: str | None,
) -> int:
    """Merge what version B changed into version A, and save that as a new version.

    Texts go together sentence by sentence, settings and declarations key by key. Where both changed the same, the app
    opens on the conflicts; without a terminal nothing is saved, they are shown between marks, and the exit code is 1.
    """
    if target is not None and solved is not None:
        raise click.UsageError("--output writes what is to be solved, and --solved reads it: give one of them")
    merging = current().workbench().merging
    planned = merging.plan(_reference(ours), _reference(theirs, of=ours), _reference(base, of=ours) if base else None)
    picks = {one.number: Pick("theirs" if take == "theirs" else "ours") for one in planned.merge.conflicts}
    chosen = settings(sets)
    picks |= {
        one.number: Pick(text=_as_yaml(chosen[key])) for one in planned.merge.conflicts if (key := _key(one)) in chosen
    }
    left = [one for one in planned.merge.conflicts if not (take or solved or _key(one) in chosen)]
    if left and target is None:
        return _in_the_app(planned) if _can_ask() else _conflicts(planned, left)
    content = planned.merge.content(picks)
    if solved is not None:
        content = _solved(Path(solved), content)
    content = replace(content, settings={**content.settings, **chosen})
    if target is not None:
        return _write(target, planned, content, left)
    saved = merging.save(planned, content=content, note=note, bump=bump, number=number, expect_latest=expect_latest)
    diagnostics.done(f"merged {planned.theirs.reference} into {planned.ours.reference} as {saved.number}")
    if current().json:
        output.data({"saved": shapes.version(saved), "base": planned.base.reference, "conflicts": []})
    else:
        output.line(saved.reference)
    return diagnostics.DONE


def _reference(given: str, of: str = "") -> str:
    """A bare selector is one of the first reference's prompt."""
    from workbench.domain.versions import is_number

    return f"{of.partition('@')[0]}@{given}" if of and is_number(given) else given


def _can_ask() -> bool:
    return (
        sys.stdin.isatty() and output.on_terminal() and not current().json and os.environ.get("TERM", "dumb") != "dumb"
    )


def _in_the_app(planned: Proposal) -> int:
    """Opens it on the conflicts, where they stand side by side."""
    from workbench.cli.opening import open_app

    ours, theirs, base = planned.ours.reference, planned.theirs.reference, planned.base.reference
    session = current()
    return open_app(
        session.config, readonly=session.readonly, opens=lambda library: library.open_merge(ours, theirs, base)
    )


def conflict(one: Conflict) -> dict[str, Any]:
    """As JSON."""
    return {
        "number": one.number,
        "kind": one.kind,
        "where": one.where,
        "base": one.base,
        "ours": one.ours,
        "theirs": one.theirs,
    }


def _conflicts(planned: Proposal, left: list[Conflict]) -> int:
    for one in left:
        diagnostics.say(f"conflict in {one.where}")
    count = len(left)
    diagnostics.say(
        f"{count} conflict{'s' * (count != 1)}: nothing was saved. Solve {'it' if count == 1 else 'them'} in the app "
        "(M on the version), with --ours or --theirs, or write --output FILE, edit it and give --solved FILE"
    )
    if current().json:
        output.data(
            {
                "saved": None,
                "base": planned.base.reference,
                "conflicts": [conflict(one) for one in left],
                "marked": marked_text(planned.merge, planned.names),
            }
        )
    else:
        output.content(marked_text(planned.merge, planned.names))
    return diagnostics.NO


def _write(target: str, planned: Proposal, content: Content, left: list[Conflict]) -> int:
    values = [one for one in left if one.kind == "value"]
    if left:
        text = marked_text(planned.merge, planned.names, values=False)
    elif Path(target).suffix.lower() in _PROMPT_FILES:
        from workbench.cli.prompt_file import written

        text = written(Version(0, planned.ours.prompt, "", content))
    else:
        text = content.text
    if target == "-":
        output.content(text)
    else:
        place = Path(target).expanduser()
        if place.is_symlink() or (place.exists() and not place.is_file()):
            raise Refused(f"{place} is no file")
        place.write_text(text, encoding="utf-8", newline="")
    for one in values:
        diagnostics.warn(
            f"conflict in {one.where}: {_short(one.ours)} or {_short(one.theirs)}; decide it with {_how(one)}"
        )
    if left:
        diagnostics.say(
            f"{len(left)} conflict{'s' * (len(left) != 1)}; edit {target}, then: workbench merge … --solved {target}"
        )
    return diagnostics.NO if left else diagnostics.DONE


def _how(one: Conflict) -> str:
    return f"--set {_key(one)}=VALUE" if _key(one) else "--ours or --theirs"


def _short(value: str) -> str:
    return " ".join(value.split()) or "nothing"


def _key(one: Conflict) -> str:
    """The setting that `--set` can decide; "" for anything else."""
    name, _, key = one.where.partition(".")
    return key if name == "settings" and "." not in key else ""


def _as_yaml(value: Any) -> str:
    import json

    return json.dumps(value, ensure_ascii=False)


def _solved(path: Path, merged: Content) -> Content:
    """What a solved file says. A text is the message, or several below `[system]`, `[user]` …; the rest is merged."""
    if path.suffix.lower() in _PROMPT_FILES:
        from workbench.cli.prompt_file import stated

        return stated(path, "").content
    from workbench.cli.values import text

    written = text(str(path))
    line = unsolved(written)
    if line:
        raise BadInput(
            f"{path}:{line}: a conflict is not solved yet", "take out the lines with <<<<<<<, ======= and >>>>>>>"
        )
    if len(merged.messages) == 1 and merged.messages[0].role == "system":
        return replace(merged, messages=(Message("system", written, merged.messages[0].extra),))
    return replace(merged, messages=tuple(messages_of(written, merged.messages)))
