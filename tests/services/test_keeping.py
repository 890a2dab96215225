"""What was filled in is there again."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from tests.support.examples import examples
from workbench.services.keeping import Keeping
from workbench.store import Store, open_store


def test_it_survives_a_restart(store: Store) -> None:
    keeping = Keeping(store)
    keeping.keep("inputs:support/x", {"tier": "free", "text": "a\nb"})
    keeping.keep("inputs:support/x", {"tier": "pro"})
    keeping.keep("draft:support/x", "half a thought")
    keeping.keep("inputs_x", 1)
    store.close()
    again = open_store(store.path)
    keeping = Keeping(again)
    assert keeping.kept("inputs:support/x") == {"tier": "pro"}
    assert keeping.keys("inputs:") == ["inputs:support/x"]
    assert keeping.keys() == ["draft:support/x", "inputs:support/x", "inputs_x"]
    keeping.forget("inputs:support/x")
    keeping.forget("never there")
    assert keeping.kept("inputs:support/x") is None
    again.close()


def test_keeping_is_no_act_that_could_be_undone(store: Store) -> None:
    Keeping(store).keep("ui:theme", "dark")
    assert store.events.newest() == []


@examples(50)
@given(st.recursive(st.none() | st.booleans() | st.integers() | st.text(), st.lists, max_leaves=5))
def test_any_value_comes_back(store: Store, value: object) -> None:
    Keeping(store).keep("key", value)
    assert Keeping(store).kept("key") == value
