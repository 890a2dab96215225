"""The endpoints people use, as data; and an endpoint from what was configured."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from workbench.domain.names import near
from workbench.errors import BadInput
from workbench.models.endpoints import LOCAL, Endpoint


@dataclass(frozen=True)
class Preset:
    """`base_url` "" must be given by the user. `prices` is the provider's name in genai-prices, "" for none."""

    base_url: str
    api_key_env: str = ""
    prices: str = ""
    stream_usage: bool = True


PRESETS: Mapping[str, Preset] = {
    "openai": Preset("https://api.openai.com/v1", "OPENAI_API_KEY", "openai"),
    "anthropic": Preset("https://api.anthropic.com/v1", "ANTHROPIC_API_KEY", "anthropic"),
    "gemini": Preset("https://generativelanguage.googleapis.com/v1beta/openai", "GEMINI_API_KEY", "google"),
    "openrouter": Preset("https://openrouter.ai/api/v1", "OPENROUTER_API_KEY", "openrouter"),
    "groq": Preset("https://api.groq.com/openai/v1", "GROQ_API_KEY", "groq"),
    # Mistral says the usage without being asked and refuses bodies with fields that it does not know.
    "mistral": Preset("https://api.mistral.ai/v1", "MISTRAL_API_KEY", "mistral", stream_usage=False),
    "ollama": Preset("http://localhost:11434/v1"),
    "lmstudio": Preset("http://localhost:1234/v1"),
    "llamacpp": Preset("http://localhost:8080/v1"),
    "vllm": Preset("http://localhost:8000/v1"),
    "azure": Preset("", "AZURE_OPENAI_API_KEY", "azure"),
}


def make_endpoint(
    name: str,
    *,
    base_url: str = "",
    api_key_env: str = "",
    default_headers: Mapping[str, str] | None = None,
    timeout: float | None = None,
    preset: str = "",
    concurrency: int | None = None,
) -> Endpoint:
    """What was configured over its preset; one named like a preset and without an address of its own is that preset.

    Raises `BadInput` for an unknown preset, the reserved name `local` and an endpoint without an address.
    """
    if name == LOCAL:
        raise BadInput("the endpoint name 'local' is the embedded model's", "give yours another name")
    if preset and preset not in PRESETS:
        raise BadInput(
            f"endpoint {name}: unknown preset {preset!r}",
            "use one of " + ", ".join(near(preset, PRESETS) or PRESETS),
        )
    if not preset and not base_url and name in PRESETS:
        preset = name
    base = PRESETS.get(preset, Preset(""))
    address = base_url or base.base_url
    if not address:
        raise BadInput(f"endpoint {name} has no base_url", "for example base_url: http://localhost:11434/v1")
    if not address.startswith(("http://", "https://")):
        raise BadInput(f"endpoint {name}: base_url must start with http:// or https://")
    defaults = Endpoint(name, address)
    return Endpoint(
        name,
        address,
        api_key_env or base.api_key_env,
        dict(default_headers or {}),
        defaults.timeout if timeout is None else timeout,
        defaults.deadline if timeout is None else max(defaults.deadline, timeout),
        preset,
        base.stream_usage,
        concurrency,
    )


def implicit_endpoints() -> dict[str, Endpoint]:
    """The presets that need no configuration, by name; used where the config does not name the endpoint itself."""
    return {name: make_endpoint(name) for name, preset in PRESETS.items() if preset.base_url}
