"""Numbers that say what they are."""

import math
from typing import Any


class Figure(float):
    """A number with its name, unit, horizon and sign, so that printing it cannot mislead.

    It calculates and compares as a float; the result is a plain one. A figure that cannot be computed is not-a-number,
    and its note says why.

    Attributes:
        name: what it is: `VaR 95 % (historical)`.
        unit: `of equity` (a fraction), `dollars`, `per year`, … Empty for a plain ratio.
        horizon: over which time: `1 day`.
        sign: what a positive value means, where it is not plain: `positive = loss`.
        note: a caution, or why there is no value.

    Examples:
        >>> Figure(0.0171, "VaR 95 %", "of equity", "1 day", "positive = loss")
        VaR 95 %: 0.0171 of equity over 1 day (positive = loss)
        >>> f"{Figure(17100, 'VaR 95 %', 'dollars'):,.0f}"
        '17,100 dollars'
    """

    __slots__ = ("horizon", "name", "note", "sign", "unit")

    name: str
    unit: str
    horizon: str
    sign: str
    note: str

    def __new__(
        cls, value: float, name: str, unit: str = "", horizon: str = "", sign: str = "", note: str = ""
    ) -> "Figure":
        figure = super().__new__(cls, value)
        figure.name, figure.unit, figure.horizon, figure.sign, figure.note = name, unit, horizon, sign, note
        return figure

    @property
    def known(self) -> bool:
        """Whether there is a value."""
        return not math.isnan(self)

    def in_dollars(self, equity: float) -> "Figure":
        """The same as dollars of an account: a fraction times its equity."""
        return Figure(round(float(self) * equity, 2), self.name, "dollars", self.horizon, self.sign, self.note)

    def payload(self) -> dict[str, Any]:
        """As JSON-able values; no value is None."""
        return {
            "value": float(self) if math.isfinite(self) else None,
            "name": self.name,
            "unit": self.unit,
            "horizon": self.horizon,
            "sign": self.sign,
            "note": self.note,
        }

    def __format__(self, spec: str) -> str:
        if not self.known:
            return "not known"
        number = format(float(self), spec) if spec else f"{float(self):.6g}"
        return f"{number} {self.unit}".rstrip()

    def __str__(self) -> str:
        text = f"{self.name}: {self:}"
        text += f" over {self.horizon}" if self.horizon else ""
        remarks = "; ".join(part for part in (self.sign, self.note) if part)
        return f"{text} ({remarks})" if remarks else text

    def __repr__(self) -> str:
        return str(self)

    def __reduce__(self) -> tuple[Any, ...]:  # copies and pickles keep what a float would lose
        return Figure, (float(self), self.name, self.unit, self.horizon, self.sign, self.note)
