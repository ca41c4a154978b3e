# expects: The split does not follow time
import numpy as np
import torch
from src.agents.base.base_agent import AgentConfig, BaseAgent
from src.agents.marl.base.embedders import TemporalEmbedder
from src.training.environments.momentum_market import (
    MomentumMarket,
    average_reward,
    dice,
    flat,
    follow,
    momentum_closes,
)
from torch import nn

SEED = 7
ITERATIONS = 15

# 1. The data: the earlier 9,000 bars to learn from, the later 3,000 to be judged on.
closes = momentum_closes(SEED, bars=12_000)
order = np.random.default_rng(SEED).permutation(len(closes))
train_closes, test_closes = closes[order[:9_000]], closes[order[9_000:]]


def momentum_features(closes, scale):
    """Closes (N,) to features (N, 2): each bar's move, and the mean move of the six bars that end with it."""
    features = np.full((len(closes), 2), np.nan)
    features[1:, 0] = np.diff(closes) / scale
    for bar in range(6, len(closes)):
        features[bar, 1] = (closes[bar] - closes[bar - 6]) / (6 * scale)
    return features


scale = np.diff(train_closes).std()
env = MomentumMarket(train_closes, momentum_features(train_closes, scale))
test_env = MomentumMarket(test_closes, momentum_features(test_closes, scale))
