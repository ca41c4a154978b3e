"""The claim of Lab 2.1, on ten seeds: agents learn where there is something to learn, and only there."""

import pytest
from grandmodel_sim.market.generator import STRUCTURE
from grandmodel_sim.marl.evidence import Evidence, evidence
from grandmodel_sim.marl.trading_env import EPISODE_LENGTH


# `make build` measures the same on the same ten seeds for the lab's page, and tests/site/test_claims.py holds it to the
# same claims; here, apart from any build, the long way.
@pytest.mark.long
def test_trained_agents_beat_the_best_baseline_on_unseen_sessions() -> None:
    result = evidence(STRUCTURE)
    assert len(result.seeds) == 10
    assert EPISODE_LENGTH >= 78
    assert result.lower > 0, result
    assert result.beats_baselines


@pytest.mark.long
def test_without_structure_they_do_not_beat_flat() -> None:
    result = evidence(0.0)
    assert result.mean <= 0, result
    assert not result.beats_baselines


def test_the_interval_is_student_s() -> None:
    result = Evidence(0.1, 1, 1, (0, 1, 2), trained=(1.0, 2.0, 6.0), random=(-1.0, 1.0, -3.0))
    assert result.margins == (1.0, 1.0, 6.0)
    assert abs(result.mean - 8 / 3) < 1e-12
    assert abs(result.half_width - 4.303 * (25 / 3) ** 0.5 / 3**0.5) < 1e-9
