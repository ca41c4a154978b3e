"""The client of the trading API: what a script, a notebook or a monitor talks to GrandModel with.

Examples:
    >>> from grandmodel_sim import World
    >>> from grandmodel_sim.http import DEMO_KEYS
    >>> client = TradingClient(api_key=DEMO_KEYS["viewer"], world=World(7))
    >>> client.get_system_status()["status"]
    'ON'

Every method sends one request and returns what the answer holds, as plain dictionaries. Whatever is no success becomes
one of the errors of `grandmodel_sim.trading.api_errors`.
"""

import json
import os
from collections.abc import Iterable, Mapping
from numbers import Integral, Real
from typing import Any

from grandmodel_sim.demo_keys import KEY_VARIABLE
from grandmodel_sim.http import HOST, Request
from grandmodel_sim.http.message import segment, target
from grandmodel_sim.trading.api_errors import (
    AuthenticationError,
    InvalidRequest,
    NotFoundError,
    PermissionDenied,
    RateLimited,
    ServiceUnavailable,
    TradingError,
    error_of,
)
from grandmodel_sim.trading.transport import Transport, UrlTransport, WorldTransport
from grandmodel_sim.world import World

__all__ = [
    "AuthenticationError",
    "InvalidRequest",
    "NotFoundError",
    "Page",
    "PermissionDenied",
    "RateLimited",
    "ServiceUnavailable",
    "TradingClient",
    "TradingError",
]

BASE_URL = f"https://{HOST}"

Record = dict[str, Any]


