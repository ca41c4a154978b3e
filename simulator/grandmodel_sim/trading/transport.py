"""Ways from the trading client to whoever answers: a world in this process, or a server at an address."""

from typing import Protocol

from grandmodel_sim.http import Request, Response, handle
from grandmodel_sim.http.message import target
from grandmodel_sim.trading.api_errors import InvalidRequest
from grandmodel_sim.world import World


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
