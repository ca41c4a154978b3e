"""Where an exercise begins: what has happened in the World before the learner's code runs."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from grandmodel_sim.clock import START, stamp, to_ms
from grandmodel_sim.errors import BadInput
from grandmodel_sim.world import ACTS, World

Keep = Callable[[World], Any]


@dataclass(frozen=True, slots=True)
class Act:
    """Something that a person did in the World: a method of `World`, and when."""

    at: int
    name: str
    arguments: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Beginning:
    """An instant of the World, and the acts on the way there.

    Attributes:
        at: virtual milliseconds.
        acts: in time order, none later than `at`.
        keep: what the checks want to know of the world as it is then; `Run.kept` has its answer.
    """

    at: int
    acts: tuple[Act, ...]
    keep: Keep | None = None

    def bring(self, world: World) -> bool:
        """Let a world go on to this beginning; returns whether it had to.

        A world that is past it, as a learner's own may be, is left as it is; one that is half-way there gets the acts
        that still lie ahead of it.
        """
        if world.now_ms >= self.at:
            return False
        for act in self.acts:
            if act.at >= world.now_ms:
                world.advance((act.at - world.now_ms) / 1000)
                getattr(world, act.name)(**act.arguments)
        world.advance((self.at - world.now_ms) / 1000)
        return True

    def __str__(self) -> str:
        return stamp(self.at)


def beginning(
    moment: datetime, acts: Sequence[tuple[datetime, str, Mapping[str, Any]]] = (), keep: Keep | None = None
) -> Beginning:
    """A beginning as `checks.py` writes it.

    Args:
        moment: aware; not before the World's own beginning.
        acts: (when, method of World, its arguments), in time order.
        keep: called with the world when it is there, before the learner's code runs.

    Raises:
        BadInput: for a naive time, a time out of order, or a method that is none of the World's acts.
    """
    at = _ms("moment", moment, to_ms(START))
    made: list[Act] = []
    for when, name, arguments in acts:
        if name not in ACTS:
            raise BadInput("act", name, f"the acts are {', '.join(ACTS)}")
        made.append(Act(_ms("acts", when, made[-1].at if made else to_ms(START)), name, dict(arguments)))
    if made and made[-1].at > at:
        raise BadInput("acts", stamp(made[-1].at), f"an act cannot lie behind the beginning, {stamp(at)}")
    return Beginning(at, tuple(made), keep)


def _ms(argument: str, moment: datetime, earliest: int) -> int:
    if not isinstance(moment, datetime) or moment.tzinfo is None or to_ms(moment) < earliest:
        raise BadInput(argument, str(moment), f"give an aware time from {stamp(earliest)} on")
    return to_ms(moment)
