"""The route table: every address of the simulated API, in the order of the reference."""

from grandmodel_sim.http import (
    alerts,
    control,
    decisions,
    desk,
    market,
    openapi,
    orders,
    performance,
    risk,
    simulator,
    system,
)
from grandmodel_sim.http.route import Route

#: The table of GrandModel's own API. Other services (Kubernetes, Prometheus) have tables of their own, because their
#: paths are the same: `/api/v1/…` means another thing to each of them.
GRANDMODEL: tuple[Route, ...] = (
    *system.ROUTES,
    *openapi.ROUTES,
    *control.ROUTES,
    *decisions.ROUTES,
    *risk.ROUTES,
    *performance.ROUTES,
    *orders.ROUTES,
    *alerts.ROUTES,
    *market.ROUTES,
    *simulator.ROUTES,
    *desk.ROUTES,
)
