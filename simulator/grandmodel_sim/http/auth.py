"""Who may do what: a bearer token stands for a role, and each role may do what the ones before it may."""

from dataclasses import dataclass

from grandmodel_sim.demo_keys import DEMO_KEYS, ROLES
from grandmodel_sim.http.message import HttpError, Request

#: role → what it adds, for the reference.
ROLE_TEXTS = {
    "viewer": "reads everything and changes nothing",
    "trader": "sends and cancels orders, closes positions, acknowledges alerts, pulls the emergency stop",
    "operator": "starts and stops trading, sets limits, lifts the emergency stop",
    "admin": "everything",
}


@dataclass(frozen=True, slots=True)
class Principal:
    """Who asks.

    Attributes:
        name: for journals and alerts, such as `trader`.
        role: one of `ROLES`, or empty for somebody without a key.
        limited: whether the rate limits hold for them.
    """

    name: str
    role: str
    limited: bool = True

    def may(self, role: str) -> bool:
        """Whether they may do what asks for `role`."""
        if not role:
            return True
        return bool(self.role) and ROLES.index(self.role) >= ROLES.index(role)


NOBODY = Principal("anonymous", "")

#: The trading desk of the page: a person at the console, not a program.
DESK = Principal("desk", "operator", limited=False)

_BY_KEY = {key: Principal(role, role) for role, key in DEMO_KEYS.items()}


def identify(request: Request) -> Principal:
    """Who sent a request; `NOBODY` without an Authorization header.

    Raises:
        HttpError: 401 for another scheme than Bearer, or for a key that nobody has.
    """
    header = request.headers.get("authorization", "").strip()
    if not header:
        return NOBODY
    scheme, _, key = header.partition(" ")
    if scheme.lower() != "bearer" or not key.strip():
        raise _challenge("Authorization must read `Bearer <key>`")
    if key.strip() not in _BY_KEY:
        raise _challenge("this API key is not known; a placeholder such as your_api_key is not one")
    return _BY_KEY[key.strip()]


def authorise(principal: Principal, role: str) -> None:
    """Raise unless the principal may do what asks for `role`.

    Raises:
        HttpError: 401 for somebody without a key, 403 for a role that is not enough.
    """
    if principal.may(role):
        return
    if not principal.role:
        raise _challenge(f"an API key is needed, as Authorization: Bearer <key>, of the role {role} at least")
    raise HttpError(403, "forbidden", f"this needs the role {role}; the key has the role {principal.role}")


def _challenge(message: str) -> HttpError:
    return HttpError(401, "unauthorized", message, headers={"WWW-Authenticate": 'Bearer realm="grandmodel"'})
