"""Version, diff, run, promote and roll back prompts, on one SQLite file.

The names below load their module on first use, so that `import workbench` costs what bare Python costs.
"""

from __future__ import annotations

TYPE_CHECKING = False  # type checkers read it as True; importing typing for it would cost more than all the rest

if TYPE_CHECKING:
    from workbench.composition import Workbench as Workbench
    from workbench.domain.comparisons import Comparison as Comparison
    from workbench.domain.deployments import Deployment as Deployment
    from workbench.domain.environments import Environment as Environment
    from workbench.domain.prompts import Content as Content
    from workbench.domain.prompts import Message as Message
    from workbench.domain.prompts import PromptRow as Prompt  # noqa: F401  renamed for the public
    from workbench.domain.prompts import Variable as Variable
    from workbench.domain.prompts import Version as Version
    from workbench.domain.runs import Run as Run
    from workbench.errors import BadInput as BadInput
    from workbench.errors import BadReference as BadReference
    from workbench.errors import ConfigError as ConfigError
    from workbench.errors import FormatError as FormatError
    from workbench.errors import MissingVariables as MissingVariables
    from workbench.errors import ModelError as ModelError
    from workbench.errors import MovedMeanwhile as MovedMeanwhile
    from workbench.errors import NotFound as NotFound
    from workbench.errors import Refused as Refused
    from workbench.errors import StoreCorrupt as StoreCorrupt
    from workbench.errors import StoreError as StoreError
    from workbench.errors import StoreReadOnly as StoreReadOnly
    from workbench.errors import StoreTooNew as StoreTooNew
    from workbench.errors import TemplateError as TemplateError
    from workbench.errors import Unchanged as Unchanged
    from workbench.errors import WorkbenchError as WorkbenchError

__version__ = "0.1.0"

_HOMES = {
    "workbench.composition": ("Workbench",),
    "workbench.domain.comparisons": ("Comparison",),
    "workbench.domain.deployments": ("Deployment",),
    "workbench.domain.environments": ("Environment",),
    "workbench.domain.prompts": ("Content", "Message", "Variable", "Version"),
    "workbench.domain.runs": ("Run",),
    "workbench.errors": (
        "BadInput",
        "BadReference",
        "ConfigError",
        "FormatError",
        "MissingVariables",
        "ModelError",
        "MovedMeanwhile",
        "NotFound",
        "Refused",
        "StoreCorrupt",
        "StoreError",
        "StoreReadOnly",
        "StoreTooNew",
        "TemplateError",
        "Unchanged",
        "WorkbenchError",
    ),
}
_HOME_OF = {name: (module, name) for module, names in _HOMES.items() for name in names}
_HOME_OF["Prompt"] = ("workbench.domain.prompts", "PromptRow")

__all__ = ["__version__", *sorted(_HOME_OF)]


def __getattr__(name: str) -> object:
    if name not in _HOME_OF:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from importlib import import_module

    module, attribute = _HOME_OF[name]
    value = getattr(import_module(module), attribute)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return __all__
