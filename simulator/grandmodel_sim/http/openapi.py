"""The route table as an OpenAPI 3.1 document, served at /openapi.json.

It is made from the same lines that answer the requests, so that the two cannot disagree.
Source: OpenAPI Specification 3.1.0.
"""

from collections.abc import Iterable
from typing import Any

from grandmodel_sim.http.auth import ROLE_TEXTS
from grandmodel_sim.http.message import HOST
from grandmodel_sim.http.ratelimit import BURST, BURST_MS, PER_MINUTE
from grandmodel_sim.http.route import Call, Example, Parameter, Route
from grandmodel_sim.http.schema import anything, record, text
from grandmodel_sim.http.system import VERSION
from grandmodel_sim.world import World

#: status → what it means here.
STATUSES = {
    200: "Done",
    201: "Taken",
    400: "The request cannot be read, or names a parameter that there is not",
    401: "No key, or one that nobody has",
    403: "The key's role is not enough",
    404: "There is no such thing",
    405: "The path knows other methods; `Allow` lists them",
    409: "The state of the system forbids it",
    413: "The body is too long",
    415: "The body is not JSON",
    422: "A value of the wrong kind or out of range; `argument` names it",
    429: "Too many requests; `Retry-After` says how many seconds of virtual time to wait",
    503: "No pod of the gateway is ready",
}

ERROR = record(
    "The body of every answer of 400 and above",
    error={
        "type": "object",
        "properties": {
            "code": text("for programs; it stays when the message is reworded"),
            "message": text("for people: what came and what is accepted"),
            "argument": text("the parameter that is to blame, if it is one"),
        },
        "required": ["code", "message"],
    },
)


def statuses_of(route: Route) -> list[int]:
    """The statuses that a route may answer with, the success first."""
    found = [route.status]
    if route.parameters:
        found += [400]
    if route.role:
        found += [401, 403]
    if any(one.where == "path" for one in route.parameters):
        found += [404]
    if route.method != "GET" and route.role:
        found += [409]
    if any(one.where == "body" for one in route.parameters):
        found += [413, 415]
    if route.parameters:
        found += [422]
    if route.rate in PER_MINUTE:
        found += [429, 503]
    return found


def document(routes: Iterable[Route]) -> dict[str, Any]:
    """The OpenAPI document of some routes, as JSON-able values."""
    table = list(routes)
    paths: dict[str, dict[str, Any]] = {}
    for route in table:
        paths.setdefault(route.path, {})[route.method.lower()] = _operation(route)
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "GrandModel API (simulated)",
            "version": VERSION,
            "summary": "The trading API of the simulated GrandModel of GrandModel Academy",
            "description": _about(),
            "license": {"name": "Apache-2.0", "identifier": "Apache-2.0"},
        },
        "servers": [{"url": f"https://{HOST}", "description": "the simulated development system"}],
        "tags": [{"name": tag} for tag in dict.fromkeys(route.tag for route in table)],
        "paths": paths,
        "components": {
            "securitySchemes": {"key": {"type": "http", "scheme": "bearer", "description": "an API key with a role"}},
            "schemas": {"Error": dict(ERROR)},
            "responses": {
                str(status): {
                    "description": meaning,
                    "content": {"application/json": {"schema": {"$ref": "#/components/schemas/Error"}}},
                }
                for status, meaning in STATUSES.items()
                if status >= 400
            },
        },
    }


def _about() -> str:
    roles = "; ".join(f"{role}: {adds}" for role, adds in ROLE_TEXTS.items())
    return (
        f"Roles, each with the rights of those before it: {roles}. A client may ask {BURST} times in "
        f"{BURST_MS // 1000} s and, by the kind of route, "
        + ", ".join(f"{count} ({kind})" for kind, count in PER_MINUTE.items())
        + " times a minute of virtual time. Times are UTC, prices index points, money dollars."
    )


def _operation(route: Route) -> dict[str, Any]:
    success = {
        "description": STATUSES[route.status],
        "content": {"application/json": {"schema": dict(route.returns)}},
    }
    found: dict[str, Any] = {
        "operationId": operation_id(route),
        "tags": [route.tag],
        "summary": route.summary,
        **({"description": route.notes} if route.notes else {}),
        "parameters": [_parameter(one) for one in route.parameters if one.where != "body"],
        "responses": {
            str(status): success if status == route.status else {"$ref": f"#/components/responses/{status}"}
            for status in statuses_of(route)
        },
        "security": [{"key": []}] if route.role else [],
    }
    fields = [one for one in route.parameters if one.where == "body"]
    if fields:
        schema = {
            "type": "object",
            "properties": {one.name: _with_default(one) for one in fields},
            "required": [one.name for one in fields if one.required],
            "additionalProperties": False,
        }
        needed = any(one.required for one in fields)
        found["requestBody"] = {"required": needed, "content": {"application/json": {"schema": schema}}}
    if route.role:
        found["x-role"] = route.role
    if route.rate in PER_MINUTE:
        found["x-requests-per-minute"] = PER_MINUTE[route.rate]
    return found


def _parameter(one: Parameter) -> dict[str, Any]:
    schema = {name: value for name, value in _with_default(one).items() if name != "description"}
    described = {"description": one.schema["description"]} if "description" in one.schema else {}
    return {"name": one.name, "in": one.where, "required": one.required, **described, "schema": schema}


def _with_default(one: Parameter) -> dict[str, Any]:
    return {**one.schema, **({"default": one.default} if one.default is not None else {})}


def operation_id(route: Route) -> str:
    """A name for a route: `get_api_v1_orders_id`."""
    words = route.path.replace("{", "").replace("}", "").replace("-", "_").replace(".", "_").strip("/").split("/")
    return "_".join([route.method.lower(), *words])


def serve(world: World, call: Call) -> dict[str, Any]:
    from grandmodel_sim.http.routes import GRANDMODEL  # the table holds this very route

    return document(GRANDMODEL)


ROUTES = (
    Route(
        "GET",
        "/openapi.json",
        "This API as an OpenAPI 3.1 document",
        serve,
        role="",
        tag="System",
        returns={"type": "object", "properties": {"openapi": anything("3.1.0")}, "required": ["openapi", "paths"]},
        example=Example("/openapi.json"),
    ),
)
