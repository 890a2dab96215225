"""Choosing a model by a few letters: favourites first, and those that cannot be asked with the reason."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual.binding import Binding
from textual.containers import Vertical
from textual.content import Content
from textual.widgets import Static

from workbench.errors import WorkbenchError
from workbench.text import visible
from workbench.tui.bindings import bindings_for
from workbench.tui.host import host_of
from workbench.tui.screens.pick import Choice, Pick
from workbench.tui.workers import start_worker

if TYPE_CHECKING:
    from workbench.services.runs.choosing import Choosing, Offer


class ModelPick(Pick, inherit_bindings=False):
    """Dismisses with `endpoint/model` or a short name of the config. Endpoints are listed as they answer."""

    BINDINGS = [*bindings_for("sheet"), *bindings_for("list"), Binding("f5", "favourite", "favourite")]
    DEFAULT_CSS = "ModelPick .why { height: auto; max-height: 5; color: $error; padding: 0 1; }"

    def __init__(self, chosen: str = "") -> None:
        """`chosen`: the model that holds now."""
        super().__init__("model: a few letters · f5 makes it a favourite", empty="asking the endpoints …")
        self._offers: list[Offer] = []
        self._favourites: tuple[str, ...] = ()
        self._choosing: Choosing | None = None
        self._chosen = chosen
        self._asking = True
        self._why = Static(markup=False, classes="why")

    def on_mount(self) -> None:
        super().on_mount()
        start_worker(self, self._ask, group="models", exit_on_error=False, description="list the models")

    async def _ask(self) -> None:
        try:
            choosing, self._favourites = await host_of(self).call(lambda w: (w.choosing, w.choosing.favourites()))
        except WorkbenchError as error:
            await self._explain(error.message)
            return
        self._choosing = choosing
        self._show_offers()
        async for offer in choosing.offers():
            self._offers.append(offer)
            self._show_offers()
        self._list.empty_text = "no endpoint names such a model"
        self._asking = False
        self._show_offers()

    def _show_offers(self) -> None:
        if self._choosing is None:
            return
        rows = []
        for one in self._choosing.choices(self._offers, self._favourites):
            marks = [
                "★ favourite" if one.favourite else "",
                "chosen now" if one.model == self._chosen else "",
                one.note,
            ]
            rows.append(Choice(one.model, " · ".join(filter(None, marks)), one.model))
        for offer in self._offers:
            if offer.problem and not offer.models:
                told = offer.problem + (f" · {offer.hint}" if offer.hint else "")
                rows.append(Choice(f"✗ {offer.endpoint}/…", told, None))
        if self._asking:
            rows.append(Choice("…", "more, as the endpoints answer", None))
        self.put(rows)

    def _filter(self, query: str) -> None:
        """Also what no endpoint lists: some list nothing, and answer all the same."""
        super()._filter(query)
        typed = query.strip()
        if "/" in typed.strip("/") and all(choice.value != typed for choice in self._list.choices):
            self._list.show([*self._list.choices, Choice(typed, "as it is typed", typed)])

    async def _explain(self, problem: str) -> None:
        """Below the list: the status line is not seen from here, and a row may be too short for all of it."""
        if not self._why.is_attached:
            await self.query_one(Vertical).mount(self._why)
        self._why.update(Content(visible(problem)))

    async def action_list_open(self) -> None:
        choice = self.current
        if choice is not None and choice.value is None:
            await self._explain(f"{choice.label}: {choice.note}")
        else:
            await super().action_list_open()

    async def action_favourite(self) -> None:
        choice = self.current
        if choice is None or choice.value is None or host_of(self).readonly:
            return
        model = str(choice.value)
        wanted = model not in self._favourites
        try:
            self._favourites = await host_of(self).call(lambda w: w.choosing.mark(model, wanted))
        except WorkbenchError as error:
            await self._explain(error.message)
        self._show_offers()
