"""The reference of the API: the route table with every example executed, as JSON-able values for a page."""

import json
from typing import Any

from grandmodel_sim.clock import stamp
from grandmodel_sim.demo_keys import DEMO_KEYS, ENVIRONMENT, KEY_VARIABLE
from grandmodel_sim.http.app import handle
from grandmodel_sim.http.auth import ROLE_TEXTS, Principal
from grandmodel_sim.http.message import HOST, Request, Response
from grandmodel_sim.http.openapi import STATUSES, operation_id, statuses_of
from grandmodel_sim.http.ratelimit import BURST, BURST_MS, PER_MINUTE
from grandmodel_sim.http.route import Route
from grandmodel_sim.http.routes import GRANDMODEL
from grandmodel_sim.http.schema import Schema, accepted
from grandmodel_sim.world import World

SEED = 7
SECONDS = 4 * 86_400 + 3_600  # the fifth session, an hour after its opening: by then there were trades

#: Lines of an answer that are shown.
LINES = 48

ASKER = Principal("admin", "admin", limited=False)


def reference() -> dict[str, Any]:
    """Everything that the page needs: chapters of routes, roles, limits, statuses.

    Routes that read are asked one world; those that act are asked another one, in the table's order.
    """
    reading = World(SEED)
    reading.advance(SECONDS)
    acting = World.from_snapshot(reading.snapshot())
    chapters: dict[str, list[dict[str, Any]]] = {}
    for route in GRANDMODEL:
        world = reading if route.method == "GET" else acting
        chapters.setdefault(route.tag, []).append(_entry(world, route))
    return {
        "host": HOST,
        "seed": SEED,
        "instant": stamp(reading.now_ms),
        "key_variable": KEY_VARIABLE,
        "roles": [
            {
                "role": role,
                "adds": ROLE_TEXTS[role],
                "key": key,
                "variable": next((name for name, value in ENVIRONMENT.items() if value == key), ""),
            }
            for role, key in DEMO_KEYS.items()
        ],
        "limits": [{"kind": kind, "per_minute": count} for kind, count in PER_MINUTE.items()],
        "burst": {"requests": BURST, "seconds": BURST_MS // 1000},
        "statuses": [{"status": status, "meaning": meaning} for status, meaning in STATUSES.items()],
        "chapters": [{"title": title, "routes": routes} for title, routes in chapters.items()],
    }


def _entry(world: World, route: Route) -> dict[str, Any]:
    shown = [
        {
            "name": one.name,
            "where": one.where,
            "required": one.required,
            "default": "" if one.default is None else str(one.default),
            "description": one.schema.get("description", ""),
            "accepted": accepted(one.schema).removeprefix("give "),
        }
        for one in route.parameters
    ]
    return {
        "id": operation_id(route).replace("_", "-"),
        "method": route.method,
        "path": route.path,
        "summary": route.summary,
        "notes": route.notes,
        "role": route.role,
        "per_minute": PER_MINUTE.get(route.rate),
        "parameters": shown,
        "statuses": statuses_of(route),
        "fields": _fields(route.returns),
        "example": _example(world, route),
    }


def _fields(schema: Schema, at: str = "") -> list[dict[str, str]]:
    """Every named value of an answer: where, of which type, and what it means."""
    found = []
    for name, inner in schema.get("properties", {}).items():
        where = f"{at}{name}"
        kind = _type(inner)
        found.append({"name": where, "type": kind, "description": _meaning(inner)})
        inside = inner.get("items", inner)
        found += _fields(inside, f"{where}[]." if "items" in inner else f"{where}.")
    return found


def _type(schema: Schema) -> str:
    types = schema.get("type", "any")
    text = types if isinstance(types, str) else " or ".join(types)
    return f"list of {_type(schema['items'])}" if text == "array" else text


def _meaning(schema: Schema) -> str:
    choices = ", ".join(str(choice) for choice in schema.get("enum", ()))
    return "; ".join(part for part in (schema.get("description", ""), choices) if part)


def _example(world: World, route: Route) -> dict[str, Any] | None:
    example = route.example
    if example is None:
        return None
    body = "" if example.body is None else json.dumps(example.body)
    request = Request.of(route.method, example.path, {"content-type": "application/json"}, body)
    answer = handle(world, request, ASKER)
    lines, more = shown_body(answer)
    return {
        "path": example.path,
        "body": body,
        "status": answer.status,
        "answer": lines,
        "more_lines": more,
    }


def shown_body(answer: Response) -> tuple[str, int]:
    """The first lines of an answer's JSON, indented, and how many more there are."""
    lines = json.dumps(answer.json(), indent=2, ensure_ascii=False).splitlines()
    return "\n".join(lines[:LINES]), max(0, len(lines) - LINES)
