"""MAPPOTrainer and IPPOTrainer: PPO for any environment of PettingZoo's ParallelEnv shape.

The difference is what the critic sees. MAPPO's is central: it is shown the global state, which only training needs.
IPPO's agents are independent: each critic sees what its agent sees. Everything else is the same: collect T steps in B
copies, estimate advantages, go over the batch a few times, repeat. The formulas are in `mappo`, the networks in `mlp`,
actions in `heads`; Lab 2.1's `MARLTrainer` is the same algorithm with a network made for its market.

Letters: T steps, B copies, A agents, G networks (1 if shared, else A), R rows of one network.
"""

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, Self

import numpy as np
from numpy.typing import DTypeLike, NDArray

from grandmodel_sim.errors import BadInput
from grandmodel_sim.marl import checkpoint
from grandmodel_sim.marl.copies import vectorise
from grandmodel_sim.marl.heads import FORBIDDEN, head_for, into_bounds
from grandmodel_sim.marl.hyperparameters import Hyperparameters
from grandmodel_sim.marl.layout import Batch, Layout
from grandmodel_sim.marl.mappo import ValueNorm, advantages, explained_variance, normalised, surrogate, value_loss
from grandmodel_sim.marl.metrics import Evaluation, Metrics
from grandmodel_sim.marl.mlp import MLP
from grandmodel_sim.marl.networks import Adam, Array
from grandmodel_sim.marl.rollout import Episodes, Rollout, play_episodes
from grandmodel_sim.marl.spaces import Box, Discrete
from grandmodel_sim.marl.vector import VectorEnvironment, check_seed, shape_of

#: Episodes that `evaluate` plays at once, at most.
SIDE_BY_SIDE = 100

_FLOATS = (np.float32, np.float64, "float32", "float64", np.dtype(np.float32), np.dtype(np.float64))


