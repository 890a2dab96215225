"""Where something stands in a template, for errors that say line and column."""

from __future__ import annotations

from workbench.domain.templates.bounds import MAX_TEMPLATE, LimitExceeded
from workbench.errors import TemplateError


def error_at(text: str, at: int, message: str, hint: str = "") -> TemplateError:
    line = text.count("\n", 0, at) + 1
    column = at - (text.rfind("\n", 0, at) + 1) + 1
    return TemplateError(f"line {line}, column {column}: {message}", hint, line=line, column=column)


def bound_error(error: LimitExceeded) -> TemplateError:
    return TemplateError(str(error), "rendering is bounded so that it always ends")


def refuse_too_long(text: str) -> None:
    if len(text) > MAX_TEMPLATE:
        raise TemplateError(f"the template is longer than {MAX_TEMPLATE:,} characters")
