"""Runs the conformance suites of other projects against our dialects, formats and version numbers.

    python -m tests.bench.conformance FOLDER

FOLDER holds `mustache/specs/*.json` (mustache/spec), `dotprompt/spec/**/*.yaml` (google/dotprompt),
`prompty/vectors.json` with `prompty/fixtures` and `prompty/jinja_subset` (microsoft/prompty), and `semver/*.json`
(node-semver's fixtures). Prints the figures, and every case that fails with what was expected and what came. Of
node-semver's fixtures its own loose reading and limits are left out, and versions with build metadata, which are
refused here on purpose.
"""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from workbench.domain import yaml_core
from workbench.domain.templates import handlebars, jinja, mustache
from workbench.domain.versions import is_number, parse_number
from workbench.errors import WorkbenchError
from workbench.formats import frontmatter, picoschema, prompty_agent, roles
from workbench.formats.tree import DiskTree, Entry


@dataclass
class Case:
    suite: str
    name: str
    expected: Any
    got: Any

    @property
    def passed(self) -> bool:
        return bool(self.expected == self.got)


def tried(work: Any) -> Any:
    """What `work` gives, or its error as text."""
    try:
        return work()
    except WorkbenchError as error:
        return f"{type(error).__name__}: {error.message}"


# mustache ----------------------------------------------------------------------------------------------------------


def mustache_cases(folder: Path) -> Iterator[Case]:
    for file in sorted(folder.glob("*.json")):
        if file.name.startswith("~"):
            continue
        for test in json.loads(file.read_text())["tests"]:
            partials = test.get("partials", {}).get
            got = tried(lambda t=test, p=partials: mustache.render(t["template"], t["data"], p, strict=False))
            yield Case("mustache core", f"{file.stem}: {test['name']}", test["expected"], got)


# dotprompt ---------------------------------------------------------------------------------------------------------

_KEYS = ("name", "description", "variant", "version", "model", "tools", "toolDefs", "config", "input", "output")


def dotprompt_cases(folder: Path) -> Iterator[Case]:
    for file in sorted(folder.rglob("*.yaml")):
        for group in yaml_core.load(file.read_text(), file.name):
            for test in group["tests"]:
                got = tried(lambda g=group, t=test: _dotprompt(g, t))
                expected = test["expect"]
                name = f"{file.stem}: {group['name']}: {test.get('desc', '')}"
                yield Case("dotprompt", name, expected, expected if _holds(expected, got) else got)


def _holds(expected: Any, got: Any) -> bool:
    """Is everything that is expected there?"""
    if isinstance(expected, dict):
        return isinstance(got, dict) and all(key in got and _holds(value, got[key]) for key, value in expected.items())
    if isinstance(expected, list):
        return isinstance(got, list) and len(expected) == len(got) and all(map(_holds, expected, got))
    return bool(expected == got)


def _dotprompt(group: dict[str, Any], test: dict[str, Any]) -> dict[str, Any]:
    text = group["template"]
    front = frontmatter.split(text)
    head = dict(front.load("")[0]) if front else {}
    body = front.body.strip() if front else text
    options = test.get("options", {})
    rendered = {key: head[key] for key in _KEYS if key in head} | options
    rendered["raw"] = head
    rendered["ext"] = _extensions(head)
    for key in ("input", "output"):
        if isinstance(rendered.get(key), dict) and "schema" in rendered[key]:
            schema = picoschema.json_schema(
                rendered[key]["schema"], group.get("schemas") or group.get("resolverSchemas")
            )
            rendered[key] = {**rendered[key], "schema": schema}
    data = {**group.get("data", {}), **test.get("data", {})}
    values = {**rendered.get("input", {}).get("default", {}), **data.get("input", {})}
    partials = {**group.get("resolverPartials", {}), **group.get("partials", {})}
    pieces = handlebars.pieces(body, values, partials.get, data=data.get("context", {}), strict=False)
    return {**rendered, "messages": _messages(pieces, data.get("messages", []))}


