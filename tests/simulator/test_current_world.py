"""`World.current()`: cells, terminal commands and `python file.py` of one session act on one world."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from grandmodel_sim import World
from grandmodel_sim.browser import Session


@pytest.fixture(autouse=True)
def no_current_world(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setattr(World, "_current", None)
    yield


def shell(session: Session, *argv: str) -> str:
    return "".join(text for _, text in session.run_command(list(argv), cwd=session.root))


def test_what_the_shell_deletes_is_gone_in_the_cell_and_time_of_the_cell_passes_in_the_shell(tmp_path: Path) -> None:
    session = Session(world_seed=11, root=str(tmp_path))
    victim = session.world.cluster.pods_of("tactical-marl")[0].name
    shell(session, "kubectl", "-n", "grandmodel", "delete", "pod", victim)

    code = f"""
from grandmodel_sim import World
world = World.current()
assert {victim!r} not in world.cluster.pods
world.advance(600)
"""
    assert session.run_cell_now(code, "1.5", "cell look")
    assert shell(session, "date", "-Iseconds") == "2025-07-14T13:40:00+00:00\n"


def test_a_program_in_the_workspace_sees_the_session_s_world(tmp_path: Path) -> None:
    session = Session(world_seed=11, root=str(tmp_path))
    (tmp_path / "now.py").write_text("from grandmodel_sim import World\nprint(World.current())\n")
    assert shell(session, "python", "now.py") == f"{session.world}\n"


def test_each_session_brings_its_own_world(tmp_path: Path) -> None:
    first, second = Session(1, root=str(tmp_path / "a")), Session(2, root=str(tmp_path / "b"))
    code = "from grandmodel_sim import World\nassert World.current().seed == {}"
    assert first.run_cell_now(code.format(1), "1.5", "cell one")
    assert second.run_cell_now(code.format(2), "1.5", "cell two")
    assert first.run_cell_now(code.format(1), "1.5", "cell one again")


def test_outside_a_session_it_is_one_world_with_seed_7() -> None:
    assert World.current() is World.current()
    assert World.current().seed == 7
