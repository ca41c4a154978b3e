"""The trading system of a world: agents, portfolio and exchange, wired to the bus.

INDICATORS_READY of a 30-minute bar → STRATEGIC_DECISION.
SYNERGY_DETECTED → STRATEGIC_DECISION → TACTICAL_DECISION → KELLY_SIZING, TRADE_QUALIFIED or TRADE_REJECTED →
EXECUTE_TRADE → ORDER_SUBMITTED, and 100 to 300 ms later ORDER_FILLED → POSITION_UPDATE.
After the bars of an instant: RISK_UPDATE, every half hour VAR_UPDATE, and RISK_BREACH, MARKET_STRESS,
CORRELATION_SHOCK or EMERGENCY_STOP when they happen. SYSTEM_ERROR says that an agent failed.

Every step is a subscriber of the step before, so `grandmodel_sim.trace` shows the whole chain from bar to order.
"""

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import TYPE_CHECKING

from grandmodel_sim.agents.base import Agent, View
from grandmodel_sim.agents.decision import Decision
from grandmodel_sim.agents.execution import ExecutionAgent
from grandmodel_sim.agents.limits import Limits
from grandmodel_sim.agents.market_state import MarketState
from grandmodel_sim.agents.risk import RiskAgent
from grandmodel_sim.agents.strategic import Strategic
from grandmodel_sim.agents.tactical import DIRECTION, Tactical
from grandmodel_sim.clock import Clock
from grandmodel_sim.errors import BadInput
from grandmodel_sim.events import (
    COMPONENT_STARTED,
    COMPONENT_STOPPED,
    CORRELATION_SHOCK,
    EMERGENCY_STOP,
    EXECUTE_TRADE,
    INDICATORS_READY,
    KELLY_SIZING,
    NEW_5MIN_BAR,
    RISK_BREACH,
    STRATEGIC_DECISION,
    SYNERGY_DETECTED,
    SYSTEM_ERROR,
    TACTICAL_DECISION,
    TRADE_QUALIFIED,
    TRADE_REJECTED,
    Event,
    EventBus,
)
from grandmodel_sim.features.signals import Synergy
from grandmodel_sim.market.bars import Bar
from grandmodel_sim.market.instruments import INSTRUMENTS, instrument
from grandmodel_sim.trading.alerts import Alerts
from grandmodel_sim.trading.brackets import Brackets
from grandmodel_sim.trading.exchange import Exchange
from grandmodel_sim.trading.ledger import Ledger
from grandmodel_sim.trading.orders import BUY, SELL, Order
from grandmodel_sim.trading.portfolio import Portfolio
from grandmodel_sim.trading.watch import Watch

if TYPE_CHECKING:
    from grandmodel_sim.pipeline import Feed

ON, OFF, STOPPED = "ON", "OFF", "EMERGENCY_STOP"
HALTED_OFF = "trading is off"


