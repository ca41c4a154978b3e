"""MLMI against a second version that works on the whole series with numpy."""

import numpy as np
from grandmodel_sim.features.heikin_ashi import HeikinAshi
from grandmodel_sim.features.mlmi import MEMORY, K, MomentumIndex
from grandmodel_sim.market import Bar

from tests.simulator.features.series import market_bars


def weighted(values: np.ndarray, length: int) -> np.ndarray:
    weights = np.arange(1, length + 1)
    out = np.full(len(values), np.nan)
    for t in range(length - 1, len(values)):
        out[t] = (values[t - length + 1 : t + 1] * weights).sum() / weights.sum()
    return out


def strength_index(closes: np.ndarray, length: int) -> np.ndarray:
    change = np.diff(closes, prepend=np.nan)
    out = np.full(len(closes), np.nan)
    gain, loss = np.maximum(change, 0), np.maximum(-change, 0)
    up, down = gain[1 : length + 1].mean(), loss[1 : length + 1].mean()
    for t in range(length, len(closes)):
        if t > length:
            up, down = up + (gain[t] - up) / length, down + (loss[t] - down) / length
        out[t] = 50.0 if up + down == 0 else 100 * up / (up + down)
    return out


def whole(bars: list[Bar]) -> list[tuple[float, int]]:
    """Reading and signal after each bar."""
    smooth = HeikinAshi()
    closes = np.array([smooth.update(bar) for bar in bars])
    above = weighted(closes, 5) > weighted(closes, 20)
    x, y = weighted(strength_index(closes, 20), 20), weighted(strength_index(closes, 5), 20)
    points: list[tuple[float, float, int]] = []
    at_crossing = None
    before = None
    found = []
    for t in range(len(bars)):
        if np.isnan(x[t]):
            found.append((0.0, 0))
            continue
        crossed = before is not None and above[t] != before
        if crossed:
            if at_crossing is not None:
                points.append((x[t], y[t], 1 if closes[t] >= at_crossing else -1))
            at_crossing = closes[t]
        before = above[t]
        known = points[-MEMORY:]
        value = 0.0
        if len(known) >= K:
            order = np.argsort([np.hypot(px - x[t], py - y[t]) for px, py, _ in known], kind="stable")
            value = sum(known[i][2] for i in order[:K]) / K
        up = value > 0.4 or (value > 0 and crossed and above[t])
        down = value < -0.4 or (value < 0 and crossed and not above[t])
        found.append((value, int(up) - int(down)))
    return found


def test_one_bar_at_a_time_is_the_whole_series() -> None:
    bars = list(market_bars(8, 12))
    index = MomentumIndex()
    found = [(index.update(bar), index.signal) for bar in bars]
    assert found == whole(bars)
    assert {signal for _, signal in found} == {-1, 0, 1}
    by_crossing = [signal for value, signal in found if abs(value) < 0.4 and signal]
    assert len(by_crossing) > 5
    assert any(value and not signal for value, signal in found)
