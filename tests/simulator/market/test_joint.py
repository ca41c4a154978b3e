"""ES and NQ together: correlated, alike in regime, each for itself what it is alone."""

import math
from datetime import date
from itertools import islice

import pytest
from grandmodel_sim import BadInput
from grandmodel_sim.clock import to_ms
from grandmodel_sim.market import ES, NQ, Bar, JointMarket, Market, Stress
from grandmodel_sim.market.calendar import bar_times, session_open
from hypothesis import given, settings
from hypothesis import strategies as st

FIRST = date(2025, 7, 14)


def correlation(x: list[float], y: list[float]) -> float:
    mean_x, mean_y = math.fsum(x) / len(x), math.fsum(y) / len(y)
    xy = math.fsum((a - mean_x) * (b - mean_y) for a, b in zip(x, y, strict=True))
    xx, yy = (math.fsum((v - m) ** 2 for v in values) for values, m in ((x, mean_x), (y, mean_y)))
    return xy / math.sqrt(xx * yy)


def returns(bars: list[Bar]) -> list[float]:
    return [math.log(bar.close / bar.open) for bar in bars]


def days(market: JointMarket, count: int) -> tuple[list[Bar], list[Bar]]:
    bars = [market.step() for _ in range(78 * count)]
    return [bar["ES"] for bar in bars], [bar["NQ"] for bar in bars]


@pytest.mark.parametrize("seed", range(4))
def test_es_and_nq_move_together_and_bars_close_together(seed: int) -> None:
    es, nq = days(JointMarket(seed, FIRST), 60)
    # The noise of an estimated correlation of 0.9 from 4680 heavy-tailed pairs is about 0.01.
    assert 0.82 < correlation(returns(es), returns(nq)) < 0.96
    assert [bar.time for bar in es] == [bar.time for bar in nq]
    for bar in es + nq:
        assert bar.low <= min(bar.open, bar.close) <= max(bar.open, bar.close) <= bar.high
        assert (bar.close / 0.25).is_integer() and bar.volume >= 1


def test_the_nights_move_together_too() -> None:
    es, nq = days(JointMarket(5, FIRST), 120)
    night = [[math.log(b.open / a.close) for a, b in zip(x[77::78], x[78::78], strict=False)] for x in (es, nq)]
    assert correlation(*night) > 0.7


@given(st.integers(0, 10**9))
@settings(max_examples=10, derandomize=True, deadline=None)
def test_who_joins_the_leader_does_not_change_it(seed: int) -> None:
    alone = [Market(seed, ES, FIRST), JointMarket(seed, FIRST, [ES])]
    together = JointMarket(seed, FIRST, [ES, NQ]).leg("ES").session()
    assert alone[0].session() == alone[1].leg("ES").session() == together  # type: ignore[attr-defined]


def test_the_order_in_which_legs_are_read_does_not_matter() -> None:
    one, other = JointMarket(3, FIRST), JointMarket(3, FIRST)
    es = one.leg("ES").session()
    assert (one.leg("ES").next_ms, one.leg("NQ").next_ms) == (one.next_ms, es[0].time)
    nq = one.leg("NQ").session()
    mixed = [(other.leg("NQ").next_bar(), other.leg("ES").next_bar()) for _ in range(78)]
    assert mixed == list(zip(nq, es, strict=True))


def test_the_correlation_can_be_given() -> None:
    for rho in (-0.8, 0.0, 0.8):
        es, nq = days(JointMarket(1, FIRST, correlation={"calm": rho, "stressed": rho}, structure=0), 40)
        assert abs(correlation(returns(es), returns(nq)) - rho) < 0.08


def test_a_stress_gives_another_correlation_for_a_while_and_then_it_jumps_back() -> None:
    market = JointMarket(8, FIRST)
    times = [time for time, _ in islice(bar_times(FIRST), 78 * 30)]
    market.stress(Stress(to_ms(session_open(FIRST)), times[78 * 15 - 1], correlation=0.3))
    es, nq = days(market, 15)
    assert correlation(returns(es), returns(nq)) < 0.45
    assert market.leg("NQ").conditions.correlation == 0.3
    market.step()
    assert market.leg("NQ").conditions.correlation >= 0.3 + 0.5  # the +0.5 of the risk agent, within one bar
    es, nq = days(market, 14)
    assert correlation(returns(es), returns(nq)) > 0.8


def test_impossible_joint_markets_are_refused() -> None:
    with pytest.raises(BadInput, match=r"instruments: got \['ES', 'ES'\]; give at least one, each once"):
        JointMarket(1, FIRST, [ES, ES])
    with pytest.raises(BadInput, match=r"correlation: got .*each a number from -0.99 to 0.99"):
        JointMarket(1, FIRST, correlation={"calm": 1.0, "stressed": 0.9})
    with pytest.raises(BadInput, match=r"correlation: got .*calm and stressed"):
        JointMarket(1, FIRST, correlation={"calm": 0.5})
    with pytest.raises(BadInput, match=r"structure: got 2; give a number"):
        JointMarket(1, FIRST, structure=2)
    with pytest.raises(BadInput, match="symbol: got 'CL'; this market has ES and NQ"):
        JointMarket(1, FIRST).leg("CL")
