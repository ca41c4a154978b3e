"""Lab 4.1: the solution finds the same losses on the course's subset as on PyTorch; wrong answers earn one message."""

from __future__ import annotations

import json
from typing import Any

import pytest

from academy import paths
from tests.exercises import lab_4_1_losses, lab_4_1_seeds
from tests.exercises.test_cells_in_pyodide import in_pyodide
from tests.exercises.test_exercises import files_of

FOLDER = paths.EXERCISES / "4.1-custom-agent"
SOLUTION = (FOLDER / "solution.py").read_text()
RECORD: dict[str, Any] = json.loads(
    (paths.ROOT / "tests" / "exercises" / "lab_4_1_losses.json").read_text(encoding="utf-8")
)
SCRIPT = (paths.ROOT / "tests" / "exercises" / "lab_4_1_losses.py").read_text()
TOLERANCE = 1e-5  # float32 sums are rounded in another order

IN_PYODIDE = """
import json
namespace = {{"__name__": "lab_4_1_losses"}}
exec({script!r}, namespace)

def job():
    return json.dumps(namespace["losses"]({solution!r}))
"""


def same(found: list[list[float]]) -> None:
    """Compare losses with the record, step by step."""
    assert len(found) == len(RECORD["losses"]) == lab_4_1_losses.STEPS
    for step, (ours, recorded) in enumerate(zip(found, RECORD["losses"], strict=True)):
        assert ours == pytest.approx(recorded, abs=TOLERANCE, rel=TOLERANCE), f"step {step}"


def test_the_record_is_of_pytorch_and_of_this_script() -> None:
    assert RECORD["torch"] == "2.13.0"
    assert RECORD["script"] == lab_4_1_losses.script_hash(), (
        "the script has changed: record again, as its docstring says"
    )


def test_the_loss_of_the_record_falls() -> None:
    value_losses = [losses[2] for losses in RECORD["losses"]]
    assert value_losses[-1] < 0.8 * value_losses[0]


def test_the_losses_are_those_of_pytorch() -> None:
    """On PyTorch itself where that is installed, otherwise on the subset."""
    same(lab_4_1_losses.losses(SOLUTION))


def test_the_losses_are_those_of_pytorch_in_the_page() -> None:
    code = IN_PYODIDE.format(script=SCRIPT, solution=SOLUTION)
    result = in_pyodide([{"id": "losses", "code": code, "packages_from": "import numpy"}])["losses"]
    assert "error" not in result, result["error"][-3000:]
    same(json.loads(result["ok"]))


def test_the_page_tells_what_twenty_seeds_found() -> None:
    found = json.loads((paths.ROOT / "tests" / "exercises" / "lab_4_1_seeds.json").read_text())
    assert found["solution"] == lab_4_1_seeds.solution_hash(), (
        "the solution's code has changed: record again, as the docstring of lab_4_1_seeds.py says, and mend the page"
    )
    page = (paths.DOCS / "04-agent-development" / "lab-4-1.md").read_text()
    for market, runs in (("with momentum", found["momentum"]), ("without", found["nothing"])):
        assert len(runs) == len(lab_4_1_seeds.SEEDS)
        figures = lab_4_1_seeds.summary(runs)
        cells = [
            f"{mean:.1f} ± {half:.1f}" for mean, half in (figures[n] for n in ("agent", "rule", "dice", "difference"))
        ]
        assert f"| {market} | {' | '.join(cells)} |" in page


def test_agents_follow_momentum_and_find_none_where_there_is_none() -> None:
    found = json.loads((paths.ROOT / "tests" / "exercises" / "lab_4_1_seeds.json").read_text())
    there, none = lab_4_1_seeds.summary(found["momentum"]), lab_4_1_seeds.summary(found["nothing"])
    assert there["agent"][0] - there["agent"][1] > 10
    assert there["difference"][0] - there["difference"][1] > 0
    assert abs(none["agent"][0]) < none["agent"][1], "no profit and no loss can be shown"


@pytest.mark.parametrize("name", [name for name in files_of(FOLDER) if name.startswith("wrong/")])
def test_a_wrong_answer_earns_one_message_and_no_other(name: str) -> None:
    from grandmodel_sim import workspace
    from grandmodel_sim.grading import grade

    files = files_of(FOLDER)
    report = grade("4.1", files[name], files["checks.py"], files=workspace.files(12, data=False), seed=12)
    assert len(report["messages"]) == 1, [message["title"] for message in report["messages"]]
