"""What the trainers learn: on few seeds and shortened here, at full length in `make bench` and `make test-all`.

The settings are those of the full claims, in bench/learning.py.
"""

import dataclasses

import pytest
from grandmodel_sim.marl import CartPole, IPPOTrainer, Liquidation, MAPPOTrainer, MatrixGame

from bench import learning


@pytest.mark.parametrize("name", learning.GAMES)
def test_independent_learners_end_where_the_literature_says(name: str) -> None:
    expected = learning.GAMES[name][1]
    assert [learning.matrix_game(name, seed) for seed in (100, 101)] == [pytest.approx(expected)] * 2


def test_who_is_told_the_others_action_finds_the_best_of_the_climbing_game() -> None:
    # One player who chooses for both: that the independent ones end at 7 is theirs, not the trainer's limit.
    payoff = [value for row in ((11, -30, 0), (-30, 7, 6), (0, 0, 5)) for value in row]
    alone = MatrixGame([[value] * 9 for value in payoff])  # the column player's choice changes nothing
    trainer = IPPOTrainer(alone, learning.MATRIX, seed=0)
    trainer.train(100)
    assert trainer.evaluate(episodes=1).reward_per_step == 11


def test_cartpole_balances_within_a_fifth_of_the_steps() -> None:
    updates = 60  # 61,440 steps; the claim is for 296,960
    trainer = IPPOTrainer(CartPole, dataclasses.replace(learning.CARTPOLE, anneal_updates=updates), seed=0)
    untrained = trainer.evaluate(episodes=50).reward
    trainer.train(updates)
    assert untrained < 100
    assert trainer.evaluate(episodes=50).reward >= learning.CARTPOLE_LEAST


def test_two_sellers_find_the_schedule_of_the_formula(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(learning, "LIQUIDATION_UPDATES", 30)
    monkeypatch.setattr(learning, "LIQUIDATION", dataclasses.replace(learning.LIQUIDATION, anneal_updates=30))
    assert 1 <= learning.liquidation(seed=0) < 1.03
    assert learning.times_the_optimum(MAPPOTrainer(Liquidation, learning.LIQUIDATION, seed=0)) > 1.3


@pytest.mark.long
def test_every_claim_holds_at_full_length() -> None:
    found = learning.claims(print)
    assert [claim["what"] for claim in found if not claim["holds"]] == []
    assert len(found) == 5
