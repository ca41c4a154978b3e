"""The figures of a portfolio, all at once: what a report or a dashboard shows."""

from collections.abc import Iterable

from grandmodel_sim.trading import metrics
from grandmodel_sim.trading.figure import Figure
from grandmodel_sim.trading.portfolio import Portfolio

BAR = "5 minutes"


def performance(portfolio: Portfolio, since_ms: int | None = None) -> dict[str, Figure]:
    """Performance and risk of a portfolio by name, from its equity curve of 5-minute bars and its closed trades.

    Returns count the bars of sessions only, so the step from one session's close to the next one's first bar is one
    return. Everything is after fees.

    Args:
        portfolio: whose.
        since_ms: count only what was after this instant; None for all.
    """
    points = portfolio.equity_curve
    start = portfolio.capital
    if since_ms is not None:
        before = [equity for time, equity in points if time <= since_ms]
        start = before[-1] if before else start
        points = [(time, equity) for time, equity in points if time > since_ms]
    curve = [start, *(equity for _, equity in points)]
    returns = _returns(curve)
    pnls = [trade.pnl for trade in portfolio.trades if since_ms is None or trade.exit_time > since_ms]
    per_year = metrics.PER_YEAR["5m"]
    profit = Figure(round(curve[-1] - start, 2), "profit after fees", "dollars", f"{len(points)} x 5 minutes")
    return {
        "profit": profit,
        "total_return": metrics.total_return(returns),
        "max_drawdown": metrics.max_drawdown(curve),
        "volatility": metrics.annual_volatility(returns, per_year),
        "sharpe": metrics.sharpe(returns, per_year),
        "sortino": metrics.sortino(returns, per_year),
        "calmar": metrics.calmar(returns, per_year),
        "var_95": metrics.historical_var(returns, 0.95, BAR),
        "es_95": metrics.historical_es(returns, 0.95, BAR),
        "win_rate": metrics.win_rate(pnls),
        "profit_factor": metrics.profit_factor(pnls),
        "expectancy": metrics.expectancy(pnls),
    }


def _returns(curve: Iterable[float]) -> list[float]:
    """Simple returns from point to point; from a point at or below 0 on there are none: the account is ruined."""
    found: list[float] = []
    last: float | None = None
    for equity in curve:
        if last is not None:
            if last <= 0:
                break
            found.append(equity / last - 1)
        last = equity
    return found
