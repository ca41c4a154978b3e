"""A simulated GrandModel: one seeded `World` behind cells, terminal, labs and graders.

Examples:
    >>> from grandmodel_sim import World
    >>> world = World(seed=7)
    >>> world.advance(3600)
    >>> len(world.events.of("NEW_5MIN_BAR"))
    24

Importing this package does not import numpy; `grandmodel_sim.marl` and `grandmodel_sim.torch` do.
"""

from grandmodel_sim.errors import BadInput, NotFound, SimulatorError, SnapshotError, UnknownScenario
from grandmodel_sim.events import EVENT_TYPES, Event
from grandmodel_sim.world import World

__version__ = "0.1.0"

__all__ = [
    "EVENT_TYPES",
    "BadInput",
    "Event",
    "NotFound",
    "SimulatorError",
    "SnapshotError",
    "UnknownScenario",
    "World",
    "__version__",
]