def _extensions(head: dict[str, Any]) -> dict[str, dict[str, Any]]:
    found: dict[str, dict[str, Any]] = {}
    for key, value in head.items():
        space, dot, name = key.rpartition(".")
        if dot:
            found.setdefault(space, {})[name] = value
    return found


def _messages(pieces: list[Any], history: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The messages of dotprompt's reference renderer, with parts."""
    messages: list[dict[str, Any]] = [{"role": "user", "content": []}]
    has_history = False
    for piece in pieces:
        if isinstance(piece, str):
            parts = messages[-1]["content"]
            if parts and "text" in parts[-1]:
                parts[-1]["text"] += piece
            else:
                parts.append({"text": piece})
        elif piece.kind == "role":
            messages.append({"role": piece.value, "content": []})
        elif piece.kind == "history":
            has_history = True
            past = [{**one, "metadata": {**one.get("metadata", {}), "purpose": "history"}} for one in history]
            messages += [*past, {"role": "model", "content": []}]
        elif piece.kind == "section":
            messages[-1]["content"].append({"metadata": {"purpose": piece.value, "pending": True}})
        else:
            media = {"url": piece.value, **({"contentType": piece.content_type} if piece.content_type else {})}
            messages[-1]["content"].append({"media": media})
    for message in messages:
        message["content"] = [one for one in message["content"] if "text" not in one or one["text"].strip()]
    made = [message for message in messages if message["content"]]
    if not has_history and history:
        at = len(made) - 1 if made and made[-1]["role"] == "user" else len(made)
        made[at:at] = history
    return made


# Prompty -----------------------------------------------------------------------------------------------------------


def prompty_cases(folder: Path) -> Iterator[Case]:
    for one in json.loads((folder / "vectors.json").read_text()):
        vector = one["vector"]
        name, expected = f"{one['operation']}: {vector['name']}", vector.get("expected")
        work = {"load": _load, "parse": _parse, "render": _render}.get(one["operation"])
        if work is not None:
            got = tried(lambda v=vector, w=work: w(v, folder))
            yield Case(
                "Prompty " + one["operation"], name, expected, expected if _prompty_holds(expected, got) else got
            )
    corpus = {one["name"]: one for one in json.loads((folder / "jinja_subset/corpus.json").read_text())["cases"]}
    for one in json.loads((folder / "jinja_subset/render_golden.json").read_text()):
        expected = one.get("rendered", "an error")
        got = tried(lambda o=one: _jinja(o["template"], o["inputs"]))
        if "rendered" not in one and str(got).startswith("TemplateError"):
            got = expected
        suffix = "" if corpus[one["name"]].get("jinja2_agrees") else " (where the subset and Jinja2 differ on purpose)"
        yield Case("Prompty Jinja subset", one["name"] + suffix, expected, got)


def _prompty_holds(expected: Any, got: Any) -> bool:
    if isinstance(expected, dict) and "error" in expected:
        return isinstance(got, str)
    if isinstance(expected, dict) and "nonce_pattern" in expected:
        return isinstance(got, dict) and re.search(expected["nonce_pattern"], got["rendered"]) is not None
    if isinstance(expected, dict) and isinstance(got, dict):
        return all(_prompty_holds(value, got.get(key)) for key, value in expected.items())
    if isinstance(expected, list):
        return isinstance(got, list) and len(expected) == len(got) and all(map(_prompty_holds, expected, got))
    return bool(expected == got)


def _load(vector: dict[str, Any], folder: Path) -> Any:
    given = vector["input"]
    tree = DiskTree(folder / "fixtures")
    files = {key: json.dumps(value) for key, value in given.get("files", {}).items()}

    def text_of(path: str) -> str:
        entry = Entry(tree, "x.prompty")
        return files[path] if entry.beside(path) in files else entry.other(entry.beside(path)).text

    if "fixture" in given:
        text = tree.text(given["fixture"]).text
    elif "frontmatter_raw" in given:
        text = given["frontmatter_raw"]
    else:
        text = frontmatter.fresh(given["frontmatter"], given.get("body", ""))
    front = frontmatter.split(text)
    head, body = (dict(front.load("x.prompty")[0]), front.body) if front else ({}, text)
    agent = prompty_agent.agent_of(prompty_agent.resolved(head, given.get("env", {}), text_of), body.strip())
    if ("inputs" in given and "validated_inputs" in vector["expected"]) or "error_field" in vector["expected"]:
        return {"validated_inputs": _validated(agent["inputs"] or [], given["inputs"])}
    return agent


def _validated(declared: list[dict[str, Any]], given: dict[str, Any]) -> dict[str, Any]:
    from workbench.domain.prompts import Content, Message, Variable
    from workbench.domain.templates import render

    variables = tuple(
        Variable(one["name"], default=one.get("default"), has_default="default" in one) for one in declared
    )
    text = "".join(f"{{{{ {one['name']} }}}}" for one in declared if one.get("required"))
    render(Content((Message("user", text),), "jinja", variables), given)
    return {one["name"]: one["default"] for one in declared if "default" in one} | given


def _parse(vector: dict[str, Any], _folder: Path) -> Any:
    given = vector["input"]
    messages = []
    for part in roles.cut(given["rendered"]):
        message: dict[str, Any] = {"role": part.role, "content": [{"kind": "text", "value": part.content}]}
        if part.attributes:
            message["metadata"] = dict(part.attributes)
        messages.append(message)
    return {"messages": messages}


def _no_partial(_name: str) -> str | None:
    return None


def _render(vector: dict[str, Any], _folder: Path) -> Any:
    given = vector["input"]
    if given["engine"] == "mustache":
        text = mustache.render(given["template"], given["inputs"], _no_partial, escape=False, strict=False)
    else:
        text = _jinja(given["template"], given["inputs"])
    return {"rendered": text}


def _jinja(template: str, inputs: dict[str, Any]) -> str:
    """Ours, where what is missing is an error before rendering; here it is nothing, as Prompty has it."""
    parsed = jinja.parse(template)
    absent = dict.fromkeys(parsed.names - parsed.optional - inputs.keys(), "")
    return parsed.render({**absent, **inputs}) if jinja.has_tags(template) else template


# semver ------------------------------------------------------------------------------------------------------------


def semver_cases(folder: Path) -> Iterator[Case]:
    for higher, lower, *options in json.loads((folder / "comparisons.json").read_text()):
        if options and options[0] not in ({}, {"loose": False}):
            continue
        if "+" in higher + lower:
            continue
        yield Case("semver precedence", f"{higher} > {lower}", True, tried(lambda a=higher, b=lower: _above(a, b)))
    for text, *_ in json.loads((folder / "valid-versions.json").read_text()):
        if not text.startswith("v") and "+" not in text:
            yield Case("semver valid", text, True, is_number(text))
    for text, reason, *options in json.loads((folder / "invalid-versions.json").read_text()):
        if isinstance(text, str) and not (options and options[0]) and not reason.startswith("too "):
            yield Case("semver invalid", f"{text[:40]} ({reason})", False, is_number(text))


def _above(higher: str, lower: str) -> bool:
    return parse_number(higher) > parse_number(lower) and not parse_number(lower) >= parse_number(higher)


def main(arguments: list[str]) -> int:
    if not arguments:
        print(__doc__)
        return 2
    folder = Path(arguments[0])
    suites = {
        "mustache/specs": mustache_cases,
        "dotprompt/spec": dotprompt_cases,
        "prompty": prompty_cases,
        "semver": semver_cases,
    }
    failed = 0
    for place, cases in suites.items():
        by_suite: dict[str, list[Case]] = {}
        for case in cases(folder / place):
            by_suite.setdefault(case.suite, []).append(case)
        for suite, listed in by_suite.items():
            bad = [case for case in listed if not case.passed]
            failed += len(bad)
            print(f"{suite}: {len(listed) - len(bad)} of {len(listed)}")
            for case in bad:
                print(f"  {case.name}\n    expected {case.expected!r:.300}\n    got      {case.got!r:.300}")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
