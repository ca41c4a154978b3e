"""The draw in Python: the published generator, the golden vectors, and the promises of the specification."""

import json
from collections import Counter
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from academy.content.draw import Drawable, Pcg32, draw, stream
from tests.quiz import golden

GOLDEN: dict[str, Any] = json.loads(golden.FILE.read_text(encoding="utf-8"))
EVEN = golden.banks()["even"]
seeds = st.integers(0, 2**32 - 1)


def test_generator_gives_its_published_outputs() -> None:
    reference = GOLDEN["reference"]
    generator = Pcg32(reference["state"], reference["sequence"])
    assert [generator.next() for _ in range(6)] == reference["next"]
    assert "".join("TH"[generator.below(2)] for _ in range(65)) == reference["coins"]
    assert [generator.below(6) + 1 for _ in range(33)] == reference["rolls"]
    deck = [number + suit for number in "A23456789TJQK" for suit in "hcds"]
    assert generator.shuffled(deck) == reference["cards"].split()


@pytest.mark.parametrize("vector", GOLDEN["streams"], ids=lambda vector: f"{vector['seed']}-{vector['name']}")
def test_stream_is_as_recorded(vector: dict[str, Any]) -> None:
    generator = stream(vector["seed"], vector["name"])
    assert [generator.next() for _ in range(4)] == vector["next"]


def test_every_golden_draw_is_as_recorded() -> None:
    banks = {name: [Drawable(**one) for one in bank] for name, bank in GOLDEN["banks"].items()}
    assert len(GOLDEN["draws"]) == 40
    for vector in GOLDEN["draws"]:
        drawn = draw(banks[vector["bank"]], vector["count"], vector["seed"], vector["avoid"])
        assert [vars(question) for question in drawn] == vector["drawn"], vector


@given(seeds)
def test_objectives_appear_as_evenly_as_possible(seed: int) -> None:
    objective = {question.id: question.objective for question in EVEN}
    counts = Counter(objective[question.id] for question in draw(EVEN, 10, seed))
    assert sorted(counts.values()) == [2, 2, 3, 3]


@given(seeds, seeds)
def test_a_retake_asks_new_questions_while_there_are_any(first: int, second: int) -> None:
    seen = {question.id for question in draw(EVEN, 10, first)}
    again = {question.id for question in draw(EVEN, 10, second, seen)}
    # Six questions an objective, at most three of them seen: every objective has three others.
    assert len(again) == 10
    assert not seen & again


@given(seeds)
def test_items_to_be_ordered_never_come_solved(seed: int) -> None:
    for name in ("single", "pairs"):
        for question in draw(golden.banks()[name], 10, seed):
            assert question.order != sorted(question.order)
            assert sorted(question.order) == list(range(len(question.order)))


def test_a_bank_smaller_than_the_draw_is_asked_whole() -> None:
    assert sorted(question.id for question in draw(golden.banks()["pairs"], 10, 7)) == ["4.q01", "4.q02", "4.q03"]


@pytest.mark.parametrize("seed", [-1, 2**32])
def test_a_seed_out_of_range_is_refused(seed: int) -> None:
    with pytest.raises(ValueError, match="not an unsigned 32-bit integer"):
        draw(EVEN, 10, seed)
