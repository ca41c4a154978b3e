"""Strategic and tactical: votes, weights, thresholds, vetoes, on matrices made by hand."""

import json
import math
from collections.abc import Mapping
from dataclasses import replace

import pytest
from grandmodel_sim import BadInput
from grandmodel_sim.agents.base import Agent, View
from grandmodel_sim.agents.decision import Decision
from grandmodel_sim.agents.strategic import WEIGHTS, Strategic, gate, gate_confidence, regime
from grandmodel_sim.agents.tactical import WEIGHTS as BY_TYPE
from grandmodel_sim.agents.tactical import Tactical, alignment_bonus, combine
from grandmodel_sim.agents.voter import Vote, Voter, entropy, softmax
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.simulator.agents.views import (
    FALLING,
    FALLING_5,
    FALLING_30,
    RISING,
    RISING_5,
    RISING_30,
    matrix,
    synergy,
    view,
)

finite = st.floats(-50, 50)


class Fixed(Voter):
    """Says what it is told to."""

    def __init__(self, name: str, action: str, confidence: float, timeframe: int = 5) -> None:
        self.name, self.action, self.confidence, self.timeframe = name, action, confidence, timeframe
        if timeframe == 30:
            self.actions = ("bullish", "neutral", "bearish")

    def logits(self, inputs: Mapping[str, float]) -> tuple[float, float, float]:
        one, two, three = (
            math.log(self.confidence if action == self.action else (1 - self.confidence) / 2) for action in self.actions
        )
        return one, two, three


def tactical(fvg: tuple[str, float], momentum: tuple[str, float], entry: tuple[str, float]) -> Tactical:
    names = ("fvg_agent", "momentum_agent", "entry_opt_agent")
    return Tactical([Fixed(name, *said) for name, said in zip(names, (fvg, momentum, entry), strict=True)])


def strategic(confidence: float, action: str = "bullish", **options: object) -> Strategic:
    return Strategic([Fixed(name, action, confidence, 30) for name in WEIGHTS], **options)  # type: ignore[arg-type]


# --- voters ---


@settings(max_examples=100, deadline=None, derandomize=True)
@given(st.tuples(finite, finite, finite))
def test_softmax_gives_probabilities_in_the_order_of_the_logits(logits: tuple[float, float, float]) -> None:
    probabilities = softmax(logits)
    assert sum(probabilities) == pytest.approx(1, abs=2e-6)
    assert all(0 <= p <= 1 for p in probabilities)
    assert softmax([logit + 7 for logit in logits]) == pytest.approx(probabilities, abs=2e-6)
    for one, p in zip(logits, probabilities, strict=True):
        for other, q in zip(logits, probabilities, strict=True):
            assert p >= q or one < other


def test_softmax_refuses_what_is_not_finite() -> None:
    with pytest.raises(BadInput, match=r"logits: got .*nan.*; give finite numbers"):
        softmax([0.0, float("nan"), 1.0])


def test_an_experts_vote_can_be_checked_by_hand() -> None:
    decision = Strategic().experts[0].decide(view({"mlmi_value": 0.5, "mlmi_signal": 1.0}))
    score = 2 * 0.5 + 0.8 * 1.0
    total = math.exp(score) + math.exp(0.2) + math.exp(-score)
    assert decision.action == "bullish"
    assert decision.confidence == pytest.approx(math.exp(score) / total, abs=1e-6)
    assert decision.inputs == {"mlmi_value": 0.5, "mlmi_signal": 1.0}
    assert decision.reasoning == (
        "mlmi_expert says bullish with probability 0.81, from mlmi_value 0.50, mlmi_signal 1.00."
    )


def test_agents_read_columns_by_name_so_their_order_does_not_matter() -> None:
    usual = view(RISING_30, RISING_5, context=RISING)
    shuffled = replace(
        usual,
        strategic=replace(
            usual.strategic,
            columns=usual.strategic.columns[::-1],
            rows=tuple(row[::-1] for row in usual.strategic.rows),
        ),
    )
    assert Strategic().decide(shuffled) == Strategic().decide(usual)


