"""The simulated HTTP API: one route table behind curl, the `TradingClient`, the trading desk and a real server.

Examples:
    >>> from grandmodel_sim import World
    >>> from grandmodel_sim.http import DEMO_KEYS, Request, handle
    >>> request = Request.of("GET", "/api/v1/system/status", {"Authorization": f"Bearer {DEMO_KEYS['viewer']}"})
    >>> handle(World(7), request).json()["status"]
    'ON'
"""

from grandmodel_sim.demo_keys import DEMO_KEYS, KEY_VARIABLE, ROLES
from grandmodel_sim.http.app import handle
from grandmodel_sim.http.auth import DESK
from grandmodel_sim.http.message import HOST, HttpError, Request, Response
from grandmodel_sim.http.routes import GRANDMODEL

__all__ = [
    "DEMO_KEYS",
    "DESK",
    "GRANDMODEL",
    "HOST",
    "KEY_VARIABLE",
    "ROLES",
    "HttpError",
    "Request",
    "Response",
    "handle",
]
