# expects: A fraction where dollars are asked for
import math
from itertools import pairwise

from src.trading.trading_client import TradingClient


# 1. A client that may read and nothing else. Its key comes from the environment, as GRANDMODEL_API_KEY.
client = TradingClient()
status = client.get_system_status()
print(f"{status['time']}: {status['status']}, {status['active_agents']} agents, positions {status['positions']}")

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
        total = [profit + move for profit, move in zip(total, moves, strict=True)]
    worst = sorted(total)[int((1 - confidence) * len(total))]
    return -worst * math.sqrt(BARS_A_DAY)


my_var_95 = historical_var()
print(f"The same from history, a bar's figure times the root of 78: ${my_var_95:,.0f}")