class TradingSystem:
    """What decides and trades in a world.

    Make it before the pipeline: resting orders are worked through a bar before anybody decides on it.

    `strategic` and `tactical` may be replaced by agents of your own. A snapshot does not hold them, so a world that
    traded with them cannot be restored from one; `grandmodel_sim.agents.replay` tries an agent without trading.

    Args:
        seed: the world's.
        clock: the world's.
        bus: the world's.
        feeds: gives symbol → feed; asked when the first bar comes.

    Attributes:
        portfolio: positions, fills and trades.
        exchange: orders and what becomes of them.
        brackets: the stops and targets around entries.
        strategic: decides on the direction.
        tactical: decides on the moment.
        risk: decides on the size, or refuses.
        execution: decides on the kind of order.
        market: the statistics that the risk agent looks at.
        watch: the look at the portfolio after the bars of an instant, a part of the world.
        limits: the limits in force.
        alerts: what a person should know.
        decisions: all decisions so far, oldest first.
        state: `ON`, `OFF` (the agents open nothing, people may trade) or `EMERGENCY_STOP`.
    """

    def __init__(self, seed: int, clock: Clock, bus: EventBus, feeds: Callable[[], Mapping[str, "Feed"]]) -> None:
        self._clock, self._bus, self._feeds = clock, bus, feeds
        self.limits = Limits()
        self.portfolio = Portfolio()
        self.exchange = Exchange(seed, clock, bus, self._bars, self.portfolio, holidays=True)
        self._ledger = Ledger(bus, self.exchange, self.portfolio)
        self.brackets = Brackets(bus, self.exchange)
        self.alerts = Alerts(clock, bus)
        self.market = MarketState(self._bars)
        self.strategic = Strategic()
        self.tactical = Tactical()
        self.risk = RiskAgent(self.portfolio, self.market, self.limits, working=self._working)
        self.execution = ExecutionAgent(self.exchange, self.portfolio)
        self.decisions: list[Decision] = []
        self.state = ON
        self._before_stop = ON
        self._views: dict[str, View] = {}  # decision id → what it was made on, while the chain runs
        self._entries: dict[str, Order] = {}  # order id → an entry that is about to be sent
        self.watch = Watch(clock, bus, self)
        bus.subscribe(NEW_5MIN_BAR, self._on_bar)
        bus.subscribe(INDICATORS_READY, self._on_indicators)
        bus.subscribe(SYNERGY_DETECTED, self._on_synergy)
        bus.subscribe(STRATEGIC_DECISION, self._on_strategic)
        bus.subscribe(TACTICAL_DECISION, self._on_tactical)
        bus.subscribe(TRADE_QUALIFIED, self._on_qualified)
        bus.subscribe(EXECUTE_TRADE, self._on_execute)
        bus.subscribe(EMERGENCY_STOP, self._on_emergency)

    def __repr__(self) -> str:
        return f"<TradingSystem {self.state}: {len(self.decisions)} decisions, {self.portfolio!r}>"

    # --- reading ---

    def view(self, symbol: str, synergy: Synergy | None = None) -> View:
        """What an agent sees of an instrument now.

        Raises:
            BadInput: for an unknown symbol.
        """
        symbol = instrument(symbol).symbol
        return View.of(self._feeds()[symbol], self._clock.ms, synergy, self.portfolio.quantity(symbol))

    def decision(self, id: str) -> Decision:
        """Look up a decision.

        Raises:
            BadInput: for an id that no decision has.
        """
        number = id[2:] if isinstance(id, str) and id.startswith("D-") else ""
        if not number.isdigit() or not 1 <= int(number) <= len(self.decisions):
            raise BadInput("decision", id, f"the decisions are D-000001 to D-{len(self.decisions):06d}")
        return self.decisions[int(number) - 1]

    def thresholds(self) -> dict[str, float]:
        """The confidences and scores that decisions are measured against, by name."""
        return {
            "strategic": self.strategic.threshold,
            "tactical": self.tactical.threshold,
            "counter_synergy": self.tactical.counter_threshold,
            **{f"risk_{name}": value for name, value in self.risk.thresholds.items()},
        }

    def fingerprint(self) -> list[object]:
        """State that is not in the event log, as JSON-able values: equal logs and fingerprints mean equal systems."""
        return [
            self.state,
            self.portfolio.payload(),
            [order.payload() for order in self.exchange.of()],
            len(self.exchange.orders),
            len(self.decisions),
            self.limits.values(),
            self.thresholds(),
            [self.risk.leverage_factor, self.exchange.stress],
            [[alert.id, alert.state, alert.acknowledged_by] for alert in self.alerts],
        ]

    def _bars(self, symbol: str) -> list[Bar]:
        return self._feeds()[symbol].bars

    # --- the chain from a bar to an order ---

    def _on_bar(self, event: Event) -> None:
        symbol = event.payload["symbol"]
        bar = self._bars(symbol)[-1]
        self.exchange.on_bar(symbol, bar)
        self.portfolio.on_bar(symbol, bar)

    def _on_indicators(self, event: Event) -> None:
        if event.payload["timeframe"] == 30:
            self._decide_strategic(self.view(event.payload["symbol"]))

    def _on_synergy(self, event: Event) -> None:
        symbol = event.payload["symbol"]
        self._decide_strategic(self.view(symbol, self._feeds()[symbol].synergies[-1]))

    def _decide_strategic(self, view: View) -> None:
        decision = self._ask(self.strategic, view, "strategic_marl")
        if view.synergy:
            self._views[decision.id] = view
        self._bus.publish(STRATEGIC_DECISION, "strategic_marl", **decision.payload(), **_synergy(view))
        self._views.pop(decision.id, None)

    def _on_strategic(self, event: Event) -> None:
        view = self._views.get(event.payload["id"])
        if view is None:  # an ordinary half hour: nobody was woken
            return
        view = replace(view, strategic_decision=self.decision(event.payload["id"]))
        decision = self._ask(self.tactical, view, "tactical_marl")
        self._views[decision.id] = view
        self._bus.publish(TACTICAL_DECISION, "tactical_marl", **decision.payload(), **_synergy(view))
        del self._views[decision.id]

    def _on_tactical(self, event: Event) -> None:
        tactical = self.decision(event.payload["id"])
        if not tactical.acts:
            return
        view = self._views[tactical.id]
        decision = self._record(self.risk.review(tactical, view.symbol, DIRECTION[tactical.action], view.atr))
        sizing = self.risk.sizing
        if decision.inputs and sizing is not None:
            self._bus.publish(
                KELLY_SIZING,
                "risk_management",
                symbol=view.symbol,
                decision=decision.id,
                kelly_fraction=sizing.kelly,
                win_probability=sizing.win_probability,
                odds=sizing.odds,
                caps=sizing.caps,
                contracts=int(decision.inputs["contracts"]),
            )
        type = TRADE_QUALIFIED if decision.acts else TRADE_REJECTED
        self._bus.publish(type, "risk_management", **decision.payload(), **_synergy(view))
        if self.risk.failed:
            self.emergency_stop(f"the risk check failed: {self.risk.failed}", "risk_management")

    def _on_qualified(self, event: Event) -> None:
        risk = self.decision(event.payload["id"])
        tactical = self.decision(risk.basis[0])
        view = self._views[tactical.id]
        direction, contracts = DIRECTION[tactical.action], int(risk.inputs["contracts"])
        signals = view.synergy.signals if view.synergy else ()
        plan, order = self.execution.plan(
            replace(
                risk, confidence=tactical.confidence
            ),  # how sure the traders are; the risk agent's is a vote's share
            direction,
            contracts,
            behind=tactical.id,
            synergy_strength=round(sum(signal.strength for signal in signals) / max(1, len(signals)), 6),
            var_use=round(self.risk.var() / (self.limits["var_95"] * self.portfolio.equity), 6),
        )
        plan = self._record(plan)
        if order is None:
            self._bus.publish(TRADE_REJECTED, "execution_engine", **plan.payload(), **_synergy(view))
            return
        last, contract = self.exchange.last(risk.symbol), instrument(risk.symbol)
        stop = contract.round(last - direction * risk.inputs["stop_distance"])
        target = contract.round(last + direction * risk.inputs["target_distance"])
        self._entries[order.id] = order
        self._bus.publish(
            EXECUTE_TRADE,
            "execution_engine",
            **plan.payload(),
            **_synergy(view),
            order=order.id,
            side=order.side,
            quantity=contracts,
            order_type=order.type,
            price=last,
            stop_price=stop,
            target_price=target,
        )

    def _on_execute(self, event: Event) -> None:
        order = self._entries.pop(event.payload["order"])
        self.exchange.submit(order)
        if order.open:
            self.brackets.protect(order.id, event.payload["stop_price"], event.payload["target_price"])

    def _working(self, symbol: str) -> int:
        """Contracts in open orders that enter an instrument."""
        return sum(
            order.remaining
            for order in self.exchange.of()
            if order.symbol == symbol and order.purpose == "entry" and not order.parent
        )

    def _ask(self, agent: Agent, view: View, component: str) -> Decision:
        """The agent's decision, recorded. If it fails nothing follows, but SYSTEM_ERROR says so."""
        try:
            decision = agent.decide(view)
        except Exception as error:
            text = f"{type(error).__name__}: {error}"
            self._bus.publish(SYSTEM_ERROR, component, symbol=view.symbol, agent=agent.name, error=text)
            raise
        return self._record(decision)

    def _record(self, decision: Decision) -> Decision:
        """Give a decision the next id and keep it."""
        numbered = replace(decision, id=f"D-{len(self.decisions) + 1:06d}")
        self.decisions.append(numbered)
        return numbered

    # --- what people do ---

    def emergency_stop(self, reason: str, by: str) -> None:
        """Cancel all orders, close all positions, refuse new ones until somebody resets it. Twice is as once."""
        if self.state == STOPPED:
            return
        self._before_stop, self.state = self.state, STOPPED
        self._bus.publish(EMERGENCY_STOP, by, reason=reason)

    def _on_emergency(self, event: Event) -> None:
        reason = event.payload["reason"]
        self.exchange.halt(f"emergency stop: {reason}")
        self.risk.halted = f"emergency stop: {reason}; it takes a manual reset"
        self.exchange.liquidate(reason="emergency stop")

    def reset_emergency_stop(self, by: str) -> None:
        """Be again what it was before the stop, ON or OFF; drawdown counts from the equity of now.

        Raises:
            BadInput: unless the system is stopped.
        """
        if self.state != STOPPED:
            raise BadInput("state", self.state, f"only {STOPPED} can be reset")
        self.state = self._before_stop
        self.exchange.resume()
        self.risk.halted = HALTED_OFF if self.state == OFF else ""
        self.risk.breakers.reset()
        for type in (EMERGENCY_STOP, RISK_BREACH):
            self.alerts.resolve(type)
        self._bus.publish(COMPONENT_STARTED, "trading", state=self.state, by=by, reason="emergency stop reset")

    def reset_leverage(self, by: str) -> None:
        """After a correlation shock, allow the whole leverage again.

        Raises:
            BadInput: unless it is reduced.
        """
        if self.risk.leverage_factor == 1.0:
            raise BadInput("leverage_factor", 1.0, "only a leverage reduced by a correlation shock can be reset")
        self.risk.leverage_factor = 1.0
        self.market.correlation.measure_anew()
        self.use_limits()
        self.alerts.resolve(CORRELATION_SHOCK)
        self._bus.publish(COMPONENT_STARTED, "trading", state=self.state, by=by, reason="leverage reset")

    def start(self) -> None:
        """Let the agents trade.

        Raises:
            BadInput: unless the system is off; an emergency stop is not started but reset.
        """
        if self.state != OFF:
            raise BadInput("state", self.state, f"only {OFF} can be started")
        self.state = ON
        self.risk.halted = ""
        self._bus.publish(COMPONENT_STARTED, "trading", state=ON)

    def stop(self) -> None:
        """Let the agents open nothing more. Positions, their stops and targets stay.

        Raises:
            BadInput: unless the system is on.
        """
        if self.state != ON:
            raise BadInput("state", self.state, f"only {ON} can be stopped")
        self.state = OFF
        self.risk.halted = HALTED_OFF
        self._bus.publish(COMPONENT_STOPPED, "trading", state=OFF)

    def close(self, symbol: str | None = None) -> list[Order]:
        """Close positions at the market, of one instrument or of all; returns the orders sent.

        Raises:
            BadInput: for an unknown symbol.
        """
        symbols = list(INSTRUMENTS) if symbol is None else [instrument(symbol).symbol]
        sent = []
        for each in symbols:
            held = self.portfolio.quantity(each)
            if held:
                order = self.exchange.new_order(
                    each,
                    SELL if held > 0 else BUY,
                    abs(held),
                    time_in_force="DAY" if self.exchange.open else "GTC",
                    purpose="exit",
                )
                self.exchange.submit(order)
                sent.append(order)
        return sent

    def set_limit(self, name: str, value: float) -> None:
        """Set a limit.

        Raises:
            BadInput: as `Limits.set`.
        """
        self.limits.set(name, value)
        self.use_limits()

    def use_limits(self) -> None:
        """Tell the exchange's gateway the limits that it has to refuse orders by."""
        gateway = self.exchange.limits
        gateway.order_size = int(self.limits["max_order_size"])
        gateway.position_size = int(self.limits["max_position"])
        gateway.leverage = round(self.limits["max_leverage"] * self.risk.leverage_factor, 6)

    def set_threshold(self, name: str, value: float) -> None:
        """Set one of `thresholds()`.

        Raises:
            BadInput: for an unknown name, or a value that is not within 0..1.
        """
        if not isinstance(name, str) or name not in self.thresholds():
            raise BadInput("threshold", name, f"the thresholds are {', '.join(self.thresholds())}")
        if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value <= 1:
            raise BadInput(name, value, "give a number from 0 to 1")
        if name == "strategic":
            self.strategic.threshold = value
        elif name == "tactical":
            self.tactical.threshold = value
        elif name == "counter_synergy":
            self.tactical.counter_threshold = value
        else:
            self.risk.thresholds[name.removeprefix("risk_")] = value


def _synergy(view: View) -> dict[str, object]:
    """What woke the agents, as further fields of an event."""
    return {"synergy_type": view.synergy.type if view.synergy else None}
