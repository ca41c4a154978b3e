"""The limits under which GrandModel trades: names, values, units, and within what a person may set them."""

from collections.abc import Iterator
from dataclasses import dataclass

from grandmodel_sim.errors import BadInput


@dataclass(frozen=True, slots=True)
class Limit:
    """One limit.

    Attributes:
        name: as the API calls it.
        value: where it stands.
        low: the least that it may be set to.
        high: the most that it may be set to.
        unit: `contracts`, `fraction` (of equity unless said otherwise), `times` (equity).
        meaning: one sentence.
    """

    name: str
    value: float
    low: float
    high: float
    unit: str
    meaning: str


#: Values of the facts that the course uses; where GrandModel's own files disagree, this is the course's choice.
DEFAULTS = (
    Limit("max_contracts", 5, 1, 10, "contracts", "The agents' largest position in one instrument."),
    Limit("max_order_size", 10, 1, 50, "contracts", "The largest single order, of agents and people."),
    Limit("max_position", 50, 1, 200, "contracts", "The largest position in one instrument, of agents and people."),
    Limit("risk_per_trade", 0.02, 0.0, 0.10, "fraction", "What a trade may lose at its stop."),
    Limit("kelly_cap", 0.25, 0.0, 1.0, "fraction", "The largest Kelly fraction that is used."),
    Limit("max_leverage", 4.0, 0.0, 10.0, "times", "Gross notional value over equity."),
    Limit("var_95", 0.05, 0.001, 1.0, "fraction", "One-day value at risk at 95 %, after which the monitor warns."),
    Limit("daily_loss", 0.05, 0.001, 1.0, "fraction", "Loss since the last close; entries stop for the session."),
    Limit("drawdown_half", 0.10, 0.001, 1.0, "fraction", "Drawdown from which positions are half as large."),
    Limit("drawdown_quarter", 0.15, 0.001, 1.0, "fraction", "Drawdown from which they are a quarter as large."),
    Limit("drawdown_stop", 0.20, 0.001, 1.0, "fraction", "Drawdown at which everything stops."),
)


class Limits:
    """The limits in force. Read one as `limits["max_leverage"]`."""

    def __init__(self) -> None:
        self._limits = {limit.name: limit for limit in DEFAULTS}

    def __getitem__(self, name: str) -> float:
        return self.get(name).value

    def __iter__(self) -> Iterator[Limit]:
        return iter(self._limits.values())

    def get(self, name: str) -> Limit:
        """Look up a limit.

        Raises:
            BadInput: for a name that no limit has.
        """
        if not isinstance(name, str) or name not in self._limits:
            raise BadInput("limit", name, f"the limits are {', '.join(self._limits)}")
        return self._limits[name]

    def set(self, name: str, value: float) -> Limit:
        """Set a limit and return it as it was.

        Raises:
            BadInput: for an unknown name, a value outside the limit's range, or half a contract.
        """
        old = self.get(name)
        usable = isinstance(value, int | float) and not isinstance(value, bool) and old.low <= value <= old.high
        if not usable or (old.unit == "contracts" and value != int(value)):
            kind = "whole number" if old.unit == "contracts" else "number"
            raise BadInput(name, value, f"give a {kind} from {old.low:g} to {old.high:g} ({old.unit})")
        self._limits[name] = Limit(name, value, old.low, old.high, old.unit, old.meaning)
        return old

    def values(self) -> dict[str, float]:
        """Name → value."""
        return {limit.name: limit.value for limit in self}
