"""The two futures that GrandModel trades, and what a trade costs."""

from dataclasses import dataclass

from grandmodel_sim.errors import BadInput


@dataclass(frozen=True, slots=True)
class Instrument:
    """A futures contract.

    Attributes:
        symbol: root symbol.
        point_value: dollars per index point and contract.
        tick: smallest price step, in points.
        start_price: where a generated series begins, in points.
        annual_volatility: of log returns, as a fraction, before regimes.
        commission: dollars per contract and side.
        slippage_ticks: ticks lost per contract and side.
    """

    symbol: str
    point_value: float
    tick: float
    start_price: float
    annual_volatility: float
    commission: float = 2.50
    slippage_ticks: int = 1

    def round(self, price: float) -> float:
        """The nearest price that can be quoted."""
        return round(price / self.tick) * self.tick

    @property
    def cost_per_side(self) -> float:
        """Dollars that buying or selling one contract costs: commission and slippage."""
        return self.commission + self.slippage_ticks * self.tick * self.point_value


ES = Instrument("ES", point_value=50.0, tick=0.25, start_price=6250.0, annual_volatility=0.16)
NQ = Instrument("NQ", point_value=20.0, tick=0.25, start_price=22750.0, annual_volatility=0.20)

INSTRUMENTS = {"ES": ES, "NQ": NQ}


def instrument(symbol: str) -> Instrument:
    """Look up a contract by symbol.

    Raises:
        BadInput: for a symbol other than ES and NQ.
    """
    try:
        return INSTRUMENTS[symbol]
    except (KeyError, TypeError):  # TypeError: a list or another value that no symbol can be
        raise BadInput("symbol", symbol, f"the simulator trades {' and '.join(INSTRUMENTS)}") from None
