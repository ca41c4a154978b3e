import math
import os
from datetime import datetime, timedelta

from src.trading.trading_client import TradingClient

# 1. A client that may read and nothing else.
client = TradingClient(api_key="your_api_key")  # TODO: a key from the environment, not from the code
status = client.get_system_status()
print(f"{status['time']}: {status['status']}, {status['active_agents']} agents, positions {status['positions']}")

# 2. What the agents decided, and why.
decisions = client.get_agent_decisions(timeframe="1h")  # TODO: which timeframes are there? and is this all of them?
strategic = ...  # TODO: all decisions on 30-minute windows, oldest first
others = ...  # TODO: all decisions on 5-minute windows
acted = ...  # TODO: the newest of the execution agent that acts, or None
refused = ...  # TODO: the newest of the risk agent that does not act, or None
why = ...  # TODO: the vetoes of `refused`, a list
chain = ...  # TODO: ids of the decisions that `acted` rests on, the first of them first, and its own id

# 3. Risk: a number, its unit, its horizon, its sign.
risk = client.get_risk_metrics()
var_95 = risk["var_95"]
var_line = f"Portfolio VaR: {var_95:.4f}"  # TODO: dollars or a fraction? over how long? is a loss positive?
print(var_line)


def historical_var(confidence=0.95):
    """Dollars over one trading day, a loss positive: the positions of now in the last 500 bars of 5 minutes."""
    ...  # TODO


my_var_95 = historical_var()

# 4. Performance, and how much of it is luck.
performance = client.get_performance_metrics(period="1d")
sharpe = performance["sharpe_ratio"]
sharpe_error = ...  # TODO
beyond_noise = ...  # TODO: whether the ratio lies more than 1.96 errors from 0
trades_closed = ...  # TODO: how many trades have been closed since the beginning
win_rate, win_low, win_high = ..., ..., ...  # TODO: the share that won, and its 95 % interval


# 5. Watch for a while.
def monitor_trading(client, duration_minutes=30, pause_seconds=30):
    """Note every fill and every alert, once each, until the time is up; returns what was seen."""
    # TODO: this is the loop as it was first written. How many things are wrong with it?
    end_time = datetime.now() + timedelta(minutes=duration_minutes)
    while datetime.now() < end_time:
        trades = client.get_recent_trades(limit=5)
        for trade in trades:
            print(f"{trade['timestamp']} - {trade['symbol']} {trade['side']} {trade['quantity']} @ {trade['price']}")
        alerts = client.get_active_alerts()
        for alert in alerts:
            print(f"ALERT: {alert['type']} - {alert['message']}")
        time.sleep(pause_seconds)
    return {"started": ..., "ended": ..., "trades": [], "alerts": [], "failures": 0}


report = monitor_trading(client, duration_minutes=30, pause_seconds=30)

# 6. Two controls, each with the key that may use it.
# TODO: the operator lowers max_contracts to 3
rehearsal = {}  # TODO: the trader pulls the emergency stop, you look, the operator resets it: during, positions, after
