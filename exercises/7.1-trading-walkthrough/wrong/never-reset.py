# expects: The emergency stop was never reset
import os
import time

from src.trading.trading_client import TradingClient


# 1. A client that may read and nothing else. Its key comes from the environment, as GRANDMODEL_API_KEY.
client = TradingClient()
status = client.get_system_status()
print(f"{status['time']}: {status['status']}, {status['active_agents']} agents, positions {status['positions']}")

# 6. Two controls, each with the key that may use it.
trader = TradingClient(api_key=os.environ["GRANDMODEL_TRADER_KEY"])
operator = TradingClient(api_key=os.environ["GRANDMODEL_OPERATOR_KEY"])
print(operator.set_limit("max_contracts", 3))

rehearsal = {}
trader.emergency_stop("rehearsal of Lab 7.1", by="trader on duty")
time.sleep(10)  # closing the positions takes a moment
seen = client.get_system_status()
rehearsal["during"], rehearsal["positions"] = seen["status"], seen["positions"]
rehearsal["after"] = client.get_system_status()["status"]
print(rehearsal)
