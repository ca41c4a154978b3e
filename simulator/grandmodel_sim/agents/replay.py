"""Try an agent on history: what would it have decided at every bar, or at every synergy?

No order is sent and no world is touched, so it can be done as often as one likes.

Examples:
    >>> from grandmodel_sim import World
    >>> from grandmodel_sim.agents.replay import replay
    >>> from grandmodel_sim.agents.strategic import MlmiExpert
    >>> world = World(seed=7)
    >>> world.advance(23_400)  # one session
    >>> len(replay(MlmiExpert(), world.bars("ES")))  # one decision each half hour
    13
"""

from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise

from grandmodel_sim.agents.base import Agent, View
from grandmodel_sim.agents.decision import Decision
from grandmodel_sim.clock import Clock, from_ms
from grandmodel_sim.errors import BadInput
from grandmodel_sim.events import NEW_5MIN_BAR, NEW_30MIN_BAR, Event, EventBus
from grandmodel_sim.market.bars import Bar
from grandmodel_sim.market.calendar import BARS_PER_SESSION
from grandmodel_sim.market.instruments import instrument
from grandmodel_sim.market.joint import JointMarket, Leg
from grandmodel_sim.pipeline import WARM_UP_SESSIONS, Feed

WARM_UP_BARS = WARM_UP_SESSIONS * BARS_PER_SESSION

AT_BARS, AT_SYNERGIES = "bars", "synergies"


def replay(agent: Agent, bars: Sequence[Bar], symbol: str = "ES", wake: str = AT_BARS) -> list[Decision]:
    """The agent's decisions over a series of bars, oldest first, with ids of their own.

    Args:
        agent: whose.
        bars: 5-minute bars, oldest first, from a session's first bar on, as `world.bars()` gives them. The first 1,248
            (16 sessions) only warm the indicators up, as in a world.
        symbol: whose bars they are.
        wake: `bars`, to ask at every bar of the agent's timeframe, or `synergies`, to ask at every synergy, which the
            view then holds. The agents of a world are asked at both.

    Raises:
        BadInput: for too few bars, bars that run backwards, or another `wake`.
        Exception: what the agent raises.
    """
    contract = instrument(symbol)
    if wake not in (AT_BARS, AT_SYNERGIES):
        raise BadInput("wake", wake, f"give {AT_BARS!r} or {AT_SYNERGIES!r}")
    if len(bars) <= WARM_UP_BARS:
        raise BadInput("bars", len(bars), f"give more than {WARM_UP_BARS}: {WARM_UP_SESSIONS} sessions warm up")
    for before, after in pairwise(bars):
        if after.time <= before.time:
            raise BadInput("bars", str(from_ms(after.time)), f"each must close after the one before, {before.time} ms")
    clock = Clock(from_ms(bars[WARM_UP_BARS - 1].time))
    bus = EventBus(clock)
    tape = Leg(JointMarket(0, from_ms(bars[0].time).date(), (contract,)), contract)
    tape.waiting.extend(bars)  # so that the market behind it is never asked
    feed = Feed(contract, tape, bus)
    decisions: list[Decision] = []

    def ask(event: Event) -> None:
        timeframe = event.payload["timeframe"]
        synergy = feed.detect(timeframe)
        asked = synergy is not None if wake == AT_SYNERGIES else timeframe == agent.timeframe
        if not asked:
            return
        decision = agent.decide(View.of(feed, clock.ms, synergy if wake == AT_SYNERGIES else None))
        decisions.append(replace(decision, id=f"R-{len(decisions) + 1:06d}"))

    bus.subscribe(NEW_5MIN_BAR, ask)
    bus.subscribe(NEW_30MIN_BAR, ask)
    feed.warm_up()
    while tape.waiting:
        clock.move_to(tape.next_ms)
        feed.step()
        if bus.failures:
            raise bus.failures[0][1]
    return decisions
