"""The command `workbench`: finds the command that was asked for, and imports nothing else."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from importlib import import_module
from typing import Any

import click

from workbench import __version__
from workbench.cli import diagnostics, output
from workbench.cli.session import Session, shared_options
from workbench.errors import WorkbenchError

COMMANDS: Mapping[str, tuple[str, str]] = {
    "app": ("app", "Open the app (the same as workbench alone)."),
    "demo": ("app", "Open the app on a throw-away copy of the sample prompts."),
    "init": ("project", "Write a workbench.yaml and a store here."),
    "import": ("porting", "Import prompt files and folders."),
    "export": ("porting", "Write prompts as files."),
    "list": ("library", "List the prompts."),
    "search": ("library", "Search all texts, names, notes and tags."),
    "show": ("show", "Show a version."),
    "log": ("library", "List the versions of a prompt."),
    "diff": ("diff", "Compare two versions or two files."),
    "report": ("sharing", "A prompt's whole story, as Markdown or as a page."),
    "save": ("save", "Save a text or a prompt file as a new version."),
    "render": ("show", "Fill in the variables."),
    "run": ("run", "Run a version against a model."),
    "runs": ("runs", "List, show, replay, continue and rate recorded runs."),
    "inputs": ("inputs", "Keep named variable sets of a prompt."),
    "compare": ("compare", "Run versions and models side by side, and vote."),
    "tag": ("labels", "Add and remove tags."),
    "archive": ("labels", "Put a prompt away, or bring it back."),
    "approve": ("approvals", "Approve a version for an environment."),
    "review": ("approvals", "Comment on a version, or request changes, also on a line."),
    "check": ("approvals", "Ask what an environment asks of a promotion."),
    "promote": ("deploy", "Make a version live in an environment."),
    "rollback": ("rollback", "Make live again what was live before."),
    "merge": ("merging", "Merge two versions into a new one."),
    "restore": ("save", "Save an old version's content again, on top."),
    "history": ("history", "Show deployments and events."),
    "changes": ("history", "Show what is different since a time."),
    "blame": ("blame", "Show which version brought each line."),
    "undo": ("undoing", "Take back the last act."),
    "redo": ("undoing", "Do again what the last undo took back."),
    "status": ("repository", "What differs between prompt files and the store, both ways."),
    "sync": ("syncing", "Bring a repository and the store together, both ways."),
    "validate": ("validation", "Check prompt files or stored prompts."),
    "ci": ("ci", "Check prompts on pull requests and before commits."),
    "verify": ("health", "Check the store for damage and tampering."),
    "backup": ("health", "Copy the store to a file while it is in use."),
    "hooks": ("hooks", "List and deliver what others are told about promotions."),
    "doctor": ("doctor", "Check this machine, the terminal, the store and the endpoints."),
    "models": ("models", "List, fetch and check models."),
    "config": ("config", "Show the configuration."),
    "completion": ("completion", "Print the completion script for a shell."),
}
"""Command → (module in this package, one line of help). The function in the module has the command's name, with an
underscore behind what Python reserves."""


class Root(click.Group):
    def list_commands(self, _ctx: click.Context) -> list[str]:
        return list(COMMANDS)

    def get_command(self, _ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in COMMANDS:
            return None
        module = import_module(f"workbench.cli.{COMMANDS[cmd_name][0]}")
        found = getattr(module, cmd_name, None)
        command: click.Command = found if isinstance(found, click.Command) else getattr(module, cmd_name + "_")
        return command

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        if args and args[0] not in COMMANDS and not args[0].startswith("-"):
            from workbench.domain.names import near

            close = near(args[0], COMMANDS)
            hint = "did you mean " + " or ".join(close) + "?" if close else "workbench -h lists the commands"
            raise click.UsageError(f"there is no command {args[0]!r}; {hint}")
        return super().resolve_command(ctx, args)

    def format_commands(self, _ctx: click.Context, formatter: click.HelpFormatter) -> None:
        with formatter.section("Commands"):
            formatter.write_dl([(name, text) for name, (_, text) in COMMANDS.items()])


def _print_version(context: click.Context, _parameter: click.Parameter, value: bool) -> None:
    if value:
        output.line(f"workbench {__version__}")
        context.exit()


@click.command(
    "workbench", cls=Root, invoke_without_command=True, context_settings={"help_option_names": ["-h", "--help"]}
)
@click.option(
    "--version", is_flag=True, expose_value=False, is_eager=True, callback=_print_version, help="The version."
)
@click.pass_context
def root(context: click.Context) -> Any:
    """Version, diff, run, promote and roll back prompts. Without a command, open the app."""
    if context.invoked_subcommand is None:
        from workbench.cli.app import app

        return context.invoke(app)
    return None


root.params += shared_options(hidden=False)


def run(arguments: Sequence[str]) -> int:
    """Run one command line and return its exit code. A person's mistake is one line, never a traceback."""
    session = Session(json="--json" in arguments)
    try:
        answer = root.main(list(arguments), prog_name="workbench", standalone_mode=False, obj=session)
    except WorkbenchError as error:
        return _failed(session, type(error).__name__, error.message, error.hint, error.exit_code)
    except click.ClickException as error:
        hint = ""
        if isinstance(error, click.UsageError) and error.ctx is not None:
            hint = f"{error.ctx.command_path} -h explains it"
        return _failed(session, "Usage", error.format_message(), hint, diagnostics.BAD_INPUT)
    except (KeyboardInterrupt, click.Abort):
        diagnostics.say("interrupted")
        return diagnostics.INTERRUPTED
    except BrokenPipeError:
        output.give_up()
        return diagnostics.BROKEN_PIPE
    return answer if isinstance(answer, int) else diagnostics.DONE


def _failed(session: Session, kind: str, message: str, hint: str, exit_code: int) -> int:
    if session.json:
        output.failure(kind, message, hint, exit_code)
    diagnostics.fail(message, hint)
    return exit_code
