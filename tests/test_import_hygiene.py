"""What importing and the short commands must not load; measured in a process of its own."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

HEAVY = ("textual", "openai", "deepdiff", "pydantic", "httpx", "rich", "asyncio", "genai_prices")


def modules_after(code: str, folder: Path) -> set[str]:
    env = {name: value for name, value in os.environ.items() if not name.startswith("WORKBENCH_")}
    env |= {"WORKBENCH_STORE": str(folder / "p.db"), "WORKBENCH_ACTOR": "ana", "HOME": str(folder)}
    env |= {"PYTHONPATH": str(Path(__file__).resolve().parents[1]), "XDG_CONFIG_HOME": str(folder / "config")}
    done = subprocess.run(
        [sys.executable, "-c", f"{code}\nimport sys, json\nsys.stderr.write('\\n' + json.dumps(sorted(sys.modules)))"],
        capture_output=True,
        text=True,
        timeout=60,
        check=True,
        cwd=folder,
        env=env,
    )
    return set(json.loads(done.stderr.rpartition("\n")[2]))


def test_the_package_root_imports_nothing(tmp_path: Path) -> None:
    bare = modules_after("pass", tmp_path)
    ours = modules_after("import workbench", tmp_path)
    assert {name for name in ours - bare if name != "workbench"} <= {"__future__"}


def test_public_names_are_all_there() -> None:
    import workbench

    for name in workbench.__all__:
        assert getattr(workbench, name) is not None
    with pytest.raises(AttributeError, match="Workbnch"):
        _ = workbench.Workbnch


@pytest.mark.parametrize("command", [["show", "a"], ["list"], ["log", "a"], ["render", "a"], ["tag", "a", "+x"]])
def test_short_commands_load_nothing_heavy(tmp_path: Path, command: list[str]) -> None:
    opened = "from workbench import Content, Workbench\nwith Workbench.open() as w:\n"
    save = f"{opened}    w.library.save('a', Content.of_text('x'))"
    modules_after(save, tmp_path)
    loaded = modules_after(f"from workbench.cli.root import run\nassert run({command!r}) == 0", tmp_path)
    assert loaded.isdisjoint(HEAVY)
    if command[0] != "render":
        assert loaded.isdisjoint({"jinja2", "yaml", "sqlite_utils"})


def test_get_and_render_from_python_loads_no_client(tmp_path: Path) -> None:
    opened = "from workbench import Content, Workbench\nwith Workbench.open() as w:\n"
    modules_after(f"{opened}    w.library.save('a', Content.of_text('Hi {{{{ x }}}}'))", tmp_path)
    code = f"{opened}    assert w.get('a').render(x='y')[0]['content'] == 'Hi y'"
    assert modules_after(code, tmp_path).isdisjoint({"textual", "openai", "deepdiff", "pydantic", "click"})


def test_every_error_is_public() -> None:
    import workbench
    from workbench import errors

    named = {name for name, value in vars(errors).items() if isinstance(value, type) and issubclass(value, Exception)}
    assert named <= set(workbench.__all__)
