"""Every transform of the matrices: values worked out by hand, bounds, and the places where GrandModel's are wrong."""

import math

import pytest
from grandmodel_sim.features import normalizers as scale
from hypothesis import given, settings
from hypothesis import strategies as st

PRICES = st.floats(1.0, 1e6)
ANY = st.floats(-1e6, 1e6)


@pytest.mark.parametrize(
    ("found", "expected"),
    [
        (scale.mlmi_value(-0.6), -0.6),
        (scale.mlmi_value(7), 1.0),
        (scale.nwrqk_value(102.0, 100.0), 0.4),  # 2 per cent of 5
        (scale.nwrqk_value(90.0, 100.0), -1.0),
        (scale.nwrqk_slope(0.5), 0.25),
        (scale.nwrqk_slope(-9.0), -1.0),
        (scale.lvn_distance(0.0, 100.0), 1.0),
        (scale.lvn_distance(-1.0, 100.0), math.exp(-1)),
        (scale.lvn_strength(0.85), 0.85),  # not 0.0085
        (scale.mmd(5.0), 3.0),
        (scale.fvg_level(101.0, 100.0), 0.5),
        (scale.fvg_level(90.0, 100.0), -1.0),
        (scale.fvg_age(0), 1.0),
        (scale.fvg_age(10), math.exp(-1)),
        (scale.momentum(1.0), 0.2),
        (scale.momentum(-40.0), -1.0),
        (scale.volume_ratio(1.0), 0.0),
        (scale.volume_ratio(0.0), -1.0),
        (scale.volume_ratio(2.0), 0.6),
    ],
)
def test_by_hand(found: float, expected: float) -> None:
    assert found == pytest.approx(expected, abs=1e-12)


@settings(max_examples=200, deadline=None, derandomize=True)
@given(st.floats(1e-6, 1e6))
def test_the_volume_ratio_is_tanh_of_the_logarithm(ratio: float) -> None:
    assert scale.volume_ratio(ratio) == pytest.approx(math.tanh(math.log(ratio)), abs=1e-12)


def test_a_volume_ratio_beyond_all_bounds_is_one() -> None:
    assert scale.volume_ratio(1e300) == 1.0


@settings(max_examples=200, deadline=None, derandomize=True)
@given(ANY, PRICES)
def test_no_feature_leaves_its_range(value: float, price: float) -> None:
    for found in (
        scale.mlmi_value(value),
        scale.nwrqk_value(value, price),
        scale.nwrqk_slope(value),
        scale.fvg_level(value, price),
        scale.momentum(value),
        scale.volume_ratio(abs(value)),
    ):
        assert -1 <= found <= 1
    assert 0 <= scale.lvn_distance(value, price) <= 1
    assert 0 <= scale.lvn_strength(value) <= 1
    assert -3 <= scale.mmd(value) <= 3


def test_midnight_has_neighbours_on_both_sides() -> None:
    assert scale.hour_of_day(0.0) == (0.0, 1.0)
    assert scale.hour_of_day(6.0) == pytest.approx((1.0, 0.0))
    assert math.dist(scale.hour_of_day(23.75), scale.hour_of_day(0.25)) == pytest.approx(
        math.dist(scale.hour_of_day(12.0), scale.hour_of_day(12.5))
    )


def test_the_rolling_normaliser_follows_its_formula() -> None:
    normal = scale.RollingNormalizer(alpha=0.5)
    assert normal.update(4.0) == 0.0  # nothing has varied yet
    # mean 4 → 5, variance 0.5 · (0 + 0.5 · 4) = 1
    assert normal.update(6.0) == pytest.approx(1.0)
    assert (normal.mean, normal.variance) == (5.0, 1.0)
    # mean 5 → 3, variance 0.5 · (1 + 0.5 · 16) = 4.5
    assert normal.update(1.0) == pytest.approx(-2 / math.sqrt(4.5))


def test_the_rolling_normaliser_standardises_what_stays_alike_and_clips_what_does_not() -> None:
    normal = scale.RollingNormalizer()
    late = [normal.update(100.0 + 5.0 * (-1) ** i) for i in range(2000)][-2:]
    assert late == pytest.approx([1.0, -1.0], abs=0.05)
    assert normal.update(1e9) == 3.0
    constant = scale.RollingNormalizer()
    assert {constant.update(7.0) for _ in range(10)} == {0.0}
