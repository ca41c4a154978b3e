# expects: The Sharpe ratio is annualised twice
import math

from src.trading.trading_client import TradingClient


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

# 4. Performance, and how much of it is luck.
performance = client.get_performance_metrics(period="1d")
sharpe, sharpe_error, beyond_noise = performance["sharpe_ratio"] * math.sqrt(252), None, False
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
