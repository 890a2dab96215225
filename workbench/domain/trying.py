"""Putting variable sets into a prompt to see whether they fit, without sending anything."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from workbench.domain.inputs import Case
from workbench.domain.inspections import Trial
from workbench.domain.prompts import INPUT, Content, Variable
from workbench.domain.templates import render, takes_input, variables_of
from workbench.errors import BadInput, MissingVariables, TemplateError

SAMPLE = "made-up values"
_LENIENT = ("nunjucks", "handlebars", "mustache", "mustache-plain", "langfuse", "github-models")
"""Dialects whose own tools render what has no value as nothing, or leave it as it stands."""
_BY_TYPE: Mapping[str, Any] = {
    "integer": 1,
    "number": 1.5,
    "boolean": True,
    "list": ["sample"],
    "object": {"sample": "sample"},
}


def tried(prompt: str, number: str, content: Content, cases: Iterable[Case]) -> list[Trial]:
    """Each set, and once with made-up values; what those cannot fill says nothing against the prompt."""
    trials = [_tried(prompt, number, content, case) for case in cases]
    sample = _tried(prompt, number, content, Case(SAMPLE, sample_of(content)))
    if sample.why:
        sample = Trial(prompt, number, SAMPLE, sample.why)
    return [*trials, sample]


def sample_of(content: Content) -> dict[str, Any]:
    """A value for every variable without a default: its first choice, or one of its type."""
    values = {
        variable.name: variable.choices[0] if variable.choices else _made_up(variable)
        for variable in variables_of(content)
        if not variable.has_default
    }
    if takes_input(content):
        values[INPUT] = "sample"
    return values


def _made_up(variable: Variable) -> Any:
    return _BY_TYPE.get(variable.type, f"sample {variable.name}")


def _tried(prompt: str, number: str, content: Content, case: Case) -> Trial:
    try:
        render(content, case.values)
    except MissingVariables as error:
        lenient = content.format in _LENIENT
        return Trial(prompt, number, case.name, error.message, "warning" if lenient else "error")
    except TemplateError as error:
        # What our part of a dialect does not render is no fault of the set.
        unable = content.format == "nunjucks"
        return Trial(prompt, number, case.name, error.message, "" if unable else "error")
    except BadInput as error:
        return Trial(prompt, number, case.name, error.message, "error")
    return Trial(prompt, number, case.name)
