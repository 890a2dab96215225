"""NAME and NAME@SELECTOR."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from workbench.domain.references import Reference, parse_reference
from workbench.errors import BadInput, BadReference

ENVIRONMENTS = ("dev", "staging", "production")
NAMES = st.lists(
    st.from_regex(r"[A-Za-z0-9._-]{1,8}", fullmatch=True).filter(lambda s: s not in (".", "..")), min_size=1, max_size=4
).map("/".join)
REFERENCES = st.one_of(
    st.builds(Reference, NAMES),
    st.builds(lambda name, env: Reference(name, "environment", env), NAMES, st.sampled_from(ENVIRONMENTS)),
    st.builds(
        lambda name, core: Reference(name, "number", ".".join(map(str, core))),
        NAMES,
        st.tuples(*[st.integers(0, 99)] * 3),
    ),
    st.builds(
        lambda name, digits: Reference(name, "digest", digits), NAMES, st.from_regex(r"[0-9a-f]{6,64}", fullmatch=True)
    ),
)


@given(REFERENCES)
def test_what_is_written_is_read_back(reference: Reference) -> None:
    assert parse_reference(str(reference), ENVIRONMENTS) == reference


@given(st.text(max_size=40))
def test_any_text_is_a_reference_or_a_clear_error(text: str) -> None:
    try:
        found = parse_reference(text, ENVIRONMENTS)
    except BadReference:
        return
    assert found.name == text.partition("@")[0]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a/b", Reference("a/b")),
        ("a@latest", Reference("a")),
        ("a@1.4.0-rc.1", Reference("a", "number", "1.4.0-rc.1")),
        ("a@production", Reference("a", "environment", "production")),
        ("a@#ABCDEF", Reference("a", "digest", "abcdef")),
    ],
)
def test_examples(text: str, expected: Reference) -> None:
    assert parse_reference(text, ENVIRONMENTS) == expected


@pytest.mark.parametrize(
    ("text", "hint"),
    [
        ("a@prodction", "did you mean a@production?"),
        ("a@lastest", "did you mean a@latest?"),
        ("a@1.4", "a number like 1.4.0"),
        ("a@#12345", "#digest"),
        ("a@", "latest, dev, staging, production"),
        ("a@dev@dev", ""),
        ("@dev", ""),
        ("../x@dev", ""),
    ],
)
def test_what_is_wrong_is_named_with_the_nearest(text: str, hint: str) -> None:
    with pytest.raises(BadReference) as caught:
        parse_reference(text, ENVIRONMENTS)
    assert hint in caught.value.hint
    assert isinstance(caught.value, BadInput)


def test_an_environment_goes_before_a_number_that_looks_like_it() -> None:
    assert parse_reference("a@2.0.0", ("2.0.0",)).kind == "environment"
