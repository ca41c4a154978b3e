"""The windows: which rows they take, and when they are complete."""

import pytest
from grandmodel_sim import BadInput
from grandmodel_sim.features.assembler import Assembler
from grandmodel_sim.features.matrix import STRATEGIC_COLUMNS, TACTICAL_COLUMNS


def test_a_window_keeps_the_newest_rows() -> None:
    window = Assembler("ES", 5, length=3)
    for number in range(5):
        assert window.full == (number >= 3)
        window.add(5, 1000 + number, [float(number)] * 7)
    matrix = window.matrix()
    assert (matrix.symbol, matrix.timeframe, matrix.time, matrix.columns) == ("ES", 5, 1004, TACTICAL_COLUMNS)
    assert matrix.rows == ((2.0,) * 7, (3.0,) * 7, (4.0,) * 7)


def test_the_windows_have_the_shapes_of_the_agents() -> None:
    for timeframe, shape in ((5, (60, 7)), (30, (48, 13))):
        window = Assembler("NQ", timeframe)
        for number in range(shape[0]):
            window.add(timeframe, number, [0.0] * shape[1])
        assert window.matrix().shape == shape


def test_a_five_minute_row_cannot_enter_the_thirty_minute_window() -> None:
    # GrandModel's assembler takes a row at every INDICATORS_READY, and those come every five minutes.
    window = Assembler("ES", 30, length=2)
    window.add(30, 1, [0.0] * 13)
    with pytest.raises(BadInput, match="timeframe: got 5; this window holds rows of 30-minute bars only"):
        window.add(5, 2, [0.0] * 13)
    with pytest.raises(BadInput, match="rows: got 1; the 30-minute matrix needs 2"):
        window.matrix()


@pytest.mark.parametrize(
    ("time", "row", "message"),
    [
        (2, [0.0] * 12, "row: got 12; give 13 values: mlmi_value, "),
        (
            1,
            [0.0] * 13,
            "time: got '1970-01-01T00:00:00.001Z'; rows run forward; the newest is of 1970-01-01T00:00:00.001Z",
        ),
        (2, [0.0] * 12 + [float("nan")], r"row\['volume_profile'\]: got nan; every value must be finite"),
        (2, [float("inf")] + [0.0] * 12, r"row\['mlmi_value'\]: got inf"),
    ],
)
def test_a_bad_row_is_refused_and_changes_nothing(time: int, row: list[float], message: str) -> None:
    window = Assembler("ES", 30, length=1)
    window.add(30, 1, [0.5] * 13)
    with pytest.raises(BadInput, match=message):
        window.add(30, time, row)
    assert window.matrix().rows == ((0.5,) * 13,)


@pytest.mark.parametrize(("timeframe", "length"), [(15, None), (True, None), (5, 0), (5, 2.5), (30, True)])
def test_bad_windows_are_refused(timeframe: int, length: int | None) -> None:
    with pytest.raises(BadInput, match=r"^(timeframe|length): got "):
        Assembler("ES", timeframe, length)


def test_columns_are_addressed_by_name() -> None:
    window = Assembler("ES", 30, length=2)
    for number in (1, 2):
        window.add(30, number, [float(10 * number + column) for column in range(13)])
    matrix = window.matrix()
    assert matrix.column("mmd_1") == [18.0, 28.0]
    assert matrix.newest(["mlmi_value", "volatility"]) == {"mlmi_value": 20.0, "volatility": 31.0}
    assert list(matrix.newest()) == list(STRATEGIC_COLUMNS)
    assert matrix.array().shape == (2, 13)
    with pytest.raises(BadInput, match="column: got 'momentum_20'; the columns are mlmi_value"):
        matrix.column("momentum_20")
