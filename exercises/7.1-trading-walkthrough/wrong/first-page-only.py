# expects: Only the first page of decisions is read
from src.trading.trading_client import TradingClient


# 1. A client that may read and nothing else. Its key comes from the environment, as GRANDMODEL_API_KEY.
client = TradingClient()
status = client.get_system_status()
print(f"{status['time']}: {status['status']}, {status['active_agents']} agents, positions {status['positions']}")

strategic = client.get_agent_decisions(timeframe="30m")
others = client.get_agent_decisions(timeframe="5m")
