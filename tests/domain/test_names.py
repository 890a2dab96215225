"""Names of prompts and tags, and the nearest right one."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from workbench.domain.names import MAX_NAME, check_prompt_name, check_tag, near
from workbench.errors import BadInput


@pytest.mark.parametrize("name", ["a", "support/customer-support", "A.b_c-d/1", "...", "a" * MAX_NAME])
def test_names(name: str) -> None:
    assert check_prompt_name(name) == name


@pytest.mark.parametrize(
    "name", ["", "/", "a/", "/a", "a//b", ".", "..", "a/../b", "a b", "a\n", "é", "a@b", "a" * 201]
)
def test_what_is_no_name(name: str) -> None:
    with pytest.raises(BadInput):
        check_prompt_name(name)


@given(st.text())
def test_a_name_can_leave_no_folder(name: str) -> None:
    try:
        check_prompt_name(name)
    except BadInput:
        return
    assert name.isascii()
    assert not name.startswith("/")
    assert ".." not in name.split("/")


def test_tags() -> None:
    assert check_tag("team:support/eu-1.0") == "team:support/eu-1.0"
    for tag in ("dev", "latest", "", "-x", "a b", "x" * 65, "a\n"):
        with pytest.raises(BadInput):
            check_tag(tag, ("dev",))


def test_near() -> None:
    names = ["support/customer-support", "support/escalation", "code/review"]
    assert near("support/customer-suport", names)[0] == "support/customer-support"
    assert near("escalation", names) == ("support/escalation",)
    assert near("zzz", names) == ()
    assert near("", names) == ()


@given(st.text(max_size=20), st.lists(st.text(max_size=20), max_size=8), st.integers(1, 3))
def test_near_names_exist(name: str, names: list[str], limit: int) -> None:
    found = near(name, names, limit)
    assert len(found) <= limit
    assert set(found) <= set(names)
