"""The trainer in WebAssembly: it learns there too, and a checkpoint made there is read here."""

import base64
import json
import subprocess
import sys
from pathlib import Path

import pytest
from grandmodel_sim.marl import IPPOTrainer, MatrixGame

from academy import build, paths

SCRIPT = paths.ROOT / "academy" / "execute" / "pyodide.mjs"

JOB = """
import base64, json
from grandmodel_sim.marl import CartPole, Hyperparameters, IPPOTrainer, MatrixGame
from grandmodel_sim.testing import check_parallel_env, trajectory_digest

async def job():
    check_parallel_env(MatrixGame)
    settings = Hyperparameters(
        copies=20, rollout_steps=25, epochs=4, learning_rate=3e-3, entropy_weight=0.03, discount=0.0, gae_lambda=0.0,
        hidden_sizes=(16,), share_parameters=False,
    )
    game = IPPOTrainer(MatrixGame, settings, seed=0)
    game.train(120)
    game.save("/tmp/game.zip")
    cart = IPPOTrainer(CartPole, Hyperparameters(hidden_sizes=(32, 32), learning_rate=1e-3, minibatches=4), seed=0)
    before = cart.evaluate(episodes=20).reward
    cart.train(12)
    return json.dumps({
        "game": game.evaluate(episodes=1).reward_per_step,
        "before": before, "after": cart.evaluate(episodes=20).reward,
        "digest": trajectory_digest(MatrixGame(), 3),
        "checkpoint": base64.b64encode(open("/tmp/game.zip", "rb").read()).decode(),
    })
"""


@pytest.mark.browser  # needs the built runtime
def test_it_learns_in_webassembly_and_its_checkpoint_goes_on_natively(tmp_path: Path) -> None:
    from grandmodel_sim.testing import trajectory_digest

    jobs = [{"id": "learn", "code": JOB, "packages_from": "import numpy, grandmodel_sim.marl"}]
    node = Path(sys.executable).parent / "node"
    done = subprocess.run(
        [str(node), str(SCRIPT), str(build.RUNTIME)],
        input=json.dumps(jobs),
        capture_output=True,
        text=True,
        timeout=300,
    )
    assert done.returncode == 0, done.stderr[-3000:]
    result = json.loads(done.stdout)["learn"]
    assert "error" not in result, result["error"]
    found = json.loads(result["ok"])
    assert found["game"] == pytest.approx(7)
    assert found["after"] > 4 * found["before"]
    assert found["digest"] == trajectory_digest(MatrixGame(), 3)
    (tmp_path / "game.zip").write_bytes(base64.b64decode(found["checkpoint"]))
    native = IPPOTrainer.load(tmp_path / "game.zip", MatrixGame)
    assert native.evaluate(episodes=1).reward_per_step == pytest.approx(7)
    assert native.train(1)[0].update == 121
