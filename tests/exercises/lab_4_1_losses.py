"""Twenty optimiser steps of Lab 4.1's solution from fixed weights on a fixed batch, on whatever `import torch` gives.

With PyTorch installed, `PYTHONPATH=simulator python tests/exercises/lab_4_1_losses.py` records what PyTorch finds in
`lab_4_1_losses.json`, together with PyTorch's version and the hash of this file. The tests compare the course's subset
with the record. Weights and batch are sines of their index: no random numbers, which differ between the two.
"""

import hashlib
import json
import math
import os
import sys
import tempfile
from pathlib import Path
from typing import Any

STEPS = 20
STATES = 32
SCRIPT = Path(__file__) if "__file__" in globals() else None  # in Pyodide this file is run as a text


def wave(count: int, speed: float, start: float = 0.0, height: float = 1.0) -> list[float]:
    """`count` numbers from -height to height."""
    return [height * math.sin(start + speed * k) for k in range(count)]


def definitions(solution: str, files: dict[str, bytes]) -> dict[str, Any]:
    """The names that the solution defines before it begins to train."""
    from grandmodel_sim.notebook.streams import forget_modules
    from grandmodel_sim.notebook.torch_finder import offer_torch

    offer_torch()
    code = solution.split("torch.manual_seed(SEED)")[0]
    with tempfile.TemporaryDirectory(prefix="grandmodel-") as folder:
        root = os.path.realpath(folder)
        for name, content in files.items():
            path = Path(root) / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content)
        sys.path.insert(0, root)
        try:
            names: dict[str, Any] = {"__name__": "lab_4_1"}
            exec(compile(code, "lab 4.1", "exec", dont_inherit=True), names)
        finally:
            sys.path.remove(root)
            forget_modules(root)
    return names


def losses(solution: str) -> list[list[float]]:
    """Total, policy and value loss and entropy before each of the steps."""
    from grandmodel_sim import workspace

    lab = definitions(solution, workspace.files(7, data=False))
    import torch

    config = lab["AgentConfig"](input_dim=3, hidden_dim=16, num_layers=2, learning_rate=0.003)
    agent = lab["CustomMomentumAgent"](config)
    weights = {}
    for index, (name, weight) in enumerate(sorted(agent.state_dict().items())):
        shape = tuple(weight.shape)
        weights[name] = torch.tensor(wave(math.prod(shape), 0.37, 1.7 * index, 0.4)).reshape(shape)
    agent.load_state_dict(weights)
    legal = [[(row + column) % 4 != 0 for column in range(3)] for row in range(STATES)]
    batch = {
        "states": torch.tensor(wave(STATES * 8 * 3, 0.61, height=1.5)).reshape(STATES, 8, 3),
        "actions": torch.tensor(
            [row.index(True) if k % 2 else 2 - row[::-1].index(True) for k, row in enumerate(legal)]
        ),
        "old_log_probs": torch.tensor([-1.0 + value for value in wave(STATES, 2.3, height=0.4)]),
        "advantages": torch.tensor(wave(STATES, 1.9, 0.5, 3.0)),
        "returns": torch.tensor(wave(STATES, 0.8, 0.2, 2.0)),
        "legal": torch.tensor(legal),
    }
    optimizer = torch.optim.Adam(agent.parameters(), lr=config.learning_rate)
    return [lab["update"](agent, optimizer, batch) for _ in range(STEPS)]


def script_hash() -> str:
    """SHA-256 of this file."""
    assert SCRIPT is not None
    return hashlib.sha256(SCRIPT.read_bytes()).hexdigest()


def record() -> None:
    """Write what PyTorch finds beside this file."""
    import torch

    assert SCRIPT is not None
    solution = SCRIPT.parents[2] / "exercises" / "4.1-custom-agent" / "solution.py"
    torch.set_num_threads(1)
    found = {"torch": torch.__version__.split("+")[0], "script": script_hash(), "losses": losses(solution.read_text())}
    SCRIPT.with_suffix(".json").write_text(json.dumps(found, indent=1) + "\n")


if __name__ == "__main__" and SCRIPT is not None:
    record()
