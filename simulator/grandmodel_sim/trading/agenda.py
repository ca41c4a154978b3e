"""What is due later, in order of time."""

import heapq
from collections.abc import Callable

from grandmodel_sim.clock import Clock

NEVER = 2**62


class Agenda:
    """Acts that wait for their instant. Those of one instant are done in the order in which they were noted."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._heap: list[tuple[int, int, Callable[[], None]]] = []  # (instant, number, act)
        self._noted = 0

    def at(self, ms: int, act: Callable[[], None]) -> None:
        """Do `act` at this instant."""
        self._noted += 1
        heapq.heappush(self._heap, (ms, self._noted, act))

    def after(self, ms: int, act: Callable[[], None]) -> None:
        """Do `act` this many milliseconds from now."""
        self.at(self._clock.ms + ms, act)

    def next_ms(self) -> int:
        """When something is due; `NEVER` if nothing is."""
        return self._heap[0][0] if self._heap else NEVER

    def step(self) -> None:
        """Do all that is due now, and what that makes due now."""
        while self._heap and self._heap[0][0] <= self._clock.ms:
            heapq.heappop(self._heap)[2]()
