"""Reading the answer: from the form to it and back, finding in it, and as it came."""

from __future__ import annotations

from workbench.tui.screens.run.filling import RunFilling
from workbench.tui.widgets.answer_view import AnswerView
from workbench.tui.widgets.content_view import ContentView


class RunReading(RunFilling):
    def action_run_switch(self) -> None:
        narrow = self.has_class("-narrow")
        on_answer = self.has_class("-answering") if narrow else self.focused in (self._stream, self._request)
        if not on_answer:
            self.add_class("-answering")
            self.answer_side.focus()
        elif self._form is not None:
            self.show_fields()
            self._form.focus_first()

    @property
    def before_letters(self) -> str:
        written = self.focused is not None and self._form in self.focused.ancestors
        return "run.switch" if written else ""

    @property
    def answer_side(self) -> AnswerView | ContentView:
        return self._request if self.has_class("-asking") else self._stream

    # -- finding in the answer

    def action_run_find(self) -> None:
        self._find.open(self._find.value)

    def found(self, text: str) -> None:
        if text:
            self._go_match(1)
        else:
            self.host.say("")

    def action_run_next_match(self) -> None:
        self._go_match(1)

    def action_run_previous_match(self) -> None:
        self._go_match(-1)

    def _go_match(self, step: int) -> None:
        if self._stream.go_match(step):
            self.host.say("match {} of {}".format(*self._stream.match))
        else:
            self.host.say("nothing is found; / looks for something in the answer", error=True)

    async def action_run_raw(self) -> None:
        if not self._stream.can_be_laid_out:
            self.host.say("it is shown as it came: there is nothing to lay out", error=True)
            return
        await self._stream.show_raw(not self._stream.raw)
        self.host.say("as it came" if self._stream.raw else "laid out")
