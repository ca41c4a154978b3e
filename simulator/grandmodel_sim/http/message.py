"""What goes in and what comes out: requests, responses, and errors as their bodies. Plain values, no sockets."""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qsl, quote, unquote, urlencode

#: The name under which the simulated API answers; see `grandmodel_sim.http.app.SERVICES`.
HOST = "api-dev.grandmodel.quantnova.com"

LONGEST_BODY = 100_000  # characters of a request's body


@dataclass(frozen=True, slots=True)
class Request:
    """An HTTP request.

    Attributes:
        method: GET, POST, …, in capitals.
        path: as it was sent, without the query; begins with a slash.
        query: the decoded pairs behind the question mark, in order; a name may come more than once.
        headers: names in lower case.
        body: the body as text.
        host: to whom it is addressed, without a port.
    """

    method: str
    path: str
    query: tuple[tuple[str, str], ...] = ()
    headers: Mapping[str, str] = field(default_factory=dict)
    body: str = ""
    host: str = HOST

    @classmethod
    def of(
        cls,
        method: str,
        target: str,
        headers: Mapping[str, str] | None = None,
        body: Any = "",
        host: str = "",
    ) -> "Request":
        """A request from what a client has at hand.

        Args:
            method: in any case.
            target: path and query, `/api/v1/bars?symbol=ES`.
            headers: names in any case.
            body: text as it is; anything else is sent as JSON.
            host: overrides the Host header.
        """
        path, _, query = target.partition("?")
        lower = {str(name).lower(): str(value) for name, value in (headers or {}).items()}
        if not isinstance(body, str):
            body = json.dumps(body)
            lower.setdefault("content-type", "application/json")
        return cls(
            method=method.upper(),
            path=path or "/",
            query=tuple(parse_qsl(query.partition("#")[0], keep_blank_values=True)),
            headers=lower,
            body=body,
            host=(host or lower.get("host", HOST)).partition(":")[0],
        )


@dataclass(frozen=True, slots=True)
class Response:
    """An HTTP response.

    Attributes:
        status: 200, 404, …
        headers: names in the customary case.
        body: the body as text; `json()` reads it.
    """

    status: int
    headers: Mapping[str, str] = field(default_factory=dict)
    body: str = ""

    @classmethod
    def of(cls, status: int, value: Any, headers: Mapping[str, str] | None = None) -> "Response":
        """A JSON response; `None` gives one without a body."""
        if value is None:
            return cls(status, dict(headers or {}))
        # NaN is no JSON: a handler that lets one through is wrong, and fails here and not at the reader.
        text = json.dumps(value, allow_nan=False)
        return cls(status, {"Content-Type": "application/json", **(headers or {})}, text)

    def json(self) -> Any:
        """The body's value; None for an empty body.

        Raises:
            ValueError: if the body is not JSON.
        """
        return json.loads(self.body) if self.body else None

    def header(self, name: str, default: str = "") -> str:
        """A header's value, its name in any case."""
        return next((value for key, value in self.headers.items() if key.lower() == name.lower()), default)


class HttpError(Exception):
    """A request that is answered with an error.

    Args:
        status: the HTTP status, 400 or above.
        code: one word for programs, such as `invalid_value`; it stays the same when the message is reworded.
        message: a sentence for people: what came and what is accepted.
        argument: the parameter that is to blame, if it is one.
        headers: headers beside the usual ones.
    """

    def __init__(
        self, status: int, code: str, message: str, argument: str = "", headers: Mapping[str, str] | None = None
    ) -> None:
        super().__init__(message)
        self.status, self.code, self.message, self.argument = status, code, message, argument
        self.headers = dict(headers or {})

    def response(self) -> Response:
        """As every error of this API looks: `{"error": {"code", "message", "argument"?}}`."""
        error = {"code": self.code, "message": self.message}
        if self.argument:
            error["argument"] = self.argument
        return Response.of(self.status, {"error": error}, self.headers)


def target(path: str, query: Mapping[str, Any] | Iterable[tuple[str, Any]] = ()) -> str:
    """Path and query as one text; parameters that are None are left out, `True` is written as `true`."""
    pairs = query.items() if isinstance(query, Mapping) else query
    kept = [(name, _text(value)) for name, value in pairs if value is not None]
    return f"{path}?{urlencode(kept, errors='replace')}" if kept else path


def segment(value: object) -> str:
    """A value as one step of a path: slashes and the like are escaped."""
    return quote(str(value), safe="", errors="replace")  # half a surrogate pair has no address


def unescape(step: str) -> str:
    """The value of one step of a path."""
    return unquote(step)


def _text(value: Any) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)