# --- strategic ---


def test_the_vote_is_the_weighted_mean_of_the_experts_probabilities() -> None:
    group = Strategic(
        [
            Fixed("mlmi_expert", "bullish", 0.9, 30),
            Fixed("nwrqk_expert", "bullish", 0.8, 30),
            Fixed("regime_expert", "bearish", 0.7, 30),
        ]
    )
    decision = group.decide(view(synergy=synergy()))
    assert decision.confidence == pytest.approx(0.40 * 0.9 + 0.35 * 0.8 + 0.25 * 0.15, abs=2e-6)
    assert decision.inputs["p_bearish"] == pytest.approx(0.40 * 0.05 + 0.35 * 0.1 + 0.25 * 0.7, abs=2e-6)
    assert (decision.action, decision.acts, dict(decision.weights)) == ("bullish", True, WEIGHTS)


@pytest.mark.parametrize(("confidence", "acts"), [(0.66, True), (0.64, False)])
def test_it_acts_above_its_threshold_only(confidence: float, acts: bool) -> None:
    decision = strategic(confidence).decide(view(synergy=synergy()))
    assert decision.acts is acts
    assert bool(decision.vetoes) is not acts
    if not acts:
        assert decision.vetoes == ("confidence 0.640 is not above 0.65",)
        assert "it does not act: confidence 0.640 is not above 0.65" in decision.reasoning


def test_a_narrow_miss_is_told_with_as_many_digits_as_show_it() -> None:
    woken = view(synergy=synergy())
    missed = strategic(0.649847).decide(woken)
    assert missed.vetoes == ("confidence 0.6498 is not above 0.65",)
    assert "bullish with confidence 0.6498 (threshold 0.65)" in missed.reasoning
    assert strategic(0.65).decide(woken).vetoes == ("confidence 0.650 is not above 0.65",)
    score = tactical(("long", 0.649996), ("long", 0.649996), ("long", 0.649996))
    bullish = strategic(0.9).decide(woken)
    assert score.decide(replace(woken, strategic_decision=bullish)).vetoes == ("score 0.649996 is below 0.65",)
    agreed = tactical(("long", 0.9), ("long", 0.9), ("long", 0.9))
    assert agreed.decide(replace(woken, strategic_decision=missed)).vetoes == (
        "the strategic agent does not act (bullish 0.6498, threshold 0.65)",
    )


def test_neutral_and_a_missing_synergy_veto() -> None:
    assert strategic(0.9, "neutral").decide(view(synergy=synergy())).vetoes == (
        "the answer is neutral, there is nothing to do",
    )
    assert strategic(0.9).decide(view()).vetoes == ("no synergy has been detected, so the gate is closed",)


def test_both_directions() -> None:
    up = Strategic().decide(view(RISING_30, context=RISING, synergy=synergy()))
    down = Strategic().decide(view(FALLING_30, context=FALLING, synergy=synergy(direction=-1)))
    assert (up.action, up.acts, down.action, down.acts) == ("bullish", True, "bearish", True)
    assert up.confidence == down.confidence


def test_under_the_product_rule_a_nearly_uniform_gate_never_trades() -> None:
    # The facts' example: a gate before training; its confidence makes 0.9 worth less than a thousandth.
    assert gate_confidence([0.35, 0.34, 0.31]) < 0.002
    assert gate_confidence([1 / 3] * 3) == 0.0
    assert gate_confidence([1.0, 0.0, 0.0]) == 1.0
    uniform = view(synergy=synergy())  # an empty context: all logits of the gate are 0
    product = strategic(0.9, aggregation="product").decide(uniform)
    assert product.inputs["gate_confidence"] == 0.0
    assert (product.confidence, product.acts) == (0.0, False)
    assert strategic(0.9).decide(uniform).acts


def test_the_gate_follows_the_market() -> None:
    trending = gate({"price_trend": 3.0, "momentum_50": 2.0})
    volatile = gate({"volatility_30": 2.0, "mmd_score": 1.0})
    assert max(trending, key=trending.__getitem__) == "nwrqk_expert"
    assert max(volatile, key=volatile.__getitem__) == "regime_expert"
    assert sum(trending.values()) == pytest.approx(1, abs=3e-6)


