"""`export --bundle`, as an image is built with it."""

from __future__ import annotations

from pathlib import Path

from tests.cli.conftest import Cli
from workbench import Workbench


def test_a_bundle_is_written_and_its_digest_told(two_versions: Cli, home: Path) -> None:
    assert two_versions("promote", "support/greet@1.0.0", "staging").code == 0
    told = two_versions("export", "out", "--env", "staging", "--bundle", "--json").data
    assert [Path(file).relative_to("out").as_posix() for file in told["files"]] == [
        "prompts/support/greet.yaml",
        "bundle.json",
    ]
    bundle = Workbench.open_bundle(home / "out", told["digest"])
    assert bundle.render("support/greet@staging", name="Ana")[0]["content"].startswith("Hello Ana.")


def test_what_a_bundle_cannot_be(two_versions: Cli) -> None:
    for options in ((), ("--env", "dev", "--format", "csv"), ("--env", "dev", "--all-versions")):
        assert two_versions("export", "out", "--bundle", *options).code == 2
    empty = two_versions("export", "out", "--env", "dev", "--bundle")
    assert (empty.code, empty.said.splitlines()[0]) == (3, "workbench: nothing is live in dev")
