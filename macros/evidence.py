"""What Lab 2.1's agents earn over ten seeds, with the market's structure on and off: figures of this very build."""

from __future__ import annotations

import json
import math
from dataclasses import dataclass
from typing import Any

from academy.execute.claims import RESULTS
from macros.site import Site

WIDTH, ROW, LEFT, RIGHT, TOP = 640, 64, 130, 16, 14


@dataclass(frozen=True)
class Axis:
    """A horizontal axis that shows all values and zero, with round marks."""

    low: float
    high: float
    step: float

    @classmethod
    def around(cls, values: list[float]) -> Axis:
        """The axis for some values: about six marks, at 1, 2 or 5 times a power of ten."""
        low, high = min(0.0, *values), max(0.0, *values)
        rough = (high - low or 1.0) / 6
        power = 10.0 ** math.floor(math.log10(rough))
        step = next(power * factor for factor in (1, 2, 5, 10) if power * factor >= rough)
        return cls(math.floor(low / step) * step, math.ceil(high / step) * step, step)

    def at(self, value: float) -> float:
        """The place of a value in the drawing."""
        return LEFT + (value - self.low) / (self.high - self.low) * (WIDTH - LEFT - RIGHT)

    @property
    def marks(self) -> list[float]:
        """The marked values, lowest first."""
        return [self.low + number * self.step for number in range(round((self.high - self.low) / self.step) + 1)]


def define(site: Site) -> None:
    @site.macro
    def learning_evidence() -> str:
        """The figure and what it says; without a build (plain `mkdocs build`), a sentence that says so."""
        if not RESULTS.is_file():
            return (
                '<p class="gm-empty">These figures are measured by <code>make build</code>; this page lacks them.</p>'
            )
        found: dict[str, Any] = json.loads(RESULTS.read_text())
        values = [value for state in found.values() for value in [*state["margins"], state["lower"], state["upper"]]]
        axis = Axis.around(values)
        rows = [
            {"state": state, "title": title, "y": TOP + ROW * number + ROW / 2, **found[state]}
            for number, (state, title) in enumerate([("on", "pattern on"), ("off", "pattern off")])
        ]
        bottom = TOP + ROW * len(rows)
        size = {
            "width": WIDTH,
            "height": bottom + 44,
            "left": LEFT,
            "right": WIDTH - RIGHT,
            "top": TOP,
            "bottom": bottom,
        }
        return site.render("evidence.html", rows=rows, axis=axis, size=size, **found)
