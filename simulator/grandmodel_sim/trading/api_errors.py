"""What the trading client raises: one exception for each kind of answer that is no success.

TradingError
├── AuthenticationError    401: no key, or one that nobody has
├── PermissionDenied       403: the key's role is not enough
├── NotFoundError          404: no such order, decision, alert, limit
├── InvalidRequest         400, 409, 422: a parameter is wrong, or the system's state forbids it (also a ValueError)
├── RateLimited            429: too many requests; `retry_after` says how long to wait
└── ServiceUnavailable     503, or nobody answered
"""

from typing import Any

from grandmodel_sim.http import Response


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
