"""What the simulated system answers at a fixed instant, for pages that show it before any script runs.

Like the outputs of cells, these are executed when the site is built and never written by hand.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable

from academy import paths
from academy.errors import StepFailed

RESULTS = paths.CACHE / "samples.json"

#: Runs where simulator/ is on the path. The desk as it stands after the first trade of an agent, one hour on; the
#: reference of the HTTP API with its examples executed.
WORKER = """
import json, sys
from grandmodel_sim import World
from grandmodel_sim.http import DESK, Request, handle
from grandmodel_sim.http.reference import reference

world = World(7)
for path, body in (("/simulator/desk/step", {"to": "trade"}), ("/simulator/advance", {"seconds": 3600})):
    answer = handle(world, Request.of("POST", path, body=json.dumps(body)), DESK)
    assert answer.status == 200, answer
desk = handle(world, Request.of("GET", "/simulator/desk"), DESK).json()
json.dump({"desk": desk, "api": reference()}, sys.stdout)
"""


def take(say: Callable[[str], None] = lambda text: None) -> None:
    """Write `.cache/samples.json`.

    Raises:
        StepFailed: the simulator refused; the message holds what it said.
    """
    env = {**os.environ, "PYTHONPATH": str(paths.SIMULATOR)}
    done = subprocess.run([sys.executable, "-c", WORKER], capture_output=True, text=True, env=env)
    if done.returncode:
        raise StepFailed(f"The samples could not be taken from the simulator:\n{done.stderr.strip()[-2000:]}")
    RESULTS.write_text(json.dumps(json.loads(done.stdout)) + "\n")
