"""The client of the trading API: what a script, a notebook or a monitor talks to GrandModel with.

>>> from grandmodel_sim import World
>>> from grandmodel_sim.http import DEMO_KEYS
>>> client = TradingClient(api_key=DEMO_KEYS["viewer"], world=World(7))
>>> client.get_system_status()["status"]
'ON'

Every method sends one request. Errors of the answer become exceptions:

TradingError
├── AuthenticationError    401: no key, or one that nobody has
├── PermissionDenied       403: the key's role is not enough
├── NotFoundError          404: no such order, decision, alert
├── InvalidRequest         400, 409, 422: a parameter is wrong, or the system's state forbids it (also a ValueError)
├── RateLimited            429: too many requests; `retry_after` says how long to wait
└── ServiceUnavailable     503, or nobody answered
"""

import os
from collections.abc import Iterable, Mapping
from typing import Any, Protocol

from grandmodel_sim.http import HOST, KEY_VARIABLE, Request, Response, handle
from grandmodel_sim.http.message import target
from grandmodel_sim.world import World

BASE_URL = f"https://{HOST}"


class TradingError(Exception):
    """Base of all errors of the client.

    Attributes:
        status: the HTTP status, or 0 if there was no answer.
        code: the API's word for the error, such as `invalid_value`.
        argument: the parameter that is to blame, or empty.
    """

    def __init__(self, message: str, status: int = 0, code: str = "", argument: str = "") -> None:
        super().__init__(message)
        self.status, self.code, self.argument = status, code, argument


class AuthenticationError(TradingError):
    """No API key, or one that nobody has."""


class PermissionDenied(TradingError):
    """The key's role is not enough for this."""


class NotFoundError(TradingError, LookupError):
    """There is no such order, decision or alert."""


class InvalidRequest(TradingError, ValueError):
    """A parameter is wrong, or the system's state forbids what was asked."""


class RateLimited(TradingError):
    """Too many requests.

    Attributes:
        retry_after: seconds to wait before the next one.
    """

    def __init__(self, message: str, retry_after: float, status: int = 429, code: str = "rate_limited") -> None:
        super().__init__(message, status, code)
        self.retry_after = retry_after


class ServiceUnavailable(TradingError):
    """The service did not answer, or said that it cannot just now."""


class Transport(Protocol):
    """What carries a request to whoever answers it."""

    def send(self, request: Request) -> Response:
        """The answer.

        Raises:
            OSError: if nobody answers.
        """


class WorldTransport:
    """Straight into a simulated world, in this process.

    Args:
        world: the world; by default the session's, looked up at each request.
    """

    def __init__(self, world: World | None = None) -> None:
        self._world = world

    def send(self, request: Request) -> Response:
        """The world's answer."""
        return handle(self._world or World.current(), request)


class UrlTransport:
    """Over the network, to a server at a real address.

    Args:
        base_url: such as `http://localhost:8000`.
        timeout: real seconds to wait for an answer.
    """

    def __init__(self, base_url: str, timeout: float = 10.0) -> None:
        if not base_url.startswith(("http://", "https://")):
            raise InvalidRequest(f"base_url: got {base_url!r}; give an address that begins with http:// or https://")
        self._base_url, self._timeout = base_url.rstrip("/"), timeout

    def send(self, request: Request) -> Response:
        """The server's answer, whatever its status."""
        from urllib.error import HTTPError  # not before: it takes longer to import than all of the client
        from urllib.request import Request as UrlRequest
        from urllib.request import urlopen

        asked = UrlRequest(
            self._base_url + target(request.path, request.query),
            data=request.body.encode() or None,
            headers=dict(request.headers),
            method=request.method,
        )
        try:
            with urlopen(asked, timeout=self._timeout) as answer:
                return Response(answer.status, dict(answer.headers), answer.read().decode())
        except HTTPError as error:
            with error:
                return Response(error.code, dict(error.headers), error.read().decode())


class Page(list[dict[str, Any]]):
    """A list of results that knows where it ends.

    Attributes:
        next_since: the cursor to give as `since` next time, so that nothing comes twice and nothing is missed.
    """

    def __init__(self, items: Iterable[dict[str, Any]], next_since: str) -> None:
        super().__init__(items)
        self.next_since = next_since


