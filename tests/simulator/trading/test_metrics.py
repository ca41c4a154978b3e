"""Risk and performance figures against recorded values of empyrical and scipy, and what a figure says of itself."""

import copy
import json
import math
from collections.abc import Callable

import numpy as np
import pytest
from grandmodel_sim import BadInput
from grandmodel_sim.trading import metrics
from grandmodel_sim.trading.figure import Figure
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.simulator.trading.record_metrics import TARGET, script_hash

RECORDED = json.loads(TARGET.read_text(encoding="utf-8"))
RETURNS = st.lists(st.floats(-0.2, 0.2, allow_nan=False), min_size=2, max_size=60)


def test_the_recorded_values_belong_to_the_committed_script() -> None:
    assert RECORDED["script"] == script_hash()
    assert RECORDED["versions"]["empyrical-reloaded"] == "0.7.1"


@pytest.mark.parametrize("name", list(RECORDED["series"]))
def test_figures_agree_with_empyrical_and_scipy(name: str) -> None:
    series = RECORDED["series"][name]
    r, per_year, wanted = series["returns"], series["periods_per_year"], series["values"]
    found = {
        "max_drawdown": -metrics.max_drawdown(_curve(r)),  # empyrical's sign is the opposite one
        "cum_returns_final": metrics.total_return(r),
        "annual_return": metrics.annual_return(r, per_year),
        "annual_volatility": metrics.annual_volatility(r, per_year),
        "sharpe_ratio": metrics.sharpe(r, per_year),
        "sharpe_ratio_rf": metrics.sharpe(r, per_year, risk_free=0.0001),
        "sortino_ratio": metrics.sortino(r, per_year),
        "sortino_ratio_required": metrics.sortino(r, per_year, required=0.0002),
        "calmar_ratio": metrics.calmar(r, per_year),
    }
    for confidence in (0.9, 0.95, 0.975, 0.99):
        found |= {
            f"value_at_risk {confidence}": -metrics.historical_var(r, confidence),
            f"conditional_value_at_risk {confidence}": -metrics.historical_es(r, confidence),
            f"normal quantile {confidence}": -metrics.parametric_var(r, confidence),
            f"normal tail mean {confidence}": -metrics.parametric_es(r, confidence),
            f"normal quantile {confidence} h10": -metrics.parametric_var(r, confidence, periods=10),
        }
    assert found.keys() == wanted.keys()
    for key, value in found.items():
        assert value == pytest.approx(wanted[key], rel=1e-9, abs=1e-11), key


def _curve(returns: list[float]) -> list[float]:
    values = [1.0]
    for value in returns:
        values.append(values[-1] * (1 + value))
    return values


def test_fat_tails_show_in_expected_shortfall_and_not_in_value_at_risk() -> None:
    crash = RECORDED["series"]["crash"]["returns"]
    assert metrics.historical_var(crash) < metrics.parametric_var(crash)
    assert metrics.historical_es(crash) > metrics.parametric_es(crash)


@settings(max_examples=100, deadline=None, derandomize=True)
@given(RETURNS, st.floats(0.55, 0.99), st.floats(-0.01, 0.01))
def test_what_holds_for_every_series(returns: list[float], confidence: float, shift: float) -> None:
    for var, es in (
        (metrics.historical_var, metrics.historical_es),
        (metrics.parametric_var, metrics.parametric_es),
    ):
        assert es(returns, confidence) >= var(returns, confidence) - 1e-9
        assert var(returns, 0.995) >= var(returns, confidence) - 1e-9  # the surer, the more
        # What every return gains, the loss loses.
        moved = var([value + shift for value in returns], confidence)
        assert moved == pytest.approx(var(returns, confidence) - shift, abs=1e-9)
    assert metrics.historical_es(returns, confidence) <= -min(returns) + 1e-9
    curve = _curve(returns)
    assert 0 <= metrics.max_drawdown(curve) <= 1
    assert metrics.max_drawdown([3 * value for value in curve]) == pytest.approx(metrics.max_drawdown(curve), abs=1e-9)
    ratio = metrics.sharpe(returns, 252)
    if ratio.known:
        assert metrics.sharpe([2 * value for value in returns], 252) == pytest.approx(ratio, rel=1e-6, abs=1e-9)
        assert metrics.sharpe(returns, 4 * 252) == pytest.approx(2 * ratio, rel=1e-9, abs=1e-9)


