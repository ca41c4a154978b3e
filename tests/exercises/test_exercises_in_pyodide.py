"""Exercises replayed in Pyodide under Node, and a World that must be the same there as here."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from tests.exercises.replay import complaints
from tests.exercises.test_cells_in_pyodide import in_pyodide
from tests.exercises.test_exercises import FOLDERS, files_of
from tests.simulator.history import WEEK

SEED = 11

DATA = """
from grandmodel_sim import workspace
import hashlib

def job():
    return hashlib.sha256(workspace.files(3)["data/testing/sample_data.csv"]).hexdigest()
"""

GRADE = """
import json
from grandmodel_sim.browser import Session

def job():
    return Session().check_exercise({exercise!r}, {code!r}, {seed})
"""


SAME_EVERYWHERE = {"week": WEEK, "data": DATA}


def replayed(folder: Path) -> list[str]:
    """Solution, starter and every wrong answer."""
    return [name for name in files_of(folder) if name != "checks.py"]


@pytest.fixture(scope="module")
def results() -> dict[str, Any]:
    jobs = [{"id": id, "code": code, "packages_from": ""} for id, code in SAME_EVERYWHERE.items()]
    for folder in FOLDERS:
        files = files_of(folder)
        exercise = json.dumps({"id": folder.name.split("-")[0], "checks": files["checks.py"]})
        for name in replayed(folder):
            code = GRADE.format(exercise=exercise, code=files[name], seed=SEED)
            jobs.append({"id": f"{folder.name}/{name}", "code": code, "packages_from": "import numpy"})
    return in_pyodide(jobs)


@pytest.mark.parametrize("id", SAME_EVERYWHERE)
def test_the_world_and_its_data_are_the_same_in_webassembly(results: dict[str, Any], id: str) -> None:
    namespace: dict[str, Any] = {}
    exec(SAME_EVERYWHERE[id], namespace)
    assert results[id].get("ok") == namespace["job"](), results[id]


@pytest.mark.parametrize(
    ("folder", "name"),
    [(folder, name) for folder in FOLDERS for name in replayed(folder)],
    ids=lambda value: str(value)[-40:],
)
def test_an_answer_earns_in_pyodide_what_it_should(results: dict[str, Any], folder: Path, name: str) -> None:
    result = results[f"{folder.name}/{name}"]
    assert "error" not in result, result["error"][-3000:]
    assert complaints(name, files_of(folder)[name], json.loads(result["ok"])) == []