class TradingClient:
    """A connection to GrandModel's trading API.

    Args:
        api_key: by default the environment variable GRANDMODEL_API_KEY.
        base_url: where the API is. The default is the simulated world; any other address is asked over the network.
        transport: what carries the requests, if not one of these two.
        world: the simulated world to talk to; by default that of the session.

    Raises:
        AuthenticationError: if there is no key at all.
    """

    def __init__(
        self,
        api_key: str | None = None,
        base_url: str = BASE_URL,
        transport: Transport | None = None,
        world: World | None = None,
    ) -> None:
        key = os.environ.get(KEY_VARIABLE, "") if api_key is None else api_key
        if not key:
            raise AuthenticationError(f"api_key: there is none; give api_key=..., or set {KEY_VARIABLE}")
        self._headers = {"accept": "application/json", "authorization": f"Bearer {key}"}
        self.base_url = base_url.rstrip("/")
        if transport is None:
            here = world is not None or self.base_url == BASE_URL
            transport = WorldTransport(world) if here else UrlTransport(self.base_url)
        self._transport = transport

    def __repr__(self) -> str:
        return f"<TradingClient {self.base_url}>"  # never the key: it would end up in logs

    # --- reading ---

    def get_system_status(self) -> dict[str, Any]:
        """Keys: status (OFF, STARTING, ON, STOPPING, EMERGENCY_STOP, MAINTENANCE), active_agents, positions (symbol →
        contracts, negative for short), market, time, uptime_seconds, version."""
        found: dict[str, Any] = self._get("/api/v1/system/status")
        return found

    def get_agents_status(self) -> list[dict[str, Any]]:
        """One row an agent: agent, deployment, status (up or down), ready_pods, pods."""
        rows: list[dict[str, Any]] = self._get("/api/v1/agents/status")["agents"]
        return rows

    def get_bars(self, symbol: str = "ES", timeframe: str = "5m", limit: int = 78) -> list[dict[str, Any]]:
        """The newest bars, oldest first: time (when it closed), open, high, low, close in points, volume in contracts.

        Args:
            symbol: ES or NQ.
            timeframe: `5m` or `30m`.
            limit: how many at most, 1 to 500.
        """
        query = {"symbol": symbol, "timeframe": timeframe, "limit": limit}
        rows: list[dict[str, Any]] = self._get("/api/v1/bars", query)["bars"]
        return rows

    def get_events(self, type: str | None = None, limit: int = 100, since: str | None = None) -> Page:
        """Events of the log, oldest first: id, time, type, source, payload, cause."""
        return self._page("/api/v1/events", "events", {"type": type, "limit": limit, "since": since})

    # --- carrying ---

    def request(
        self, method: str, path: str, query: Mapping[str, Any] | None = None, body: Mapping[str, Any] | None = None
    ) -> Any:
        """Send any request; returns the answer's JSON. The other methods are made of this one.

        Raises:
            TradingError: one of its kinds, for every answer but a success.
        """
        asked = Request.of(method, target(path, query or {}), self._headers, "" if body is None else dict(body))
        try:
            answer = self._transport.send(asked)
        except OSError as error:
            raise ServiceUnavailable(f"{self.base_url} does not answer: {error}") from error
        try:
            value = answer.json()
        except ValueError:
            value = None
            if answer.status < 400:
                raise ServiceUnavailable(f"{method} {path}: the answer is not JSON", answer.status) from None
        if answer.status >= 400:
            raise error_of(answer, value, f"{method} {path}")
        return value

    def _get(self, path: str, query: Mapping[str, Any] | None = None) -> Any:
        return self.request("GET", path, query)

    def _page(self, path: str, name: str, query: Mapping[str, Any]) -> Page:
        answer = self._get(path, query)
        return Page(answer[name], answer["next_since"])


def error_of(answer: Response, value: Any, asked: str) -> TradingError:
    """The exception for an answer of status 400 or above."""
    error = value.get("error", {}) if isinstance(value, dict) else {}
    code, argument = error.get("code", ""), error.get("argument", "")
    message = f"{asked}: {error.get('message') or f'status {answer.status}'}"
    if answer.status == 429:
        wait = answer.header("Retry-After", "1")
        return RateLimited(message, float(wait) if wait.isdigit() else 1.0, code=code or "rate_limited")
    kinds: dict[int, type[TradingError]] = {401: AuthenticationError, 403: PermissionDenied, 404: NotFoundError}
    kind = kinds.get(answer.status, InvalidRequest if answer.status < 500 else ServiceUnavailable)
    return kind(message, answer.status, code, argument)