def test_drawdowns_count_from_the_highest_so_far() -> None:
    assert metrics.drawdowns([100.0, 110.0, 99.0, 110.0, 121.0, 60.5]) == [0.0, 0.0, 0.1, 0.0, 0.0, 0.5]
    assert metrics.drawdowns([]) == []


def test_trades() -> None:
    pnls = [100.0, -50.0, 0.0, 25.0]
    assert metrics.win_rate(pnls) == 0.5  # a trade that brings nothing is not won
    assert metrics.win_rate(pnls).note == "2 of 4; 95 % interval 0.15 to 0.85"
    assert metrics.profit_factor(pnls) == 2.5
    assert metrics.expectancy(pnls) == 18.75
    assert metrics.time_in_market([0, 1, -2, 0]) == 0.5
    assert metrics.win_rate([1.0] * 3).note == "3 of 3; 95 % interval 0.44 to 1.00"


def test_kelly() -> None:
    assert metrics.kelly_binary(0.6, 1.0) == pytest.approx(0.2)
    assert metrics.kelly_binary(0.4, 1.5) == pytest.approx(0.0, abs=1e-12)
    assert metrics.kelly_binary(0.3, 1.0) == pytest.approx(-0.4)
    assert metrics.kelly_continuous([0.01, 0.03]) == pytest.approx(0.02 / 0.0002)


def test_periods_of_a_year() -> None:
    assert metrics.PER_YEAR == {"5m": 19_656, "30m": 3_276, "1d": 252}


@pytest.mark.parametrize(
    ("figure", "note"),
    [
        (metrics.sharpe([], 252), "needs 2 or more returns, there are 0"),
        (metrics.sharpe([0.01], 252), "needs 2 or more returns, there are 1"),
        (metrics.sharpe([0.01, 0.01], 252), "the returns do not vary"),
        (metrics.sortino([0.01, 0.02], 252), "no return was below what is required"),
        (metrics.calmar([0.01, 0.02], 252), "there was no drawdown"),
        (metrics.historical_var([]), "needs 1 or more returns, there are 0"),
        (metrics.parametric_es([0.01]), "needs 2 or more returns, there are 1"),
        (metrics.max_drawdown([]), "needs 1 or more values of equity, there are 0"),
        (metrics.annual_return([], 252), "needs 1 or more returns, there are 0"),
        (metrics.annual_return([0.5] * 3, 1e6), "extrapolated from 3e-06 years: the extrapolation is too large"),
        (metrics.win_rate([]), "needs 1 or more closed trades, there are 0"),
        (metrics.profit_factor([5.0]), "no trade has lost yet"),
        (metrics.kelly_continuous([0.01, 0.01]), "the returns do not vary"),
        (metrics.time_in_market([]), "needs 1 or more periods, there are 0"),
    ],
)
def test_a_figure_that_cannot_be_known_says_why(figure: Figure, note: str) -> None:
    assert math.isnan(figure)
    assert not figure.known
    assert figure.note.startswith(note)
    assert f"{figure:.2f}" == "not known"
    assert figure.payload()["value"] is None


@pytest.mark.parametrize(
    ("call", "argument"),
    [
        (lambda: metrics.historical_var([0.01, float("nan")]), "returns"),
        (lambda: metrics.historical_var([0.01], 95), "confidence"),
        (lambda: metrics.parametric_var([0.01, 0.02], 0.05), "confidence"),
        (lambda: metrics.parametric_var([0.01, 0.02], periods=0), "periods"),
        (lambda: metrics.sharpe([0.01, 0.02], 0), "periods_per_year"),
        (lambda: metrics.sharpe([0.01, 0.02], 252, risk_free=float("inf")), "risk_free"),
        (lambda: metrics.drawdowns([0.0, 1.0]), "equity"),
        (lambda: metrics.kelly_binary(1.2, 1.0), "win_probability"),
        (lambda: metrics.kelly_binary(0.5, 0.0), "odds"),
        (lambda: metrics.win_rate([float("inf")]), "pnls"),
    ],
)
def test_bad_input_is_named(call: object, argument: str) -> None:
    with pytest.raises(BadInput) as caught:
        call()  # type: ignore[operator]
    assert caught.value.argument == argument


def test_a_bad_return_is_reported_with_its_place() -> None:
    with pytest.raises(BadInput, match="value 1 of 3 must be a finite number"):
        metrics.sharpe([0.01, float("nan"), 0.02], 252)


