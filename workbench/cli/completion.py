"""`completion`: the script that lets a shell complete commands and options."""

from __future__ import annotations

import click
from click.shell_completion import get_completion_class

from workbench.cli import output
from workbench.cli.session import act


@act("completion")
@click.argument("shell", type=click.Choice(("bash", "zsh", "fish")))
def completion(shell: str) -> None:
    """Print the completion script for SHELL, for example: eval "$(workbench completion bash)"."""
    from workbench.cli.root import root

    found = get_completion_class(shell)
    if found is None:
        raise click.UsageError(f"click cannot complete in {shell}")
    source = found(root, {}, "workbench", "_WORKBENCH_COMPLETE")
    output.content(source.source_template % source.source_vars())
