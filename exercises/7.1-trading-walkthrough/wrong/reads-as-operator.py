# expects: A reader holds a key that may act
import os

from src.trading.trading_client import TradingClient


# 1. A client that may read and nothing else. Its key comes from the environment, as GRANDMODEL_API_KEY.
client = TradingClient(api_key=os.environ["GRANDMODEL_OPERATOR_KEY"])
status = client.get_system_status()
print(f"{status['time']}: {status['status']}, {status['active_agents']} agents, positions {status['positions']}")
