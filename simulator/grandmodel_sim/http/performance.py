"""Routes about how the account did: returns, ratios, value at risk from its own history."""

import math
from typing import Any

from grandmodel_sim.clock import from_ms, stamp
from grandmodel_sim.http.common import TIME
from grandmodel_sim.http.route import Call, Example, Route, query
from grandmodel_sim.http.schema import Schema, integer, many, mapping, number, optional, record, text
from grandmodel_sim.trading import attribution as breakdowns
from grandmodel_sim.trading import metrics
from grandmodel_sim.trading.figure import Figure
from grandmodel_sim.trading.performance import performance as figures_of
from grandmodel_sim.trading.portfolio import Portfolio
from grandmodel_sim.world import World

#: period → how many of the newest sessions; None for all.
PERIODS: dict[str, int | None] = {"1d": 1, "5d": 5, "20d": 20, "all": None}
BAR = "1 bar of 5 minutes"
_OF_TRADES = ("win_rate", "profit_factor", "expectancy")

FIGURE = record(
    value=optional(number("in the unit; null if it cannot be known")),
    name=text(),
    unit=text(),
    horizon=text("over which time"),
    sign=text("what a positive value means"),
    note=text("what to mind"),
)

FIGURES: dict[str, Schema] = {
    "period": text(choices=tuple(PERIODS)),
    "start": optional(TIME),
    "end": optional(TIME),
    "daily_return": optional(number("of the newest session so far, a fraction")),
    "total_return": optional(number("over the period, a fraction")),
    "pnl": number("over the period, dollars after fees"),
    "max_drawdown": optional(number("deepest fall below a peak within the period, a fraction, positive")),
    "volatility": optional(number("standard deviation of the returns, annualised, a fraction")),
    "sharpe_ratio": optional(number("annualised")),
    "sortino_ratio": optional(number("annualised")),
    "periods_per_year": number("with which volatility and ratios were annualised"),
    "returns": integer("5-minute returns in the period"),
    "win_rate": optional(number("of the closed trades, a fraction")),
    "profit_factor": optional(number("gains over losses of the closed trades")),
    "expectancy": optional(number("mean of a closed trade, dollars")),
    "closed_trades": integer("in the period"),
    "notes": mapping(text(), "figure → what to mind"),
}


def _before(portfolio: Portfolio, sessions: int | None) -> int | None:
    """The instant of the last point of the equity curve before the newest `sessions`; None if there is none."""
    days: list[object] = []
    for time, _ in reversed(portfolio.equity_curve):
        day = from_ms(time).date()
        if day not in days[-1:]:
            if len(days) == sessions:
                return time
            days.append(day)
    return None


def performance(world: World, call: Call) -> dict[str, Any]:
    portfolio = world.trading.portfolio
    since = _before(portfolio, PERIODS[call["period"]])
    figures = figures_of(portfolio, since)
    today = figures_of(portfolio, _before(portfolio, 1))
    shown = {
        "daily_return": today["total_return"],
        "sharpe_ratio": figures["sharpe"],
        "sortino_ratio": figures["sortino"],
        **{name: figures[name] for name in ("total_return", "max_drawdown", "volatility", *_OF_TRADES)},
    }
    times = [time for time, _ in portfolio.equity_curve if since is None or time > since]
    return {
        "period": call["period"],
        "start": stamp(times[0]) if times else None,
        "end": stamp(times[-1]) if times else None,
        "pnl": float(figures["profit"]),
        **{name: _plain(figure) for name, figure in shown.items()},
        "periods_per_year": metrics.PER_YEAR["5m"],
        "returns": len(times),
        "closed_trades": sum(since is None or trade.exit_time > since for trade in portfolio.trades),
        "notes": {name: figure.note for name, figure in shown.items() if figure.note},
    }


def _plain(figure: Figure) -> float | None:
    return round(float(figure), 9) if math.isfinite(figure) else None


def attribution(world: World, call: Call) -> dict[str, Any]:
    system, types = world.trading, breakdowns.synergy_types(world.events)
    found = breakdowns.attribution(system.portfolio, system.decisions, types)[call["by"]]
    return {"by": found.by, "total": found.total, "parts": found.payload()}


