"""A learning curve that grows while the training runs."""

from collections.abc import Sequence
from dataclasses import fields
from typing import Any

from grandmodel_sim.errors import BadInput
from grandmodel_sim.marl.metrics import Metrics

LEVELS = "▁▂▃▄▅▆▇█"


class LearningCurve:
    """A callback for `MAPPOTrainer.train` that prints one line every few updates and keeps the curve.

        curve = LearningCurve(every=5)
        trainer.train(50, callback=curve)
        curve.plot()

    Args:
        value: which field of `Metrics` it shows.
        every: updates from one line to the next; 0 prints nothing.
        smooth: the printed and plotted value is the mean of this many updates, the newest included.

    Attributes:
        steps: of the updates that have the value; those in which no episode ended are left out.
        values: the curve over these steps.

    Raises:
        BadInput: for an unknown value, or a negative number.
    """

    def __init__(self, value: str = "reward", every: int = 10, smooth: int = 5) -> None:
        known = [field.name for field in fields(Metrics)]
        if value not in known:
            raise BadInput("value", value, f"the metrics are {', '.join(known)}")
        for name, number, least in (("every", every, 0), ("smooth", smooth, 1)):
            if isinstance(number, bool) or not isinstance(number, int) or number < least:
                raise BadInput(name, number, f"give a whole number from {least}")
        self.value, self.every, self.smooth = value, every, smooth
        self.steps: list[int] = []
        self.values: list[float] = []

    def __call__(self, metrics: Metrics) -> None:
        """Take in one update."""
        value = getattr(metrics, self.value)
        if value is not None and value == value:
            self.steps.append(metrics.steps)
            self.values.append(float(value))
        if self.every and metrics.update % self.every == 0 and self.values:
            smooth = self.smoothed()
            print(
                f"update {metrics.update:4d}  steps {metrics.steps:8,d}  {self.value} {smooth[-1]:10.3f}  {bar(smooth)}"
            )

    def smoothed(self) -> list[float]:
        """Running means over `smooth` updates, as long as `values`."""
        found = []
        for end in range(1, len(self.values) + 1):
            few = self.values[max(0, end - self.smooth) : end]
            found.append(sum(few) / len(few))
        return found

    def plot(self, axes: Any = None) -> Any:
        """Draw the curve with matplotlib and return the axes."""
        if axes is None:
            from matplotlib import pyplot

            axes = pyplot.figure(figsize=(6, 3)).add_subplot()
        axes.plot(self.steps, self.values, color="0.75", linewidth=1)
        axes.plot(self.steps, self.smoothed(), color="black")
        axes.set_xlabel("environment steps")
        axes.set_ylabel(self.value.replace("_", " "))
        return axes


def bar(values: Sequence[float], width: int = 24) -> str:
    """A curve as one line of text: the lowest value ▁, the highest █, at most `width` characters."""
    if not values:
        return ""
    count = min(width, len(values))
    few = [values[round(place * (len(values) - 1) / max(1, count - 1))] for place in range(count)]
    low, high = min(few), max(few)
    if high == low:
        return LEVELS[3] * count
    return "".join(LEVELS[round((value - low) / (high - low) * (len(LEVELS) - 1))] for value in few)
