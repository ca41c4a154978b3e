"""What a program prints, on its way to the page."""

from grandmodel_sim.notebook.streams import LONGEST_HELD, Stream


def test_lines_are_handed_on_when_they_are_finished() -> None:
    heard: list[tuple[str, str]] = []
    stream = Stream("stdout", lambda name, text: heard.append((name, text)))
    stream.write("one\ntw")
    assert heard == [("stdout", "one\n")]
    stream.write("o\n")
    assert heard[1:] == [("stdout", "two\n")]


def test_an_unfinished_line_waits_for_flush() -> None:
    heard: list[str] = []
    stream = Stream("stdout", lambda _, text: heard.append(text))
    stream.write("no newline")
    assert heard == []
    stream.flush()
    assert heard == ["no newline"]


def test_a_line_that_never_ends_is_not_held_for_ever() -> None:
    heard: list[str] = []
    stream = Stream("stdout", lambda _, text: heard.append(text))
    for _ in range(LONGEST_HELD * 3):
        stream.write("x")
    assert len("".join(heard)) >= 2 * LONGEST_HELD
    stream.flush()
    assert "".join(heard) == "x" * LONGEST_HELD * 3
