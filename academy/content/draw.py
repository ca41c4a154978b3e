"""Seed -> variant: which questions an attempt asks, in which order, and the order of each one's choices.

The twin of browser/src/quiz/draw.ts and random.ts. The specification is docs/decisions/002-seeded-variants.md; both
twins are held to tests/quiz/golden.json. Integers only, so that both give the same on every machine.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import TypeVar

T = TypeVar("T")

_MASK_64 = 2**64 - 1
_MASK_32 = 2**32 - 1
_MULTIPLIER = 6364136223846793005


class Pcg32:
    """PCG XSH RR 64/32 (O'Neill 2014, https://www.pcg-random.org); seeded as the reference's `pcg32_srandom`."""

    def __init__(self, state: int, sequence: int) -> None:
        self._state = 0
        self._increment = (sequence << 1 | 1) & _MASK_64
        self.next()
        self._state = (self._state + state) & _MASK_64
        self.next()

    def next(self) -> int:
        """The next unsigned 32-bit integer."""
        old = self._state
        self._state = (old * _MULTIPLIER + self._increment) & _MASK_64
        shifted = (old >> 18 ^ old) >> 27 & _MASK_32
        rotation = old >> 59
        return (shifted >> rotation | shifted << (-rotation & 31)) & _MASK_32

    def below(self, bound: int) -> int:
        """An unbiased integer from 0 up to, not including, `bound` (1 to 2**32 - 1)."""
        # Values under this threshold would make the first remainders more frequent than the last.
        threshold = (2**32 - bound) % bound
        while True:
            value = self.next()
            if value >= threshold:
                return value % bound

    def shuffled(self, items: Sequence[T]) -> list[T]:
        """A shuffled copy (Fisher-Yates, from the end)."""
        result = list(items)
        for left in range(len(result), 1, -1):
            chosen = self.below(left)
            result[chosen], result[left - 1] = result[left - 1], result[chosen]
        return result


def stream(seed: int, name: str) -> Pcg32:
    """The stream `name` of an unsigned 32-bit seed. A new use takes a new name, so that old seeds keep their meaning.

    Raises:
        ValueError: the seed is not an unsigned 32-bit integer.
    """
    if not 0 <= seed <= _MASK_32:
        raise ValueError(f"the seed {seed} is not an unsigned 32-bit integer; take one from 0 to {_MASK_32}")
    return Pcg32(seed, _fnv1a(name))


def _fnv1a(text: str) -> int:
    """FNV-1a, 64 bits, of the text's UTF-8 bytes."""
    value = 0xCBF29CE484222325
    for byte in text.encode():
        value = (value ^ byte) * 0x100000001B3 & _MASK_64
    return value


@dataclass(frozen=True)
class Drawable:
    """What drawing needs to know of a question.

    `choices` is the number of choices or items shown in a shuffled order (0: nothing to shuffle); `ordered` marks items
    to be put in order, which must not be shown in the right order already.
    """

    id: str
    objective: str
    choices: int = 0
    ordered: bool = False


@dataclass(frozen=True)
class DrawnQuestion:
    """A question of the attempt; `order` holds indexes of the bank's choices in the order in which they are shown."""

    id: str
    order: list[int]


def draw(questions: Sequence[Drawable], count: int, seed: int, avoid: Collection[str] = ()) -> list[DrawnQuestion]:
    """Draw `count` questions, stratified by objective.

    Each objective appears as evenly as its questions allow; inside an objective, questions in `avoid` come only when
    the others are used up.
    """
    groups: dict[str, list[Drawable]] = {}
    for question in questions:
        groups.setdefault(question.objective, []).append(question)
    queues = []
    for objective in stream(seed, "objectives").shuffled(list(groups)):
        shuffled = stream(seed, f"draw:{objective}").shuffled(groups[objective])
        # Python's sort is stable: questions not seen before come first, each part in its shuffled order.
        queues.append(sorted(shuffled, key=lambda question: question.id in avoid))
    rounds = max(map(len, queues), default=0)
    dealt = [queue[turn] for turn in range(rounds) for queue in queues if turn < len(queue)]
    shown = stream(seed, "order").shuffled(dealt[:count])
    return [DrawnQuestion(question.id, _choice_order(question, seed)) for question in shown]


def _choice_order(question: Drawable, seed: int) -> list[int]:
    solved = list(range(question.choices))
    order = stream(seed, f"choices:{question.id}").shuffled(solved)
    return [*order[1:], order[0]] if question.ordered and order == solved and len(order) > 1 else order
