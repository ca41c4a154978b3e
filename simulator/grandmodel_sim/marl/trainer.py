"""MARLTrainer: collect a batch of sessions, improve the policy, repeat."""

import zipfile
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from grandmodel_sim.errors import BadInput
from grandmodel_sim.marl.mappo import PolicyLoss, ValueScale, advantages, policy_loss
from grandmodel_sim.marl.market import N_ACTIONS, BatchedMarket, critic_input
from grandmodel_sim.marl.networks import Actor, Adam, Array, Critic, softmax
from grandmodel_sim.marl.play import play
from grandmodel_sim.marl.trading_env import TradingEnvironment

FORMAT = 1


@dataclass(frozen=True, slots=True)
class Settings:
    """What is seldom changed.

    GrandModel's own settings are γ .99, λ .95 and 10 epochs. A position can be changed on every bar here, so a
    decision's effect is seen at once: short horizons give the same policy from far fewer sessions.
    """

    discount: float = 0.9
    gae_lambda: float = 0.8
    clip: float = 0.2
    epochs: int = 2
    entropy_weight: float = 0.01
    max_grad_norm: float = 0.5
    weight_decay: float = 5.0
    critic_hidden: int = 64


@dataclass(frozen=True, slots=True)
class Update:
    """What one update did, for monitoring."""

    policy_loss: float
    value_loss: float
    entropy: float
    clipped: float
    approx_kl: float


@dataclass(slots=True)
class Rollout:
    """One batch of sessions: T decisions, B sessions, A agents, flattened to N = T·B rows where noted."""

    windows: Array  # (N, D)
    seen: Array  # (N, H), the actor's first look at them
    states: Array  # (N, S)
    positions: Array  # (N, A), before the decision
    actions: NDArray[np.int64]  # (N, A)
    log_probs: Array  # (N, A)
    rewards: Array  # (T, B, A)


