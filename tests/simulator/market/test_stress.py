"""Stress days: what was asked for happens, then and to whom, and to nothing else."""

import math
from dataclasses import asdict
from datetime import date
from typing import Any

import pytest
from grandmodel_sim import BadInput
from grandmodel_sim.clock import to_ms
from grandmodel_sim.market import ES, Bar, JointMarket, Market, Stress
from grandmodel_sim.market.calendar import session_open

FIRST = date(2025, 7, 14)
OPEN = to_ms(session_open(FIRST))
HOUR = 3_600_000


def moves(bars: list[Bar]) -> list[float]:
    return [math.log(bar.close / bar.open) for bar in bars]


def stressed(*, seed: int = 4, sessions: int = 3, **effects: Any) -> tuple[list[Bar], list[Bar]]:
    """The usual bars and those with the second session under stress."""
    usual, market = Market(seed, ES, FIRST, structure=0), Market(seed, ES, FIRST, structure=0)
    market.stress(Stress.on(date(2025, 7, 15), **effects))
    return tuple([bar for _ in range(sessions) for bar in m.session()] for m in (usual, market))  # type: ignore[return-value]


def test_a_gap_opens_the_session_and_nothing_else_changes() -> None:
    usual, bars = stressed(gap=-0.03)
    assert bars[:78] == usual[:78]
    assert math.log(bars[78].open / usual[78].open) == pytest.approx(-0.03, abs=1e-4)
    assert moves(bars[78:]) == pytest.approx(moves(usual[78:]), abs=1e-4)
    assert [bar.volume for bar in bars] == [bar.volume for bar in usual]


def test_a_move_is_shared_by_the_bars_of_the_span() -> None:
    usual, bars = stressed(move=-0.04)
    extra = [a - b for a, b in zip(moves(bars), moves(usual), strict=True)]
    assert extra[78:156] == pytest.approx([-0.04 / 78] * 78, abs=2e-4)
    assert math.fsum(extra[78:156]) == pytest.approx(-0.04, abs=1e-3)
    assert extra[:78] + extra[156:] == pytest.approx([0.0] * 156, abs=1e-4)


def test_volatility_and_volume_are_those_of_the_stress_while_it_lasts() -> None:
    usual, bars = stressed(volatility=4.0, liquidity=0.2)
    size = [math.fsum(map(abs, moves(x[78:156]))) for x in (usual, bars)]
    assert size[1] / size[0] == pytest.approx(4.0 / 0.85, rel=0.02)  # seed 4 starts calm
    # Volume grows with the factor on volatility and shrinks with liquidity.
    volume = [sum(bar.volume for bar in x[78:156]) for x in (usual, bars)]
    assert volume[1] / volume[0] == pytest.approx(0.2 * 4.0 / 0.85, rel=0.01)
    assert moves(bars[156:]) == pytest.approx(moves(usual[156:]), abs=2e-4)


def test_conditions_tell_what_the_last_bar_was_made_under() -> None:
    market = JointMarket(4, FIRST)
    assert market.leg("ES").conditions.spread_ticks == 1
    market.stress(Stress(OPEN, OPEN + HOUR, volatility=3, liquidity=0.3, symbols=["NQ"]))
    market.stress(Stress(OPEN + HOUR // 2, OPEN + HOUR, correlation=-0.5, liquidity=0.5))
    market.step()
    es, nq = market.leg("ES").conditions, market.leg("NQ").conditions
    assert (es.regime, es.volatility, es.liquidity, es.correlation) == ("calm", 0.85, 1.0, 0.87)
    assert (nq.regime, nq.volatility, nq.liquidity, nq.spread_ticks) == ("calm", 3, 0.3, 4)
    for _ in range(6):
        market.step()
    es, nq = market.leg("ES").conditions, market.leg("NQ").conditions
    assert (es.liquidity, nq.liquidity, nq.correlation) == (0.5, 0.3, -0.5)
    for _ in range(6):
        market.step()
    assert market.leg("NQ").conditions == market.leg("ES").conditions


def test_overlapping_gaps_and_moves_add_up() -> None:
    sums = []
    for stresses in (
        [Stress(OPEN, OPEN + HOUR, gap=0.02, move=0.01)],
        [Stress(OPEN, OPEN + HOUR, gap=0.01, move=0.01), Stress(OPEN, OPEN + HOUR, gap=0.01)],
    ):
        market = Market(1, ES, FIRST)
        for stress in stresses:
            market.stress(stress)
        sums.append(market.session())
    assert [bar.close for bar in sums[0]] == pytest.approx([bar.close for bar in sums[1]], abs=0.26)


def test_a_stress_survives_being_written_down() -> None:
    stress = Stress(OPEN, OPEN + HOUR, gap=-0.01, symbols=["ES"])
    assert Stress(**asdict(stress)) == stress


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"start": 1.5}, "start: got 1.5; give virtual time in whole milliseconds"),
        ({"end": True}, "end: got True; give virtual time"),
        ({"end": OPEN}, "end: .*it must lie after start"),
        ({"end": OPEN + 31 * 24 * HOUR}, "end: .*within 30 days"),
        ({"volatility": 0}, "volatility: got 0; give a number from 0.1 to 10"),
        ({"volatility": float("nan")}, "volatility: got nan"),
        ({"gap": -0.5}, "gap: got -0.5; give a number from -0.2 to 0.2"),
        ({"move": "down"}, "move: got 'down'"),
        ({"move": None}, "move: got None"),
        ({"liquidity": 0}, "liquidity: got 0; give a number from 0.01 to 1"),
        ({"correlation": 1}, "correlation: got 1; give a number from -0.99 to 0.99"),
        ({"symbols": "ES"}, "symbols: got 'ES'; give a sequence"),
        ({"gap": 0.0}, "stress: got 'nothing'; give at least one of volatility, gap"),
        ({"start": OPEN - 3 * HOUR, "end": OPEN}, "start: .*out of hours: no 5-minute bar closes"),
    ],
)
def test_what_cannot_be_asked_for_is_refused(changes: dict[str, Any], message: str) -> None:
    with pytest.raises(BadInput, match=message):
        Stress(**{"start": OPEN, "end": OPEN + HOUR, "gap": 0.01, **changes})


def test_a_market_refuses_what_comes_too_late_or_is_not_its_business() -> None:
    market = Market(1, ES, FIRST, holidays=True)
    with pytest.raises(BadInput, match="symbols: got 'NQ'; this market has ES"):
        market.stress(Stress(OPEN, OPEN + HOUR, gap=0.01, symbols=("NQ",)))
    with pytest.raises(BadInput, match="stress: got 'crash'; give a"):
        market.stress("crash")  # type: ignore[arg-type]
    with pytest.raises(BadInput, match=r"start: got '2025-09-01.*closed until"):
        market.stress(Stress.on(date(2025, 9, 1), gap=0.01))
    market.next_bar()
    with pytest.raises(BadInput, match="bars up to 2025-07-14T13:35:00Z exist already"):
        market.stress(Stress(OPEN, OPEN + HOUR, gap=0.01))
    usual = Market(1, ES, FIRST)
    usual.next_bar()
    assert market.session() == usual.session()  # what was refused left nothing behind
    with pytest.raises(BadInput, match="day: got '2025-07-19'; the exchange is closed at the weekend"):
        Stress.on(date(2025, 7, 19), gap=0.01)
