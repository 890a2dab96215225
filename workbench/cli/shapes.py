"""The shape of every answer with `--json`: plain values, the same keys every time, null for what is unknown."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from workbench.domain.deployments import Deployment
    from workbench.domain.events import Event
    from workbench.domain.inputs import VariableSet
    from workbench.domain.prompts import Content, PromptRow, SearchHit, Version, VersionRow
    from workbench.domain.runs import Request, Run, RunRow
    from workbench.services.past.time_machine import Changed, Then
    from workbench.services.runs.previewing import Preview


def prompt(row: PromptRow) -> dict[str, Any]:
    return {
        "name": row.name,
        "description": row.description,
        "tags": list(row.tags),
        "archived": row.archived,
        "latest": row.latest or None,
        "versions": row.version_count,
        "updated_at": row.updated_at,
        "live": dict(row.live),
    }


def version_row(name: str, row: VersionRow) -> dict[str, Any]:
    return {
        "prompt": name,
        "version": row.number,
        "digest": row.digest,
        "author": row.author,
        "created_at": row.created_at,
        "note": row.note,
        "parent": row.parent,
        "tags": list(row.tags),
        "environments": list(row.environments),
        "withdrawn": row.withdrawn,
    }


def version(found: Version) -> dict[str, Any]:
    return {
        "prompt": found.prompt,
        "version": found.number,
        "digest": found.digest,
        "author": found.author,
        "created_at": found.created_at,
        "note": found.note,
        "parent": found.parent,
        "tags": list(found.tags),
        "environments": list(found.environments),
        "withdrawn": found.withdrawn,
        "source": dict(found.source),
        **content(found.content),
    }


def content(of: Content) -> dict[str, Any]:
    return {
        "format": of.format,
        "messages": [message.as_dict() for message in of.messages],
        "variables": {variable.name: variable.as_dict() for variable in of.variables},
        "settings": dict(of.settings),
    }


def hit(found: SearchHit) -> dict[str, Any]:
    return {
        "prompt": found.prompt,
        "version": found.number,
        "snippet": found.snippet,
        "start": found.start,
        "end": found.end,
    }


def deployment(row: Deployment) -> dict[str, Any]:
    return {
        "id": row.id,
        "prompt": row.prompt,
        "environment": row.environment,
        "kind": row.kind,
        "before": row.before,
        "after": row.after,
        "actor": row.actor,
        "at": row.at,
        "reason": row.reason,
        "forced": row.forced or None,
    }


def then(row: Then) -> dict[str, Any]:
    return {
        "prompt": row.prompt,
        "environment": row.environment,
        "version": row.number,
        "now": row.now,
        "since": row.deployment.at,
        "deployment": row.deployment.id,
        "actor": row.deployment.actor,
        "reason": row.deployment.reason,
    }


def changed(row: Changed) -> dict[str, Any]:
    return {
        "prompt": row.prompt,
        "what": row.what,
        "environment": row.environment or None,
        "before": row.before,
        "after": row.after,
        "at": row.at or None,
        "actor": row.actor or None,
        "note": row.note or None,
    }


def event(row: Event) -> dict[str, Any]:
    return {
        "id": row.id,
        "kind": row.kind,
        "prompt": row.prompt or None,
        "actor": row.actor,
        "at": row.at,
        "details": dict(row.details),
        "undoes": row.undoes,
        "redoes": row.redoes,
        "hash": row.hash,
    }


def run_row(row: RunRow) -> dict[str, Any]:
    return {
        "id": row.id,
        "prompt": row.prompt,
        "version": row.number or None,
        "digest": row.digest,
        "endpoint": row.endpoint,
        "model": row.model,
        "status": row.status,
        "finish_reason": row.finish_reason or None,
        "input_tokens": row.input_tokens,
        "output_tokens": row.output_tokens,
        "cost": row.cost,
        "first_token": row.first_token,
        "duration": row.duration,
        "started_at": row.started_at,
        "actor": row.actor,
        "origin": row.origin,
        "error": row.error or None,
        "rating": row.rating,
        "starred": row.starred,
        "note": row.note or None,
        "follows": row.follows or None,
    }


def request(sent: Request) -> dict[str, Any]:
    return {"endpoint": sent.endpoint, "model": sent.model, "body": dict(sent.body)}


def run(found: Run) -> dict[str, Any]:
    from workbench.services.runs.snippets import run_facts

    return run_facts(found)


def preview(of: Preview) -> dict[str, Any]:
    tokens, forecast = of.tokens, of.forecast
    return {
        **(request(of.request) if of.request is not None else {}),
        "missing": list(of.missing),
        "differs": [{"name": one.name, "was": one.was, "now": one.now} for one in of.differs],
        "tokens": None
        if tokens is None
        else {
            "total": tokens.total,
            "messages": list(tokens.messages),
            "rest": tokens.rest,
            "exact": tokens.exact,
        },
        "forecast": None
        if forecast is None
        else {
            "input_cost": forecast.input_cost,
            "output_tokens": forecast.output_tokens,
            "reckoned_from": forecast.reckoned_from or None,
            "likely_cost": forecast.likely,
            "most_cost": forecast.most,
        },
    }


def variable_set(of: VariableSet) -> dict[str, Any]:
    return {
        "prompt": of.prompt,
        "name": of.name,
        "values": dict(of.values),
        "actor": of.actor,
        "updated_at": of.updated_at,
    }
