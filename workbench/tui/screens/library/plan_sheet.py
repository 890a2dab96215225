"""A sheet that shows exactly what an act would do, does it on a key with its progress, and can be stopped."""

from __future__ import annotations

import threading
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar, TypeVar

from textual.app import ComposeResult
from textual.content import Content
from textual.widgets import Static

from workbench.errors import WorkbenchError
from workbench.text import one_line
from workbench.tui.screens.sheets import Sheet
from workbench.tui.setting_up import count_told
from workbench.tui.widgets.plan_list import Mark, PlanList, PlanRow
from workbench.tui.workers import start_worker

if TYPE_CHECKING:
    from workbench.composition import Workbench
    from workbench.services.files.import_plan import ImportItem, ImportPlan
    from workbench.services.git.syncing import SyncReport

Advance = Callable[[int, int], None]
T = TypeVar("T")
SHOWN_EVERY = 0.15
_IDLE = ("same", "refused", "left alone")


class StoppedError(Exception):
    """Somebody stopped it; what was done before stays."""


class PlanSheet(Sheet):
    """Subclasses read the plan (`read`) and do it (`act`) on the store's thread; `advance` raises when stopped."""

    DEFAULT_CSS = """
    PlanSheet .told { height: auto; max-height: 3; color: $primary; }
    """
    UNDOES = False
    TITLE: ClassVar[str] = ""
    EMPTY: ClassVar[str] = "nothing is to be done"

    def __init__(self, path: Path) -> None:
        super().__init__()
        self._path = path
        self._list = PlanList(id="plan")
        self._list.empty_text = "looking …"
        self._stop = threading.Event()
        self._progress = (0, 0)
        self._doing = ""
        self._ready = False

    def compose_sheet(self) -> ComposeResult:
        yield Static(Content(one_line(f"{self.TITLE} {self._path}")), classes="heading", markup=False)
        yield self._list
        yield Static(Content(""), id="detail", classes="told", markup=False)
        yield Static(Content(""), id="told", classes="told", markup=False)

    def on_mount(self) -> None:
        self._list.focus()
        self.set_interval(SHOWN_EVERY, self._show_progress)
        start_worker(self, self._plan, exit_on_error=False)

    async def _plan(self) -> None:
        try:
            rows, told = await self._working("looking at", self.read)
        except StoppedError:
            return
        except WorkbenchError as error:
            self._list.show([], "there is no plan")
            self.problem(error.message + (f" · {error.hint}" if error.hint else ""))
            return
        self._ready = True
        self._list.show(rows, self.EMPTY)
        self._tell(told)

    def read(self, workbench: Workbench, advance: Advance) -> tuple[list[PlanRow], str]:
        """The rows of the plan, and what it comes to."""
        raise NotImplementedError

    def act(self, workbench: Workbench, advance: Advance) -> str:
        """Do what the plan says; what is said of it."""
        raise NotImplementedError

    def on_line_list_moved(self) -> None:
        """All of the row under the cursor: a reason that is cut is none."""
        if self._list.count:
            row = self._list.plan[self._list.cursor]
            self.query_one("#detail", Static).update(Content(one_line(f"{row.name}: {row.why}")))

    async def on_line_list_opened(self) -> None:
        await self.action_sheet_confirm()

    async def action_sheet_confirm(self) -> None:
        # Beside the screen's own messages, so that how far it is can be told meanwhile.
        start_worker(self, super().action_sheet_confirm, exit_on_error=False)

    async def carry_out(self) -> bool:
        if not self._ready:
            self.problem("the plan is not there yet" if self._doing else "there is no plan")
            return False
        if all(row.what in _IDLE for row in self._list.plan):
            self.problem("there is nothing to do")
            return False
        try:
            self.after = await self._working(self.CONFIRM, self.act) + self.what_next()
        except StoppedError:
            self.after = f"stopped: what was done before stays; {self.CONFIRM} again goes on"
        self.host.changed(None)
        return True

    def action_sheet_cancel(self) -> None:
        if self._doing:
            self._stop.set()
            if self._acting:
                return
        super().action_sheet_cancel()

    def what_next(self) -> str:
        """Which key goes on from there, or takes it back."""
        return f" · {self.host.key_of('history.undo')} takes it back, one after the other"

    async def _working(self, what: str, fn: Callable[[Workbench, Advance], T]) -> T:
        """On the store's thread, telling how far it is; `StoppedError` when somebody stopped it."""

        def advance(done: int, total: int) -> None:
            self._progress = (done, total)
            if self._stop.is_set():
                raise StoppedError

        self._doing, self._progress = what, (0, 0)
        job = self.host.job_started(f"{what} {self._path.name}")
        try:
            return await self.host.call(lambda w: fn(w, advance))
        finally:
            self._doing = ""
            self.host.job_ended(job)

    def _tell(self, text: str) -> None:
        self.query_one("#told", Static).update(Content(one_line(text)))

    def _show_progress(self) -> None:
        done, total = self._progress
        if self._doing and total > 1:
            self._tell(f"{self._doing} {done} of {total} · {self.host.key_of('sheet.cancel')} stops")


