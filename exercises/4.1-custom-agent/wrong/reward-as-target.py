# expects: taught the reward of one bar
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
train_closes, test_closes = closes[:9_000], closes[9_000:]


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


# 2. The agent: one embedder, two heads.
class CustomMomentumAgent(BaseAgent):
    """Follows momentum: reads a window of bars, chooses short, flat or long."""

    def __init__(self, config):
        super().__init__(config)
        self.embedder = TemporalEmbedder(
            input_dim=config.input_dim,
            hidden_dim=config.hidden_dim,
            num_layers=config.num_layers,
            dropout=config.dropout,
        )
        self.policy_net = nn.Sequential(
            nn.Linear(config.hidden_dim, config.hidden_dim),
            nn.ReLU(),
            nn.Linear(config.hidden_dim, config.action_dim),
        )
        self.value_net = nn.Sequential(
            nn.Linear(config.hidden_dim, config.hidden_dim),
            nn.ReLU(),
            nn.Linear(config.hidden_dim, 1),
        )

    def forward(self, states):
        embedded = self.embedder(states)  # [B, H]
        logits = self.policy_net(embedded)  # [B, A]
        values = self.value_net(embedded).squeeze(-1)  # [B, 1] to [B]
        return logits, values

    # 3. Acting: no dropout, no gradient, legal actions only.
    def distribution(self, logits, legal=None):
        """The policy; an illegal action gets probability 0."""
        if legal is not None:
            logits = logits.masked_fill(~legal, -1e9)
        return torch.distributions.Categorical(logits=logits)

    def select_action(self, states, legal=None, greedy=False):
        self.check_states(states)
        self.eval()
        with torch.no_grad():
            logits, values = self.forward(states)
            policy = self.distribution(logits, legal)
            actions = policy.probs.argmax(dim=-1) if greedy else policy.sample()
            return actions, policy.log_prob(actions), values

    # 4. The loss: PPO's clipped objective, the squared error of the value, the entropy bonus.
    def compute_loss(self, states, actions, old_log_probs, advantages, returns, legal=None):
        logits, values = self.forward(states)
        policy = self.distribution(logits, legal)
        log_probs = policy.log_prob(actions.long())  # [B], as old_log_probs and advantages

        advantages = advantages.detach()
        advantages = (advantages - advantages.mean()) / (advantages.std(unbiased=False) + 1e-8)
        ratio = torch.exp(log_probs - old_log_probs)
        clipped = torch.clamp(ratio, 1 - self.config.clip, 1 + self.config.clip)
        policy_loss = -torch.min(ratio * advantages, clipped * advantages).mean()

        value_loss = nn.MSELoss()(values, returns)
        entropy = policy.entropy().mean()
        total_loss = policy_loss + self.config.value_weight * value_loss - self.config.entropy_weight * entropy
        return total_loss, policy_loss, value_loss, entropy


# 5. What the critic should have said: generalised advantage estimation.
def advantages_and_returns(rewards, values, gamma, gae_lambda):
    """Rewards and values (steps, B) of episodes that end with the last step: advantages and returns (steps, B)."""
    advantages = np.zeros_like(rewards)
    next_value = next_advantage = np.zeros_like(rewards[0])
    for step in reversed(range(len(rewards))):
        surprise = rewards[step] + gamma * next_value - values[step]
        next_advantage = surprise + gamma * gae_lambda * next_advantage
        next_value = values[step]
        advantages[step] = next_advantage
    return advantages, rewards
