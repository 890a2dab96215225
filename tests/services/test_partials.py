"""Templates include other prompts of the store by name."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from workbench.domain.deployments import DEFAULT_ENVIRONMENTS
from workbench.domain.prompts import Content
from workbench.errors import TemplateError
from workbench.services.library import Library
from workbench.store import open_store


@pytest.fixture
def library(tmp_path: Path) -> Iterator[Library]:
    store = open_store(tmp_path / "store.db")
    yield Library(store, DEFAULT_ENVIRONMENTS, "ana")
    store.close()


@pytest.mark.parametrize("dialect", ["mustache", "handlebars"])
def test_a_partial_is_the_prompt_beside_it_then_the_one_at_the_top(library: Library, dialect: str) -> None:
    library.save("signature", Content.of_text("-- top", dialect))
    library.save("support/reply", Content.of_text("Hi {{who}}{{> signature}}", dialect))
    assert library.version("support/reply").render(who="Ana")[0]["content"] == "Hi Ana-- top"
    library.save("support/_signature", Content.of_text("-- {{> team }}", dialect))
    library.save("support/team", Content.of_text("one", dialect))
    library.save("support/team", Content.of_text("two", dialect))
    assert library.version("support/reply").render(who="Ana")[0]["content"] == "Hi Ana-- two"
    library.save("support/_signature", Content.of_text("-- {{> team@1.0.0 }}", dialect))
    reply = library.version("support/reply")
    assert reply.render(who="Ana")[0]["content"] == "Hi Ana-- one"
    assert reply.digest == Content.of_text("Hi {{who}}{{> signature}}", dialect).digest


def test_a_partial_that_is_no_prompt_is_named(library: Library) -> None:
    library.save("reply", Content.of_text("Hi {{> ../secret}}{{> nobody@3}}", "mustache"))
    with pytest.raises(TemplateError, match=r"no prompt '\.\./secret'"):
        library.version("reply").render()
