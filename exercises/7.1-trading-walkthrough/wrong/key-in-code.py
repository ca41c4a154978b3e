# expects: A key stands in the code
from src.trading.trading_client import TradingClient


# 1. A client that may read and nothing else. Its key comes from the environment, as GRANDMODEL_API_KEY.
client = TradingClient(api_key="gm-demo-viewer-7f3c9a51d2e84b60")
status = client.get_system_status()
print(f"{status['time']}: {status['status']}, {status['active_agents']} agents, positions {status['positions']}")
