"""What lies in `/home/learner/GrandModel`."""

from datetime import date
from pathlib import Path

from grandmodel_sim.market.calendar import sessions_before
from grandmodel_sim.market.csvfile import to_csv
from grandmodel_sim.market.generator import STRUCTURE, Market
from grandmodel_sim.market.instruments import ES

TRAINING_SESSIONS = 120
TEST_SESSIONS = 40

#: The data ends on the last session before the world begins.
DATA_END = date(2025, 7, 14)

_TRAINER = '''"""The trainer of Lab 2.1. Its code is in `grandmodel_sim.marl`, written to be read."""

from grandmodel_sim.marl import MARLTrainer

__all__ = ["MARLTrainer"]
'''
_ENVIRONMENT = '''"""The trading environment of Lab 2.1. Its code is in `grandmodel_sim.marl`, written to be read."""

from grandmodel_sim.marl import TradingEnvironment

__all__ = ["TradingEnvironment"]
'''
_BASELINES = '''"""Policies that do not learn, to compare with. Their code is in `grandmodel_sim.marl`."""

from grandmodel_sim.marl import BASELINES, baseline_reward

__all__ = ["BASELINES", "baseline_reward"]
'''
_CLIENT = '''"""The client of the trading API, for Lab 7.1. Its code is in `grandmodel_sim.trading`, to be read."""

from grandmodel_sim.trading.client import (
    AuthenticationError,
    InvalidRequest,
    NotFoundError,
    PermissionDenied,
    RateLimited,
    ServiceUnavailable,
    TradingClient,
    TradingError,
)

__all__ = [
    "AuthenticationError",
    "InvalidRequest",
    "NotFoundError",
    "PermissionDenied",
    "RateLimited",
    "ServiceUnavailable",
    "TradingClient",
    "TradingError",
]
'''
_SRC = '''"""The source tree. `import torch` finds PyTorch, or where there is none the course's subset of it."""

from grandmodel_sim.notebook.torch_finder import offer_torch

offer_torch()
'''
_MOMENTUM = '''"""The market of Lab 4.1. Its code is in `grandmodel_sim.marl.momentum`, written to be read."""

from grandmodel_sim.marl.momentum import (
    MomentumMarket,
    average_reward,
    dice,
    flat,
    follow,
    momentum_closes,
)

__all__ = ["MomentumMarket", "average_reward", "dice", "flat", "follow", "momentum_closes"]
'''
_BASE_AGENT = '''"""The base class of agents that learn. Its code is in `grandmodel_sim.agents.neural`."""

from grandmodel_sim.agents.neural import AgentConfig, BaseAgent

__all__ = ["AgentConfig", "BaseAgent"]
'''
_EMBEDDERS = '''"""From a window of bars to one vector. The code is in `grandmodel_sim.agents.embedders`."""

from grandmodel_sim.agents.embedders import TemporalEmbedder

__all__ = ["TemporalEmbedder"]
'''
_README = """# GrandModel

Your own checkout. What you change here stays here.

- `src/agents/` the base class and the embedder of Lab 4.1
- `src/training/` the trainer and the environment of Lab 2.1, and the market of Lab 4.1
- `src/trading/` the client of the trading API, for Lab 7.1; its key is in the environment, as `GRANDMODEL_API_KEY`
- `config/` settings
- `data/training/`, `data/testing/` 5-minute bars of ES: first the sessions to learn from, then, later in time, the
  ones to be judged on
"""
_SETTINGS = """# Settings of the development cluster.
data:
  symbols: [ES, NQ]
  timeframes: [5, 30]          # minutes
matrices:
  strategic: {window: 48, features: 13}
  tactical: {window: 60, features: 7}
decision:
  strategic_threshold: 0.65
  tactical_threshold: 0.65
risk:
  daily_loss_limit: 0.05
  drawdown_stop: 0.20
costs:
  commission_per_contract: 2.50  # dollars, per side
  slippage_ticks: 1
"""


def files(seed: int = 7, *, structure: float = STRUCTURE, data: bool = True) -> dict[str, bytes]:
    """The whole tree: path relative to `/home/learner/GrandModel` → content.

    Args:
        seed: of the market data.
        structure: κ of `grandmodel_sim.market.generator`; 0 gives data in which there is nothing to learn.
        data: whether to make the two CSV files, which takes most of the time.
    """
    tree = {
        "README.md": _README,
        "config/settings.yaml": _SETTINGS,
        "src/__init__.py": _SRC,
        "src/trading/__init__.py": "",
        "src/trading/trading_client.py": _CLIENT,
        "src/training/__init__.py": "",
        "src/training/baselines.py": _BASELINES,
        "src/training/marl_trainer.py": _TRAINER,
        "src/training/environments/__init__.py": "",
        "src/training/environments/trading_env.py": _ENVIRONMENT,
        "src/training/environments/momentum_market.py": _MOMENTUM,
        # Lab 4.1
        "src/agents/__init__.py": "",
        "src/agents/base/__init__.py": "",
        "src/agents/base/base_agent.py": _BASE_AGENT,
        "src/agents/marl/__init__.py": "",
        "src/agents/marl/base/__init__.py": "",
        "src/agents/marl/base/embedders.py": _EMBEDDERS,
    }
    if data:
        market = Market(
            seed, ES, sessions_before(DATA_END, TRAINING_SESSIONS + TEST_SESSIONS)[0], structure, name="data"
        )
        for folder, sessions in (("training", TRAINING_SESSIONS), ("testing", TEST_SESSIONS)):
            bars = [bar for _ in range(sessions) for bar in market.session()]
            tree[f"data/{folder}/sample_data.csv"] = to_csv(bars)
    return {path: text.encode() for path, text in tree.items()}


def write(root: str | Path, seed: int = 7, *, structure: float = STRUCTURE) -> Path:
    """Write the tree under `root` (natively: for tests, and to work outside the page). Returns `root` as a path."""
    root = Path(root)
    for name, content in files(seed, structure=structure).items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
    return root
