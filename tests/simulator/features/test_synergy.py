"""The synergy detector: each rule by itself, then all of them on random signals against a slow second version."""

import pytest
from grandmodel_sim import BadInput
from grandmodel_sim.features.signals import FVG, MLMI, NWRQK, SYNERGY_TYPES, Synergy
from grandmodel_sim.features.synergy import COOLDOWN, THRESHOLDS, WINDOW, SynergyDetector
from hypothesis import given, settings
from hypothesis import strategies as st

BAR = 300_000
NIGHT = 17 * 3_600_000 + 1_800_000


class Story:
    """A detector that is told bar by bar who speaks; silent bars in between are told, too."""

    def __init__(self) -> None:
        self.detector = SynergyDetector("ES")
        self.found: list[Synergy] = []
        self.bar = 0

    def to(self, bar: int) -> None:
        self.bar = bar

    def says(self, fvg: float = 0.0, mlmi: float | None = None, slope: float | None = None, night: int = 0) -> None:
        """At the close of the present bar: FVG, and if given, the half-hour's readings."""
        time = self.bar * BAR + night
        synergy = self.detector.update(5, time, self.bar, {"fvg_signal": fvg})
        if synergy:
            self.found.append(synergy)
        if mlmi is not None or slope is not None:
            synergy = self.detector.update(30, time, self.bar, {"mlmi": mlmi or 0.0, "nwrqk_slope": slope or 0.0})
            if synergy:
                self.found.append(synergy)

    @property
    def types(self) -> list[str]:
        return [synergy.type for synergy in self.found]


@pytest.mark.parametrize("direction", [+1, -1])
@pytest.mark.parametrize("kind", SYNERGY_TYPES)
def test_each_order_is_its_type(kind: str, direction: int) -> None:
    detector = SynergyDetector("NQ")
    strong = {MLMI: 0.6 * direction, NWRQK: 1.0 * direction, FVG: 0.15 * direction}
    for bar, indicator in enumerate(SYNERGY_TYPES[kind]):
        timeframe = 5 if indicator == FVG else 30
        readings = {"fvg_signal": 0.0, "mlmi": 0.0, "nwrqk_slope": 0.0}
        readings[{FVG: "fvg_signal", MLMI: "mlmi", NWRQK: "nwrqk_slope"}[indicator]] = strong[indicator]
        found = detector.update(timeframe, bar * BAR, bar, readings)
    assert found is not None
    assert (found.type, found.symbol, found.direction, found.confidence) == (kind, "NQ", direction, 1.0)
    assert found.time == 2 * BAR
    assert tuple(signal.indicator for signal in found.signals) == SYNERGY_TYPES[kind]
    assert [signal.bar for signal in found.signals] == [0, 1, 2]
    by_name = {signal.indicator: signal for signal in found.signals}
    assert {name: signal.value for name, signal in by_name.items()} == strong
    assert {name: signal.strength for name, signal in by_name.items()} == {MLMI: 0.6, NWRQK: 0.5, FVG: 0.5}
    assert detector.sequence == []


def test_at_one_close_who_turned_first_comes_first() -> None:
    story = Story()
    story.says(mlmi=0.1, slope=0.4)  # NW-RQK is on its side, MLMI is not yet
    story.to(6)
    story.says(mlmi=0.6, slope=0.4)
    story.to(7)
    story.says(fvg=0.2)
    assert story.types == ["TYPE_4"]
    assert [signal.bar for signal in story.found[0].signals] == [0, 6, 7]
    other = Story()
    other.says(mlmi=0.6, slope=0.1)
    other.to(100)  # all is forgotten but the sides
    other.says(mlmi=0.6, slope=0.4)
    other.to(101)
    other.says(fvg=0.2)
    assert other.types == ["TYPE_1"]
    assert [signal.bar for signal in other.found[0].signals] == [100, 100, 101]


def test_if_they_turn_together_mlmi_comes_first() -> None:
    story = Story()
    story.says(mlmi=-0.6, slope=-2.0)
    story.to(1)
    story.says(fvg=-0.2)
    assert story.types == ["TYPE_1"]


