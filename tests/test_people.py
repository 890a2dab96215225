"""People where there is little room: by their names."""

from __future__ import annotations

import pytest

from workbench.text import name_of, without_addresses


@pytest.mark.parametrize(
    ("actor", "name"),
    [
        ("Ana <ana@example.com>", "Ana"),
        ("Ana María Ruiz <ana@example.com>", "Ana María Ruiz"),
        ("ana@example.com", "ana"),
        ("ana", "ana"),
        ("", ""),
        ("<ana@example.com>", "ana"),
        ("@ana", "@ana"),
    ],
)
def test_a_name_without_its_address(actor: str, name: str) -> None:
    assert name_of(actor) == name


def test_only_addresses_go_out_of_a_line() -> None:
    line = "promoted by Ana <ana@example.com> · <b> and a <c d@e> stay, x@y too"
    assert without_addresses(line) == "promoted by Ana · <b> and a <c d@e> stay, x@y too"
