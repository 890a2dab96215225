"""What a config says of models: the client that talks to its endpoints, and the keys that nobody else may see."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from workbench.settings import paths

if TYPE_CHECKING:
    from workbench.models.gateway import Gateway
    from workbench.models.secrets import Secret
    from workbench.settings.config import Config


def open_gateway(config: Config) -> Gateway:
    """The model client, without a store; it connects only when something is sent."""
    from workbench.models.gateway import Gateway
    from workbench.models.presets import make_endpoint

    endpoints = {
        name: make_endpoint(
            name,
            base_url=configured.base_url,
            api_key_env=configured.api_key_env,
            default_headers=configured.default_headers,
            timeout=configured.timeout,
            preset=configured.preset,
            concurrency=configured.concurrency,
        )
        for name, configured in config.endpoints.items()
    }
    return Gateway(endpoints, config.models, config.default_model, paths.data_dir(), paths.log_dir())


def secrets_of(config: Config) -> tuple[Secret, ...]:
    """The keys of all endpoints, the presets' too, that are in the environment."""
    from workbench.models.presets import PRESETS
    from workbench.models.secrets import Secret

    configured = [endpoint.api_key_env for endpoint in config.endpoints.values()]
    names = dict.fromkeys([*configured, *(preset.api_key_env for preset in PRESETS.values())])
    return tuple(Secret(os.environ[name]) for name in names if name and os.environ.get(name))