def equity(world: World, call: Call) -> dict[str, Any]:
    points = world.trading.portfolio.equity_curve[-call["limit"] :]
    return {"points": [{"time": stamp(time), "equity": value} for time, value in points]}


def var(world: World, call: Call) -> dict[str, Any]:
    confidence, portfolio = float(call["confidence"]), world.trading.portfolio
    if call["method"] == "positions":
        from statistics import NormalDist  # only here: it is slow to import

        value = world.trading.risk.var(confidence)
        z = NormalDist().inv_cdf(confidence)
        tail = math.exp(-z * z / 2) / math.sqrt(2 * math.pi) / (1 - confidence) / z  # ES over VaR, normal, mean 0
        name, about = f"{confidence * 100:g} % (parametric, of the positions)", ("dollars", "1 day", metrics.LOSS)
        figures = (Figure(value, f"VaR {name}", *about), Figure(round(value * tail, 2), f"ES {name}", *about))
    else:
        returns = portfolio.returns()
        if call["method"] == "historical":
            pair = metrics.historical_var(returns, confidence, BAR), metrics.historical_es(returns, confidence, BAR)
        else:
            pair = (
                metrics.parametric_var(returns, confidence, period=BAR),
                metrics.parametric_es(returns, confidence, period=BAR),
            )
        figures = (pair[0].in_dollars(portfolio.equity), pair[1].in_dollars(portfolio.equity))
    return {
        "method": call["method"],
        "confidence": confidence,
        "value_at_risk": figures[0].payload(),
        "expected_shortfall": figures[1].payload(),
    }


ROUTES = (
    Route(
        "GET",
        "/api/v1/performance",
        "How the account did",
        performance,
        role="viewer",
        rate="metrics",
        tag="Performance",
        notes="Ratios are annualised once. A ratio of one day is noise: read its note.",
        parameters=(query("period", text("the newest sessions", tuple(PERIODS)), "1d"),),
        returns=record(**FIGURES),
        example=Example("/api/v1/performance?period=all"),
    ),
    Route(
        "GET",
        "/api/v1/performance/attribution",
        "Where the profit came from",
        attribution,
        role="viewer",
        rate="metrics",
        tag="Performance",
        notes=(
            "By `agent`, each decision behind a trade gets an equal part of its profit, and the voters who voted for "
            "its direction share that part by weight and confidence. The parts add up to the account's profit, to the "
            "cent."
        ),
        parameters=(query("by", text("of what kind", ("agent", "symbol", "synergy", "hour", "exit")), "agent"),),
        returns=record(
            by=text(),
            total=number("dollars after fees, what is open included"),
            parts=many(record(key=text("whose"), pnl=number("dollars after fees"), trades=integer("closed trades"))),
        ),
        example=Example("/api/v1/performance/attribution?by=agent"),
    ),
    Route(
        "GET",
        "/api/v1/performance/equity",
        "The equity curve",
        equity,
        role="viewer",
        rate="metrics",
        tag="Performance",
        parameters=(query("limit", integer("points at most", minimum=1, maximum=5_000), 78),),
        returns=record(points=many(record(time=TIME, equity=number("dollars")), "one a 5-minute bar, oldest first")),
        example=Example("/api/v1/performance/equity?limit=2"),
    ),
    Route(
        "GET",
        "/api/v1/risk/var",
        "Value at risk and expected shortfall, by three methods",
        var,
        role="viewer",
        rate="metrics",
        tag="Risk",
        notes=(
            "`positions`: of the positions of now, over one day, from the instruments' volatility and correlation. "
            "`historical` and `parametric`: from the 5-minute returns of the account's equity, over one bar."
        ),
        parameters=(
            query("confidence", number("of the estimate", enum=[0.95, 0.99]), 0.95),
            query("method", text("how it is estimated", ("positions", "historical", "parametric")), "positions"),
        ),
        returns=record(
            method=text(),
            confidence=number(),
            value_at_risk=FIGURE,
            expected_shortfall=FIGURE,
        ),
        example=Example("/api/v1/risk/var?method=historical"),
    ),
)
