"""`workbench diff` in all its forms, with real git around it."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from tests.cli.conftest import Answer, Cli
from tests.support.terminal import Terminal
from workbench.domain.drafts import Drafts, draft_of, kept_under
from workbench.domain.prompts import Message

BEFORE = "# Rules\n\nAlways answer in the language of the customer and never promise a refund to anybody.\n\n" + (
    "This paragraph is long enough to be recognised when it stands somewhere else.\n\nStays one.\n\nStays two.\n"
)
AFTER = "# Rules\n\nAlways answer in the tongue of the customer and never promise a refund to anybody.\n\n" + (
    "Stays one.\n\nStays two.\n\nThis paragraph is long enough to be recognised when it stands somewhere else.\n"
)
GIT = ["git", "-c", "user.name=ana", "-c", "user.email=ana@example.com"]


@pytest.fixture
def files(home: Path) -> Path:
    (home / "a.md").write_text(BEFORE)
    (home / "b.md").write_text(AFTER)
    return home


@pytest.fixture
def repository(home: Path) -> Path:
    """`a.md` committed as BEFORE, and AFTER in the folder."""
    for command in (["init", "-q"], ["add", "a.md"], ["commit", "-qm", "one"]):
        (home / "a.md").write_text(BEFORE)
        subprocess.run([*GIT, *command], check=True, capture_output=True)
    (home / "a.md").write_text(AFTER)
    return home


def on_terminal(*arguments: str, columns: int = 120, rows: int = 60, **env: str) -> str:
    argv = [sys.executable, "-m", "workbench", "diff", *arguments]
    with Terminal(argv, env={**os.environ, **env}, columns=columns, rows=rows) as terminal:
        assert terminal.wait_gone() == 0
        return terminal.text


def test_side_by_side_on_a_terminal_wraps_and_stays_aligned(files: Path) -> None:
    text = on_terminal("a.md", "b.md", "-P", columns=110)
    rows = [line for line in text.splitlines() if "│" in line]
    assert len({line.index("│") for line in rows}) == 1
    edited = next(line for line in rows if "3 ~" in line)
    assert edited.count("Always answer in the") == 2
    assert "> moved to line 9" in text
    assert "< moved from line 5" in text
    assert "↪" in text


def test_narrow_terminals_get_one_column(files: Path) -> None:
    text = on_terminal("a.md", "b.md", "-P", columns=80)
    assert "│" not in text
    assert "- Always answer in the language" in text
    assert "+ Always answer in the tongue" in text


def test_two_halves_that_have_no_room_are_one_column(files: Path) -> None:
    (files / "b.md").write_text(AFTER.replace("recognised", "known"))
    text = on_terminal("a.md", "b.md", "-P", "--split", columns=51, rows=99)
    # The note of a move, too, stays in its half.
    assert {line.index("│") for line in text.splitlines() if line.strip()} == {25}
    assert "│" not in on_terminal("a.md", "b.md", "-P", "--split", columns=50, rows=99)


def test_plain_signs_where_they_are_wished_for(files: Path) -> None:
    for layout in ("--split", "--unified"):
        assert on_terminal("a.md", "b.md", "-P", layout, WORKBENCH_ASCII="1").isascii()


def test_words_rows_and_statistics(cli: Cli, files: Path) -> None:
    assert "in the [-language-]{+tongue+} of" in cli("diff", "a.md", "b.md", "--words").out
    stat = cli("diff", "a.md", "b.md", "--stat").out
    assert stat.startswith("a.md → b.md: +1 -1 words, 1 line edited")
    assert "1 line moved" in stat
    message = cli("diff", "a.md", "b.md", "--json").data["messages"][0]
    edited = next(row for row in message["rows"] if row["kind"] == "change")
    line = BEFORE.split("\n")[edited["left"][0]]
    assert [line[start:end] for kind, start, end in edited["left_segments"][0] if kind == "delete"] == ["language"]
    assert message["moves"][0]["similarity"] == 1.0
    assert message["engine"] == "words"


def test_the_other_engine_and_white_space(cli: Cli, files: Path) -> None:
    assert cli("diff", "a.md", "b.md", "--engine", "difflib", "--json").data["messages"][0]["engine"] == "difflib"
    (files / "b.md").write_text(BEFORE.replace("in the", "in  the"))
    assert cli("diff", "a.md", "b.md", "--exit-code").code == 1
    found = cli("diff", "a.md", "b.md", "--white-space", "amount", "--json").data["messages"][0]
    assert {row["kind"] for row in found["rows"]} == {"wsdiff"}


def test_a_revision_a_file_and_standard_input(cli: Cli, repository: Path) -> None:
    assert "[-language-]{+tongue+}" in cli("diff", "HEAD:a.md", "a.md", "--words").out
    assert "[-tongue-]{+language+}" in cli("diff", "./a.md", "-", "--words", input=BEFORE).out
    missing = cli("diff", "HEAD:nothing.md", "a.md")
    assert missing.code == 2
    assert "git cannot show HEAD:nothing.md" in missing.said
    assert cli("diff", "--output=x:a.md", "a.md").code == 2


def test_a_version_beside_a_file(two_versions: Cli, home: Path) -> None:
    (home / "draft.txt").write_text("Dear {{ name }}.\nBe very brief.\n")
    found = two_versions("diff", "support/greet", "draft.txt", "--words")
    assert "Be {+very +}brief." in found.out
    assert "format" not in found.out


def test_what_is_neither_a_prompt_nor_a_file_is_named_with_what_may_be_meant(two_versions: Cli) -> None:
    for wanted, hint in (
        (("support/greet", "no.md"), "workbench list names all prompts"),
        (("support/gret",), "did you mean support/greet?"),
        (("support/greet", "1.0.0"), "or: workbench diff support/greet 1.0.0 latest"),
        (("support/greet", "production"), "a version of support/greet is support/greet@production"),
        (("1.0.0", "support/greet"), "workbench list names all prompts"),
    ):
        refused = two_versions("diff", *wanted)
        assert refused.code == 3
        assert "neither a prompt nor a file" in refused.said
        assert hint in refused.said


def test_git_shows_its_diffs_with_it(repository: Path) -> None:
    program = f"{sys.executable} -m workbench diff"
    environment = {**os.environ, "GIT_EXTERNAL_DIFF": program}
    shown = subprocess.run(["git", "diff"], env=environment, capture_output=True, text=True, check=True)
    assert "+Always answer in the tongue" in shown.stdout
    tool = ["git", "difftool", "--no-prompt", "-x", f"{program} --words"]
    shown = subprocess.run(tool, capture_output=True, text=True, check=True)
    assert "[-language-]{+tongue+}" in shown.stdout
    subprocess.run([*GIT, "rm", "-q", "--cached", "a.md"], check=True)
    (repository / "a.md").unlink()
    shown = subprocess.run(["git", "diff", "--cached"], env=environment, capture_output=True, text=True, check=True)
    assert "-# Rules" in shown.stdout


def test_a_patch_of_it_is_accepted_by_git(cli: Cli, repository: Path) -> None:
    (repository / "a.md").write_bytes(BEFORE.encode())
    (repository / "b.md").write_bytes(AFTER.replace("\n", "\r\n").rstrip().encode())
    patch = cli("diff", "a.md", "b.md", "--patch").raw.replace(b"b/b.md", b"b/a.md")
    subprocess.run(["git", "apply", "-"], input=patch, check=True, capture_output=True)
    assert (repository / "a.md").read_bytes() == (repository / "b.md").read_bytes()


def test_long_answers_go_through_the_pager(files: Path) -> None:
    (files / "b.md").write_text("".join(f"line {n}\n" for n in range(100)))
    pager = f"{sys.executable} -c \"import sys; print('paged', len(sys.stdin.read().splitlines()))\""
    assert "paged 1" in on_terminal("a.md", "b.md", rows=30, PAGER=pager)
    assert "paged" not in on_terminal("a.md", "b.md", "-P", rows=30, PAGER=pager)
    assert "line 99" in on_terminal("a.md", "b.md", rows=30, PAGER="cat")
    assert "line 99" in on_terminal("a.md", "b.md", rows=30, PAGER="no-such-pager-anywhere")


def edited(base: str, text: str) -> None:
    """What the editor keeps of a text that is being written."""
    from workbench import Workbench

    with Workbench.open() as workbench:
        version = workbench.library.version(f"p@{base}")
        kept = Drafts.from_kept(workbench.keeping.kept(kept_under("p")))
        kept.by_base[base] = draft_of(replace(version.content, messages=(Message("system", text),)))
        workbench.keeping.keep(kept_under("p"), kept.as_dict())


def test_the_draft_in_the_editor_is_a_side(cli: Cli, home: Path) -> None:
    for text in ("Be kind.\n", "Be kind and brief.\n"):
        (home / "a.md").write_text(text)
        cli("save", "p", "a.md", "-m", "x")

    def refusal(answer: Answer, code: int) -> str:
        assert answer.code == code
        return answer.said

    assert "p has no draft" in refusal(cli("diff", "p@draft"), 3)
    edited("1.0.1", "Be kind, brief and exact.\n")
    alone = cli("diff", "p@draft").out
    assert "-Be kind and brief." in alone
    assert "+Be kind, brief and exact." in alone
    assert "-Be kind.\n" in cli("diff", "p@1.0.0", "p@draft").out
    assert cli("diff", "p", "1.0.0", "draft").out == cli("diff", "p@1.0.0", "p@draft-1.0.1").out
    edited("1.0.0", "Be rude.\n")
    refused = refusal(cli("diff", "p@draft"), 2)
    assert "made from 1.0.0, 1.0.1" in refused or "made from 1.0.1, 1.0.0" in refused
    assert "p@draft-1.0." in refused
    assert "+Be rude." in cli("diff", "p@draft-1.0.0").out
    assert "has no draft made from 7.7.7" in refusal(cli("diff", "p@draft-7.7.7"), 3)


def test_plain_signs_by_a_flag(files: Path) -> None:
    for layout in ("--split", "--unified", "--words", "--stat"):
        assert on_terminal("a.md", "b.md", "-P", layout, "--ascii").isascii()


def of(role: str, text: str) -> dict[str, str]:
    return {"role": role, "content": text}


@pytest.fixture
def talks(cli: Cli, home: Path) -> Cli:
    """`talk` with 1.0.0 and 1.1.0: messages came, went and moved, a variable was renamed, settings changed."""
    long = "Reads the order of the customer by its number, and tells where the parcel is"
    tools = [{"type": "function", "function": {"name": name, "description": long}} for name in ("order", "weather")]
    other = [{"type": "function", "function": {"name": n, "description": f"{long} now"}} for n in ("weather", "order")]
    answer = "I will look into the order of {{ user }} at once and come back to you."
    old = [of("system", "Greet {{ user }}."), of("user", "{{ question }}"), of("assistant", answer)]
    new = [
        of("assistant", answer.replace("user", "customer")),
        of("system", "Greet {{ customer }}."),
        of("assistant", "Is there anything else?"),
    ]
    for number, messages, use in (("1.0.0", old, tools), ("1.1.0", new, other)):
        content = {"name": "talk", "version": number, "note": number, "messages": messages, "settings": {"tools": use}}
        (home / "talk.yaml").write_text(json.dumps(content))
        assert cli("import", "talk.yaml").code == 0
    return cli


def test_messages_that_came_went_and_moved_are_told_with_the_renamed_variable(talks: Cli) -> None:
    told = talks("diff", "talk", "1.0.0", "1.1.0", "--words").out
    assert "message 1 (assistant): moved, it was message 3" in told
    assert "--- talk@1.0.0 message 3 (assistant)\n+++ talk@1.1.0 message 1 (assistant)\n" in told
    assert "the order of [-{{ user }}-]{+{{ customer }}+} at once" in told
    assert "+++ talk@1.1.0 (no such message)\n[-{{ question }}-]\n" in told
    assert "{++}" not in told
    assert "variable renamed: {{user}} → {{customer}} in 2 places" in told
    assert "variables no longer used: question" in told
    assert "variables now used" not in told
    assert 'about the version: ~ note: "1.0.0" → "1.1.0"' in told
    # Both descriptions, by the one word that is new, and the order once.
    assert told.count("where the parcel is{+ now+}") == 2
    assert "settings: > tools in another order: order, weather → weather, order" in told
    found = talks("diff", "talk", "1.0.0", "1.1.0", "--json").data["messages"]
    assert [(one["left_place"], one["right_place"], one["moved"]) for one in found] == [
        (3, 1, True),
        (1, 2, False),
        (2, None, False),
        (None, 3, False),
    ]


def test_one_text_shows_white_space_re_wrapping_and_the_edit_in_what_moved(cli: Cli, files: Path) -> None:
    def woven(before: str, after: str) -> str:
        (files / "a.md").write_text(before, newline="")
        (files / "b.md").write_text(after, newline="")
        return cli("diff", "a.md", "b.md", "--words").out

    assert "a[-→-]{+·+}b\n" in woven("a\tb\nx\n", "a b\nx\n")
    assert "[-⏎-]\n" in woven("a\n\nb", "a\nb")
    assert "¶ 1 line re-wrapped, no word changed\n" in woven("Be kind\nto all of them\n", "Be kind to all of them\n")
    moved = woven(BEFORE, AFTER.replace("recognised", "known"))
    assert moved.count("stands somewhere else") == 1
    assert "to be [-recognised-]{+known+} when" in moved


def test_the_newline_at_the_end_is_named(files: Path) -> None:
    (files / "b.md").write_text(BEFORE.rstrip())
    for layout in ("--split", "--unified"):
        assert "- ⏎ newline at the end" in on_terminal("a.md", "b.md", "-P", layout)


def test_white_space_that_does_not_count_is_no_difference(cli: Cli, files: Path) -> None:
    (files / "b.md").write_text(BEFORE.replace("in the", "in  the") + "One more.\n")
    shown = cli("diff", "a.md", "b.md", "--white-space", "amount", "--unified").out
    assert "in  the" not in shown
    assert "+ One more." in shown
    (files / "b.md").write_text(BEFORE.replace("in the", "in  the"))
    answer = cli("diff", "a.md", "b.md", "--white-space", "amount", "--unified", "--exit-code")
    assert (answer.code, answer.out) == (0, "")
    assert "say the same, but for white space in 1 line" in answer.said
    assert cli("diff", "a.md", "b.md", "--white-space", "amount", "--json").data["same"] is True
    # A patch is exact whatever counts.
    assert "+Always answer in  the" in cli("diff", "a.md", "b.md", "--white-space", "amount").out


def test_git_is_not_told_that_a_diff_died_when_its_pager_is_left(repository: Path) -> None:
    for name in ("a.md", "b.md"):
        (repository / name).write_text(
            "".join(f"line {n} of them all, long enough to fill a pipe\n" for n in range(9000))
        )
        subprocess.run([*GIT, "add", "-N", name], check=True)
    environment = {**os.environ, "GIT_EXTERNAL_DIFF": f"{sys.executable} -m workbench diff"}
    argv = ["git", "--no-pager", "diff"]
    with subprocess.Popen(argv, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as git:
        assert git.stdout is not None
        assert git.stderr is not None
        assert git.stdout.read(10)
        git.stdout.close()
        assert git.stderr.read() == b""
    assert git.returncode == 0