_MARKS: dict[str, Mark] = {"new": "+", "changed": "~", "same": "=", "refused": "✗"}


class ImportSheet(PlanSheet):
    """The plan of `workbench import --dry-run`, and then the import."""

    TITLE = "Import"
    CONFIRM = "import"
    EMPTY = "no prompts were found there"

    def __init__(self, path: Path) -> None:
        super().__init__(path)
        self._planned: ImportPlan | None = None

    def read(self, workbench: Workbench, advance: Advance) -> tuple[list[PlanRow], str]:
        self._planned = plan = workbench.porting.plan_import([self._path], progress=advance)
        rows = [PlanRow(_MARKS[item.action], item.action, self._of(item), _why(item)) for item in plan.items]
        # What would happen stands before what would not.
        rows.sort(key=lambda row: "✗+~=".index(row.mark))
        counts = ", ".join(f"{plan.count(action)} {action}" for action in ("new", "changed", "same", "refused"))
        warnings = f" · {count_told(len(plan.warnings), 'warning')}: {plan.warnings[0]}" if plan.warnings else ""
        return rows, counts + warnings + (f" · {plan.passed_over}" if plan.passed_over else "")

    def _of(self, item: ImportItem) -> str:
        """The version, or the file below what is imported: a whole path would leave no room for the reason."""
        if item.prompt:
            return f"{item.prompt} {item.number}".strip()
        file = Path(item.file)
        is_below = file != self._path and file.is_relative_to(self._path)
        return str(file.relative_to(self._path)) if is_below else file.name

    def act(self, workbench: Workbench, advance: Advance) -> str:
        assert self._planned is not None  # noqa: S101 - it is ready only once there is a plan
        report = workbench.porting.carry_out(self._planned, progress=advance)
        told = ", ".join(f"{n} {action}" for action in ("new", "changed", "refused") if (n := report.count(action)))
        return f"imported {told}"


class SyncSheet(PlanSheet):
    """The plan of `workbench sync --dry-run`, and then the sync."""

    TITLE = "Bring the store together with"
    CONFIRM = "sync"
    EMPTY = "there are no prompts, neither here nor there"

    def __init__(self, path: Path) -> None:
        super().__init__(path)
        self.report: SyncReport | None = None
        """What was done, once it was."""

    def read(self, workbench: Workbench, advance: Advance) -> tuple[list[PlanRow], str]:
        plan = workbench.syncing.sync(self._path, dry_run=True, progress=advance)
        rows = [
            PlanRow(
                _SYNC[item.action][0],
                _SYNC[item.action][1],
                f"{item.prompt or item.file} {item.number}".strip(),
                item.reason if item.action != "same" else item.file,
            )
            for item in plan.items
        ]
        rows.sort(key=lambda row: "✗+~↑=".index(row.mark))
        rows += [PlanRow("↑", "commit", one.message.splitlines()[0], ", ".join(one.files)) for one in plan.commits]
        if plan.stopped:
            return rows, "it would stop before anything is written: conflicts are merged first"
        return rows, f"{count_told(len(plan.commits), 'commit')}; nothing is pushed"

    def act(self, workbench: Workbench, advance: Advance) -> str:
        self.report = report = workbench.syncing.sync(self._path, progress=advance)
        if report.stopped:
            count = len(report.conflicts)
            return f"{count} conflict{'s' * (count != 1)} to merge, then sync again"
        came = sum(item.action in ("import", "merge", "archive") for item in report.items)
        return f"{came} came in, {count_told(len(report.commits), 'commit')} made; nothing was pushed"

    def what_next(self) -> str:
        found = [item.proposal for item in self.report.conflicts if item.proposal] if self.report else []
        return f" · {self.host.key_of('version.merge')} merges {found[0].ours.reference}" if found else ""


_SYNC: dict[str, tuple[Mark, str]] = {
    "import": ("+", "comes in"),
    "merge": ("~", "merges"),
    "archive": ("~", "archives"),
    "write": ("↑", "goes back"),
    "conflict": ("✗", "conflict"),
    "left": ("✗", "left alone"),
    "same": ("=", "same"),
}


def _why(item: ImportItem) -> str:
    place = f"{Path(item.file).name}:{item.line}" if item.line else Path(item.file).name
    return f"{place} · {item.reason}" + (f" ({item.hint})" if item.hint and item.action == "refused" else "")
