"""Every exercise is replayed on CPython: its solution, its starter and each of its wrong answers."""

from pathlib import Path

import pytest

from academy import paths
from tests.exercises.replay import EXPECTS, replay

FOLDERS = sorted(path.parent for path in paths.EXERCISES.glob("*/exercise.yml"))


def files_of(folder: Path) -> dict[str, str]:
    """The exercise's Python files by their path in its folder."""
    return {path.relative_to(folder).as_posix(): path.read_text() for path in sorted(folder.rglob("*.py"))}


ANSWERS = [(folder, name) for folder in FOLDERS for name in files_of(folder) if name != "checks.py"]


def test_there_are_exercises_and_each_has_wrong_answers() -> None:
    assert FOLDERS
    for folder in FOLDERS:
        wrong = [name for name in files_of(folder) if name.startswith("wrong/")]
        assert len(wrong) >= 3, f"{folder.name} has {len(wrong)} wrong answers"
        for name in wrong:
            assert files_of(folder)[name].startswith(EXPECTS), f"{folder.name}/{name} does not say what it must earn"


@pytest.mark.parametrize(("folder", "name"), ANSWERS, ids=lambda value: value if isinstance(value, str) else value.name)
def test_an_answer_earns_what_it_should(folder: Path, name: str) -> None:
    assert replay(folder.name.split("-")[0], files_of(folder), name) == []