def test_the_window_is_ten_bars() -> None:
    for last, expected in ((WINDOW, ["TYPE_1"]), (WINDOW + 1, [])):
        story = Story()
        story.says(mlmi=0.6, slope=1.0)
        story.to(last)
        story.says(fvg=0.2)
        assert story.types == expected, last


def test_a_late_signal_begins_the_next_sequence() -> None:
    story = Story()
    story.says(mlmi=0.6)
    story.to(12)
    story.says(slope=1.0)  # too late for the MLMI of bar 0
    assert [signal.indicator for signal in story.detector.sequence] == [NWRQK]
    story.to(14)
    story.says(fvg=0.2)
    story.to(18)
    story.says(mlmi=0.6)
    assert story.types == ["TYPE_3"]


def test_a_duplicate_changes_nothing_not_even_the_window() -> None:
    story = Story()
    story.says(mlmi=0.6)
    story.to(6)
    story.says(mlmi=1.0, slope=1.0)
    assert [(signal.indicator, signal.bar) for signal in story.detector.sequence] == [(MLMI, 0), (NWRQK, 6)]
    story.to(11)
    story.says(fvg=0.2)
    assert story.types == []


def test_another_direction_ends_the_sequence_and_begins_its_own() -> None:
    story = Story()
    story.says(mlmi=0.6)
    story.to(6)
    story.says(slope=-1.0)
    assert [(signal.indicator, signal.direction) for signal in story.detector.sequence] == [(NWRQK, -1)]
    story.to(7)
    story.says(fvg=0.2)  # bullish: ends it, and begins nothing, since no type begins with FVG
    assert story.detector.sequence == []
    story.to(8)
    story.says(fvg=-0.2)
    assert story.types == []


def test_a_gap_begins_no_sequence() -> None:
    story = Story()
    story.says(fvg=0.2, mlmi=0.6, slope=1.0)  # the 5-minute bar comes first at a close of both
    assert [signal.indicator for signal in story.detector.sequence] == [MLMI, NWRQK]
    assert story.types == []


def test_after_a_synergy_come_five_bars_of_silence() -> None:
    story = Story()
    story.says(mlmi=0.6, slope=1.0)
    story.to(1)
    story.says(fvg=0.2)
    assert story.types == ["TYPE_1"]
    story.to(COOLDOWN)  # the fourth bar after it
    story.says(mlmi=0.6, slope=1.0)
    assert story.detector.sequence == []
    assert [signal.indicator for signal in story.detector.signals] == [MLMI, NWRQK]  # heard, and not counted
    story.to(1 + COOLDOWN)
    story.says(mlmi=0.6, slope=1.0)
    story.to(2 + COOLDOWN)
    story.says(fvg=0.2)
    assert story.types == ["TYPE_1", "TYPE_1"]


def test_a_night_ends_every_sequence() -> None:
    story = Story()
    story.says(mlmi=0.6, slope=1.0)
    story.to(1)
    story.says(fvg=0.2, night=NIGHT)
    assert story.types == []


def test_a_reading_at_the_threshold_speaks_and_one_below_does_not() -> None:
    for share, count in ((1.0, 3), (0.999, 0)):
        detector = SynergyDetector("ES")
        detector.update(30, 0, 0, {"mlmi": THRESHOLDS[MLMI] * share, "nwrqk_slope": -THRESHOLDS[NWRQK] * share})
        heard = len(detector.signals)
        detector.update(5, BAR, 1, {"fvg_signal": THRESHOLDS[FVG] * share})
        assert heard + len(detector.signals) == count


def test_forgetting_keeps_who_turned_first() -> None:
    story = Story()
    story.says(slope=1.0)
    story.detector.forget()
    assert story.detector.sequence == []
    story.to(1)
    story.says(mlmi=0.6, slope=1.0)
    story.to(2)
    story.says(fvg=0.1)
    assert story.types == ["TYPE_4"]


SPEECH = st.lists(
    st.tuples(st.sampled_from([-1, 0, 0, 0, 1]), st.sampled_from([-1, 0, 1, 1]), st.sampled_from([-1, 0, 1, 1])),
    min_size=1,
    max_size=80,
)