def test_the_regime_rule() -> None:
    calm = view()
    rows = tuple((0.0,) * 11 + (0.1 if number % 2 else 0.3, 0.0) for number in range(48))
    assert regime(calm) == "ranging"
    assert regime(replace(calm, context={"momentum_20": -1.1})) == "trending"
    assert regime(replace(calm, strategic=replace(calm.strategic, rows=rows))) == "volatile"


def test_bad_weights_and_thresholds_are_named() -> None:
    with pytest.raises(BadInput, match=r"weights: got .*; give one positive weight for each of mlmi_expert"):
        Strategic(weights={"mlmi_expert": 1.0})
    with pytest.raises(BadInput, match="aggregation: got 'vote'; give 'simple' or 'product'"):
        Strategic(aggregation="vote")
    with pytest.raises(BadInput, match="threshold: got 65"):
        Strategic(threshold=65)
    with pytest.raises(BadInput, match=r"agents: got .*; give three"):
        Tactical([])
    with pytest.raises(BadInput, match="timeframe: got 15; give 5 or 30"):
        view().matrix(15)


# --- tactical ---


def test_two_of_three_that_agree_with_0_8_are_not_enough() -> None:
    decision = tactical(("long", 0.8), ("long", 0.8), ("hold", 0.9)).decide(view(synergy=synergy("TYPE_1")))
    assert decision.inputs["score_long"] == pytest.approx(0.64, abs=2e-6)
    assert (decision.action, decision.acts) == ("long", False)
    assert decision.vetoes == ("score 0.640 is below 0.65",)


@pytest.mark.parametrize("type", sorted(BY_TYPE))
def test_the_weights_follow_the_synergys_type(type: str) -> None:
    woken = view(synergy=None if type == "MANUAL" else synergy(type))
    decision = tactical(("long", 0.9), ("long", 0.9), ("hold", 0.6)).decide(woken)
    fvg, momentum, _ = BY_TYPE[type]
    assert decision.inputs["score_long"] == pytest.approx(0.9 * (fvg + momentum), abs=2e-6)
    assert sum(BY_TYPE[type]) == pytest.approx(1)


def test_against_the_synergy_it_takes_0_95() -> None:
    woken = view(synergy=synergy(direction=1))
    vetoed = tactical(("short", 0.94), ("short", 0.94), ("short", 0.94)).decide(woken)
    assert vetoed.vetoes == ("short goes against the synergy, which needs 0.95",)
    allowed = tactical(("short", 0.97), ("short", 0.97), ("short", 0.97)).decide(woken)
    assert (allowed.acts, allowed.inputs["alignment_bonus"]) == (True, 0.0)


def test_hold_is_no_trade_and_not_a_counter_trade() -> None:
    decision = tactical(("hold", 0.9), ("hold", 0.9), ("hold", 0.9)).decide(view(synergy=synergy()))
    assert decision.vetoes == ("most weight is on hold, there is nothing to do",)


def test_the_bonus_comes_after_the_decision_to_act() -> None:
    woken = view(synergy=synergy())
    nearly = tactical(("long", 0.64), ("long", 0.64), ("long", 0.64)).decide(woken)
    assert (nearly.acts, nearly.confidence, nearly.inputs["alignment_bonus"]) == (False, 0.64, 0.0)
    acting = tactical(("long", 0.7), ("long", 0.7), ("long", 0.7)).decide(woken)
    assert (acting.acts, acting.confidence) == (True, pytest.approx(0.8, abs=2e-6))
    assert (alignment_bonus(0.65), alignment_bonus(0.9), alignment_bonus(1.0)) == (0.1, 0.05, 0.0)