class MARLTrainer:
    """Trains `num_agents` actors with one central critic by MAPPO.

    Args:
        environment: where to train.
        num_agents: how many agents trade.
        hidden_size: hidden units of the actor.
        learning_rate: Adam's, for actor and critic.
        batch_size: sessions played side by side for one update; more give a steadier gradient and take longer.
        seed: of the initial weights, the sessions chosen and the actions sampled; the same seed gives the same agents
            on one platform. None, the default, gives different agents each time.
        settings: what is seldom changed.

    Attributes:
        updates: one `Update` per trained episode.

    Raises:
        BadInput: for an argument that cannot be used.
    """

    def __init__(
        self,
        environment: TradingEnvironment,
        num_agents: int = 2,
        hidden_size: int = 128,
        learning_rate: float = 0.001,
        batch_size: int = 32,
        *,
        seed: int | None = None,
        settings: Settings | None = None,
    ) -> None:
        if not isinstance(environment, TradingEnvironment):
            raise BadInput("environment", type(environment).__name__, "give a TradingEnvironment")
        for name, value in (("num_agents", num_agents), ("hidden_size", hidden_size), ("batch_size", batch_size)):
            if isinstance(value, bool) or not isinstance(value, int) or value < 1:
                raise BadInput(name, value, "give a whole number from 1")
        if isinstance(learning_rate, bool) or not isinstance(learning_rate, int | float) or not 0 < learning_rate <= 1:
            raise BadInput("learning_rate", learning_rate, "give a number above 0, at most 1")
        if seed is not None and (isinstance(seed, bool) or not isinstance(seed, int) or seed < 0):
            raise BadInput("seed", seed, "give a whole number from 0, or None for different agents each time")
        self.environment = environment
        self.num_agents, self.hidden_size = num_agents, hidden_size
        self.learning_rate, self.batch_size, self.seed = learning_rate, batch_size, seed
        self.settings = settings or Settings()
        self._draw = np.random.default_rng(seed)
        inputs = len(environment.features) * environment.window_size
        self.actor = Actor(self._draw, inputs, num_agents, hidden_size, N_ACTIONS)
        self.critic = Critic(
            self._draw, len(environment.features) + num_agents + 1, num_agents, self.settings.critic_hidden
        )
        norm = self.settings.max_grad_norm
        self._actor_adam = Adam(self.actor.weights, learning_rate, norm, self.settings.weight_decay)
        self._critic_adam = Adam(self.critic.weights, learning_rate, norm)
        self._scale = ValueScale()
        self.updates: list[Update] = []

    # --- training ---

    def train_episode(self) -> NDArray[np.float64]:
        """Play `batch_size` sessions from random starts with the present policy, exploring, and learn from them once.

        Returns:
            Each agent's reward per session after costs, in units of $100, mean over the batch: shape (num_agents,).
        """
        rollout = self._collect()
        self.updates.append(self._learn(rollout))
        rewards: NDArray[np.float64] = rollout.rewards.sum(axis=0).mean(axis=0).astype(np.float64)
        return rewards

    def _collect(self) -> Rollout:
        env, length, batch = self.environment, self.environment.episode_length, self.batch_size
        first, last = env.starts_between
        starts = self._draw.integers(first, last + 1, size=batch)
        market = env.batch(starts, self.num_agents)

        # Prices do not depend on what the agents do, so all windows can be seen at once, before the first decision.
        windows = env.data.windows(starts + np.arange(length)[:, None])  # (T, B, D)
        seen = self.actor.see(windows.reshape(length * batch, -1)).reshape(length, batch, -1)

        shape = (length, batch, self.num_agents)
        states = np.zeros((length, batch, len(env.features) + self.num_agents + 1), np.float32)
        positions, log_probs, rewards = (np.zeros(shape, np.float32) for _ in range(3))
        actions = np.zeros(shape, np.int64)
        for t in range(length):
            states[t], positions[t] = critic_input(market), market.positions
            logits, _ = self.actor.decide(seen[t], market.positions)
            p = softmax(logits)
            # Inverse transform sampling: count how many cumulative probabilities lie below a uniform draw.
            below = p.cumsum(axis=-1) < self._draw.random((batch, self.num_agents, 1))
            actions[t] = np.minimum(below.sum(axis=-1), N_ACTIONS - 1)
            log_probs[t] = np.log(np.take_along_axis(p, actions[t][..., None], axis=-1)[..., 0] + 1e-12)
            rewards[t], _ = market.step(actions[t])
        rows = length * batch
        return Rollout(
            windows.reshape(rows, -1),
            seen.reshape(rows, -1),
            states.reshape(rows, -1),
            positions.reshape(rows, -1),
            actions.reshape(rows, -1),
            log_probs.reshape(rows, -1),
            rewards,
        )

    def _learn(self, rollout: Rollout) -> Update:
        settings = self.settings
        length, batch, agents = rollout.rewards.shape
        values = self._scale.grow(self.critic.forward(rollout.states)[0]).reshape(length, batch, agents)
        after_end = np.zeros((1, batch, agents), values.dtype)  # all positions are closed: nothing more to come
        advantage = advantages(
            rollout.rewards, np.concatenate([values, after_end]), settings.discount, settings.gae_lambda
        )
        returns = (advantage + values).reshape(-1, agents)
        self._scale.update(returns)
        target = self._scale.shrink(returns).astype(np.float32)
        normal = ((advantage - advantage.mean()) / (advantage.std() + 1e-5)).reshape(-1, agents)

        for epoch in range(settings.epochs):
            seen = rollout.seen if epoch == 0 else None  # nothing has changed yet: no need to look again
            done = self.actor.forward(rollout.windows, rollout.positions, seen)
            loss = policy_loss(
                done.logits, rollout.actions, rollout.log_probs, normal, settings.clip, settings.entropy_weight
            )
            self._actor_adam.step(self.actor.backward(done, loss.dlogits))
            value_loss = self._fit_critic(rollout.states, target)
        return _report(loss, value_loss)

    def _fit_critic(self, states: Array, target: Array) -> float:
        values, hidden = self.critic.forward(states)
        error = values - target
        self._critic_adam.step(self.critic.backward(states, hidden, error / error.size))
        return float((error**2).mean() / 2)

    # --- using the agents ---

    def act(self, market: BatchedMarket) -> NDArray[np.int64]:
        """The actions that the agents think best, without exploring, shape (batch, agents)."""
        logits, _ = self.actor.decide(self.actor.see(market.data.windows(market.at)), market.positions)
        best: NDArray[np.int64] = logits.argmax(axis=-1)
        return best

    def evaluate(self, environment: TradingEnvironment, num_episodes: int = 10) -> float:
        """Mean reward per agent and session after costs, in units of $100. Nothing is explored and nothing is learnt.

        Args:
            environment: unseen data, with the training environment's normalizer.
            num_episodes: sessions, spread evenly over the file; the same ones at every call.

        Raises:
            BadInput: if the environment's features or window differ from those trained on.
        """
        return float(self.session_rewards(environment, num_episodes).mean())

    def session_rewards(self, environment: TradingEnvironment, num_episodes: int = 10) -> NDArray[np.float64]:
        """What `evaluate` takes the mean of: shape (num_episodes, num_agents)."""
        self._accept(environment)
        return play(environment, self.act, num_episodes, self.num_agents)

    def _accept(self, environment: TradingEnvironment) -> None:
        mine = self.environment
        if (environment.features, environment.window_size) != (mine.features, mine.window_size):
            raise BadInput(
                "environment",
                f"features {list(environment.features)}, window {environment.window_size}",
                f"these agents were trained on features {list(mine.features)} and window {mine.window_size}",
            )

    # --- files ---

    def save_model(self, path: str | Path) -> None:
        """Write the agents, and the normalizer that belongs to them, to a file (a zip of .npy arrays, whatever its
        name).

        Raises:
            FileNotFoundError: if the folder is not there.
        """
        folder = Path(path).parent
        if not folder.is_dir():
            raise FileNotFoundError(2, "No such directory (make it first: os.makedirs)", str(folder))
        env = self.environment
        arrays: dict[str, NDArray[np.generic]] = {
            "format": np.array(FORMAT),
            "features": np.array(env.features),
            "window_size": np.array(env.window_size),
            "mean": env.normalizer.mean,
            "std": env.normalizer.std,
        }
        arrays |= {f"actor.{name}": value for name, value in self.actor.weights.items()}
        arrays |= {f"critic.{name}": value for name, value in self.critic.weights.items()}
        with open(path, "wb") as file:
            np.savez(file, **arrays)  # type: ignore[arg-type]

    def load_model(self, path: str | Path) -> None:
        """Take over the agents of a file that `save_model` wrote.

        Raises:
            FileNotFoundError: if there is no such file.
            BadInput: if it is not a model, or one of another shape; these agents are then left as they were.
        """
        try:
            with np.load(path, allow_pickle=False) as archive:
                arrays = {name: archive[name] for name in archive.files}
        except FileNotFoundError:
            raise
        except (OSError, ValueError, EOFError, KeyError, zipfile.BadZipFile) as error:
            raise BadInput("path", str(path), f"it is not a file that save_model wrote: {error}") from None
        if not {"format", "features", "window_size"} <= arrays.keys() or int(arrays["format"]) != FORMAT:
            raise BadInput("path", str(path), f"it is not a model of format {FORMAT}")
        env = self.environment
        if tuple(arrays["features"].tolist()) != env.features or int(arrays["window_size"]) != env.window_size:
            raise BadInput(
                "path",
                str(path),
                f"it was trained on {arrays['features'].tolist()}, window {int(arrays['window_size'])}",
            )
        new: dict[str, Array] = {}
        for part, network in (("actor", self.actor), ("critic", self.critic)):
            for name, weight in network.weights.items():
                value = arrays.get(f"{part}.{name}")
                if value is None or value.shape != weight.shape:
                    raise BadInput(
                        "path",
                        str(path),
                        f"{part}.{name} must have shape {weight.shape}; check num_agents and hidden_size",
                    )
                new[f"{part}.{name}"] = value
        for part, network in (("actor", self.actor), ("critic", self.critic)):
            for name, weight in network.weights.items():
                weight[...] = new[f"{part}.{name}"]


def _report(loss: PolicyLoss, value_loss: float) -> Update:
    return Update(loss.loss, value_loss, loss.entropy, loss.clipped, loss.approx_kl)
