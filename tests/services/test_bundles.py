"""A bundle gives back what was live, byte for byte, or nothing at all."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from tests.cli.conftest import ROOT
from workbench import Workbench
from workbench.domain.prompts import Content, Message, Variable
from workbench.errors import BadInput, NotFound, Refused, StoreCorrupt
from workbench.services.releases.bundles import MANIFEST

HARD = "Dear {{ name }},\r\n\ttabs, \x1b[31m, ümlaut, “quotes”: yes # no\n\n  \n"


@pytest.fixture
def workbench(tmp_path: Path) -> Workbench:
    opened = Workbench.open(tmp_path / "prompts.db", actor="ana", start=tmp_path)
    content = Content(
        (Message("system", HARD), Message("user", "{{ question }}")), "jinja", (Variable("name"),), {"seed": 7}
    )
    opened.library.save("support/reply", content, note="hard")
    opened.library.save("support/_sign", Content.of_text("Yours, {{name}}", "mustache"))
    opened.library.save("support/mail", Content.of_text("Hello. {{> sign}}", "mustache"))
    opened.library.save("quiet", Content.of_text("never live"))
    for name in ("support/reply", "support/mail"):
        opened.deploying.promote(name, "staging", "go")
    return opened


def test_what_is_live_comes_back_with_its_digest_and_renders_the_same(workbench: Workbench, tmp_path: Path) -> None:
    written = workbench.bundling.write(tmp_path / "out", "staging")
    bundle = Workbench.open_bundle(tmp_path / "out", written.digest)

    assert bundle.names() == ["support/mail", "support/reply"]
    for name in bundle.names():
        ours, theirs = bundle.get(name), workbench.get(f"{name}@staging")
        assert (ours.digest, ours.number, ours.note, ours.content.partials) == (
            theirs.digest,
            theirs.number,
            theirs.note,
            theirs.content.partials,
        )
        values = {"name": "Ana", "question": "{{ name }}?"} if name == "support/reply" else {"name": "Ana"}
        assert bundle.render(name, **values) == theirs.render(**values)
    newest = workbench.history.events(limit=1)[0]
    assert (bundle.environment, bundle.ledger["hash"], bundle.ledger["event"]) == ("staging", newest.hash, newest.id)
    assert bundle.faults() == []
    workbench.close()


def test_only_what_it_holds_can_be_asked_for(workbench: Workbench, tmp_path: Path) -> None:
    workbench.bundling.write(tmp_path / "out", "staging", ["support/reply"])
    bundle = Workbench.open_bundle(tmp_path / "out")
    version = bundle.get("support/reply@staging")
    assert bundle.get("support/reply@1.0.0") is bundle.get(f"support/reply@#{version.digest[:8]}") is version
    for other in ("support/reply@latest", "support/reply@1.0.1", "support/reply@#ffffff"):
        with pytest.raises(NotFound, match=r"it holds support/reply@1\.0\.0"):
            bundle.get(other)
    with pytest.raises(NotFound) as caught:
        bundle.get("support/repl")
    assert caught.value.near == ("support/reply",)
    workbench.close()


def test_a_changed_file_is_refused_and_named(workbench: Workbench, tmp_path: Path) -> None:
    workbench.bundling.write(tmp_path / "out", "staging")
    place = tmp_path / "out" / "prompts" / "support" / "reply.yaml"
    whole = place.read_bytes()
    for spoiled in (whole.replace(b"hard", b"soft"), whole + b"\n", whole.replace(b"Dear", b"Deer"), b"", b"\xff"):
        place.write_bytes(spoiled)
        bundle = Workbench.open_bundle(tmp_path / "out")
        with pytest.raises(StoreCorrupt, match=r"support/reply"):
            bundle.get("support/reply")
        assert bundle.get("support/mail").number == "1.0.0"
        assert len(bundle.faults()) == 1
    place.unlink()
    with pytest.raises(StoreCorrupt, match="cannot be read"):
        Workbench.open_bundle(tmp_path / "out").get("support/reply")
    place.symlink_to("/etc/hostname")
    with pytest.raises(StoreCorrupt, match="leads out of the folder"):
        Workbench.open_bundle(tmp_path / "out").get("support/reply")
    workbench.close()


def test_a_manifest_that_fits_a_changed_file_is_another_bundle(workbench: Workbench, tmp_path: Path) -> None:
    written = workbench.bundling.write(tmp_path / "out", "staging")
    manifest = tmp_path / "out" / MANIFEST
    told = json.loads(manifest.read_text())
    told["prompts"]["support/mail"]["partials"]["sign"] = "Changed"
    manifest.write_text(json.dumps(told))
    with pytest.raises(StoreCorrupt, match="is another bundle"):
        Workbench.open_bundle(tmp_path / "out", written.digest[:16])
    with pytest.raises(BadInput, match="too short"):
        Workbench.open_bundle(tmp_path / "out", written.digest[:4])
    told["prompts"]["support/mail"]["file"] = "../../etc/passwd"
    manifest.write_text(json.dumps(told))
    with pytest.raises(Refused, match="not a path inside"):
        Workbench.open_bundle(tmp_path / "out").get("support/mail")
    for spoiled in ("", "{}", '{"format": "workbench-bundle/1", "prompts": {"a": 1}}', "[]"):
        manifest.write_text(spoiled)
        with pytest.raises(StoreCorrupt, match="is not the manifest"):
            Workbench.open_bundle(tmp_path / "out")
    with pytest.raises(NotFound, match="there is no bundle"):
        Workbench.open_bundle(tmp_path / "nowhere")
    workbench.close()


def test_writing_again_takes_the_place_of_the_older_one_and_of_nothing_else(
    workbench: Workbench, tmp_path: Path
) -> None:
    out = tmp_path / "out"
    first = workbench.bundling.write(out, "staging")
    assert workbench.bundling.write(out, "staging").digest == first.digest
    workbench.history.undo()
    second = workbench.bundling.write(out, "staging")
    assert second.digest != first.digest
    assert sorted(path.name for path in out.rglob("*.yaml")) == ["reply.yaml"]
    with pytest.raises(Refused, match="is there and is no bundle"):
        workbench.bundling.write(tmp_path, "staging")
    with pytest.raises(NotFound, match="nothing is live in production"):
        workbench.bundling.write(tmp_path / "other", "production")
    with pytest.raises(NotFound, match="there is no environment"):
        workbench.bundling.write(tmp_path / "other", "prod")
    assert not (tmp_path / "other").exists()
    workbench.close()


def test_the_samples_of_every_format_come_back(tmp_path: Path) -> None:
    with Workbench.open(tmp_path / "prompts.db", actor="ana", start=tmp_path) as workbench:
        workbench.porting.carry_out(workbench.porting.plan_import([ROOT / "sample_prompts"]), deploy=False)
        rows = workbench.library.prompts()
        for row in rows:
            workbench.deploying.promote(row.name, "dev")
        workbench.bundling.write(tmp_path / "out", "dev")
        bundle = Workbench.open_bundle(tmp_path / "out")
        assert len(rows) > 10
        assert {name: bundle.get(name).digest for name in bundle.names()} == {
            row.name: workbench.get(row.name).digest for row in rows
        }


def test_reading_a_bundle_needs_no_store_and_no_sqlite(workbench: Workbench, tmp_path: Path) -> None:
    workbench.bundling.write(tmp_path / "out", "staging")
    workbench.close()
    program = (
        "import sys; from workbench import Workbench; bundle = Workbench.open_bundle(sys.argv[1]);"
        "print(bundle.render('support/mail', name='Ana')[0]['content']);"
        "print([name for name in ('sqlite3', 'openai', 'textual', 'sqlite_utils') if name in sys.modules])"
    )
    done = subprocess.run(
        [sys.executable, "-c", program, tmp_path / "out"], cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert done.stdout == "Hello. Yours, Ana\n[]\n"
