"""How fast the same training is in the page: Pyodide under Node, and in Chromium. PyTorch does not run there."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

from playwright.sync_api import sync_playwright

from academy import paths
from academy.browser_program import FLAGS
from academy.errors import StepFailed
from academy.linking import served_on

RUNTIME = paths.CACHE / "runtime"
SCRIPT = paths.ROOT / "academy" / "execute" / "pyodide.mjs"
IMPORTS = "import numpy, grandmodel_sim.marl"

JOB = """
import json, time
from grandmodel_sim.marl import CartPole, Hyperparameters, IPPOTrainer, TradingEnvironment

def training(hidden, updates):
    settings = Hyperparameters(copies=8, rollout_steps=256, epochs=4, minibatches=4, hidden_sizes=(hidden, hidden))
    trainer = IPPOTrainer(CartPole, settings, seed=0)
    trainer.train(1)
    before, started = trainer.steps, time.perf_counter()
    trainer.train(updates)
    return (trainer.steps - before) / (time.perf_counter() - started)

def stepping(calls=200):
    import numpy as np
    copies = TradingEnvironment(num_agents=1).copies(256)
    copies.restart(0)
    actions = np.random.default_rng(0).integers(0, 3, size=(calls, 256, 1))
    copies.observations()
    started = time.perf_counter()
    for action in actions:
        copies.advance(action)
        copies.observations()
    return calls * 256 / (time.perf_counter() - started)

async def job():
    return json.dumps({"training 32": training(32, 4), "training 64": training(64, 3), "stepping": stepping()})
"""

WHAT = {
    "training 32": "PPO on CartPole, 8 copies, rollout 256, hidden 32",
    "training 64": "PPO on CartPole, 8 copies, rollout 256, hidden 64",
    "stepping": "trading environment, batch 256, 4 features, window 50",
}

IN_PAGE = """async ([base, archive, imports, code]) => {
  const pyodide = await loadPyodide({indexURL: base, stdLibURL: base + archive});
  await pyodide.loadPackagesFromImports(imports);
  return await pyodide.runPythonAsync(code + "\\nawait job()");
}"""


def measure(chromium: Path, runs: int) -> list[dict[str, Any]]:
    """Rows of steps per second, wall clock.

    Raises:
        StepFailed: the training did not run there.
    """
    found: dict[str, dict[str, list[float]]] = {"Node": {}, "Chromium": {}}
    for _ in range(runs):
        for place, values in (("Node", in_node()), ("Chromium", in_chromium(chromium))):
            for name, value in values.items():
                found[place].setdefault(name, []).append(value)
    return [
        {
            "what": f"{WHAT[name]}, in {place}",
            "against": "",
            "unit": "steps/s",
            "ours": ours,
            "peer": [],
            "aim": "report",
        }
        for place, values in found.items()
        for name, ours in values.items()
    ]


def in_node() -> dict[str, float]:
    """One run of the job in Pyodide under Node."""
    node = Path(sys.executable).parent / "node"
    jobs = json.dumps([{"id": "speed", "code": JOB, "packages_from": IMPORTS}])
    done = subprocess.run([str(node), str(SCRIPT), str(RUNTIME)], input=jobs, capture_output=True, text=True)
    result = json.loads(done.stdout)["speed"] if done.returncode == 0 else {"error": done.stderr}
    if "error" in result:
        raise StepFailed(f"Training in Pyodide under Node failed:\n{result['error'].strip()[-2000:]}")
    return dict(json.loads(result["ok"]))


def in_chromium(chromium: Path) -> dict[str, float]:
    """One run of the job in a page that boots the runtime's Pyodide."""
    archive = json.loads((RUNTIME / "runtime.json").read_text())["archive"]
    with served_on(RUNTIME, 0) as address, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=str(chromium), args=FLAGS)
        page = browser.new_page()
        page.set_default_timeout(180_000)
        page.goto(f"{address}runtime.json")
        page.add_script_tag(url=f"{address}pyodide.js")
        text = page.evaluate(IN_PAGE, [address, archive, IMPORTS, JOB])
        browser.close()
    return dict(json.loads(text))
