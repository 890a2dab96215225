"""LangChain and LangSmith manifests, read as data: nothing in them is ever loaded or called.

`{"lc": 1, "type": "constructor", "id": […], "kwargs": {…}}` of a PromptTemplate, a ChatPromptTemplate or a
StructuredPrompt, alone or first in a sequence; and the YAML and JSON of the old `prompt.save()`. `template_format`
says the dialect.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from workbench.domain.prompts import Content, Message, Variable
from workbench.errors import FormatError
from workbench.formats import mapping, values
from workbench.formats.model import Format, PromptFile
from workbench.formats.tree import Entry

NAME = "langchain"
_ROLES = {
    "SystemMessagePromptTemplate": "system",
    "HumanMessagePromptTemplate": "user",
    "AIMessagePromptTemplate": "assistant",
    "SystemMessage": "system",
    "HumanMessage": "user",
    "AIMessage": "assistant",
    "ToolMessage": "tool",
}
_CHAT_ROLES = {"human": "user", "ai": "assistant", "model": "assistant", "developer": "system"}
_DIALECTS = {"f-string": "f-string", "mustache": "mustache", "jinja2": "jinja"}


def _claims(entry: Entry) -> bool:
    if not entry.base.endswith((".json", ".yaml", ".yml")):
        return False
    document = entry.document
    if not isinstance(document, Mapping):
        return False
    manifest = document.get("manifest")
    if isinstance(manifest, Mapping):
        document = manifest
    return _is_constructor(document) or document.get("_type") in ("prompt", "chat", "few_shot")


def _is_constructor(value: Any) -> bool:
    return isinstance(value, Mapping) and "lc" in value and isinstance(value.get("id"), list)


def _read(entry: Entry) -> tuple[PromptFile, ...]:
    document, lines = entry.read_document
    commit = document.get("commit_hash") if isinstance(document, Mapping) else None
    manifest = document["manifest"] if isinstance(document.get("manifest"), Mapping) else document
    fields = values.Fields(document, entry.file, lines)
    reading = _Reading(fields)
    content = values.checked(reading.content(manifest), fields)
    source = {"format": NAME, "path": entry.path, **({"commit": commit} if isinstance(commit, str) else {})}
    return (
        PromptFile(
            entry.name.removesuffix(".manifest"),
            content,
            entry.file,
            description=fields.text("description") if "manifest" in document else "",
            source=source,
            lines=lines,
            warnings=tuple(reading.warnings),
        ),
    )


class _Reading:
    """One manifest; collects dialects, defaults and warnings on the way."""

    def __init__(self, fields: values.Fields) -> None:
        self.fields = fields
        self.warnings: list[str] = []
        self.dialects: dict[str, None] = {}
        self.settings: dict[str, Any] = {}
        self.defaults: dict[str, Any] = {}

    def content(self, manifest: Mapping[str, Any]) -> Content:
        messages = self.saved(manifest) if "_type" in manifest else self.prompt(manifest)
        if len(self.dialects) > 1:
            raise self.error("has templates of several formats: " + ", ".join(self.dialects))
        stated = next(iter(self.dialects), "f-string")
        if stated not in _DIALECTS:
            raise self.error(f"unknown template_format {stated!r}")
        variables = tuple(Variable(name, default=value, has_default=True) for name, value in self.defaults.items())
        return Content(tuple(messages), _DIALECTS[stated], variables, self.settings)

    def error(self, message: str, hint: str = "") -> FormatError:
        return self.fields.error(None, message, hint)

    def prompt(self, node: Any) -> list[Message]:
        kind = _kind(node)
        body = node["kwargs"] if _is_constructor(node) and isinstance(node.get("kwargs"), Mapping) else {}
        if kind == "RunnableSequence":
            self.model(body.get("last"))
            return self.prompt(body.get("first"))
        if kind == "RunnableBinding":
            return self.prompt(body.get("bound"))
        if kind == "PromptTemplate":
            self.partials(body)
            return [Message("system", self.template(body))]
        if kind in ("ChatPromptTemplate", "StructuredPrompt"):
            self.partials(body)
            if kind == "StructuredPrompt" and isinstance(body.get("schema_"), Mapping):
                self.settings["response_format"] = mapping.response_format("output", body["schema_"])
            listed = body.get("messages")
            messages = [one for item in (listed if isinstance(listed, list) else []) for one in self.message(item)]
            if not messages:
                raise self.error("has no messages with a text")
            return messages
        raise self.error(f"{kind} is not read here", "prompts, chat prompts and structured prompts are")

    def message(self, node: Any) -> list[Message]:
        kind = _kind(node)
        body = node.get("kwargs") if isinstance(node, Mapping) else None
        if not isinstance(body, Mapping):
            raise self.error(f"a message of the kind {kind} is not read here")
        if kind == "MessagesPlaceholder":
            name = body.get("variable_name")
            self.warnings.append(f"{self.fields.file}: the placeholder {name} is left out, and nothing is sent for it")
            self.defaults.pop(str(name), None)
            return []
        role = _ROLES.get(kind)
        if kind in ("ChatMessagePromptTemplate", "ChatMessage"):
            role = _CHAT_ROLES.get(str(body.get("role")), str(body.get("role")))
        if role is None:
            raise self.error(f"a message of the kind {kind} is not read here")
        if "prompt" in body:
            return [Message(role, self.parts(body["prompt"]))]
        if isinstance(body.get("content"), str):
            return [Message(role, body["content"])]
        raise self.error(f"a message of the kind {kind} has no text")

    def parts(self, prompt: Any) -> str:
        texts = []
        for part in prompt if isinstance(prompt, list) else [prompt]:
            if _kind(part) != "PromptTemplate":
                raise self.error(f"a part of the kind {_kind(part)} is not read here: messages hold text only")
            texts.append(self.template(part["kwargs"]))
        return "\n".join(texts)

    def template(self, body: Any) -> str:
        text = body.get("template") if isinstance(body, Mapping) else None
        if not isinstance(text, str):
            raise self.error("a template has no text")
        self.dialects[str(body.get("template_format") or "f-string")] = None
        return text

    def partials(self, body: Mapping[str, Any]) -> None:
        stated = body.get("partial_variables")
        for name, value in (stated if isinstance(stated, Mapping) else {}).items():
            if _is_constructor(value):
                self.warnings.append(f"{self.fields.file}: the value of {name} is code, which is never run; left out")
            else:
                self.defaults[name] = value

    def model(self, node: Any) -> None:
        body = node.get("kwargs") if isinstance(node, Mapping) else None
        if _kind(node) == "RunnableBinding" and isinstance(body, Mapping):
            self.model(body.get("bound"))
        elif isinstance(body, Mapping):
            words = {"model_name": "model"}
            stated = mapping.to_ours(body, words)
            self.settings |= {
                key: stated[key] for key in values.SETTINGS if isinstance(stated.get(key), str | int | float)
            }

    def saved(self, body: Mapping[str, Any]) -> list[Message]:
        if body["_type"] != "prompt":
            raise self.error(f"a saved prompt of the kind {body['_type']} is not read here")
        self.partials(body)
        if isinstance(body.get("template_path"), str):
            raise self.error("names its text by template_path", "put the text itself under template")
        return [Message("system", self.template(body))]


def _kind(node: Any) -> str:
    return str(node["id"][-1]) if _is_constructor(node) and node["id"] else "nothing"


FORMAT = Format(NAME, "LangChain and LangSmith manifests, and prompt.save()", _claims, _read)
