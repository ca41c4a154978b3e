"""One line of the route table, and what its handler is called with."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from grandmodel_sim.http.auth import Principal
from grandmodel_sim.http.message import HttpError, Request, unescape
from grandmodel_sim.http.schema import Schema, accepted, problem
from grandmodel_sim.world import World


@dataclass(frozen=True, slots=True)
class Parameter:
    """A parameter of a route.

    Attributes:
        name: as it is written in the query, in the path's braces or in the body.
        where: `path`, `query` or `body`.
        schema: what it accepts; its description is shown in the reference.
        required: whether it must be given. Those of the path always are.
        default: what the handler gets if it is not given.
    """

    name: str
    where: str
    schema: Schema
    required: bool = False
    default: Any = None


@dataclass(frozen=True, slots=True)
class Example:
    """A request to show in the reference, where it is executed when the site is built.

    Attributes:
        path: path and query, with real values.
        body: the JSON body, or None.
    """

    path: str
    body: Mapping[str, Any] | None = None


@dataclass(frozen=True, slots=True)
class Call:
    """What a handler gets beside the world.

    Attributes:
        values: parameter name → value, checked, defaults filled in.
        principal: who asks.
        request: the request itself.
    """

    values: Mapping[str, Any]
    principal: Principal
    request: Request

    def __getitem__(self, name: str) -> Any:
        return self.values[name]


Handler = Callable[[World, Call], Any]


@dataclass(frozen=True, slots=True)
class Route:
    """One line of the table.

    Attributes:
        method: GET, POST, PUT or DELETE.
        path: a template: `/api/v1/orders/{id}`.
        summary: one line for the reference.
        handler: takes the world and a `Call`; returns the body as JSON-able values, or raises.
        role: the least role that may call it; empty for everybody, without a key.
        returns: schema of the body.
        parameters: of path, query and body.
        rate: the name of a limit in `ratelimit.PER_MINUTE`.
        status: of a success.
        tag: the chapter of the reference that it belongs to.
        notes: more than one line, as Markdown; may be empty.
        example: a request that works on a fresh world, or that shows a typical refusal.
    """

    method: str
    path: str
    summary: str
    handler: Handler
    role: str
    returns: Schema
    parameters: tuple[Parameter, ...] = ()
    rate: str = "default"
    status: int = 200
    tag: str = ""
    notes: str = ""
    example: Example | None = None
    _steps: tuple[str, ...] = field(init=False, repr=False, compare=False, default=())

    def __post_init__(self) -> None:
        object.__setattr__(self, "_steps", tuple(self.path.split("/")))

    def match(self, path: str) -> dict[str, str] | None:
        """The values of the template's braces, or None if `path` is another route's."""
        steps = path.split("/")
        if len(steps) != len(self._steps):
            return None
        found = {}
        for own, came in zip(self._steps, steps, strict=True):
            if own.startswith("{"):
                if not came:
                    return None
                found[own[1:-1]] = unescape(came)
            elif own != came:
                return None
        return found

    def values(self, request: Request, in_path: Mapping[str, str], body: Any) -> dict[str, Any]:
        """All parameters by name.

        Raises:
            HttpError: 400 for a parameter that the route does not have or that is missing, 422 for one of the wrong
                kind or out of range.
        """
        came: dict[str, dict[str, Any]] = {"path": dict(in_path), "query": dict(request.query), "body": body or {}}
        known = {where: [one.name for one in self.parameters if one.where == where] for where in came}
        for where in ("query", "body"):
            for name in came[where]:
                if name not in known[where]:
                    here = ", ".join(known[where]) or "there is none"
                    raise HttpError(
                        400, "unknown_parameter", f"{name} is not known in the {where}; known: {here}", name
                    )
        found: dict[str, Any] = {}
        for one in self.parameters:
            if one.name not in came[one.where]:
                if one.required:
                    message = f"{one.name} is missing in the {one.where}; {accepted(one.schema)}"
                    raise HttpError(400, "missing_parameter", message, one.name)
                found[one.name] = one.default
                continue
            value = came[one.where][one.name]
            if one.where != "body":
                value = _typed(value, one.schema)
            if wrong := problem(one.schema, value, one.name):
                raise HttpError(422, "invalid_value", f"{wrong[0]}: {wrong[1]}", one.name)
            found[one.name] = int(value) if _kind(one.schema) == "integer" else value  # 2.0 is a whole number in JSON
        return found


# As JSON writes them. Python's own int() and float() take more: 1_0, digits of other scripts, nan.
_WHOLE = re.compile(r"-?[0-9]{1,16}")
_NUMBER = re.compile(r"-?[0-9]+(\.[0-9]+)?([eE][-+]?[0-9]+)?")


def _typed(value: str, schema: Schema) -> Any:
    """A text of a path or query as the schema's type, or the text itself where that fails."""
    kind = _kind(schema)
    if kind == "integer" and _WHOLE.fullmatch(value):
        return int(value)
    if kind == "number" and _NUMBER.fullmatch(value):
        return float(value)
    if kind == "boolean" and value in ("true", "false"):
        return value == "true"
    return value


def _kind(schema: Schema) -> str:
    types = schema.get("type", "string")
    return str(types if isinstance(types, str) else types[0])


def path(name: str, schema: Schema) -> Parameter:
    """A parameter in the path."""
    return Parameter(name, "path", schema, required=True)


def query(name: str, schema: Schema, default: Any = None, required: bool = False) -> Parameter:
    """A parameter behind the question mark."""
    return Parameter(name, "query", schema, required, default)


def body(name: str, schema: Schema, default: Any = None, required: bool = False) -> Parameter:
    """A field of the JSON body."""
    return Parameter(name, "body", schema, required, default)
