"""PPO on CartPole in PyTorch, as a peer of `grandmodel_sim.marl.IPPOTrainer`: the same environment (our arrays, which
are faster than Gymnasium's), the same networks, batch, minibatches, losses and number of gradient steps.

Two ways to collect. `per_step` asks policy and critic at every step through `torch.distributions`, as CleanRL's ppo.py
does. Without it, values and log-probabilities are computed once for the whole rollout, as our trainer does.
"""

from __future__ import annotations

import numpy as np
import torch
from grandmodel_sim.marl import CartPole, Hyperparameters
from torch import nn
from torch.distributions import Categorical


def network(inputs: int, hidden: int, outputs: int, gain: float) -> nn.Sequential:
    layers = [nn.Linear(inputs, hidden), nn.ReLU(), nn.Linear(hidden, hidden), nn.ReLU(), nn.Linear(hidden, outputs)]
    for place, layer in enumerate(layers):
        if isinstance(layer, nn.Linear):
            nn.init.orthogonal_(layer.weight, gain if place == len(layers) - 1 else 2**0.5)
            nn.init.zeros_(layer.bias)
    return nn.Sequential(*layers)


class TorchPPO:
    """One agent on B copies of CartPole."""

    def __init__(self, settings: Hyperparameters, seed: int = 0, per_step: bool = False) -> None:
        torch.manual_seed(seed)
        self.settings, self.per_step = settings, per_step
        self.env = CartPole().copies(settings.copies)
        self.env.restart(seed)
        hidden = settings.hidden_sizes[0]
        self.actor, self.critic = network(4, hidden, 2, 0.01), network(4, hidden, 1, 1.0)
        self.adams = [torch.optim.Adam(part.parameters(), settings.learning_rate, eps=1e-5) for part in self.parts]
        self.mean, self.std = 0.0, 1.0
        self.ended: list[float] = []
        self._running = np.zeros(settings.copies)

    @property
    def parts(self) -> tuple[nn.Sequential, nn.Sequential]:
        return self.actor, self.critic

    def update(self) -> None:
        s, env = self.settings, self.env
        steps, copies = s.rollout_steps, s.copies
        seen = torch.zeros(steps + 1, copies, 4)
        actions = torch.zeros(steps, copies, dtype=torch.int64)
        rewards, ended, cut = torch.zeros(steps, copies), torch.zeros(steps, copies), torch.zeros(steps, copies)
        log_probs, values = torch.zeros(steps, copies), torch.zeros(steps + 1, copies)
        finals: list[tuple[int, torch.Tensor]] = []
        with torch.no_grad():
            noise = -torch.log(-torch.log(torch.rand(steps, copies, 2)))
            for t in range(steps):
                seen[t] = torch.from_numpy(env.observations()[:, 0])
                logits = self.actor(seen[t])
                if self.per_step:
                    policy = Categorical(logits=logits)
                    actions[t] = policy.sample()
                    log_probs[t], values[t] = policy.log_prob(actions[t]), self.critic(seen[t])[:, 0]
                else:
                    actions[t] = (logits + noise[t]).argmax(-1)
                outcome = env.advance(actions[t].numpy()[:, None])
                rewards[t] = torch.from_numpy(outcome.rewards[:, 0])
                ended[t] = torch.from_numpy(outcome.terminated[:, 0].copy())
                cut[t] = torch.from_numpy(outcome.truncated[:, 0].copy())
                if outcome.final_observations is not None:
                    finals.append((t, torch.from_numpy(outcome.final_observations[:, 0])))
                self._count(outcome)
            seen[steps] = torch.from_numpy(env.observations()[:, 0])
            if self.per_step:
                values[steps] = self.critic(seen[steps])[:, 0]
            else:
                values = self.critic(seen)[..., 0]
                log_probs = torch.log_softmax(self.actor(seen[:-1]), -1).gather(-1, actions[..., None])[..., 0]
            raw, values = values, values * self.std + self.mean
            after = values[1:].clone()
            for t, final in finals:
                last = self.critic(final)[:, 0] * self.std + self.mean
                after[t] = torch.where(cut[t] > 0, last, after[t])
            deltas = rewards + s.discount * after * (1 - ended) - values[:-1]
            keep = s.discount * s.gae_lambda * (1 - torch.maximum(ended, cut))
            advantage, running = torch.zeros_like(rewards), torch.zeros(copies)
            for t in reversed(range(steps)):
                running = deltas[t] + keep[t] * running
                advantage[t] = running
            returns = advantage + values[:-1]
            self.mean, self.std = float(returns.mean()), max(float(returns.std()), 0.1)
            targets = (returns - self.mean) / self.std
            advantage = (advantage - advantage.mean()) / (advantage.std() + 1e-5)
        self._learn(seen[:-1], actions, log_probs, advantage, raw[:-1], targets)

    def _learn(self, *parts: torch.Tensor) -> None:
        s = self.settings
        rows = [part.reshape(-1, *part.shape[2:]) for part in parts]
        size = len(rows[0]) // s.minibatches
        for _ in range(s.epochs):
            order = torch.randperm(len(rows[0]))
            for start in range(0, size * s.minibatches, size):
                few = order[start : start + size]
                seen, actions, old, advantage, old_values, targets = (row[few] for row in rows)
                policy = Categorical(logits=self.actor(seen), validate_args=False)
                ratio = (policy.log_prob(actions) - old).exp()
                surrogate = torch.minimum(ratio * advantage, ratio.clamp(1 - s.clip, 1 + s.clip) * advantage)
                loss = -surrogate.mean() - s.entropy_weight * policy.entropy().mean()
                self._step(0, loss)
                values = self.critic(seen)[:, 0]
                held = old_values + (values - old_values).clamp(-0.2, 0.2)
                plain, clipped = (
                    nn.functional.huber_loss(v, targets, reduction="none", delta=10) for v in (values, held)
                )
                self._step(1, s.value_weight * torch.maximum(plain, clipped).mean())

    def _step(self, part: int, loss: torch.Tensor) -> None:
        self.adams[part].zero_grad()
        loss.backward()
        nn.utils.clip_grad_norm_(self.parts[part].parameters(), self.settings.max_grad_norm)
        self.adams[part].step()

    def _count(self, outcome: object) -> None:
        over = outcome.over  # type: ignore[attr-defined]
        self._running += 1
        self.ended += self._running[over].tolist()
        self._running[over] = 0
