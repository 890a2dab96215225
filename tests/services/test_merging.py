"""Two versions become one that was made of both, whoever asks for it."""

from __future__ import annotations

import pytest

from workbench.domain.merging import Pick
from workbench.domain.prompts import Content
from workbench.errors import BadInput, MovedMeanwhile, NotFound, Unchanged
from workbench.services.diffs.merging import Merging
from workbench.services.library import Library
from workbench.services.past.history import History
from workbench.store import Store

TEXT = "You are kind. Be brief.\n\n- one\n- two\n"


@pytest.fixture
def merging(store: Store, library: Library) -> Merging:
    library.save("a", Content.of_text(TEXT, temperature=0.1))
    library.save("a", Content.of_text(TEXT.replace("kind", "calm"), temperature=0.1), number="1.1.0")
    library.save("a", Content.of_text(TEXT + "- three\n", temperature=0.4), parent="1.0.0", number="1.2.0")
    return Merging(store, library)


def test_the_merged_version_has_both_parents(merging: Merging, library: Library, history: History) -> None:
    library.tag("a@1.1.0", ["tone"])
    library.tag("a@1.2.0", ["list"])
    planned = merging.plan("a@1.1.0", "a@1.2.0")
    assert (planned.base.number, planned.merge.clean) == ("1.0.0", True)
    saved = merging.save(planned, bump="minor")
    assert saved.content.text == TEXT.replace("kind", "calm") + "- three\n"
    assert saved.content.settings == {"temperature": 0.4}
    assert (saved.number, saved.parent, saved.source["merged"]) == ("1.3.0", "1.1.0", "1.2.0")
    assert (saved.tags, saved.note) == (("list", "tone"), "Merge 1.2.0 into 1.1.0")
    (event,) = history.events("a", limit=1)
    assert (event.kind, event.details["parent"], event.details["merged"]) == ("version.save", "1.1.0", "1.2.0")
    with pytest.raises(Unchanged, match=r"a@1\.3\.0 was made of 1\.2\.0 and has all of it"):
        merging.plan("a@1.2.0", "a")
    history.undo()
    assert library.prompt("a").latest == "1.2.0"
    history.redo()
    assert library.version("a").tags == ("list", "tone")


def test_a_later_merge_begins_at_the_earlier_one(merging: Merging, library: Library) -> None:
    saved = merging.save(merging.plan("a@1.1.0", "a@1.2.0"), number="1.3.0")
    library.save("a", Content.of_text(saved.content.text + "- four\n"), parent="1.2.0", number="1.4.0")
    planned = merging.plan("a@1.3.0", "a@1.4.0")
    assert planned.base.number == "1.2.0"
    assert "- four" in planned.merge.content().text
    assert "calm" in planned.merge.content().text


def test_conflicts_wait_for_a_decision(merging: Merging, library: Library) -> None:
    library.save("a", Content.of_text(TEXT.replace("kind", "strict")), parent="1.0.0", number="1.3.0")
    planned = merging.plan("a@1.1.0", "a@1.3.0")
    (conflict,) = planned.merge.conflicts
    assert (conflict.base, conflict.ours, conflict.theirs) == ("You are kind.", "You are calm.", "You are strict.")
    with pytest.raises(BadInput, match="nobody decided what becomes of system message 1"):
        merging.save(planned)
    with pytest.raises(MovedMeanwhile):
        merging.save(planned, {0: Pick("ours")}, expect_latest="1.1.0")
    saved = merging.save(planned, {0: Pick(text="You are firm.")}, note="Settle the tone")
    assert saved.content.text == TEXT.replace("kind", "firm")
    assert (saved.number, saved.note) == ("1.3.1", "Settle the tone")


def test_what_has_nothing_in_common_needs_a_base(merging: Merging, library: Library) -> None:
    library.save("b", Content.of_text("Else."))
    with pytest.raises(BadInput, match="were not made of one version"):
        merging.plan("a", "b")
    planned = merging.plan("a", "b", base="a@1.0.0")
    assert planned.note == "Merge b@1.0.0 into 1.2.0"
    with pytest.raises(Unchanged, match="with itself"):
        merging.plan("a", "a@1.2.0")
    with pytest.raises(NotFound):
        merging.plan("a", "a@9.9.9")
