"""What Lab 2.1 claims, held against the figures of this build: ten seeds with the pattern, ten without."""

from __future__ import annotations

import json
from typing import Any

import pytest
from grandmodel_sim.marl.trading_env import EPISODE_LENGTH

from academy import testing
from academy.execute import claims


@pytest.fixture(scope="module")
def measured() -> dict[str, Any]:
    return dict(json.loads(claims.RESULTS.read_text()))


def test_the_agents_beat_the_better_baseline_on_held_out_sessions(measured: dict[str, Any]) -> None:
    on = measured["on"]
    assert len(on["seeds"]) == 10 and on["episodes"] == 100
    assert EPISODE_LENGTH >= 78
    assert on["lower"] > 0
    assert on["beats_baselines"]


def test_without_the_pattern_they_do_not_beat_flat(measured: dict[str, Any]) -> None:
    off = measured["off"]
    assert len(off["seeds"]) == 10 and off["structure"] == 0
    assert off["mean"] <= 0
    assert not off["beats_baselines"]


def test_the_page_shows_these_figures(measured: dict[str, Any]) -> None:
    page = (testing.TARGET.folder / "02-marl-fundamentals" / "lab-2-1" / "index.html").read_text()
    for state in ("on", "off"):
        assert f"{measured[state]['mean']:+.1f}" in page
        assert f"{measured[state]['lower']:+.1f} to {measured[state]['upper']:+.1f}" in page
