import math
import os
import time
from datetime import UTC, datetime
from itertools import pairwise

from src.trading.trading_client import RateLimited, ServiceUnavailable, TradingClient


def everything(ask, **query):
    """All pages of a list, oldest first; each asks for what came after the last entry of the one before."""
    entries, cursor = [], ""
    while page := ask(since=cursor, limit=100, **query):
        entries += page
        cursor = page.next_since
    return entries


# 1. A client that may read and nothing else. Its key comes from the environment, as GRANDMODEL_API_KEY.
client = TradingClient()
status = client.get_system_status()
print(f"{status['time']}: {status['status']}, {status['active_agents']} agents, positions {status['positions']}")

# 2. What the agents decided, and why.
strategic = everything(client.get_agent_decisions, timeframe="30m")
others = everything(client.get_agent_decisions, timeframe="5m")
print(f"{len(strategic)} decisions on 30-minute windows, {len(others)} on 5-minute windows")


def newest(decisions, agent, acts):
    """The newest decision of an agent that acts, or does not; None if there is none."""
    found = [decision for decision in decisions if decision["agent"] == agent and decision["acts"] is acts]
    return found[-1] if found else None


acted = newest(others, "execution", True)
refused = newest(others, "risk", False)
why = refused["vetoes"] if refused else []


def chain_of(decision):
    """A decision and all that it rests on, the first of them first."""
    chain = [client.get_decision(decision["id"])]
    while chain[0]["basis"]:
        chain.insert(0, client.get_decision(chain[0]["basis"][0]))
    return chain


chain = []
for step in chain_of(acted) if acted else []:
    chain.append(step["id"])
    print(f"{step['id']} {step['agent']:9} {step['action']:9} {step['confidence']:.2f}  {step['reasoning']}")
for reason in why:
    print(f"{refused['id']} was refused: {reason}")

# 3. Risk: a number, its unit, its horizon, its sign.
risk = client.get_risk_metrics()
var_95 = risk["var_95"]
var_line = f"VaR 95 %: a loss above ${var_95:,.0f} over {risk['var_horizon_days']} trading day on 1 day in 20"
print(var_line)
print(f"Gross exposure ${risk['exposure']:,.0f}, {risk['leverage']:.2f} times equity")
print(f"Largest fall below a peak so far: {risk['max_drawdown']:.2%} of that peak")

BARS_A_DAY = 78


def historical_var(confidence=0.95):
    """Dollars over one trading day, a loss positive: the positions of now in the last 500 bars of 5 minutes."""
    total = [0.0] * 499
    for position in client.get_positions():
        closes = [bar["close"] for bar in client.get_bars(position["symbol"], "5m", limit=500)]
        moves = [new / old - 1 for old, new in pairwise(closes)]
        total = [profit + position["notional"] * move for profit, move in zip(total, moves, strict=True)]
    worst = sorted(total)[int((1 - confidence) * len(total))]
    return -worst * math.sqrt(BARS_A_DAY)


my_var_95 = historical_var()
print(f"The same from history, a bar's figure times the root of 78: ${my_var_95:,.0f}")

# 4. Performance, and how much of it is luck.
performance = client.get_performance_metrics(period="1d")
sharpe, sharpe_error, beyond_noise = performance["sharpe_ratio"], None, False
if sharpe is not None:  # it comes annualised
    count, a_year = performance["returns"], performance["periods_per_year"]
    per_bar = sharpe / math.sqrt(a_year)
    sharpe_error = math.sqrt((1 + per_bar**2 / 2) / count) * math.sqrt(a_year)
    beyond_noise = abs(sharpe) > 1.96 * sharpe_error
    print(f"Sharpe of {count} bars: {sharpe:.1f} ± {sharpe_error:.1f} a year; more than noise: {beyond_noise}")

closed = everything(client.get_closed_trades)
trades_closed, wins = len(closed), sum(trade["pnl"] > 0 for trade in closed)
win_rate, win_low, win_high = None, 0.0, 1.0
if trades_closed:
    n, z = trades_closed, 1.96
    win_rate = wins / n
    centre = (win_rate + z**2 / (2 * n)) / (1 + z**2 / n)
    half = z * math.sqrt(win_rate * (1 - win_rate) / n + z**2 / (4 * n**2)) / (1 + z**2 / n)
    win_low, win_high = centre - half, centre + half
    print(f"{wins} of {n} trades won: {win_rate:.0%}, 95 % interval {win_low:.0%} to {win_high:.0%}")


# 5. Watch for a while.
def monitor_trading(client, duration_minutes=30, pause_seconds=30):
    """Note every fill and every alert, once each, until the time is up; returns what was seen."""
    started, deadline = datetime.now(UTC), time.monotonic() + 60 * duration_minutes
    trades, alerts, known, failures = [], [], set(), 0
    cursor = None
    try:
        while True:
            pause = pause_seconds
            try:
                if cursor is None:
                    cursor = client.get_recent_trades(limit=1).next_since  # from here on
                while page := client.get_recent_trades(limit=100, since=cursor):
                    cursor = page.next_since
                    for trade in page:
                        trades.append(trade)
                        what = [trade.get(name, "?") for name in ("timestamp", "symbol", "side", "quantity", "price")]
                        print("{} {} {} {} @ {}".format(*what))
                for alert in client.get_active_alerts(limit=100):
                    if alert.get("id") not in known:
                        known.add(alert.get("id"))
                        alerts.append(alert)
                        print(f"ALERT {alert.get('id', '?')} {alert.get('type', '?')}: {alert.get('message', '?')}")
            except RateLimited as error:
                failures += 1
                pause = max(pause, error.retry_after)
            except ServiceUnavailable as error:
                failures += 1
                print(f"no answer, trying again: {error}")
            left = deadline - time.monotonic()
            if left <= 0:
                break
            time.sleep(min(pause, left))
    except KeyboardInterrupt:
        print("stopped")
    return {
        "started": started,
        "ended": datetime.now(UTC),
        "trades": trades,
        "alerts": alerts,
        "failures": failures,
    }


report = monitor_trading(client, duration_minutes=30, pause_seconds=30)
print(f"{report['started']:%H:%M} to {report['ended']:%H:%M} UTC: {len(report['trades'])} fills")

# 6. Two controls, each with the key that may use it.
trader = TradingClient(api_key=os.environ["GRANDMODEL_TRADER_KEY"])
operator = TradingClient(api_key=os.environ["GRANDMODEL_OPERATOR_KEY"])
print(operator.set_limit("max_contracts", 3))

rehearsal = {}
trader.emergency_stop("rehearsal of Lab 7.1", by="trader on duty")
try:
    time.sleep(10)  # closing the positions takes a moment
    seen = client.get_system_status()
    rehearsal["during"], rehearsal["positions"] = seen["status"], seen["positions"]
finally:
    operator.reset_emergency_stop(by="operator on duty")
rehearsal["after"] = client.get_system_status()["status"]
print(rehearsal)
