"""What a call costs. Local models cost 0; a price that nobody knows is None, never 0."""

from __future__ import annotations

from workbench.domain.runs import Price, Usage
from workbench.models.endpoints import Endpoint
from workbench.models.presets import PRESETS

FREE = Price(0.0, 0.0, "local")


def price_of(endpoint: Endpoint, model: str, usage: Usage) -> Price | None:
    """Dollars a million tokens as of now, for a call of this size (some prices have steps).

    Imports genai-prices, so call it off the event loop.
    """
    if endpoint.on_this_machine:
        return FREE
    from importlib.metadata import version

    import genai_prices

    provider = PRESETS[endpoint.preset].prices if endpoint.preset else ""
    sent = usage.input_tokens or 1000
    received = usage.output_tokens or 1000
    tokens = genai_prices.Usage(input_tokens=sent, output_tokens=received)
    try:
        if provider:
            found = genai_prices.calc_price(tokens, model, provider_id=provider)
        else:
            found = genai_prices.calc_price(tokens, model, provider_api_url=endpoint.base_url)
    except (LookupError, ValueError):
        return None
    return Price(
        round(float(found.input_price) * 1_000_000 / sent, 9),
        round(float(found.output_price) * 1_000_000 / received, 9),
        f"genai-prices {version('genai-prices')} {found.provider.id}/{found.model.id}",
    )
