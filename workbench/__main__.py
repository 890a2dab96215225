"""The entry point: one exit code for whatever happens, and a report in place of a traceback."""

from __future__ import annotations

import gc
import sys
from typing import NoReturn


def main() -> NoReturn:
    """Run the command line of this process and exit."""
    arguments = sys.argv[1:]
    try:
        from workbench.cli.opening import carry_out, read_opening

        opening = read_opening(arguments)
        if opening is not None:
            status = carry_out(opening)
        else:
            from workbench.cli.root import run

            status = run(arguments)
    except KeyboardInterrupt:
        status = 130
    except Exception as error:  # whatever is left is our own fault, and is told as such
        status = _crashed(error, arguments)
    # What is left goes with the process: looking through all of it for garbage takes a quarter of a second.
    gc.freeze()
    sys.exit(status)


def _crashed(error: Exception, arguments: list[str]) -> int:
    from workbench.cli import diagnostics
    from workbench.crash import write_report
    from workbench.settings.paths import log_dir

    report = write_report(error, log_dir(), arguments)
    where = f"the report is in {report}" if report else "and no report could be written"
    diagnostics.fail(f"this is a fault in workbench ({type(error).__name__})", where)
    return diagnostics.CRASHED


if __name__ == "__main__":
    main()