class Page(list[Record]):
    """A list of results that knows where it ends.

    Attributes:
        next_since: the cursor to give as `since` next time, so that nothing comes twice and nothing is missed. What
            changes (orders, alerts) comes again when it has changed. A cursor belongs to one list: another's, and
            one that is ahead of its list because the world was rewound, is an `InvalidRequest`.
    """

    def __init__(self, items: Iterable[Record], next_since: str) -> None:
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

    # --- the system ---

    def get_health(self) -> Record:
        """status (healthy or degraded), version, time, components (deployment → up or down). Needs no rights."""
        return self._get("/health")

    def get_system_status(self) -> Record:
        """status, active_agents (of four), positions, equity, open_alerts, market, time, uptime_seconds, version.

        status is OFF, STARTING, ON, STOPPING, EMERGENCY_STOP or MAINTENANCE. positions maps symbols to contracts,
        negative for short, flat ones left out; equity is in dollars.
        """
        return self._get("/api/v1/system/status")

    def get_agents_status(self) -> list[Record]:
        """One row an agent: agent, deployment, status (up or down), ready_pods, pods, decisions, last_decision."""
        return self._rows("/api/v1/agents/status", "agents")

    def emergency_stop(self, reason: str, by: str | None = None) -> Record:
        """Cancel all orders, close all positions, trade no more until `reset_emergency_stop`. Role trader.

        Returns:
            status, reason, orders (ids of those that close the positions).

        Raises:
            InvalidRequest: without a reason, or with status 409 if the system is stopped already.
        """
        return self._post("/api/v1/system/emergency-stop", reason=reason, by=by)

    def reset_emergency_stop(self, by: str | None = None) -> Record:
        """Lift the emergency stop. Role operator. `InvalidRequest` with status 409 unless the system is stopped."""
        return self._post("/api/v1/system/emergency-stop/reset", by=by)

    def start_trading(self) -> Record:
        """Let the agents open positions. Role operator. `InvalidRequest` with status 409 unless trading is OFF."""
        return self._post("/api/v1/system/start")

    def stop_trading(self) -> Record:
        """Let the agents open nothing more; positions stay, with their stops. Role operator."""
        return self._post("/api/v1/system/stop")

    # --- decisions ---

    def get_agent_decisions(
        self,
        timeframe: str | None = None,
        *,
        symbol: str | None = None,
        agent: str | None = None,
        acts: bool | None = None,
        limit: int = 20,
        since: str | None = None,
    ) -> Page:
        """Decisions with their reasons, oldest first.

        Each has id, time, agent, symbol, timeframe, action, confidence (0..1), acts (whether something followed),
        threshold, reasoning (a sentence), inputs, weights, votes, vetoes, basis (ids of the decisions it rests on).

        Args:
            timeframe: of the matrix that they rest on, `5m` or `30m`; both by default. There is no other.
            symbol: ES or NQ.
            agent: strategic, tactical, risk or execution.
            acts: only those that something followed from (True), or only the others (False).
            limit: how many at most, 1 to 500.
            since: only what came after this cursor, oldest first; by default the newest.

        Raises:
            InvalidRequest: for a timeframe such as `1h`; the message names those that there are.
        """
        query = {"timeframe": timeframe, "symbol": symbol, "agent": agent, "acts": acts, "limit": limit, "since": since}
        return self._page("/api/v1/decisions", "decisions", query)

    def get_decision(self, id: str) -> Record:
        """One decision, with followed_by (ids of decisions) and orders (ids).

        Raises:
            NotFoundError: for an unknown id.
        """
        return self._get(f"/api/v1/decisions/{segment(id)}")

    # --- risk ---

    def get_risk_metrics(self) -> Record:
        """Risk of the portfolio now. Money in dollars, shares as fractions (0.1 is 10 %).

        var_95 and var_99: dollars over `var_horizon_days`, by `var_method`; positive is a loss.
        exposure: gross notional; net_exposure; leverage: gross over equity; margin, margin_use; equity.
        drawdown and max_drawdown: of the account, below its peak, positive; drawdown_since_reset: as the limits
        measure it, from the last reset of an emergency stop on; daily_loss: since the last session's close.
        risk_score, risk_parts, market_stress: 0..1; risk_action; size_factor; leverage_factor; correlation: −1..1.
        """
        return self._get("/api/v1/risk/metrics")

    def get_limits(self) -> dict[str, Record]:
        """Limit → its value, low, high, unit and meaning."""
        return {row["name"]: row for row in self._rows("/api/v1/risk/limits", "limits")}

    def get_thresholds(self) -> dict[str, float]:
        """Threshold → 0..1: what confidences and scores are measured against."""
        found: dict[str, float] = self._get("/api/v1/risk/limits")["thresholds"]
        return found

    def set_limit(self, name: str, value: float) -> Record:
        """Set a limit; returns it. Role operator.

        Raises:
            NotFoundError: for an unknown limit.
            InvalidRequest: for a value outside its range.
        """
        return self.request("PUT", f"/api/v1/risk/limits/{segment(name)}", body={"value": value})

    def set_threshold(self, name: str, value: float) -> Record:
        """Set a threshold, 0..1; returns name and value. Role operator."""
        return self.request("PUT", f"/api/v1/risk/thresholds/{segment(name)}", body={"value": value})

    def reset_leverage(self, by: str | None = None) -> Record:
        """After a correlation shock, allow the whole leverage again. Role operator."""
        return self._post("/api/v1/risk/leverage/reset", by=by)

    # --- performance ---

    def get_performance_metrics(self, period: str = "1d") -> Record:
        """How the account did. Shares are fractions (0.01 is 1 %), money is dollars; what cannot be known is None.

        daily_return: of the newest session so far. Over the period: total_return, pnl (after fees), max_drawdown,
        volatility, sharpe_ratio and sortino_ratio (annualised once, with `periods_per_year`), win_rate, profit_factor,
        expectancy, closed_trades, returns (how many). notes: figure → what to mind, such as a sample that is too small.

        Args:
            period: `1d` for the newest session, `5d`, `20d` or `all`.
        """
        return self._get("/api/v1/performance", {"period": period})

    def get_attribution(self, by: str = "agent") -> Record:
        """Where the profit came from: by, total (dollars after fees), parts (each with key, pnl in dollars, trades).

        Args:
            by: agent, symbol, synergy, hour (of entry, New York) or exit.
        """
        return self._get("/api/v1/performance/attribution", {"by": by})

    def get_equity_curve(self, limit: int = 78) -> list[Record]:
        """The newest points of the equity curve, one a 5-minute bar, oldest first: time, equity in dollars."""
        return self._rows("/api/v1/performance/equity", "points", {"limit": limit})

    def get_var(self, confidence: float = 0.95, method: str = "positions") -> Record:
        """value_at_risk and expected_shortfall, each with value, unit (dollars), horizon, sign (positive = loss), note.

        Args:
            confidence: 0.95 or 0.99.
            method: `positions` (the positions of now, one day), or from the 5-minute returns of equity `historical` or
                `parametric` (one bar).
        """
        return self._get("/api/v1/risk/var", {"confidence": confidence, "method": method})

    # --- orders, fills, positions ---

    def get_orders(self, status: str | None = None, *, limit: int = 50, since: str | None = None) -> Page:
        """Orders, in the order in which they last changed: in state, in what is filled, in quantity.

        A monitor that asks for FILLED with the `next_since` of the last answer gets every order once it is filled,
        however long ago it was sent.

        Args:
            status: a state such as FILLED, or `open` for those that can still be filled; all by default.
            limit: how many at most, 1 to 500.
            since: only what changed after this cursor; by default those that changed last.
        """
        return self._page("/api/v1/orders", "orders", {"status": status, "limit": limit, "since": since})

    def get_order(self, id: str) -> Record:
        """One order: state, filled, remaining, average_price (points), code and reason if it ended unfilled, and more.

        Raises:
            NotFoundError: for an unknown id.
        """
        return self._get(f"/api/v1/orders/{segment(id)}")

    def submit_order(
        self,
        symbol: str,
        side: str,
        quantity: int,
        type: str = "MARKET",
        *,
        limit_price: float | None = None,
        stop_price: float | None = None,
        time_in_force: str = "DAY",
    ) -> Record:
        """Send an order; returns it as it stands, which is mostly SUBMITTED. Role trader.

        Args:
            symbol: ES or NQ.
            side: BUY or SELL.
            quantity: contracts.
            type: MARKET, LIMIT, STOP, TWAP, VWAP or ICEBERG.
            limit_price: points in whole ticks, for LIMIT and ICEBERG.
            stop_price: points in whole ticks, for STOP.
            time_in_force: DAY, GTC, IOC or FOK.

        Raises:
            InvalidRequest: for what cannot be an order. One that is refused (market closed, limits, margin, emergency
                stop) is returned, with the state REJECTED and its reason.
        """
        return self._post(
            "/api/v1/orders",
            symbol=symbol,
            side=side,
            quantity=quantity,
            type=type,
            limit_price=limit_price,
            stop_price=stop_price,
            time_in_force=time_in_force,
        )

    def cancel_order(self, id: str) -> Record:
        """Cancel what is left of an order; returns it. Role trader. 409, `InvalidRequest`, if it has ended."""
        return self.request("DELETE", f"/api/v1/orders/{segment(id)}")

    def get_recent_trades(self, limit: int = 50, *, since: str | None = None, symbol: str | None = None) -> Page:
        """Fills, oldest first.

        Each has id, timestamp (UTC), symbol, side, quantity (contracts), price (points), fees (dollars), slippage
        (points), order, decision, purpose.

        A monitor gives the `next_since` of the last answer as `since`: then nothing comes twice and nothing is missed.
        """
        return self._page("/api/v1/trades", "trades", {"limit": limit, "since": since, "symbol": symbol})

    def get_closed_trades(self, limit: int = 50, *, since: str | None = None, symbol: str | None = None) -> Page:
        """Round trips, oldest first: entry and exit (time, points), gross, fees and pnl in dollars, mae, mfe, …"""
        return self._page("/api/v1/trades/closed", "trades", {"limit": limit, "since": since, "symbol": symbol})

    def get_account(self) -> Record:
        """positions (open ones), equity, cash, unrealised, realised, fees; all in dollars."""
        return self._get("/api/v1/positions")

    def get_positions(self) -> list[Record]:
        """Open positions: symbol, quantity (negative for short), average_price and mark (points), unrealised, …"""
        return self._rows("/api/v1/positions", "positions")

    def close_positions(self, symbol: str | None = None) -> list[str]:
        """Close one position, or all, at the market; returns the ids of the orders. Role trader."""
        orders: list[str] = self._post("/api/v1/positions/close", symbol=symbol)["orders"]
        return orders

    # --- alerts ---

    def get_alerts(self, state: str | None = None, *, limit: int = 50, since: str | None = None) -> Page:
        """Alerts, in the order in which they were last raised, acknowledged or resolved.

        Each has id, time, type, severity, message, symbol, state, occurrences, acknowledged_by, …

        Args:
            state: active, acknowledged, resolved, or `open` for the first two; all by default.
            limit: how many at most, 1 to 500.
            since: only what changed after this cursor; by default those that changed last.
        """
        return self._page("/api/v1/alerts", "alerts", {"state": state, "limit": limit, "since": since})

    def get_active_alerts(self, *, limit: int = 50, since: str | None = None) -> Page:
        """Alerts that nobody has taken care of yet; with `since` each of them comes once."""
        return self.get_alerts("active", limit=limit, since=since)

    def acknowledge_alert(self, id: str, by: str | None = None) -> Record:
        """Say that you take care of an alert; returns it. Role trader."""
        return self._post(f"/api/v1/alerts/{segment(id)}/acknowledge", by=by)

    # --- market ---

    def get_bars(self, symbol: str = "ES", timeframe: str = "5m", limit: int = 78) -> list[Record]:
        """The newest bars, oldest first: time (when it closed), open, high, low, close in points, volume in contracts.

        Args:
            symbol: ES or NQ.
            timeframe: `5m` or `30m`.
            limit: how many at most, 1 to 500.
        """
        return self._rows("/api/v1/bars", "bars", {"symbol": symbol, "timeframe": timeframe, "limit": limit})

    def get_events(self, type: str | None = None, *, limit: int = 100, since: str | None = None) -> Page:
        """Events of the log, oldest first: id, time, type, source, payload, cause."""
        return self._page("/api/v1/events", "events", {"type": type, "limit": limit, "since": since})

    # --- carrying ---

    def request(
        self, method: str, path: str, query: Mapping[str, Any] | None = None, body: Mapping[str, Any] | None = None
    ) -> Record:
        """Send any request; returns the answer's JSON object. The other methods are made of this one.

        Numbers of other libraries, such as numpy's, are sent as the numbers that they are.

        Raises:
            TradingError: one of its kinds, for every answer but a success.
            InvalidRequest: with status 0, for a value that JSON cannot carry; nothing is sent then.
        """
        sent = "" if body is None else {name: _jsonable(name, value) for name, value in body.items()}
        asked = Request.of(method, target(path, query or {}), self._headers, sent)
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
        return value if isinstance(value, dict) else {}

    def _get(self, path: str, query: Mapping[str, Any] | None = None) -> Record:
        return self.request("GET", path, query)

    def _post(self, path: str, **body: Any) -> Record:
        return self.request("POST", path, body={name: value for name, value in body.items() if value is not None})

    def _rows(self, path: str, name: str, query: Mapping[str, Any] | None = None) -> list[Record]:
        rows: list[Record] = self._get(path, query)[name]
        return rows

    def _page(self, path: str, name: str, query: Mapping[str, Any]) -> Page:
        answer = self._get(path, query)
        return Page(answer[name], answer["next_since"])


def _jsonable(name: str, value: Any) -> Any:
    """A value of the body as JSON carries it."""
    try:
        return json.loads(json.dumps(value, default=_plain_number, allow_nan=False))
    except (TypeError, ValueError, RecursionError) as error:
        raise InvalidRequest(f"{name}: {error}; give text, a number, true or false", argument=name) from None


def _plain_number(value: object) -> int | float:
    if isinstance(value, Integral):
        return int(value)
    if isinstance(value, Real):
        return float(value)
    raise TypeError(f"JSON cannot carry a value of type {type(value).__name__}")
