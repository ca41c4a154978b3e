"""Bars for the tests of features: of the simulated market, and made up, with all that is awkward."""

from datetime import date
from functools import lru_cache

from grandmodel_sim.clock import to_ms
from grandmodel_sim.market import ES, Bar, Market
from grandmodel_sim.market.calendar import session_open
from hypothesis import strategies as st

FIRST = date(2025, 7, 14)
MINUTE = 60_000
OPENED = to_ms(session_open(FIRST))


@lru_cache(maxsize=8)
def market_bars(seed: int, sessions: int) -> tuple[Bar, ...]:
    """5-minute bars of ES."""
    market = Market(seed, ES, FIRST)
    return tuple(bar for _ in range(sessions) for bar in market.session())


def bar_at(
    index: int, opened: float, high: float, low: float, close: float, volume: int = 100, minutes: int = 5
) -> Bar:
    """The bar number `index` after 13:30 UTC of 14 July 2025."""
    return Bar(OPENED + (index + 1) * minutes * MINUTE, opened, high, low, close, volume)


def still(count: int, price: float = 100.0, volume: int = 0, minutes: int = 5) -> list[Bar]:
    """A market in which nothing happens."""
    return [bar_at(i, price, price, price, price, volume, minutes) for i in range(count)]


@st.composite
def awkward_bars(draw: st.DrawFn, least: int = 1, most: int = 120, minutes: int = 5) -> list[Bar]:
    """Bars in whole ticks: jumps, bars without range, bars without volume."""
    steps = draw(
        st.lists(
            st.tuples(
                st.integers(-40, 40), st.integers(-30, 30), st.integers(0, 12), st.integers(0, 12), st.integers(0, 3)
            ),
            min_size=least,
            max_size=most,
        )
    )
    bars, price = [], 4000
    for index, (jump, move, over, under, crowd) in enumerate(steps):
        opened = price + (jump if crowd == 3 else 0)
        close = opened + move
        high, low = max(opened, close) + over, min(opened, close) - under
        bars.append(bar_at(index, opened / 4, high / 4, low / 4, close / 4, crowd * 700, minutes))
        price = close
    return bars
