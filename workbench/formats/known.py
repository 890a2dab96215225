"""All formats, in the order in which a file is offered to them."""

from __future__ import annotations

from workbench.domain.names import near
from workbench.errors import BadInput
from workbench.formats import (
    continue_prompt,
    dotprompt,
    fabric,
    folder,
    github_models,
    langchain,
    langfuse,
    llm_template,
    many_texts,
    native,
    plain,
    prompt_config,
    promptfoo,
    prompts_json,
    prompty,
    registry_json,
    variations,
)
from workbench.formats.model import Format

FORMATS: tuple[Format, ...] = (
    folder.FORMAT,
    prompt_config.FORMAT,
    prompts_json.FORMAT,
    registry_json.FORMAT,
    prompty.FORMAT,
    continue_prompt.FORMAT,
    dotprompt.FORMAT,
    github_models.FORMAT,
    native.FORMAT,
    variations.FORMAT,
    promptfoo.FORMAT,
    langfuse.FORMAT,
    langchain.FORMAT,
    llm_template.FORMAT,
    many_texts.CSV_FORMAT,
    many_texts.TEXTS_FORMAT,
    fabric.FORMAT,
    plain.FORMAT,
)
BY_NAME = {known.name: known for known in FORMATS}
NAMES = tuple(BY_NAME)


def check_format(format: str | None) -> str | None:
    """The format's name itself; `BadInput` with the nearest for an unknown one. None is: look at the file."""
    if format is not None and format not in BY_NAME:
        close = near(format, NAMES, 1)
        raise BadInput(
            f"unknown format {format!r}", f"did you mean {close[0]}?" if close else "use one of " + ", ".join(NAMES)
        )
    return format
