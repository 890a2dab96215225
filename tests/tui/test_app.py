"""The app's own life: how it ends, what a crash leaves, what quitting asks, and what is never imported at start."""

from __future__ import annotations

import asyncio
import subprocess
import sys
import threading
from functools import partial
from pathlib import Path

import pytest

from tests.tui.conftest import NAME, Open
from workbench.composition import Workbench
from workbench.errors import ConfigError, NotFound, WorkbenchError
from workbench.settings.config import Config
from workbench.tui.ages import age
from workbench.tui.app import WorkbenchApp
from workbench.tui.crash import write_report
from workbench.tui.screens.ask import Ask
from workbench.tui.screens.library.screen import LibraryScreen
from workbench.tui.store_thread import Lookup, StoreThread


async def test_quit_asks_while_something_runs_and_keeps_what_came(filled: Config, opened: Open) -> None:
    recorded: list[str] = []

    async def stream() -> None:
        try:
            await asyncio.sleep(60)
        except asyncio.CancelledError:
            await asyncio.sleep(0.05)
            recorded.append("partial")
            raise

    async with opened(filled) as driven:
        token = driven.app.job_started("a run")
        driven.app.run_worker(stream(), exit_on_error=False)
        await driven.settle()
        assert "1 running" in driven.status
        await driven.do("app.quit")
        assert isinstance(driven.app.screen, Ask)
        await driven.pilot.press("n")
        await driven.settle()
        assert isinstance(driven.app.screen, LibraryScreen)
        await driven.do("app.quit")
        await driven.pilot.press("y")
        await driven.settle(0.3)
        driven.app.job_ended(token)
    assert recorded == ["partial"]
    assert driven.app.return_code == 0


async def test_esc_always_leads_back_and_q_leaves(filled: Config, opened: Open) -> None:
    async with opened(filled) as driven:
        await driven.do("app.help", "app.back")
        assert isinstance(driven.app.screen, LibraryScreen)
        await driven.do("app.back", "app.back")
        assert isinstance(driven.app.screen, LibraryScreen)
        await driven.do("app.help", "app.leave")
        assert isinstance(driven.app.screen, LibraryScreen)
        await driven.do("app.leave")
    assert driven.app.return_code == 0


@pytest.mark.parametrize(
    ("error", "status"), [(NotFound("no store"), 3), (ConfigError("bad key", file="w.yaml", line=3), 2)]
)
async def test_a_store_that_cannot_be_opened_ends_with_its_own_status(error: WorkbenchError, status: int) -> None:
    def fail() -> Workbench:
        raise error

    app = WorkbenchApp(fail, Config(store=Path("none.db")))
    async with app.run_test() as pilot:
        await pilot.pause(0.1)
    app.close_store()
    assert app.return_code == status
    assert app.factory_failed is error


def test_a_bad_keymap_is_refused_with_file_and_line(filled: Config) -> None:
    from dataclasses import replace

    config = replace(filled, keymap={"version.promot": "U"}, origins={"keymap.version.promot": "w.yaml:4"})
    with pytest.raises(ConfigError) as caught:
        WorkbenchApp(lambda: Workbench(config), config)
    assert "w.yaml:4" in caught.value.message


def test_a_crash_report_has_the_places_and_none_of_the_data(tmp_path: Path) -> None:
    def fail(secret: str) -> None:
        raise ValueError(f"cannot use {secret}")

    try:
        fail("sk-very-secret")
    except ValueError as error:
        path = write_report(error, tmp_path / "logs")
    assert isinstance(path, Path)
    text = path.read_text()
    assert "ValueError" in text
    assert "test_app.py" in text
    assert "sk-very-secret" not in text
    assert path.stat().st_mode & 0o077 == 0


def test_a_crash_report_that_cannot_be_written_says_so(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    assert "nowhere" in str(write_report(ValueError("x"), tmp_path / "file"))


async def test_the_store_thread_keeps_order_and_hands_errors_back(filled: Config) -> None:
    thread = StoreThread(lambda: Workbench(filled))

    def page(workbench: Workbench, n: int) -> tuple[int, str]:
        return n, workbench.library.page(limit=1)[0].name

    try:
        names = await asyncio.gather(*(thread.call(partial(page, n=n)) for n in range(5)))
        assert [n for n, _ in names] == [0, 1, 2, 3, 4]
        with pytest.raises(NotFound):
            await thread.call(lambda w: w.library.version("no/such"))
        assert await thread.call(lambda w: w.library.page(limit=1))
    finally:
        thread.close()
    with pytest.raises(RuntimeError):
        await thread.call(lambda w: None)


LONG = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 1000000000) SELECT max(i) FROM n"
"""Minutes of reading."""


async def test_a_lookup_that_nobody_waits_for_is_broken_off(filled: Config) -> None:
    thread = StoreThread(lambda: Workbench(filled))
    begun = threading.Event()

    def slow(workbench: Workbench) -> object:
        # Said by the statement itself, so that there is one to be broken off.
        workbench.store.database.connection.set_progress_handler(begun.set, 1000)
        return workbench.store.database.rows(LONG)

    try:
        waiting = asyncio.create_task(thread.call(Lookup(slow)))
        assert await asyncio.to_thread(begun.wait, 10)
        waiting.cancel()
        await asyncio.wait([waiting])
        assert waiting.cancelled()
        assert await asyncio.wait_for(thread.call(lambda w: w.library.page(limit=1)), 10)
    finally:
        thread.close()


def test_what_the_start_never_imports() -> None:
    code = (
        "import sys, workbench.tui.app, workbench.tui.screens.library.screen\n"
        "heavy = {'openai', 'deepdiff', 'httpx', 'pydantic', 'jinja2', 'textual.widgets._markdown', 'click'}\n"
        "print(sorted(heavy & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


@pytest.mark.parametrize(
    ("then", "words"),
    [
        ("2026-11-21T11:59:30Z", "now"), ("2026-11-21T11:55:00.000000Z", "5m"), ("2026-11-21T10:00:00Z", "2h"),
        ("2026-11-18T11:00:00Z", "3d"), ("2026-10-01T11:00:00Z", "7w"), ("2024-11-01T11:00:00Z", "2y"),
        ("2027-01-01T00:00:00Z", "now"), ("nonsense", ""),
    ],
)  # fmt: skip
def test_ages(then: str, words: str) -> None:
    assert age(then, "2026-11-21T12:00:00.000000Z") == words


async def test_what_a_screen_says_of_itself_stays_there(filled: Config, opened: Open) -> None:
    async with opened(filled) as driven:
        await driven.do("list.down", "list.down", "version.diff", "diff.next_hunk", "diff.next_hunk", "diff.next_hunk")
        assert "last change" in driven.status
        await driven.do("app.back")
        assert "last change" not in driven.status
        assert NAME in driven.status
        await driven.do("version.tag")
        await driven.type("+read")
        await driven.do("sheet.confirm")
        assert "read · z undoes it" in driven.status, "what the key did that closes it is told below"
