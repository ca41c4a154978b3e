import numpy as np
from src.training.baselines import baseline_reward
from src.training.environments.trading_env import TradingEnvironment
from src.training.marl_trainer import MARLTrainer

SEED = 7
FEATURES = ["close", "volume", "mlmi", "fvg"]

# 1. Two environments: the earlier file to learn from, the later one to be judged on.
env = TradingEnvironment(
    data_file="data/training/sample_data.csv",
    window_size=...,  # TODO: how many bars does an observation look back?
    features=FEATURES,
)
test_env = ...  # TODO: the same for data/testing/sample_data.csv; mind the normalizer

# 2. What policies that learn nothing earn on the sessions that the agents will be judged on.
SESSIONS = 39
flat_reward = baseline_reward(test_env, "flat", num_episodes=SESSIONS)
random_reward = ...  # TODO: the random policy, with a seed
print(f"Baselines: flat {flat_reward:.4f}, random {random_reward:.4f}")

# 3. Two agents with one central critic.
trainer = MARLTrainer(
    environment=env,
    num_agents=2,
    hidden_size=128,
    learning_rate=0.001,
    batch_size=32,
    # TODO: something is missing that makes the run repeatable
)

# 4. Training: each episode plays 32 sessions and learns from them once.
history = []
for episode in range(100):
    rewards = trainer.train_episode()
    # TODO: keep the mean of the agents' rewards in history
    if episode % 10 == 0:
        print(f"Episode {episode}: average reward = {np.mean(rewards):.4f}")

# 5. Evaluation: unseen sessions, no exploration, no learning, against the better baseline.
total_reward = ...  # TODO
beats_baseline = ...  # TODO: compare with the better of the two baselines

# 6. The model, in a folder that exists.
trainer.save_model("models/lab_trained_agent.pt")  # TODO: this fails as it stands; why?