def test_the_strategic_agent_has_a_say() -> None:
    group = tactical(("long", 0.9), ("long", 0.9), ("long", 0.9))
    woken = view(synergy=synergy())
    bullish = replace(strategic(0.9).decide(woken), id="D-000001")
    bearish = replace(strategic(0.9, "bearish").decide(woken), id="D-000001")
    unsure = replace(strategic(0.6).decide(woken), id="D-000001")
    agreed = group.decide(replace(woken, strategic_decision=bullish))
    assert (agreed.acts, agreed.basis) == (True, ("D-000001",))
    assert group.decide(replace(woken, strategic_decision=bearish)).vetoes == ("the strategic agent is bearish",)
    assert group.decide(replace(woken, strategic_decision=unsure)).vetoes == (
        "the strategic agent does not act (bullish 0.600, threshold 0.65)",
    )


def test_stop_and_target_are_two_and_three_atr() -> None:
    decision = Tactical().decide(view(RISING_30, RISING_5, synergy=synergy(), atr=9.25))
    assert (decision.inputs["stop_distance"], decision.inputs["target_distance"]) == (18.5, 27.75)


@pytest.mark.parametrize("type", [name for name in BY_TYPE if name != "MANUAL"])
def test_clear_matrices_are_traded_in_their_direction(type: str) -> None:
    up = Tactical().decide(view(RISING_30, RISING_5, synergy=synergy(type)))
    down = Tactical().decide(view(FALLING_30, FALLING_5, synergy=synergy(type, -1)))
    assert (up.action, up.acts, down.action, down.acts) == ("long", True, "short", True)
    nothing = Tactical().decide(view(synergy=synergy(type)))
    assert not nothing.acts


@settings(max_examples=60, deadline=None, derandomize=True)
@given(st.lists(st.tuples(st.sampled_from(["long", "hold", "short"]), st.floats(0.34, 0.99)), min_size=3, max_size=3))
def test_scores_share_out_the_confidences(said: list[tuple[str, float]]) -> None:
    votes = [
        Vote(name, action, confidence, {}, {}) for name, (action, confidence) in zip(("a", "b", "c"), said, strict=True)
    ]
    weights = {"a": 0.5, "b": 0.3, "c": 0.2}
    scores = combine(votes, weights)
    assert sum(scores.values()) == pytest.approx(sum(weights[v.voter] * v.confidence for v in votes), abs=3e-6)
    assert max(scores.values()) <= max(confidence for _, confidence in said) + 1e-6


# --- any agent ---


class Contrarian(Agent):
    """Bets against the last five bars."""

    name = "contrarian"

    def decide(self, view: View) -> Decision:
        move = view.matrix(5).newest(["price_momentum_5"])["price_momentum_5"]
        action = "short" if move > 0 else "long"
        return self.decision(view, action, abs(move) * 10, "it bets against the last move", threshold=0.5)


def test_a_learners_agent_needs_a_name_and_decide() -> None:
    bold = Contrarian().decide(view(tactical={"price_momentum_5": 0.2}))
    timid = Contrarian().decide(view(tactical={"price_momentum_5": -0.01}))
    assert (bold.agent, bold.action, bold.confidence, bold.acts) == ("contrarian", "short", 1.0, True)
    assert (timid.action, timid.acts) == ("long", False)
    with pytest.raises(TypeError, match="abstract"):
        Agent()  # type: ignore[abstract]


def test_decisions_are_repeatable_and_can_be_sent_as_json() -> None:
    woken = view(RISING_30, RISING_5, context=RISING, synergy=synergy())
    for agent in (Strategic(), Tactical(), *Strategic().experts, *Tactical().agents):
        decision = agent.decide(woken)
        assert decision == agent.decide(woken)
        assert json.loads(json.dumps(decision.payload(), allow_nan=False)) == decision.payload()
        assert decision.reasoning.endswith(".")


def test_entropy_is_in_nats() -> None:
    assert entropy([1.0, 0.0, 0.0]) == 0.0
    assert entropy([1 / 3] * 3) == pytest.approx(math.log(3), abs=1e-6)


def test_matrices_of_the_helpers_have_the_right_shape() -> None:
    assert (matrix(30, {}).shape, matrix(5, {}).shape) == ((48, 13), (60, 7))
