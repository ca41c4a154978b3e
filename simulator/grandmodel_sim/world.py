"""The World: GrandModel at a virtual instant.

A world is a function of its seed, its scenario and what was done to it and when. A snapshot therefore holds just
these, and `restore` plays them again; a hash of the event log proves that the same log came out.
"""

import hashlib
import json
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, ClassVar, Protocol

from grandmodel_sim.clock import START, Clock, stamp, to_ms
from grandmodel_sim.cluster import Cluster
from grandmodel_sim.errors import BadInput, SnapshotError, UnknownScenario
from grandmodel_sim.events import COMPONENT_STARTED, COMPONENT_STOPPED, SYSTEM_START, EventBus, EventLog
from grandmodel_sim.market.bars import Bar
from grandmodel_sim.market.instruments import instrument
from grandmodel_sim.market.stress import Stress

SNAPSHOT_VERSION = 3  # 2 had a digest that did not cover the journal
SNAPSHOT_BYTES = 256_000  # what a page keeps of a world
JOURNAL_BYTES = SNAPSHOT_BYTES - 6000  # an act takes place while the journal is shorter: some 1,600 orders
LONGEST_ADVANCE = 30 * 86_400  # seconds
LATEST = to_ms(START) + 366 * 86_400_000  # a world that runs for years belongs in a data file

CONTEXTS = ("development", "staging")

#: Methods that change the world and are played again from a snapshot.
ACTS = (
    "delete_pod",
    "scale",
    "use_context",
    "submit_order",
    "cancel_order",
    "close_positions",
    "emergency_stop",
    "reset_emergency_stop",
    "reset_leverage",
    "start_trading",
    "stop_trading",
    "set_limit",
    "set_threshold",
    "acknowledge_alert",
    "stress",
)

LONGEST_TEXT = 200  # characters of a reason or a name

#: Scenarios of this release. `None`, a good day, is the only one so far.
SCENARIOS: tuple[str, ...] = ()


class Part(Protocol):
    """A part of the world that acts at instants of its own choosing."""

    def next_ms(self) -> int:
        """When it next has something to do."""

    def step(self) -> None:
        """Do what is due now."""


