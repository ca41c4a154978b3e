"""The application: a request goes in, a response comes out. What carries them (a page, a socket) is not its business.

Examples:
    >>> from grandmodel_sim import World
    >>> from grandmodel_sim.http import Request, handle
    >>> handle(World(7), Request.of("GET", "/simulator/clock")).json()["now"]
    '2025-07-14T13:30:00Z'
"""

import json
from typing import Any

from grandmodel_sim.errors import BadInput, NotFound
from grandmodel_sim.http.auth import Principal, authorise, identify
from grandmodel_sim.http.message import LONGEST_BODY, HttpError, Request, Response
from grandmodel_sim.http.ratelimit import limiter_of
from grandmodel_sim.http.route import Call, Route
from grandmodel_sim.http.routes import GRANDMODEL
from grandmodel_sim.http.system import require_gateway
from grandmodel_sim.world import World

#: host → the table of the service that answers there. Any other host means GrandModel's own API.
SERVICES: dict[str, tuple[Route, ...]] = {}

#: Arguments of the world's acts that name a state: if they are wrong, the request came at the wrong time.
_STATES = ("state", "leverage_factor", "order", "alert")

_WITH_BODY = ("POST", "PUT", "PATCH")


def handle(world: World, request: Request, principal: Principal | None = None) -> Response:
    """Answer a request.

    Args:
        world: the world to read and to act on.
        request: what came.
        principal: who asks, if the caller knows it already (the page's trading desk); else the Authorization header
            says so.

    Returns:
        The answer. Whatever is wrong with the request becomes an error response and leaves the world unchanged.
    """
    try:
        response = _answer(world, request, principal)
    except HttpError as error:
        response = error.response()
    except BadInput as error:
        status, code = (409, "conflict") if error.argument in _STATES else (422, "invalid_value")
        response = HttpError(status, code, str(error), error.argument).response()
    except NotFound as error:
        response = HttpError(404, "not_found", str(error)).response()
    if request.method == "HEAD":
        return Response(response.status, response.headers)
    return response


def _answer(world: World, request: Request, principal: Principal | None) -> Response:
    table = SERVICES.get(request.host, GRANDMODEL)
    route, in_path, methods = _find(table, request)
    if request.method == "OPTIONS":
        return Response(204, {"Allow": ", ".join(methods)})
    if route is None:
        message = f"{request.path} knows {', '.join(methods)}, not {request.method}"
        raise HttpError(405, "method_not_allowed", message, headers={"Allow": ", ".join(methods)})
    if route.rate != "none":
        require_gateway(world)
    principal = principal or identify(request)
    limits = limiter_of(world).take(principal, route.rate, world.now_ms)
    try:
        authorise(principal, route.role)
        values = route.values(request, in_path, _body(request))
        answer = route.handler(world, Call(values, principal, request))
    except HttpError as error:
        error.headers = {**limits, **error.headers}
        raise
    if isinstance(answer, Response):
        return answer
    return Response.of(route.status, answer, limits)


def _find(table: tuple[Route, ...], request: Request) -> tuple[Route | None, dict[str, str], list[str]]:
    """The route for a request, the values in its path, and the methods that its path knows.

    Raises:
        HttpError: 404 if no route has this path.
    """
    wanted = "GET" if request.method == "HEAD" else request.method
    methods: list[str] = []
    found: Route | None = None
    values: dict[str, str] = {}
    for route in table:
        in_path = route.match(request.path)
        if in_path is None:
            continue
        methods.append(route.method)
        if route.method == wanted and found is None:
            found, values = route, in_path
    if not methods:
        raise HttpError(404, "not_found", f"there is nothing at {request.path}; GET /openapi.json lists what there is")
    if "GET" in methods:
        methods.append("HEAD")
    return found, values, sorted({*methods, "OPTIONS"})


def _body(request: Request) -> dict[str, Any]:
    """The JSON object of the body; empty for none.

    Raises:
        HttpError: 400 if it is not a JSON object, 413 if it is too long.
    """
    if not request.body.strip():
        return {}
    if len(request.body) > LONGEST_BODY:
        raise HttpError(413, "too_large", f"the body has {len(request.body)} characters; {LONGEST_BODY} are the limit")
    if request.method not in _WITH_BODY:
        raise HttpError(400, "invalid_request", f"{request.method} takes no body here")
    kind = request.headers.get("content-type", "application/json").partition(";")[0].strip().lower()
    if kind != "application/json":
        raise HttpError(415, "unsupported_media_type", f"the body is {kind}; send Content-Type: application/json")
    try:
        value = json.loads(request.body, parse_constant=_no_constant)
    except (ValueError, RecursionError) as error:  # a text of nothing but brackets is nested too deeply
        raise HttpError(400, "invalid_request", f"the body is not JSON: {error}") from None
    if not isinstance(value, dict):
        raise HttpError(400, "invalid_request", f"the body must be a JSON object, not {type(value).__name__}")
    return value


def _no_constant(name: str) -> Any:
    raise ValueError(f"{name} is no JSON number")
