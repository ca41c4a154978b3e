"""Grading: partial credit, words instead of tracebacks, mistakes only where they are certain."""

from typing import Any

import pytest
from grandmodel_sim import BadInput
from grandmodel_sim.grading import grade, load_checks

CHECKS = """
from grandmodel_sim.grading import check, mistake

@check("x is three", points=2, step="one")
def x_is_three(run):
    run.expect(run["x"] == 3, expected="3", found=run["x"], look="the first line")

@check("y is near one half", points=3, step="two")
def y_is_near(run):
    run.expect_close("y", 0.5, tolerance=0.01, look="the second line")

@check("a file is written", points=1, step="two")
def file_is_written(run):
    run.expect("42" in run.file("out/result.txt").read_text(), expected="42 in it", found="something else")

mistake("x was doubled", when=lambda run: run["x"] == 6, text="Do not double x.")
mistake("never for certain", when=lambda run: run["missing"].broken, text="?")
mistake("printed", when=lambda run: "hello" in run.stdout, text="No greeting, please.")
"""

GOOD = """
from pathlib import Path
x, y = 3, 0.501
Path("out").mkdir()
Path("out/result.txt").write_text("42")
"""


def report(code: str, **more: Any) -> dict[str, Any]:
    return grade("9.9", code, CHECKS, files={"data/a.csv": b"1"}, **more)


def test_a_right_answer_gets_all_points() -> None:
    result = report(GOOD)
    assert (result["points"], result["max"], result["passed"], result["messages"]) == (6, 6, True, [])
    assert [(check["name"], check["step"], check["points"], check["passed"]) for check in result["checks"]] == [
        ("x is three", "one", 2, True),
        ("y is near one half", "two", 3, True),
        ("a file is written", "two", 1, True),
    ]
    assert result["error"] is None


def test_code_that_stops_half_way_keeps_what_it_earned() -> None:
    result = report("x = 3\nprint('so far')\ny = nothing")
    assert result["points"] == 2
    assert result["stdout"] == "so far\n"
    assert result["error"].splitlines()[-1] == "NameError: name 'nothing' is not defined"
    assert result["checks"][1] == {
        "name": "y is near one half",
        "step": "two",
        "points": 0,
        "max": 3,
        "passed": False,
        "expected": "a variable called y",
        "found": "there is none; the code stopped before it: NameError: name 'nothing' is not defined",
        "look": "the line that should set y",
    }
    assert result["checks"][2]["found"] == "out/result.txt is missing; nor is its folder there"


def test_values_of_the_wrong_kind_are_answered_in_words() -> None:
    checks = report("x = 2\ny = 'half'\nfrom pathlib import Path; Path('out').mkdir(); Path('out/other').touch()")[
        "checks"
    ]
    assert [(check["expected"], check["found"]) for check in checks] == [
        ("3", "2"),
        ("y is a number", "str: 'half'"),
        ("a file out/result.txt", "out/result.txt is missing; its folder holds other"),
    ]
    class_ = report("class X:\n    def __eq__(self, other): raise OSError('odd')\nx = X()\ny = float('nan')")["checks"]
    assert class_[0]["found"] == "looking at the result gave OSError: odd"
    assert class_[1]["found"] == "nan"


def test_known_mistakes_are_named_and_uncertain_ones_are_not() -> None:
    assert report("x = 6\nprint('hello')")["messages"] == [
        {"kind": "mistake", "title": "x was doubled", "text": "Do not double x."},
        {"kind": "mistake", "title": "printed", "text": "No greeting, please."},
    ]


@pytest.mark.parametrize(
    "code", ["raise SystemExit(2)", "import sys\nsys.exit()", "x = (", "raise KeyboardInterrupt", "def"]
)
def test_nothing_that_code_does_ends_the_grader(code: str) -> None:
    result = report(code)
    assert result["points"] == 0
    assert result["error"]


def test_the_answer_runs_in_the_given_files_and_nowhere_else() -> None:
    result = report(
        "from pathlib import Path\nx = 3 if Path('data/a.csv').read_text() == '1' and __name__ == '__main__' else 0"
    )
    assert result["checks"][0]["passed"]


def test_output_without_end_is_cut_in_the_report() -> None:
    assert len(report("print('x' * 100_000)")["stdout"]) == 20_000


def test_a_checks_file_must_have_checks_with_names_of_their_own() -> None:
    with pytest.raises(BadInput, match="at least one function must be marked"):
        load_checks("x = 1")
    twice = "from grandmodel_sim.grading import check\n@check('a', points=1, step='s')\ndef f(run): ...\n"
    with pytest.raises(BadInput, match="each check needs a name of its own"):
        load_checks(twice + twice.split("\n", 1)[1])
    with pytest.raises(BadInput, match="points: got 0"):
        load_checks("from grandmodel_sim.grading import check\n@check('a', points=0, step='s')\ndef f(run): ...")
    assert load_checks(CHECKS).points == 6


def test_figures_of_an_answer_do_not_appear_under_the_next_cell() -> None:
    from matplotlib import pyplot

    result = report("from matplotlib import pyplot as plt\nplt.plot([1, 2])\nassert plt.get_fignums()")
    assert result["error"] is None
    assert pyplot.get_fignums() == []
