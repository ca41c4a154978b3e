"""Build steps: skipped when nothing changed, run again when something did, remembered up to the one that failed."""

from collections.abc import Callable
from pathlib import Path

import pytest
from rich.console import Console

from academy.steps import Runner, Step, fingerprint


class Bench:
    """Two steps over two input files, with a record of what ran."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.failing = ""
        for name in ("a", "b"):
            (folder / name).write_text(name)

    def step(self, name: str) -> Step:
        def work(say: Callable[[str], None]) -> None:
            if name == self.failing:
                raise RuntimeError(name)
            (self.folder / f"{name}.out").write_text("done")

        return Step(name, lambda: fingerprint(self.folder / name), (self.folder / f"{name}.out",), work)

    def run(self) -> list[str]:
        runner = Runner(self.folder / "steps.json", Console(quiet=True))
        runner.run([self.step("a"), self.step("b")])
        return runner.ran


@pytest.fixture
def bench(tmp_path: Path) -> Bench:
    return Bench(tmp_path)


def test_a_second_run_does_nothing(bench: Bench) -> None:
    assert bench.run() == ["a", "b"]
    assert bench.run() == []


def test_a_changed_input_runs_its_step_only(bench: Bench) -> None:
    bench.run()
    (bench.folder / "b").write_text("changed")
    assert bench.run() == ["b"]


def test_a_missing_output_runs_its_step(bench: Bench) -> None:
    bench.run()
    (bench.folder / "a.out").unlink()
    assert bench.run() == ["a"]


def test_after_a_failure_only_the_rest_is_done(bench: Bench) -> None:
    bench.failing = "b"
    with pytest.raises(RuntimeError):
        bench.run()
    bench.failing = ""
    assert bench.run() == ["b"]


def test_a_broken_memory_means_that_everything_runs(bench: Bench) -> None:
    bench.run()
    (bench.folder / "steps.json").write_text("{not json")
    assert bench.run() == ["a", "b"]


def test_a_fingerprint_sees_renames(tmp_path: Path) -> None:
    folder = tmp_path / "x"
    folder.mkdir()
    (folder / "one").write_text("text")
    before = fingerprint(folder)
    (folder / "one").rename(folder / "two")
    assert fingerprint(folder) != before
