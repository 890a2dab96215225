"""The errors a person can cause or meet; each says what to do next.

::

    WorkbenchError
    ├── BadInput            what was given cannot be used                      exit 2
    │   ├── BadReference    NAME@SELECTOR that cannot be read
    │   ├── TemplateError   a template that cannot be parsed or rendered
    │   ├── MissingVariables
    │   ├── ConfigError     workbench.yaml, with file, line and key
    │   └── FormatError     a prompt file, with file and line
    ├── Refused             the answer is no, with the reasons                 exit 1
    │   └── Unchanged       saving the same content again
    ├── NotFound            no such prompt, version, environment, run …        exit 3
    ├── MovedMeanwhile      somebody else moved it first                       exit 4
    ├── ModelError          the model call failed                              exit 5
    └── StoreError          the database file cannot be used                   exit 2
        ├── StoreTooNew     written by a newer program
        ├── StoreCorrupt
        └── StoreReadOnly
"""

from __future__ import annotations

from collections.abc import Sequence


class WorkbenchError(Exception):
    """Base of all expected errors.

    `message` says what was wrong, `hint` what to do instead ("" when there is
    nothing to add), `exit_code` is the process status of DESIGN's table.
    """

    exit_code = 1

    def __init__(self, message: str, hint: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint


class BadInput(WorkbenchError):
    exit_code = 2


class BadReference(BadInput):
    pass


class TemplateError(BadInput):
    """`line` and `column` count from 1; 0 means unknown."""

    def __init__(self, message: str, hint: str = "", *, line: int = 0, column: int = 0) -> None:
        super().__init__(message, hint)
        self.line = line
        self.column = column


class MissingVariables(BadInput):
    """`names` lists every missing variable, not only the first; `unused` are those given that nothing asks for."""

    def __init__(self, names: Sequence[str], unused: Sequence[str] = ()) -> None:
        self.names = tuple(names)
        listed = ", ".join(self.names)
        plural = "s" if len(self.names) > 1 else ""
        others = f"; nothing asks for {', '.join(unused)}" if unused else ""
        super().__init__(
            f"missing variable{plural}: {listed}",
            "give " + " ".join(f"-v {name}=…" for name in self.names) + others,
        )


class ConfigError(BadInput):
    def __init__(self, message: str, hint: str = "", *, file: str = "", line: int = 0) -> None:
        where = f"{file}:{line}: " if line else f"{file}: " if file else ""
        super().__init__(where + message, hint)
        self.file = file
        self.line = line


class FormatError(BadInput):
    def __init__(self, message: str, hint: str = "", *, file: str = "", line: int = 0) -> None:
        where = f"{file}:{line}: " if line else f"{file}: " if file else ""
        super().__init__(where + message, hint)
        self.file = file
        self.line = line


class Refused(WorkbenchError):
    """`reasons` holds one sentence each; never empty."""

    exit_code = 1

    def __init__(self, reasons: Sequence[str] | str, hint: str = "") -> None:
        self.reasons = (reasons,) if isinstance(reasons, str) else tuple(reasons)
        super().__init__("; ".join(self.reasons), hint)


class Unchanged(Refused):
    pass


class NotFound(WorkbenchError):
    """`near` lists the nearest names that do exist, best first."""

    exit_code = 3

    def __init__(self, what: str, near: Sequence[str] = (), hint: str = "") -> None:
        self.near = tuple(near)
        if self.near and not hint:
            hint = "did you mean " + " or ".join(self.near) + "?"
        super().__init__(what, hint)


class MovedMeanwhile(WorkbenchError):
    exit_code = 4


class ModelError(WorkbenchError):
    """`kind` is one of: connection, timeout, auth, not_found, rate_limit, bad_request,
    server, cut, malformed, local, cancelled."""

    exit_code = 5

    def __init__(self, message: str, hint: str = "", *, kind: str = "server") -> None:
        super().__init__(message, hint)
        self.kind = kind


class StoreError(WorkbenchError):
    exit_code = 2


class StoreTooNew(StoreError):
    pass


class StoreCorrupt(StoreError):
    pass


class StoreReadOnly(StoreError):
    pass
