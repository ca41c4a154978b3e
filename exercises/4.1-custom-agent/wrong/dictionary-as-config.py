# expects: used as if it had attributes
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
ITERATIONS = 1

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
    return advantages, advantages + values


# 6. Training: play, learn from what was played, forget it.
def play(agent, env, starts):
    """Play an episode from each start; returns what compute_loss takes, and the mean reward of an episode."""
    steps = []
    states, legal = env.reset(starts)
    done = False
    while not done:
        states, legal = torch.as_tensor(states), torch.as_tensor(legal)
        actions, log_probs, values = agent.select_action(states, legal)
        next_states, next_legal, rewards, done = env.step(actions.numpy())
        steps.append((states, legal, actions, log_probs, values.numpy(), rewards))
        states, legal = next_states, next_legal
    all_states, all_legal, all_actions, all_log_probs, values, rewards = zip(*steps, strict=True)
    rewards = np.stack(rewards)
    advantages, returns = advantages_and_returns(rewards, np.stack(values), agent.config.gamma, agent.config.gae_lambda)
    batch = {
        "states": torch.cat(all_states),
        "actions": torch.cat(all_actions),
        "old_log_probs": torch.cat(all_log_probs),
        "advantages": torch.as_tensor(advantages.reshape(-1)),
        "returns": torch.as_tensor(returns.reshape(-1)),
        "legal": torch.cat(all_legal),
    }
    return batch, float(rewards.sum(axis=0).mean())


def update(agent, optimizer, batch):
    """One step of the optimiser; returns the four losses as numbers."""
    agent.train()
    losses = agent.compute_loss(**batch)
    optimizer.zero_grad()
    losses[0].backward()
    nn.utils.clip_grad_norm_(agent.parameters(), agent.config.max_grad_norm)
    optimizer.step()
    return [loss.item() for loss in losses]


torch.manual_seed(SEED)
shuffle = np.random.default_rng(SEED)
config = {
    "input_dim": env.input_dim,
    "hidden_dim": 32,
    "learning_rate": 0.003,
    "gamma": 0.9,
    "value_weight": 0.05,
    "dropout": 0.05,
}
agent = CustomMomentumAgent(config)
optimizer = torch.optim.Adam(agent.parameters(), lr=config.learning_rate)

history = []
for iteration in range(ITERATIONS):
    batch, reward = play(agent, env, env.random_starts(64, seed=iteration))
    for _ in range(2):
        for part in np.array_split(shuffle.permutation(len(batch["actions"])), 4):
            rows = torch.as_tensor(part)
            losses = update(agent, optimizer, {name: column[rows] for name, column in batch.items()})
    history.append(reward)
    if iteration % 5 == 0 or iteration == ITERATIONS - 1:
        total, policy, value, entropy = losses
        print(f"Iteration {iteration:2}: reward {reward:6.2f}, value loss {value:6.2f}, entropy {entropy:.3f}")


# 7. Held out: the later bars, the most probable action, against policies that learn nothing.
def choose(states, legal):
    actions, _, _ = agent.select_action(torch.as_tensor(states), torch.as_tensor(legal), greedy=True)
    return actions.numpy()


agent_reward = average_reward(test_env, choose)
flat_reward = average_reward(test_env, flat)
dice_reward = average_reward(test_env, dice(SEED))
rule_reward = average_reward(test_env, follow(feature=1))
print(f"Held out: agent {agent_reward:.2f}, flat {flat_reward:.2f}, dice {dice_reward:.2f}, rule {rule_reward:.2f}")