# --- figures ---


def test_printing_a_figure_says_what_it_is() -> None:
    var = metrics.historical_var([-0.02, 0.01, 0.005, -0.01] * 40, 0.95, "1 day")
    assert str(var) == repr(var) == "VaR 95 % (historical): 0.02 of equity over 1 day (positive = loss)"
    assert f"{var:.4f}" == "0.0200 of equity"
    dollars = var.in_dollars(1_000_000.0)
    assert f"{dollars:,.0f}" == "20,000 dollars"
    assert dollars.sign == "positive = loss"
    short = metrics.parametric_var([-0.02, 0.01], 0.99, periods=10, period="1 bar")
    assert short.horizon == "10 x 1 bar"
    assert short.note == "only about 0.0 of 2 returns lie in that tail"


def test_a_figure_calculates_as_a_number() -> None:
    figure = Figure(0.5, "win rate", "of trades")
    assert figure + 1 == 1.5 and type(figure + 1) is float
    assert figure > 0.4
    assert json.dumps({"value": figure}) == '{"value": 0.5}'
    twin = copy.deepcopy(figure)
    assert (twin, twin.name, twin.unit) == (0.5, "win rate", "of trades")
    assert figure.payload() == {
        "value": 0.5,
        "name": "win rate",
        "unit": "of trades",
        "horizon": "",
        "sign": "",
        "note": "",
    }


def test_a_sharpe_ratio_on_one_day_says_that_it_is_noise() -> None:
    day = RECORDED["series"]["day"]["returns"]
    ratio = metrics.sharpe(day, metrics.PER_YEAR["5m"])
    assert ratio.note == "annualised with 19656 periods; standard error 16 on 78 returns"
    assert abs(ratio) < 16


@pytest.mark.parametrize(
    ("call", "argument"),
    [
        (lambda: metrics.sharpe([0.01, 0.02], "252"), "periods_per_year"),
        (lambda: metrics.sharpe([0.01, 0.02], None), "periods_per_year"),
        (lambda: metrics.sharpe([0.01, 0.02], 252, risk_free="0"), "risk_free"),
        (lambda: metrics.historical_var(["x"]), "returns"),
        (lambda: metrics.historical_var(["0.01"]), "returns"),
        (lambda: metrics.historical_var("0123"), "returns"),
        (lambda: metrics.historical_var(None), "returns"),
        (lambda: metrics.historical_var(0.01), "returns"),
        (lambda: metrics.historical_var([[0.01, 0.02]]), "returns"),
        (lambda: metrics.historical_var([0.01, None]), "returns"),
        (lambda: metrics.historical_var([10**400]), "returns"),
        (lambda: metrics.historical_var({"a": 0.01}), "returns"),
        (lambda: metrics.historical_var([0.01], "0.95"), "confidence"),
        (lambda: metrics.historical_es([0.01], None), "confidence"),
        (lambda: metrics.parametric_var([0.01, 0.02], periods="10"), "periods"),
        (lambda: metrics.calmar(["x"], 252), "returns"),
        (lambda: metrics.max_drawdown("1"), "equity"),
        (lambda: metrics.win_rate(None), "pnls"),
        (lambda: metrics.kelly_binary("x", 1), "win_probability"),
        (lambda: metrics.kelly_binary(0.5, "1"), "odds"),
    ],
)
def test_what_is_no_number_is_named(call: Callable[[], object], argument: str) -> None:
    with pytest.raises(BadInput) as caught:
        call()
    assert caught.value.argument == argument


def test_arrays_do_as_well_as_lists() -> None:
    returns, equity = [0.01, -0.02, 0.005, 0.01], [100.0, 120.0, 90.0, 110.0]
    for figure in (metrics.sharpe, metrics.sortino, metrics.calmar, metrics.annual_return, metrics.annual_volatility):
        assert figure(np.array(returns), np.float64(252)) == figure(returns, 252)
    for figure in (metrics.historical_var, metrics.historical_es, metrics.parametric_var, metrics.total_return):
        assert figure(np.array(returns)) == figure(returns)
    assert metrics.max_drawdown(np.array(equity)) == metrics.max_drawdown(equity) == 0.25
    assert metrics.drawdowns(np.array(equity)) == metrics.drawdowns(equity)
    assert not metrics.max_drawdown(np.array([])).known
    assert metrics.time_in_market(np.array([True, False])) == 0.5
