"""CartPole: balance a pole on a cart by pushing left or right. One agent, and the standard test of a policy gradient.

The dynamics are those of Gymnasium's CartPole-v1 (Barto, Sutton & Anderson 1983, with Euler steps of 0.02 s): reward 1
for every step, the pole's fall or the cart's leaving the track ends the episode, 500 steps truncate it.
"""

import math
from collections.abc import Mapping
from typing import Any, ClassVar

import numpy as np
from numpy.typing import NDArray

from grandmodel_sim.marl.parallel import ParallelEnvironment
from grandmodel_sim.marl.spaces import Discrete
from grandmodel_sim.marl.vector import ArrayEnvironment, Flags, Floats

GRAVITY = 9.8  # m/s²
CART_MASS, POLE_MASS = 1.0, 0.1  # kg
TOTAL_MASS = CART_MASS + POLE_MASS
HALF_LENGTH = 0.5  # m, from the hinge to the pole's centre
POLE_MOMENT = POLE_MASS * HALF_LENGTH  # kg·m
PUSHES = np.array([-10.0, 10.0])  # N, by action
TICK = 0.02  # s
TRACK = 2.4  # m to either side
TILT = 12 * 2 * math.pi / 360  # rad to either side
LIMITS = np.array([TRACK, TILT])
STEPS = 500


class CartPoles(ArrayEnvironment):
    """B carts side by side. Their state is kept in float64, column by column: position, speed, angle, angular speed."""

    progress = ("motion", "steps")

    def __init__(self, batch: int) -> None:
        super().__init__(batch, ("cart",), 4, Discrete(2))
        self.motion = np.zeros((batch, 4))
        self.steps = np.zeros(batch, dtype=np.int64)
        self._reward = np.ones((batch, 1), dtype=np.float32)

    def begin(self, which: Flags, options: Mapping[str, Any] | None = None) -> None:
        """Nearly upright and nearly at rest: all four numbers are drawn between −0.05 and 0.05."""
        self.motion[which] = self.draw.uniform(-0.05, 0.05, size=(int(np.count_nonzero(which)), 4))
        self.steps[which] = 0

    def observations(self) -> Floats:
        """Position (m), speed (m/s), angle (rad), angular speed (rad/s)."""
        return self.motion[:, None].astype(np.float32)

    def step(self, actions: NDArray[Any]) -> tuple[Floats, Flags, Flags]:
        """Push for one tick: 0 to the left, 1 to the right."""
        angle, spin = self.motion[:, 2], self.motion[:, 3]
        cosine, sine = np.cos(angle), np.sin(angle)
        push = (PUSHES[actions[:, 0]] + POLE_MOMENT * (spin * spin) * sine) / TOTAL_MASS
        turn = (GRAVITY * sine - cosine * push) / (
            HALF_LENGTH * (4.0 / 3.0 - POLE_MASS * (cosine * cosine) / TOTAL_MASS)
        )
        pull = push - POLE_MOMENT * turn * cosine / TOTAL_MASS
        # Places move by the old speeds, then the speeds change.
        self.motion[:, ::2] += TICK * self.motion[:, 1::2]
        self.motion[:, 1] += TICK * pull
        self.motion[:, 3] += TICK * turn
        self.steps += 1
        fallen: Flags = np.logical_or.reduce(np.abs(self.motion[:, ::2]) > LIMITS, axis=1)
        return self._reward, fallen, self.steps >= STEPS


class CartPole(ParallelEnvironment):
    """CartPole with one agent, "cart"."""

    metadata: ClassVar[dict[str, Any]] = {"name": "cartpole_v0", "render_modes": []}

    def __init__(self) -> None:
        super().__init__(CartPoles)
