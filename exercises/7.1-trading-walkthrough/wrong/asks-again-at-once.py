# expects: A refusal is not obeyed
import time
from datetime import UTC, datetime

from src.trading.trading_client import RateLimited, ServiceUnavailable, TradingClient


# 1. A client that may read and nothing else. Its key comes from the environment, as GRANDMODEL_API_KEY.
client = TradingClient()
status = client.get_system_status()
print(f"{status['time']}: {status['status']}, {status['active_agents']} agents, positions {status['positions']}")

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
            except (RateLimited, ServiceUnavailable) as error:
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
