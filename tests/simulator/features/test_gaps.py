"""What the tactical agents hear of gaps: opening, return, nearest, strength of mitigation."""

import pytest
from grandmodel_sim.features.fvg import MAX_AGE, FairValueGap, Gap
from grandmodel_sim.features.gaps import GapBook, mitigation
from grandmodel_sim.market import Bar
from hypothesis import given, settings

from tests.simulator.features.series import awkward_bars, bar_at


def until_a_gap() -> list[Bar]:
    """Eleven small bars around 100, a run up to 106, and a bar above the gap (100.5 to 104)."""
    small = [bar_at(i, 100, 100.5, 99.5, 100.25 if i % 2 else 99.75) for i in range(11)]
    return [*small, bar_at(11, 100, 106, 100, 106), bar_at(12, 106, 107, 104, 105)]


def book_after(bars: list[Bar], volume_ratio: float = 1.0) -> GapBook:
    book = GapBook()
    for bar in bars:
        book.update(bar, volume_ratio)
    return book


def test_a_gap_speaks_when_it_opens() -> None:
    book = book_after(until_a_gap())
    assert book.opened == Gap(+1, 100.5, 104)
    assert book.nearest is book.opened
    assert (book.active(+1), book.active(-1)) == (True, False)
    assert book.signal == round(100 * 3.5 / 105, 6)
    assert book.mitigation == 0.0


def test_and_when_price_first_comes_back_and_then_no_more() -> None:
    book = book_after(until_a_gap())
    said = []
    for bar in (bar_at(13, 105, 106, 105, 105), bar_at(14, 105, 105, 103, 105), bar_at(15, 105, 105, 102, 104)):
        book.update(bar, 1.0)
        said.append(book.signal)
    assert said == [0.0, round(100 * 3.5 / 105, 6), 0.0]


def test_a_gap_that_is_filled_at_once_says_nothing_but_counts_as_mitigated() -> None:
    book = book_after([*until_a_gap(), bar_at(13, 105, 105, 100, 101)], volume_ratio=2.0)
    assert (book.signal, book.nearest, book.active(+1)) == (0.0, None, False)
    assert book.mitigation == round(0.4 + 0.3 + 0.2 + 0.1 * (1 - 1 / 50), 6)


def test_mitigation_follows_its_formula() -> None:
    gap = Gap(+1, bottom=100.0, top=104.0, age=10)
    assert mitigation(gap, bar_at(0, 105, 106, 104, 105), 1.0) == 0.0  # touching the edge is not yet inside
    assert gap.touched is None
    assert mitigation(gap, bar_at(1, 105, 106, 103, 105), 1.0) == round(0.4 * 0.25 + 0.3 + 0.1 + 0.1 * 0.8, 6)
    assert gap.touched == 10
    gap.age = 20  # ten bars after the first return
    assert mitigation(gap, bar_at(2, 105, 106, 101, 105), 9.0) == round(0.4 * 0.75 + 0.15 + 0.2 + 0.1 * 0.6, 6)
    gap.age = 45  # news no more
    assert mitigation(gap, bar_at(3, 105, 106, 102, 105), 0.0) == round(0.4 * 0.5 + 0.1 * 0.1, 6)
    bearish = Gap(-1, bottom=96.0, top=100.0, age=0)
    assert mitigation(bearish, bar_at(4, 95, 97, 94, 95), 1.0) == round(0.4 * 0.25 + 0.3 + 0.1 + 0.1, 6)


def test_the_nearest_gap_is_the_nearest_not_the_youngest() -> None:
    book = book_after(until_a_gap())
    first = book.nearest  # 100.5 to 104, its middle at 102.25
    base = [bar_at(13 + i, 105, 105.5, 104.5, 105.25 if i % 2 else 104.75) for i in range(11)]
    for bar in [*base, bar_at(24, 105, 125, 105, 125), bar_at(25, 125, 126, 123, 124)]:
        book.update(bar, 1.0)
    second = book.opened
    assert (second, book.nearest) == (Gap(+1, 105.5, 123.0), second)
    book.update(bar_at(26, 124, 124, 106, 106), 1.0)
    assert second in book.fvg.gaps
    assert book.nearest is first  # 3.75 away; the middle of the other, 114.25, is 8.25 away


@settings(max_examples=60, deadline=None, derandomize=True)
@given(awkward_bars(least=13))
def test_the_book_reads_the_indicator_and_stays_in_range(bars: list[Bar]) -> None:
    book, alone = GapBook(), FairValueGap()
    for bar in bars:
        book.update(bar, bar.volume / 700)
        assert book.fvg.value == alone.update(bar)
        assert 0 <= book.mitigation <= 1
        assert (book.nearest is None) == (not book.fvg.gaps)
        assert all(gap.age <= MAX_AGE for gap in book.fvg.gaps)
        if book.nearest:
            assert min(abs(gap.middle - bar.close) for gap in book.fvg.gaps) == abs(book.nearest.middle - bar.close)


def test_an_old_gap_is_not_mitigated_on_the_bar_that_forgets_it() -> None:
    book = book_after(until_a_gap())
    for i in range(MAX_AGE):
        book.update(bar_at(13 + i, 105, 106, 105, 105), 1.0)
    assert book.active(+1)
    book.update(bar_at(13 + MAX_AGE, 105, 105, 102, 104), 1.0)
    assert (book.active(+1), book.mitigation, book.signal) == (False, 0.0, 0.0)


def test_a_gap_knows_its_middle_and_size() -> None:
    gap = Gap(-1, 10.0, 12.0)
    assert (gap.middle, gap.size) == (11.0, 2.0)
    assert pytest.approx(gap.bottom + gap.size) == gap.top