def slowly(speech: list[tuple[int, int, int]]) -> list[tuple[int, str, int]]:
    """The same rules over a list of (bar, indicator, direction), written as a search backwards from each signal."""
    events: list[tuple[int, str, int]] = []
    sides = {MLMI: [(0, -1)], NWRQK: [(0, -1)]}
    for bar, (fvg, mlmi, slope) in enumerate(speech):
        if fvg:
            events.append((bar, FVG, fvg))
        if bar % 6 == 5:
            for name, side in ((MLMI, mlmi), (NWRQK, slope)):
                if sides[name][-1][0] != side:
                    sides[name].append((side, bar))
            first, second = sorted((MLMI, NWRQK), key=lambda name: (sides[name][-1][1], name))
            events += [(bar, name, sides[name][-1][0]) for name in (first, second) if sides[name][-1][0]]
    found: list[tuple[int, str, int]] = []
    start = 0  # events before this one are used up
    names = {order: kind for kind, order in SYNERGY_TYPES.items()}
    last = -COOLDOWN
    for end in range(len(events)):
        sequence: list[tuple[int, str, int]] = []
        for event in events[start : end + 1]:
            if event[0] - last < COOLDOWN:
                continue
            if sequence and (event[0] - sequence[0][0] > WINDOW or event[2] != sequence[0][2]):
                sequence = []
            heard = [name for _, name, _ in sequence]
            if event[1] not in heard and (heard or event[1] != FVG):
                sequence.append(event)
        if len(sequence) == 3:
            found.append((events[end][0], names[tuple(name for _, name, _ in sequence)], events[end][2]))  # type: ignore[index]
            start, last = end + 1, events[end][0]
    return found


@settings(max_examples=300, deadline=None, derandomize=True)
@given(SPEECH)
def test_all_rules_together(speech: list[tuple[int, int, int]]) -> None:
    detector = SynergyDetector("ES")
    found = []
    for bar, (fvg, mlmi, slope) in enumerate(speech):
        synergies = [detector.update(5, bar * BAR, bar, {"fvg_signal": 0.1 * fvg})]
        if bar % 6 == 5:
            readings = {"mlmi": 0.6 * mlmi, "nwrqk_slope": 0.7 * slope}
            synergies.append(detector.update(30, bar * BAR, bar, readings))
        found += [(bar, synergy.type, synergy.direction) for synergy in synergies if synergy]
    assert found == slowly(speech)


@settings(max_examples=100, deadline=None, derandomize=True)
@given(SPEECH, SPEECH, st.integers(0, 80))
def test_no_synergy_changes_when_the_future_does(
    speech: list[tuple[int, int, int]], other: list[tuple[int, int, int]], now: int
) -> None:
    def until_now(told: list[tuple[int, int, int]]) -> list[Synergy]:
        detector, found = SynergyDetector("ES"), []
        for bar, (fvg, mlmi, slope) in enumerate(told):
            found.append(detector.update(5, bar * BAR, bar, {"fvg_signal": 0.1 * fvg}))
            if bar % 6 == 5:
                found.append(detector.update(30, bar * BAR, bar, {"mlmi": 0.6 * mlmi, "nwrqk_slope": 0.7 * slope}))
        return [synergy for synergy in found if synergy and synergy.signals[-1].bar < now]

    assert until_now(speech) == until_now(speech[:now] + other[now:])


def test_bad_input_is_named() -> None:
    detector = SynergyDetector("ES")
    with pytest.raises(BadInput, match=r"readings: got \['fvg'\]; readings of 5 minutes must have 'fvg_signal'"):
        detector.update(5, 0, 0, {"fvg": 1.0})
    with pytest.raises(BadInput, match="timeframe: got 15; give 5 or 30, in minutes"):
        detector.update(15, 0, 0, {})
    for thresholds in ({MLMI: 0.5}, {**THRESHOLDS, FVG: 0.0}, {**THRESHOLDS, NWRQK: float("nan")}):
        with pytest.raises(BadInput, match=r"thresholds: got .*; give mlmi, nwrqk, fvg, each a number above 0"):
            SynergyDetector("ES", thresholds)
