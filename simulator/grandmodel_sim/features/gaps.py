"""What the tactical agents are told about fair value gaps: which are open, the nearest, and how price returns to it.

**Mitigation** is price trading back into an open gap. Its strength on a bar is

    0.4 · penetration + 0.3 · (1 − bars / 20) + 0.2 · min(volume ratio / 2, 1) + 0.1 · (1 − age / 50)

with penetration the share of the gap's height that the bar has reached (1: filled), bars the number of bars since
price first came back (20 at most), and age that of the gap: 0 if no open gap is touched, at most 1, and of several gaps
the strongest counts. The formula is that of `src/indicators/fvg.py`, but for its last term, 0.1 · age · (1 − age / 50),
which would reach 1.25 by itself and let a gap of middle age outweigh all else.
"""

from grandmodel_sim.features.fvg import MAX_AGE, FairValueGap, Gap
from grandmodel_sim.market.bars import Bar

SETTLED = 20  # bars after the first return at which coming back is no news any more


class GapBook:
    """The open gaps of a series of bars, one bar at a time, so that it cannot see the future.

    Attributes:
        fvg: the indicator, with its list of open `gaps`.
        opened: the gap that opened on the last bar, or None.
        nearest: the open gap whose middle is nearest to the close (of two, the younger), or None.
        mitigation: strength of price's return into a gap on the last bar, 0..1, rounded to six decimals.
        signal: size of the gap that has just spoken, in per cent of the close, positive for a bullish gap and negative
            for a bearish one; 0 if none has. A gap speaks twice at most: when it opens, and when price first comes back
            into it and does not fill it. Of two gaps on one bar, the one that opens counts, then the youngest.
    """

    def __init__(self) -> None:
        self.fvg = FairValueGap()
        self.opened: Gap | None = None
        self.nearest: Gap | None = None
        self.mitigation = 0.0
        self.signal = 0.0

    def update(self, bar: Bar, volume_ratio: float) -> None:
        """Take the next bar, and its volume as a multiple of the usual."""
        before = list(self.fvg.gaps)
        self.fvg.update(bar)
        gaps = self.fvg.gaps
        self.opened = gaps[-1] if gaps and gaps[-1].age == 0 else None
        self.nearest = None
        if gaps:
            close = bar.close
            self.nearest = min(gaps, key=lambda gap: (abs(gap.middle - close), gap.age))
        self.mitigation = 0.0
        for gap in before:
            if gap.age <= MAX_AGE:
                self.mitigation = max(self.mitigation, mitigation(gap, bar, volume_ratio))
        speaking = [gap for gap in gaps if gap.age == 0 or gap.touched == gap.age]
        self.signal = 0.0
        if speaking:
            gap = speaking[-1]  # the youngest, so that one which opens comes first
            self.signal = round(gap.direction * 100 * gap.size / bar.close, 6)

    def active(self, direction: int) -> bool:
        """Whether a gap of this direction is open."""
        return any(gap.direction == direction for gap in self.fvg.gaps)


def mitigation(gap: Gap, bar: Bar, volume_ratio: float) -> float:
    """Strength of the return into `gap` on `bar`, 0..1; notes in the gap when price first came back."""
    reached = gap.top - bar.low if gap.direction > 0 else bar.high - gap.bottom
    if reached <= 0:
        return 0.0
    if gap.touched is None:
        gap.touched = gap.age
    penetration = min(reached / gap.size, 1.0)
    since = min((gap.age - gap.touched) / SETTLED, 1.0)
    crowd = min(volume_ratio / 2, 1.0)
    return round(0.4 * penetration + 0.3 * (1 - since) + 0.2 * crowd + 0.1 * (1 - gap.age / MAX_AGE), 6)
