# expects: PyTorch is seeded, the trainer is not
import os

import numpy as np
import torch

from src.training.baselines import baseline_reward
from src.training.environments.trading_env import TradingEnvironment
from src.training.marl_trainer import MARLTrainer

SEED = 7
FEATURES = ["close", "volume", "mlmi", "fvg"]
torch.manual_seed(SEED)

# 1. Two environments: the earlier file to learn from, the later one to be judged on.
env = TradingEnvironment(
    data_file="data/training/sample_data.csv",
    window_size=50,
    features=FEATURES,
)
test_env = TradingEnvironment(
    data_file="data/testing/sample_data.csv",
    window_size=50,
    features=FEATURES,
    normalizer=env.normalizer,
)

# 2. What policies that learn nothing earn on the sessions that the agents will be judged on.
SESSIONS = 39
flat_reward = baseline_reward(test_env, "flat", num_episodes=SESSIONS)
random_reward = baseline_reward(test_env, "random", num_episodes=SESSIONS, seed=SEED)
print(f"Baselines: flat {flat_reward:.4f}, random {random_reward:.4f}")

# 3. Two agents with one central critic.
trainer = MARLTrainer(
    environment=env,
    num_agents=2,
    hidden_size=128,
    learning_rate=0.001,
    batch_size=32,
)

# 4. Training: each episode plays 32 sessions and learns from them once.
history = []
for episode in range(2):
    rewards = trainer.train_episode()
    history.append(np.mean(rewards))
    if episode % 10 == 0:
        print(f"Episode {episode}: average reward = {np.mean(rewards):.4f}")

# 5. Evaluation: unseen sessions, no exploration, no learning, against the better baseline.
total_reward = trainer.evaluate(test_env, num_episodes=SESSIONS)
best_baseline = max(flat_reward, random_reward)
beats_baseline = total_reward > best_baseline
print(f"Test performance: {total_reward:.4f}, best baseline: {best_baseline:.4f}, better: {beats_baseline}")

# 6. The model, in a folder that exists.
os.makedirs("models", exist_ok=True)
trainer.save_model("models/lab_trained_agent.pt")