class MAPPOTrainer:
    """Trains the agents of any ParallelEnv with a central critic.

    Args:
        environment: an environment of this package, a class or function that makes a ParallelEnv, or a ParallelEnv.
        hyperparameters: see `Hyperparameters`.
        seed: of the initial weights, the environment and the actions; the same seed gives the same agents on one
            platform. None gives different agents each time.
        dtype: of weights and arithmetic; float64 is for checking gradients.

    Attributes:
        actor: the policy's network.
        critic: the value's network.
        steps: environment steps so far, counted in each copy.
        updates: one `Metrics` for each update.

    Raises:
        BadInput: for an argument that cannot be used.
    """

    #: Whether the critic sees the global state.
    central = True

    def __init__(
        self,
        environment: Any,
        hyperparameters: Hyperparameters | None = None,
        *,
        seed: int | None = None,
        dtype: DTypeLike = np.float32,
    ) -> None:
        if hyperparameters is not None and not isinstance(hyperparameters, Hyperparameters):
            raise BadInput("hyperparameters", hyperparameters, "give Hyperparameters(...)")
        if seed is not None and (isinstance(seed, bool) or not isinstance(seed, int) or seed < 0):
            raise BadInput("seed", seed, "give a whole number from 0, or None for different agents each time")
        if dtype not in _FLOATS:
            raise BadInput("dtype", dtype, "give numpy.float32 or numpy.float64")
        self.environment, self.seed = environment, seed
        settings = self.hyperparameters = hyperparameters or Hyperparameters()
        self._draw = np.random.default_rng(seed)
        env = self._env = vectorise(environment, settings.copies)
        env.restart(int(self._draw.integers(2**31)))
        agents = len(env.agents)
        self._head = head_for(env.action_space)
        layout = self._layout = Layout(agents, settings.share_parameters, dtype)
        rows = settings.rollout_steps * env.batch * agents // layout.groups
        if settings.minibatches > rows:
            raise BadInput("minibatches", settings.minibatches, f"a batch has {rows} rows")
        seen = env.state_size if self.central else env.observation_size
        hidden = settings.hidden_sizes
        self.actor = MLP(
            self._draw,
            layout.groups,
            (env.observation_size + layout.names, *hidden, self._head.outputs),
            0.01,
            settings.activation,
            self._head.extra,
            dtype,
        )
        if "log_std" in self.actor.weights:
            self.actor.weights["log_std"][:] = settings.initial_log_std
        self.critic = MLP(
            self._draw, layout.groups, (seen + layout.names, *hidden, 1), 1.0, settings.activation, dtype=dtype
        )
        rate, norm = settings.learning_rate, settings.max_grad_norm
        self._adams = {
            "actor": Adam({"all": self.actor.vector}, rate, norm),
            "critic": Adam({"all": self.critic.vector}, settings.critic_learning_rate or rate, norm),
        }
        self._values = ValueNorm(settings.value_memory) if settings.value_memory is not None else None
        self._rollout = Rollout(env, settings.rollout_steps, self.central)
        self._episodes = Episodes(np.zeros((env.batch, agents)), np.zeros(env.batch, np.int64))
        self.steps = 0
        self.updates: list[Metrics] = []

    # --- training ---

    def train(self, updates: int = 1, callback: Callable[[Metrics], object] | None = None) -> list[Metrics]:
        """Collect and learn `updates` times.

        Args:
            updates: how often.
            callback: called with the metrics of each update, for a live curve: see `LearningCurve`. Training stops if
                it returns False.

        Returns:
            The metrics of these updates.

        Raises:
            BadInput: for fewer than one update; or for a reward, an observation or a state that is not finite, before
                anything is learnt from it.
        """
        if isinstance(updates, bool) or not isinstance(updates, int) or updates < 1:
            raise BadInput("updates", updates, "give a whole number from 1")
        done = []
        for _ in range(updates):
            self._collect()
            done.append(self._learn())
            self.updates.append(done[-1])
            if callback is not None and callback(done[-1]) is False:
                break
        return done

    def _collect(self) -> None:
        env, rollout, agents = self._env, self._rollout, len(self._env.agents)
        steps = self.hyperparameters.rollout_steps
        noise = self._head.noise(self._draw, (steps, env.batch, agents))
        rollout.cuts.clear()
        self._episodes.ended_rewards, self._episodes.ended_lengths = [], []
        for t in range(steps):
            rollout.look(env, t)
            masks = None if rollout.masks is None else rollout.masks[t]
            outputs = self._outputs(rollout.observations[t], masks)
            drawn = self._head.sample(outputs, self._layout.grouped(noise[t]), self.actor.weights)
            actions = self._layout.ungrouped(drawn)
            outcome = env.advance(self._for_environment(actions))
            rollout.keep(t, actions, outcome)
            self._episodes.count(outcome)
        rollout.look(env, steps)
        rollout.check(env.agents)
        self.steps += steps * env.batch

    def _learn(self) -> Metrics:
        settings = self.hyperparameters
        self._anneal()
        batch, explained = self._batch()
        rows, parts = batch.inputs.shape[1], settings.minibatches
        steps: list[dict[str, float]] = []
        epochs = 0
        while epochs < settings.epochs:
            epochs += 1
            if parts == 1:
                steps.append(self._gradient_step(batch))
            else:
                shuffled = batch.picked(self._draw.permutation(rows))
                for part in range(parts):
                    few = slice(part * rows // parts, (part + 1) * rows // parts)
                    steps.append(self._gradient_step(shuffled.picked(few)))
            if settings.target_kl is not None and _mean_of(steps[-parts:], "approx_kl") > settings.target_kl:
                break
        ended = self._episodes
        return Metrics(
            update=len(self.updates) + 1,
            steps=self.steps,
            episodes=len(ended.ended_rewards),
            reward=float(np.mean(ended.ended_rewards)) if ended.ended_rewards else None,
            length=float(np.mean(ended.ended_lengths)) if ended.ended_lengths else None,
            explained_variance=explained,
            learning_rate=self._adams["actor"].rate,
            epochs=epochs,
            **{name: _mean_of(steps, name) for name in steps[0]},
        )

    def _anneal(self) -> None:
        settings, done = self.hyperparameters, len(self.updates)
        left = 1.0 if settings.anneal_updates is None else max(0.0, 1 - done / settings.anneal_updates)
        self._adams["actor"].rate = settings.learning_rate * left
        self._adams["critic"].rate = (settings.critic_learning_rate or settings.learning_rate) * left

    def _batch(self) -> tuple[Batch, float]:
        """The rollout with advantages and targets, and how much of the returns the critic explained."""
        settings, rollout, layout = self.hyperparameters, self._rollout, self._layout
        raw = self._valued(rollout.observations, rollout.states, rollout.active)
        values = self._returns(raw)
        advantage = advantages(
            rollout.rewards,
            values,
            settings.discount,
            settings.gae_lambda,
            after=self._after(values),
            terminated=rollout.terminated,
            truncated=rollout.truncated,
        )
        returns: Array = advantage + values[:-1]
        active = None if rollout.active is None else rollout.active[:-1]
        counted = returns if active is None else returns[active]
        explained = explained_variance(values[:-1] if active is None else values[:-1][active], counted)
        targets = returns
        if self._values is not None:
            self._values.update(counted)
            targets = self._values.shrink(returns)
        if settings.normalise_advantages:
            advantage = normalised(advantage, active)

        inputs, actions = layout.rows(layout.named(rollout.observations[:-1])), layout.rows(rollout.actions)
        states = None if rollout.states is None else rollout.states[:-1]
        masks = None if rollout.masks is None else layout.rows(rollout.masks)
        decisions = self._head.evaluate(self._masked(self.actor(inputs), masks), actions, self.actor.weights)
        return Batch(
            inputs=inputs,
            views=layout.rows(layout.views(rollout.observations[:-1], states, active)),
            actions=actions,
            masks=masks,
            log_probs=decisions.log_probs,
            advantage=layout.rows(advantage).astype(layout.dtype, copy=False),
            old_values=layout.rows(raw[:-1]),
            targets=layout.rows(targets).astype(layout.dtype, copy=False),
            active=None if active is None else layout.rows(active).astype(layout.dtype),
        ), explained

    def _returns(self, values: Array) -> Array:
        """From the critic's units to those of returns."""
        return values if self._values is None else self._values.grow(values)

    def _after(self, values: Array) -> Array:
        """The value of the state that each step led to: the next row's, but where an episode was cut off that of what
        was seen last, not of the new episode's beginning."""
        after: Array = values[1:].copy()
        for cut in self._rollout.cuts:
            states = cut.states[None] if self.central else None
            last = self._returns(self._valued(cut.observations[None], states, None))[0]
            after[cut.step] = np.where(cut.truncated, last, after[cut.step])
        return after

    def _gradient_step(self, batch: Batch) -> dict[str, float]:
        """One step of the policy, then one of the critic, on some rows."""
        settings = self.hyperparameters
        # Each decision weighs the same; those of agents that were not acting weigh nothing.
        count = batch.advantage.size if batch.active is None else max(1.0, float(batch.active.sum()))
        weight: Any = 1 / count if batch.active is None else batch.active / count

        def mean(values: NDArray[Any]) -> float:
            return float((values * weight).sum())

        layers = self.actor.forward(batch.inputs)
        outputs = self._masked(layers[-1], batch.masks)
        decisions = self._head.evaluate(outputs, batch.actions, self.actor.weights)
        objective = surrogate(decisions.log_probs, batch.log_probs, batch.advantage, settings.clip)
        slopes = self.actor.slopes
        for name in self._head.extra:
            slopes[name][:] = 0
        bonus = settings.entropy_weight * (weight if batch.active is None else weight[..., None])
        doutputs = self._head.gradient(decisions, objective.gain * weight, bonus, slopes)
        self.actor.backward(layers, doutputs.astype(outputs.dtype, copy=False))
        actor_norm = self._adams["actor"].step({"all": self.actor.gradients})

        layers = self.critic.forward(batch.views)
        loss, slope = value_loss(
            layers[-1][..., 0], batch.old_values, batch.targets, settings.value_clip, settings.huber_delta
        )
        dvalues = slope * (settings.value_weight * weight)
        self.critic.backward(layers, dvalues[..., None].astype(outputs.dtype, copy=False))
        critic_norm = self._adams["critic"].step({"all": self.critic.gradients})
        entropy = mean(decisions.entropy)
        return {
            "policy_loss": -mean(objective.value) - settings.entropy_weight * entropy,
            "value_loss": mean(loss),
            "entropy": entropy,
            "approx_kl": mean(objective.kl),
            "clip_fraction": mean(objective.outside),
            "actor_norm": actor_norm,
            "critic_norm": critic_norm,
        }

    # --- arrays of the networks ---

    def _valued(self, observations: Array, states: Array | None, active: NDArray[np.bool_] | None) -> Array:
        """The critic's values, in its own units, shape (T, B, A)."""
        views = self._layout.views(observations, states, active)
        return self._layout.steps(self.critic(self._layout.rows(views))[..., 0], len(observations))

    def _outputs(self, observations: Array, masks: NDArray[np.bool_] | None) -> Array:
        """The policy's outputs (G, R, K) for observations (B, A, D)."""
        outputs = self.actor(self._layout.grouped(self._layout.named(observations)))
        return outputs if masks is None else self._masked(outputs, self._layout.grouped(masks))

    def _masked(self, outputs: Array, masks: NDArray[Any] | None) -> Array:
        return outputs if masks is None else np.where(masks, outputs, outputs.dtype.type(FORBIDDEN))

    def _for_environment(self, actions: NDArray[Any]) -> NDArray[Any]:
        space = self._env.action_space
        return into_bounds(actions, space.low, space.high) if isinstance(space, Box) else actions

    # --- using the agents ---

    def act(self, observations: Array, masks: NDArray[np.bool_] | None = None) -> NDArray[Any]:
        """The actions that the agents think best: shape (B, A) or (B, A, k).

        Args:
            observations: shape (B, A, D), as a vector environment gives them.
            masks: allowed actions, shape (B, A, K).

        Raises:
            BadInput: for observations of another shape, or a number that is not finite.
        """
        seen, shape = np.asarray(observations), (len(self._env.agents), self._env.observation_size)
        if seen.dtype.kind not in "fiu" or seen.ndim != 3 or seen.shape[1:] != shape:
            came = f"{seen.dtype} of shape {seen.shape}"
            raise BadInput("observations", came, f"give numbers of shape (copies, {shape[0]}, {shape[1]})")
        if not np.isfinite(seen).all():
            copy, agent, place = np.argwhere(~np.isfinite(seen))[0]
            where = f"number {place} of what {self._env.agents[agent]} sees in copy {copy}"
            raise BadInput("observations", float(seen[copy, agent, place]), f"it is {where}; give finite numbers")
        best = self._head.best(self._outputs(seen, masks))
        return self._for_environment(self._layout.ungrouped(best))

    def decide(self, observations: Mapping[str, Array]) -> dict[str, Any]:
        """The actions that the agents think best, from what `reset` or `step` of one environment returned, by agent.

        For environments in which all agents always act, see alike and may do everything; `act` is for the others.

        Raises:
            BadInput: for other agents or other observations than those that were trained.
        """
        agents, size = self._env.agents, self._env.observation_size
        if set(observations) != set(agents) or any(np.shape(seen) != (size,) for seen in observations.values()):
            came = {agent: np.shape(seen) for agent, seen in observations.items()}
            raise BadInput("observations", came, f"give one of shape ({size},) for each of {', '.join(agents)}")
        actions = self.act(np.stack([observations[agent] for agent in agents])[None])[0]
        discrete = isinstance(self._env.action_space, Discrete)
        return {agent: int(action) if discrete else action for agent, action in zip(agents, actions, strict=True)}

    def evaluate(self, environment: Any = None, episodes: int = 100, *, seed: int = 1_000_000) -> Evaluation:
        """Play whole episodes with the best actions. Nothing is explored and nothing is learnt.

        Args:
            environment: where; None: copies of the training environment.
            episodes: how many.
            seed: of the environment; the same episodes at every call.

        Raises:
            BadInput: for fewer than one episode, a seed that is no whole number from 0, or an environment of another
                shape.
        """
        if isinstance(episodes, bool) or not isinstance(episodes, int) or episodes < 1:
            raise BadInput("episodes", episodes, "give a whole number from 1")
        check_seed(seed)
        environment = self.environment if environment is None else environment
        rewards: list[NDArray[np.float64]] = []
        lengths: list[NDArray[np.int64]] = []
        for first in range(0, episodes, SIDE_BY_SIDE):
            env = vectorise(
                self.environment if environment is None else environment, min(SIDE_BY_SIDE, episodes - first)
            )
            self._accept(env)
            env.restart(seed + first)
            played = play_episodes(env, self.act)
            rewards.append(played[0])
            lengths.append(played[1])
        return Evaluation(np.concatenate(rewards), np.concatenate(lengths))

    def _accept(self, env: VectorEnvironment) -> None:
        if shape_of(env) != shape_of(self._env):
            raise BadInput("environment", shape_of(env), f"these agents were trained on {shape_of(self._env)}")

    # --- files ---

    def save(self, path: str | Path) -> None:
        """Write a checkpoint: everything that the future of this training depends on. See `checkpoint`.

        Raises:
            FileNotFoundError: if the folder is not there.
        """
        checkpoint.write(path, checkpoint.of(self))

    @classmethod
    def load(cls, path: str | Path, environment: Any) -> Self:
        """A trainer that goes on exactly where the one that was saved stood: the same numbers, bit for bit, on the same
        platform.

        Args:
            path: what `save` wrote.
            environment: the same environment as then; a file cannot hold it.

        Raises:
            FileNotFoundError: if there is no such file.
            BadInput: if it is not a checkpoint, one of another trainer, or does not fit the environment.
        """
        saved = checkpoint.read(path)
        settings = checkpoint.settings(path, saved, cls.__name__)
        trainer = cls(environment, settings, seed=saved["seed"], dtype=np.dtype(saved["dtype"]))
        checkpoint.into(trainer, path, saved)
        return trainer


class IPPOTrainer(MAPPOTrainer):
    """Independent PPO: as `MAPPOTrainer`, but each agent's critic sees only what the agent sees."""

    central = False


def _mean_of(steps: list[dict[str, float]], name: str) -> float:
    return sum(step[name] for step in steps) / len(steps)
