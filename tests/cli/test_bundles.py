"""`export --bundle`, as an image is built with it."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.cli.conftest import Cli
from workbench import Workbench


@pytest.mark.parametrize("asked", [(), ("--bundle",)])
def test_a_bundle_is_written_and_its_digest_told(two_versions: Cli, home: Path, asked: tuple[str, ...]) -> None:
    assert two_versions("promote", "support/greet@1.0.0", "staging").code == 0
    told = two_versions("export", "out", "--env", "staging", *asked, "--json").data
    assert [Path(file).relative_to("out").as_posix() for file in told["files"]] == [
        "prompts/support/greet.yaml",
        "bundle.json",
    ]
    bundle = Workbench.open_bundle(home / "out", told["digest"])
    assert bundle.render("support/greet@staging", name="Ana")[0]["content"].startswith("Hello Ana.")


def test_what_is_live_can_be_written_in_a_format_alone(two_versions: Cli, home: Path) -> None:
    assert two_versions("promote", "support/greet@1.0.0", "staging").code == 0
    assert two_versions("export", "out", "--env", "staging", "--format", "native").code == 0
    assert [path.name for path in (home / "out").rglob("*") if path.is_file()] == ["greet.yaml"]


def test_what_a_bundle_cannot_be(two_versions: Cli) -> None:
    for options in ((), ("--env", "dev", "--format", "csv"), ("--env", "dev", "--all-versions")):
        assert two_versions("export", "out", "--bundle", *options).code == 2
    empty = two_versions("export", "out", "--env", "dev", "--bundle")
    assert (empty.code, empty.said.splitlines()[0]) == (3, "workbench: nothing is live in dev")


def test_a_bundle_is_read_where_there_is_no_store(
    two_versions: Cli, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    two_versions("promote", "support/greet@1.0.0", "staging")
    digest = two_versions("export", "../image/out", "--env", "staging", "--bundle", "--json").data["digest"]
    image = home.parent / "image"
    monkeypatch.chdir(image)
    monkeypatch.setenv("XDG_DATA_HOME", str(image / "data"))
    bundle = ("--bundle", "out", "--digest", digest[:12])
    greeting = two_versions("render", "support/greet", "-v", "name=Ana", *bundle)
    assert (greeting.code, greeting.out.startswith("Hello Ana.")) == (0, True)
    assert two_versions("show", "support/greet@staging", "--json", *bundle).data["version"] == "1.0.0"
    assert [path.name for path in image.iterdir()] == ["out"], "nothing was made there"

    other = two_versions("render", "support/greet", "--bundle", "out", "--digest", "f" * 12)
    assert (other.code, "is another bundle" in other.said) == (2, True)
    missing = two_versions("show", "support/greet@1.0.1", *bundle)
    assert (missing.code, "it holds support/greet@1.0.0" in missing.said) == (3, True)
    changed = image / "out" / "prompts" / "support" / "greet.yaml"
    changed.write_bytes(changed.read_bytes().replace(b"Hello", b"Howdy"))
    assert "its digest differs" in two_versions("show", "support/greet", *bundle).said
    for wrong in (("show", "support/greet", "--digest", digest), ("show", "support/greet", "--at", "1h ago", *bundle)):
        assert two_versions(*wrong).code == 2
