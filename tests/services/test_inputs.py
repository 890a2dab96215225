"""Variable sets: kept for a prompt, changed only by acts that are recorded and can be taken back."""

from __future__ import annotations

from pathlib import Path

import pytest

from workbench.domain.deployments import DEFAULT_ENVIRONMENTS
from workbench.domain.prompts import Content
from workbench.errors import BadInput, FormatError, MovedMeanwhile, NotFound, Refused, Unchanged
from workbench.services.library import Library
from workbench.services.maintenance import verify
from workbench.services.past.history import History
from workbench.services.runs.inputs import Inputs
from workbench.store import Store, open_store


@pytest.fixture
def inputs(store: Store, library: Library) -> Inputs:
    library.save("support/x", Content.of_text("Hi {{name}}"))
    return Inputs(store, DEFAULT_ENVIRONMENTS, "ana")


def state(inputs: Inputs) -> dict[str, object]:
    return {row.name: dict(row.values) for row in inputs.sets("support/x")}


def test_every_change_is_taken_back_and_done_again(inputs: Inputs, history: History, store: Store) -> None:
    states = [state(inputs)]
    for act in (
        lambda: inputs.save("support/x", "angry", {"name": "Ana", "list": [1, {"é": None}]}),
        lambda: inputs.save("support/x", "angry", {"name": "Bo"}),
        lambda: inputs.rename("support/x", "angry", "furious"),
        lambda: inputs.save("support/x", "calm", {}),
        lambda: inputs.delete("support/x", "furious"),
    ):
        act()
        states.append(state(inputs))
    assert states[-1] == {"calm": {}}
    for expected in states[-2::-1]:
        history.undo()
        assert state(inputs) == expected
    for expected in states[1:]:
        history.redo()
        assert state(inputs) == expected
    assert verify(store).ok


def test_undo_refuses_what_was_changed_by_nobody_it_knows(inputs: Inputs, history: History, store: Store) -> None:
    inputs.save("support/x", "angry", {"name": "Ana"})
    with store.write():
        other = store.sets.add_values({"name": "Eve"})
        store.sets.point(1, "angry", other, actor="eve", at="")
    with pytest.raises(MovedMeanwhile, match="angry"):
        history.undo()


def test_the_same_again_and_names_that_are_taken(inputs: Inputs) -> None:
    inputs.save("support/x", "a", {"name": "1"})
    with pytest.raises(Unchanged):
        inputs.save("support/x", " a ", {"name": "1"})
    inputs.save("support/x", "b", {"name": "2"})
    with pytest.raises(Refused, match="already"):
        inputs.rename("support/x", "a", "b")
    with pytest.raises(NotFound) as caught:
        inputs.set("support/x", "aa")
    assert caught.value.near == ("a",)
    with pytest.raises(NotFound):
        inputs.save("support/y", "a", {})
    with pytest.raises(BadInput, match="JSON"):
        inputs.save("support/x", "c", {"x": float("nan")})
    assert set(state(inputs)) == {"a", "b"}


def test_the_last_used_set_comes_back_in_another_process(inputs: Inputs, store: Store) -> None:
    inputs.save("support/x", "a", {"name": "1"})
    assert inputs.last_used("support/x") is None
    inputs.use("support/x", "a")
    again = open_store(store.path)
    assert Inputs(again, DEFAULT_ENVIRONMENTS, "ben").last_used("support/x") == inputs.set("support/x", "a")
    again.close()
    inputs.delete("support/x", "a")
    assert inputs.last_used("support/x") is None


def test_cases_come_from_sets_and_files(inputs: Inputs, tmp_path: Path) -> None:
    inputs.save("support/x", "a", {"name": "1"})
    file = tmp_path / "cases.csv"
    file.write_text("name\nAna\nBo\n")
    assert [case.name for case in inputs.cases("support/x", ["a"], [file])] == ["a", "cases.csv:2", "cases.csv:3"]
    file.write_bytes(b"name\n\xff\n")
    with pytest.raises(FormatError, match=r"cases.csv:2"):
        inputs.read_file(file)
    with pytest.raises(BadInput, match="cannot be read"):
        inputs.read_file(tmp_path / "none.csv")
