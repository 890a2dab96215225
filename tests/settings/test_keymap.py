"""A keymap that cannot work is refused with the file, the line and the nearest right thing."""

from __future__ import annotations

import pytest

from workbench.errors import ConfigError
from workbench.settings.actions import NEVER_BOUND
from workbench.settings.keymap import check_keymap, full_name

ORIGINS = {"keymap.version.promote": "/home/ana/workbench.yaml:7", "keymap.version.promot": "workbench.yaml:3"}


def refused(keymap: dict[str, str]) -> ConfigError:
    with pytest.raises(ConfigError) as caught:
        check_keymap(keymap, ORIGINS)
    return caught.value


def test_a_good_keymap_comes_back_in_full_names() -> None:
    assert check_keymap({"version.promote": "ctrl+o, Y"}) == {"version.promote": "ctrl+o,Y"}
    assert check_keymap({"app.help": "f12,!"}) == {"app.help": "f12,exclamation_mark"}


def test_an_unknown_id_names_the_nearest() -> None:
    error = refused({"version.promot": "U"})
    assert (error.file, error.line) == ("workbench.yaml", 3)
    assert "version.promot" in error.message
    assert "version.promote" in error.hint


@pytest.mark.parametrize("key", ["ctrl-o", "crtl+o", "f99", "pagedwon", "ctrl++"])
def test_a_key_that_does_not_exist(key: str) -> None:
    error = refused({"version.promote": key})
    assert (error.file, error.line) == ("/home/ana/workbench.yaml", 7)
    assert key in error.message
    assert error.hint


@pytest.mark.parametrize("key", sorted(NEVER_BOUND))
def test_keys_that_terminals_keep_for_themselves(key: str) -> None:
    assert NEVER_BOUND[key] in refused({"version.promote": key}).message


def test_a_clash_names_both() -> None:
    error = refused({"version.promote": "d"})
    assert "version.promote" in error.message
    assert "version.diff" in error.message
    assert error.line == 7


def test_a_key_of_another_screen_is_free() -> None:
    assert check_keymap({"version.edit": "J"})


def test_an_act_everywhere_clashes_everywhere() -> None:
    assert "diff.next_hunk" in refused({"app.leave": "J"}).message


def test_two_acts_that_change_places() -> None:
    assert check_keymap({"version.promote": "R", "version.rollback": "P"}) == {
        "version.promote": "R",
        "version.rollback": "P",
    }


def test_no_key_at_all() -> None:
    assert "has no key" in refused({"version.promote": " , "}).message


def test_names_of_signs() -> None:
    assert full_name("?") == "question_mark"
    assert full_name("ctrl+/") == "ctrl+slash"
    assert full_name("P") == "P"