class World:
    """One simulated GrandModel.

    Args:
        seed: which world; the same seed gives the same world on every platform.
        scenario: None for a good day, or the name of a prepared incident.

    Raises:
        UnknownScenario: for a scenario that this release does not have.
        BadInput: for a seed that is not a whole number.

    Examples:
        >>> world = World(seed=7)
        >>> world.advance(300)
        >>> [event.type for event in world.events][-1]
        'RISK_UPDATE'
    """

    _current: ClassVar["World | None"] = None

    @classmethod
    def current(cls) -> "World":
        """The world of this session, on which cells, `python file.py` and the terminal's commands act together.

        Outside a session (a script on your own computer) it is a world with seed 7, the same one at every call.
        """
        if World._current is None:
            World._current = cls()
        return World._current

    def make_current(self) -> None:
        """Let `World.current()` return this world."""
        World._current = self

    def __init__(self, seed: int = 7, scenario: str | None = None) -> None:
        if isinstance(seed, bool) or not isinstance(seed, int) or abs(seed) >= 10**18:
            raise BadInput("seed", seed, "give a whole number of at most 18 digits")
        if scenario is not None and scenario not in SCENARIOS:
            known = ", ".join(SCENARIOS) or "there is none but None, a good day"
            raise UnknownScenario(f"scenario: got {scenario!r}; this release knows: {known}")
        self.seed = seed
        self.scenario = scenario
        self._begin()

    def _begin(self) -> None:
        # Here and not above, so that the package imports in two thirds of the time: errors, events and bars do without.
        from grandmodel_sim.pipeline import Pipeline
        from grandmodel_sim.trading.system import TradingSystem

        self._clock = Clock(START)
        self._journal: list[dict[str, Any]] = []
        self._journal_bytes = 0
        self.bus = EventBus(self._clock)
        self.context = CONTEXTS[0]
        self.cluster = Cluster(self.seed, self._clock, self.bus)
        # Before the pipeline, so that resting orders go through a bar before anybody decides on it.
        self.trading = TradingSystem(self.seed, self._clock, self.bus, lambda: self.pipeline.feeds)
        self.pipeline = Pipeline(self.seed, self._clock.ms, self.bus)
        # At one instant: bars and what follows from them, then orders, the look at the portfolio, log lines.
        self._parts: tuple[Part, ...] = (self.pipeline, self.trading.exchange, self.trading.watch, self.cluster)
        self.bus.publish(SYSTEM_START, "kernel", version="2.1.0")
        for deployment in self.cluster.deployments.values():
            self.bus.publish(COMPONENT_STARTED, deployment.component, deployment=deployment.name)

    def __repr__(self) -> str:
        return f"<World seed={self.seed} at {stamp(self._clock.ms)}: {len(self.events)} events>"

    # --- time ---

    @property
    def now(self) -> datetime:
        """The current virtual instant, aware, in UTC."""
        return self._clock.now

    @property
    def now_ms(self) -> int:
        """The current virtual instant in milliseconds since the epoch."""
        return self._clock.ms

    @property
    def events(self) -> EventLog:
        """The append-only log of all events, oldest first."""
        return self.bus.log

    def advance(self, seconds: float) -> None:
        """Let virtual time go by. Advancing twice by 150 s is the same as once by 300 s.

        Time goes by in whole milliseconds: `seconds` is rounded to them, so 0.0004 s is nothing, however often.

        Raises:
            BadInput: if `seconds` is negative, not a number, or above 30 days, or leads beyond a year after the start.
        """
        self._check_idle("advance")
        if isinstance(seconds, bool) or not isinstance(seconds, int | float) or not 0 <= seconds <= LONGEST_ADVANCE:
            raise BadInput("seconds", seconds, f"give a number from 0 to {LONGEST_ADVANCE} (30 days)")
        target = self._clock.ms + round(seconds * 1000)
        if target > LATEST:
            raise BadInput("seconds", seconds, f"a world ends at {stamp(LATEST)}: rewind it, or begin a new one")
        self._run_until(target)

    def _run_until(self, target: int) -> None:
        while True:
            next_part, due = None, target + 1
            for part in self._parts:  # of those that are due at one instant, the first
                at = part.next_ms()
                if at < due:
                    next_part, due = part, at
            if next_part is None:
                break
            self._clock.move_to(due)
            next_part.step()
        self._clock.move_to(target)

    # --- reading ---

    def bars(self, symbol: str = "ES", count: int | None = None) -> list[Bar]:
        """The last `count` 5-minute bars of an instrument (all if None, the warm-up before the start included).

        Raises:
            BadInput: for an unknown symbol or a negative count.
        """
        history = self.pipeline.feeds[instrument(symbol).symbol].bars
        if count is None:
            return list(history)
        if isinstance(count, bool) or not isinstance(count, int) or count < 0:
            raise BadInput("count", count, "give a whole number from 0, or None for all")
        return history[len(history) - min(count, len(history)) :]

    # --- acting: everything that changes the world goes through here, so that it can be played again ---

    def delete_pod(self, name: str) -> None:
        """Delete a pod; its deployment replaces it.

        Raises:
            NotFound: if there is no such pod.
        """
        self._check_idle("delete_pod")
        deployment = self.cluster.deployments[self.cluster.pod(name).deployment]
        self.cluster.delete_pod(name)
        self._note("delete_pod", name=name)
        self.bus.publish(COMPONENT_STOPPED, deployment.component, pod=name)

    def scale(self, deployment: str, replicas: int) -> None:
        """Set a deployment's number of pods.

        Raises:
            NotFound: if there is no such deployment.
            BadInput: if `replicas` is not within 0..20.
        """
        self._check_idle("scale")
        self.cluster.scale(deployment, replicas)
        self._note("scale", deployment=deployment, replicas=replicas)

    def use_context(self, name: str) -> None:
        """Make `name` kubectl's current context.

        Raises:
            BadInput: for a context that is not configured.
        """
        self._check_idle("use_context")
        if name not in CONTEXTS:
            raise BadInput("context", name, f"the contexts are {', '.join(CONTEXTS)}")
        self.context = name
        self._note("use_context", name=name)

    def submit_order(
        self,
        symbol: str,
        side: str,
        quantity: int,
        type: str = "MARKET",
        limit_price: float | None = None,
        stop_price: float | None = None,
        time_in_force: str = "DAY",
    ) -> str:
        """Send an order by hand; returns its id. `world.trading.exchange.orders[id]` says what becomes of it.

        Args:
            symbol: ES or NQ.
            side: BUY or SELL.
            quantity: contracts, from 1.
            type: MARKET, LIMIT, STOP, TWAP, VWAP or ICEBERG.
            limit_price: points in whole ticks, for the types that need one.
            stop_price: the same.
            time_in_force: DAY, GTC, IOC or FOK.

        Raises:
            BadInput: for anything that cannot be an order. What could be one but is refused (market closed, limits,
                margin, an emergency stop) becomes a REJECTED order with a reason.
        """
        self._check_idle("submit_order")
        exchange = self.trading.exchange
        order = exchange.new_order(symbol, side, quantity, type, limit_price, stop_price, time_in_force)
        exchange.submit(order)
        self._note(
            "submit_order",
            symbol=symbol,
            side=side,
            quantity=quantity,
            type=type,
            limit_price=limit_price,
            stop_price=stop_price,
            time_in_force=time_in_force,
        )
        return order.id

    def cancel_order(self, id: str) -> None:
        """Cancel what is left of an order.

        Raises:
            NotFound: for an unknown id.
            BadInput: if the order is in a final state.
        """
        self._check_idle("cancel_order")
        self.trading.exchange.cancel(id)
        self._note("cancel_order", id=id)

    def close_positions(self, symbol: str | None = None) -> list[str]:
        """Close the position in one instrument, or all, at the market; returns the ids of the orders.

        Raises:
            BadInput: for an unknown symbol.
        """
        self._check_idle("close_positions")
        orders = self.trading.close(symbol)
        self._note("close_positions", symbol=symbol)
        return [order.id for order in orders]

    def emergency_stop(self, reason: str, by: str = "operator") -> None:
        """Cancel all orders, close all positions, and refuse new ones until `reset_emergency_stop`.

        Raises:
            BadInput: without a reason, or if the system is stopped already.
        """
        self._check_idle("emergency_stop")
        _check_text("reason", reason)
        _check_text("by", by)
        if self.trading.state == "EMERGENCY_STOP":
            raise BadInput("state", self.trading.state, "the system is stopped already")
        self.trading.emergency_stop(reason, by)
        self._note("emergency_stop", reason=reason, by=by)

    def reset_emergency_stop(self, by: str) -> None:
        """Lift an emergency stop: trading is on or off again, as it was before. Nothing does it but a person.

        Raises:
            BadInput: without a name, or unless the system is stopped.
        """
        self._check_idle("reset_emergency_stop")
        _check_text("by", by)
        self.trading.reset_emergency_stop(by)
        self._note("reset_emergency_stop", by=by)

    def reset_leverage(self, by: str) -> None:
        """After a correlation shock, allow the whole leverage again.

        Raises:
            BadInput: without a name, or unless leverage is reduced.
        """
        self._check_idle("reset_leverage")
        _check_text("by", by)
        self.trading.reset_leverage(by)
        self._note("reset_leverage", by=by)

    def start_trading(self) -> None:
        """Let the agents open positions.

        Raises:
            BadInput: unless trading is off.
        """
        self._check_idle("start_trading")
        self.trading.start()
        self._note("start_trading")

    def stop_trading(self) -> None:
        """Let the agents open nothing more; positions with their stops and targets stay.

        Raises:
            BadInput: unless trading is on.
        """
        self._check_idle("stop_trading")
        self.trading.stop()
        self._note("stop_trading")

    def set_limit(self, name: str, value: float) -> None:
        """Set a limit; `world.trading.limits` lists them.

        Raises:
            BadInput: for an unknown name or a value outside its range.
        """
        self._check_idle("set_limit")
        self.trading.set_limit(name, value)
        self._note("set_limit", name=name, value=value)

    def set_threshold(self, name: str, value: float) -> None:
        """Set a threshold of the agents; `world.trading.thresholds()` lists them.

        Raises:
            BadInput: for an unknown name or a value outside 0..1.
        """
        self._check_idle("set_threshold")
        self.trading.set_threshold(name, value)
        self._note("set_threshold", name=name, value=value)

    def acknowledge_alert(self, id: str, by: str) -> None:
        """Note that a person takes care of an alert.

        Raises:
            NotFound: for an unknown id.
            BadInput: if the alert is not active, or without a name.
        """
        self._check_idle("acknowledge_alert")
        self.trading.alerts.acknowledge(id, by)
        self._note("acknowledge_alert", id=id, by=by)

    def stress(
        self,
        seconds: float = 23_400,
        *,
        start: int | datetime | None = None,
        volatility: float | None = None,
        gap: float = 0.0,
        move: float = 0.0,
        liquidity: float = 1.0,
        correlation: float | None = None,
        symbols: Sequence[str] = (),
    ) -> None:
        """Make the market behave as on a bad day for a while; see `grandmodel_sim.market.stress`.

        Args:
            seconds: for how long; a session by default.
            start: an aware datetime or virtual milliseconds, not before now; now by default.
            volatility: factor on σ in place of the regime's, 0.85 or 1.6.
            gap: log return that happens at once, −0.03 for about −3 %.
            move: log return spread over the span.
            liquidity: factor on volume, 1 for as usual.
            correlation: of the instruments' shocks.
            symbols: whom it concerns; all by default.

        Raises:
            BadInput: for values out of bounds, a span without bars, or a start in the past.
        """
        self._check_idle("stress")
        if isinstance(start, datetime):
            if start.tzinfo is None:
                raise BadInput("start", str(start), "give an aware datetime")
            start = to_ms(start)
        if isinstance(seconds, bool) or not isinstance(seconds, int | float) or not 0 < seconds <= LONGEST_ADVANCE:
            raise BadInput("seconds", seconds, f"give a number above 0, up to {LONGEST_ADVANCE} (30 days)")
        begin = self._clock.ms if start is None else start
        if isinstance(begin, bool) or not isinstance(begin, int) or not self._clock.ms <= begin <= LATEST:
            accepted = f"give an instant from {stamp(self._clock.ms)} to {stamp(LATEST)}, or None for now"
            raise BadInput("start", start, accepted)
        if isinstance(symbols, str) or not isinstance(symbols, Sequence):
            raise BadInput("symbols", symbols, "give a sequence of symbols such as ('ES',), or () for all")
        effects: dict[str, Any] = {
            "volatility": volatility,
            "gap": gap,
            "move": move,
            "liquidity": liquidity,
            "correlation": correlation,
        }
        stress = Stress(begin, begin + round(seconds * 1000), **effects, symbols=tuple(symbols))
        self.pipeline.market.stress(stress)
        self._note("stress", seconds=seconds, start=begin, **effects, symbols=list(stress.symbols))

    def _check_idle(self, act: str) -> None:
        """Raise a BadInput while the world is in the middle of a step: an act there could not be played again.

        And when so much was done to the world that a snapshot would hold no more.
        """
        if self.bus.busy:
            raise BadInput(
                act, "a call from inside a subscriber of the bus", "call it after advance() has returned, between steps"
            )
        if act in ACTS and self._journal_bytes > JOURNAL_BYTES:
            came = f"act number {len(self._journal) + 1}"
            raise BadInput(act, came, "a snapshot holds no more of them: rewind the world, or begin a new one")

    def _note(self, act: str, **arguments: Any) -> None:
        """Write an act into the journal; an argument that is None need not be told."""
        told = {name: value for name, value in arguments.items() if value is not None}
        self._journal.append({"at": self._clock.ms, "act": act, **told})
        self._journal_bytes += len(json.dumps(self._journal[-1])) + 2  # with the comma behind it

    # --- snapshots ---

    def digest(self) -> str:
        """A hash of the event log, of the state of cluster and trading, and of what was done to the world.

        Equal digests mean equal histories, and with the same agents equal futures: what was asked for and has not
        happened yet is in what was done.
        """
        pods = [
            [pod.name, pod.restarts, pod.created_ms, pod.written, pod.entries[-1] if pod.entries else None]
            for _, pod in sorted(self.cluster.pods.items())
        ]
        text = json.dumps([self.bus.digest(), self.context, pods, self.trading.fingerprint(), self._journal])
        return hashlib.sha256(text.encode()).hexdigest()[:32]

    def snapshot(self) -> dict[str, Any]:
        """The world as JSON-able values: seed, scenario, instant, what was done to it, a digest.

        Its JSON is a few hundred bytes and some 150 for each order sent by hand; it is always below 256 kB, because a
        world takes no more acts than fit in.

        Raises:
            BadInput: from inside a subscriber of the bus: half a step cannot be played again.
        """
        self._check_idle("snapshot")
        return {
            "version": SNAPSHOT_VERSION,
            "seed": self.seed,
            "scenario": self.scenario,
            "now": self._clock.ms,
            "journal": [dict(entry) for entry in self._journal],
            "digest": self.digest(),
        }

    def restore(self, snapshot: Mapping[str, Any]) -> None:
        """Become the world of a snapshot. If that fails, this world is left as it was.

        Raises:
            SnapshotError: if the snapshot is damaged, or this release does not replay it to the same event log.
            BadInput: from inside a subscriber of the bus.
        """
        self._check_idle("restore")
        other = self.from_snapshot(snapshot)
        self.__dict__.update(other.__dict__)

    def rewind(self, moment: datetime) -> None:
        """Go back to an earlier instant. What was done after it is forgotten; what was done at this very instant stays.

        Raises:
            BadInput: if `moment` is naive, before the start or in the future, and from inside a subscriber of the bus.
        """
        self._check_idle("rewind")
        aware = isinstance(moment, datetime) and moment.tzinfo is not None
        if not aware or not to_ms(START) <= to_ms(moment) <= self._clock.ms:
            raise BadInput(
                "moment", str(moment), f"give an aware time from {stamp(to_ms(START))} to {stamp(self._clock.ms)}"
            )
        journal = [entry for entry in self._journal if entry["at"] <= to_ms(moment)]
        other = World(self.seed, self.scenario)
        other._replay(journal, to_ms(moment))
        self.__dict__.update(other.__dict__)

    @classmethod
    def from_snapshot(cls, snapshot: Mapping[str, Any]) -> "World":
        """A new world from a snapshot.

        Raises:
            SnapshotError: as for `restore`.
        """
        if not isinstance(snapshot, Mapping):
            raise SnapshotError(f"a snapshot is an object with a version, not {type(snapshot).__name__}")
        if snapshot.get("version") != SNAPSHOT_VERSION:
            raise SnapshotError(
                f"snapshot version: got {snapshot.get('version')!r}; this release reads {SNAPSHOT_VERSION}"
            )
        try:
            world = cls(snapshot["seed"], snapshot["scenario"])
            now, journal = snapshot["now"], snapshot["journal"]
            if not isinstance(now, int) or not to_ms(START) <= now <= LATEST:
                raise SnapshotError(
                    f"snapshot now: got {now!r}; it must be milliseconds from {to_ms(START)} to {LATEST}"
                )
            world._check_journal(journal, now)
            world._replay(journal, now)
        except SnapshotError:
            raise
        except (ArithmeticError, AttributeError, LookupError, TypeError, ValueError) as error:
            raise SnapshotError(f"snapshot cannot be replayed: {type(error).__name__}: {error}") from error
        if world.digest() != snapshot.get("digest"):
            raise SnapshotError(
                "snapshot: this release of the simulator replays it to a different history; start a new world"
            )
        return world

    def _check_journal(self, journal: Any, now: int) -> None:
        """Raise a SnapshotError unless `journal` is a list of known acts in time order, none later than `now`."""
        if not isinstance(journal, list):
            raise SnapshotError(f"snapshot journal: got {type(journal).__name__}; it must be a list")
        earliest = to_ms(START)
        for entry in journal:
            if not isinstance(entry, Mapping) or entry.get("act") not in ACTS or not isinstance(entry.get("at"), int):
                raise SnapshotError(f"snapshot journal: {entry!r} is not an act; they are {', '.join(ACTS)}")
            if not earliest <= entry["at"] <= now:
                raise SnapshotError(f"snapshot journal: {entry!r} lies outside the time that the snapshot covers")
            earliest = entry["at"]

    def _replay(self, journal: list[dict[str, Any]], now: int) -> None:
        for entry in journal:
            self._run_until(entry["at"])
            getattr(self, entry["act"])(**{key: value for key, value in entry.items() if key not in ("at", "act")})
        self._run_until(now)


def _check_text(argument: str, text: object) -> None:
    """Raise a BadInput unless `text` says something and is not too long."""
    if not isinstance(text, str) or not 0 < len(text.strip()) <= LONGEST_TEXT:
        raise BadInput(argument, text, f"give a text of at most {LONGEST_TEXT} characters")
