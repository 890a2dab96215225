"""What is said about a run, in one line."""

from __future__ import annotations

from workbench.domain.runs import Run


def seconds(value: float) -> str:
    return f"{value * 1000:.0f} ms" if value < 1 else f"{value:.1f} s"


def money(cost: float | None) -> str:
    """Unknown is not free."""
    if cost is None:
        return "cost unknown"
    if cost == 0:
        return "free"
    return f"${cost:.6f}".rstrip("0") if cost < 0.01 else f"${cost:.4f}"


def run_facts(run: Run) -> str:
    """Status and reason, tokens, first token, duration, speed, cost, model, the run's id."""
    parts = [run.status + (f" ({run.finish_reason})" if run.finish_reason else "")]
    about = "≈" if run.usage.estimated else ""  # what is counted by us is the output
    if run.usage.input_tokens is not None or run.usage.output_tokens is not None:
        asked = "?" if run.usage.input_tokens is None else run.usage.input_tokens
        got = "?" if run.usage.output_tokens is None else run.usage.output_tokens
        parts.append(f"{asked} → {about}{got} tokens")
    if run.first_token is not None:
        parts.append(f"first after {seconds(run.first_token)}")
    parts.append(seconds(run.duration))
    if run.tokens_per_second is not None:
        parts.append(f"{run.tokens_per_second:.0f} tokens/s")
    attempts = run.response.get("attempts")
    if isinstance(attempts, int) and attempts > 1:
        parts.append(f"asked {attempts} times")
    parts.append(money(run.cost))
    parts.append(f"{run.request.endpoint}/{run.request.model}")
    parts.append(f"run {run.id[:8]}")
    return " · ".join(parts)
