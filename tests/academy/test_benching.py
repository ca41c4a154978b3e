"""The bench's table and memory; what it measures is not tested, because times are no test."""

import io
import json
from pathlib import Path
from typing import Any

import pytest
from rich.console import Console

from academy import benching


def row(ours: list[float], peer: list[float], unit: str = "steps/s") -> dict[str, Any]:
    return {"what": "w", "against": "a", "unit": unit, "ours": ours, "peer": peer, "aim": ">= 2"}


def test_a_ratio_is_of_medians_and_missing_without_a_peer() -> None:
    assert benching.ratio(row([1, 6, 100], [1, 3, 3])) == "2.00"
    assert benching.ratio(row([1.0], [])) == "-"


@pytest.fixture
def results(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    path = tmp_path / "bench.json"
    monkeypatch.setattr(benching, "RESULTS", path)
    monkeypatch.setattr(benching.paths, "ROOT", tmp_path)
    claim = {"what": "c", "claim": "7", "values": [7, 7], "holds": True, "settings": {}}
    monkeypatch.setattr(benching, "_boot", lambda console, runs: {"rows": [row([1], [2], "ms")]})
    monkeypatch.setattr(benching, "_speed", lambda console, runs: {"rows": [row([1], [2])]})
    monkeypatch.setattr(benching, "_learning", lambda console, runs: {"claims": [claim]})
    return path


def test_each_part_keeps_its_figures_until_it_is_run_again(results: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    console = Console(quiet=True)
    assert benching.run(console, ["speed"])
    assert list(json.loads(results.read_text())) == ["schema", "speed"]
    monkeypatch.setattr(benching, "_speed", lambda console, runs: {"rows": [row([9], [2])]})
    assert benching.run(console, ["learning"])
    kept = json.loads(results.read_text())
    assert (kept["speed"]["rows"][0]["ours"], kept["learning"]["claims"][0]["holds"]) == ([1], True)
    assert benching.run(console)
    assert set(json.loads(results.read_text())) == {"schema", "boot", "speed", "learning"}
    assert json.loads(results.read_text())["speed"]["rows"][0]["ours"] == [9]


def test_a_claim_that_does_not_hold_fails_the_bench(results: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    claim = {"what": "c", "claim": "7", "values": [7, 6], "holds": False, "settings": {}}
    monkeypatch.setattr(benching, "_learning", lambda console, runs: {"claims": [claim]})
    console = Console(record=True, width=200, file=io.StringIO())
    assert not benching.run(console, ["learning"])
    assert "DOES NOT HOLD" in console.export_text()


def test_figures_of_another_schema_are_dropped(results: Path) -> None:
    results.write_text('{"schema": 1, "rows": []}')
    benching.run(Console(quiet=True), ["speed"])
    assert list(json.loads(results.read_text())) == ["schema", "speed"]
