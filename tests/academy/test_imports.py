"""Which files the learning claim rests on: too few would show old figures, too many would measure without need."""

from academy import paths
from academy.execute import claims


def test_the_claim_rests_on_what_trains_and_what_it_trains_on() -> None:
    found = {path.relative_to(paths.SIMULATOR / "grandmodel_sim").as_posix() for path in claims.inputs()}
    assert {"marl/trainer.py", "marl/mappo.py", "market/path.py", "features/fvg.py", "workspace/tree.py"} <= found
    assert not {"world.py", "trading/system.py", "cluster/cluster.py", "marl/__init__.py"} & found
