"""Checkpoints: a training written to one file, so that it goes on as if it had never stopped.

The file is a zip. `checkpoint.json` holds counters, hyper-parameters, metrics, random streams and normalisers; each
array is an entry of its own in NumPy's .npy format, under the name by which the JSON points to it. Nothing in it is
code: unlike a pickle, a checkpoint of unknown origin cannot do anything when it is read.

    weights/actor/W0.npy …          the networks
    adam/actor/first.npy …          the optimisers' moments
    environment/…                   where the copies stood

An environment that cannot give its inner state, one of PettingZoo's for instance, is brought back by playing its
present episodes again; see `grandmodel_sim.marl.copies`.
"""

import io
import json
import zipfile
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from grandmodel_sim.errors import BadInput
from grandmodel_sim.marl.hyperparameters import Hyperparameters
from grandmodel_sim.marl.metrics import Metrics
from grandmodel_sim.marl.vector import shape_of

if TYPE_CHECKING:
    from grandmodel_sim.marl.mappo_trainer import MAPPOTrainer

FORMAT = 1
POINTER = "array in"
MEMBER = "checkpoint.json"
LONG_AGO = (1980, 1, 1, 0, 0, 0)  # the same training is the same file, whenever it is written


def of(trainer: "MAPPOTrainer") -> dict[str, Any]:
    """Everything that the future of a training depends on."""
    norm = trainer._values
    return {
        "format": FORMAT,
        "trainer": type(trainer).__name__,
        "shape": shape_of(trainer._env),
        "hyperparameters": asdict(trainer.hyperparameters),
        "seed": trainer.seed,
        "dtype": str(trainer.actor.vector.dtype),
        "steps": trainer.steps,
        "updates": [asdict(update) for update in trainer.updates],
        "draw": trainer._draw.bit_generator.state,
        "value_norm": None if norm is None else [norm.first, norm.second, norm.weight],
        "weights": {"actor": dict(trainer.actor.weights), "critic": dict(trainer.critic.weights)},
        "adam": {
            name: {"steps": adam.steps, "first": adam.first["all"], "second": adam.second["all"]}
            for name, adam in trainer._adams.items()
        },
        "episodes": {"reward": trainer._episodes.reward, "length": trainer._episodes.length},
        "environment": trainer._env.save(),
    }


def settings(path: str | Path, saved: dict[str, Any], trainer: str) -> Hyperparameters:
    """The hyper-parameters of a checkpoint that a trainer of this class wrote.

    Raises:
        BadInput: if another class wrote it.
    """
    if saved["trainer"] != trainer:
        raise BadInput("path", str(path), f"it is a checkpoint of {saved['trainer']}; load it with that class")
    return Hyperparameters.from_json(saved["hyperparameters"])


def into(trainer: "MAPPOTrainer", path: str | Path, saved: dict[str, Any]) -> None:
    """Bring a new trainer to where the saved one stood.

    Raises:
        BadInput: if the checkpoint does not fit the trainer's environment.
    """
    here = shape_of(trainer._env)
    if saved["shape"] != here:
        raise BadInput("environment", here, f"{path} was trained on {saved['shape']}")
    for name, network in (("actor", trainer.actor), ("critic", trainer.critic)):
        for part, weight in network.weights.items():
            weight[...] = _array(path, saved["weights"][name], part, weight)
        adam = trainer._adams[name]
        adam.steps = saved["adam"][name]["steps"]
        adam.first["all"][...] = _array(path, saved["adam"][name], "first", adam.first["all"])
        adam.second["all"][...] = _array(path, saved["adam"][name], "second", adam.second["all"])
    episodes = trainer._episodes
    episodes.reward = _array(path, saved["episodes"], "reward", episodes.reward)
    episodes.length = _array(path, saved["episodes"], "length", episodes.length)
    trainer._env.load(saved["environment"])
    trainer._draw.bit_generator.state = saved["draw"]
    if trainer._values is not None:
        trainer._values.first, trainer._values.second, trainer._values.weight = saved["value_norm"]
    trainer.steps = saved["steps"]
    trainer.updates = [Metrics(**update) for update in saved["updates"]]


def write(path: str | Path, contents: dict[str, Any]) -> None:
    """Write nested dictionaries and lists of plain values and arrays.

    Raises:
        FileNotFoundError: if the folder is not there.
    """
    folder = Path(path).parent
    if not folder.is_dir():
        raise FileNotFoundError(2, "No such directory (make it first: os.makedirs)", str(folder))
    arrays: dict[str, Any] = {}
    plain = _without_arrays(contents, "", arrays)
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(zipfile.ZipInfo(MEMBER, LONG_AGO), json.dumps(plain, indent=1))
        for name, array in arrays.items():
            content = io.BytesIO()
            np.save(content, array, allow_pickle=False)
            archive.writestr(zipfile.ZipInfo(name, LONG_AGO), content.getvalue())


def read(path: str | Path) -> dict[str, Any]:
    """What `write` was given.

    Raises:
        FileNotFoundError: if there is no such file.
        BadInput: if it is not a checkpoint, or one of another format.
    """
    try:
        with zipfile.ZipFile(path) as archive:
            plain = json.loads(archive.read(MEMBER))
            if not isinstance(plain, dict) or plain.get("format") != FORMAT:
                raise BadInput("path", str(path), f"it is not a checkpoint of format {FORMAT}")
            contents = _with_arrays(plain, archive)
    except (zipfile.BadZipFile, KeyError, ValueError, EOFError) as error:
        if isinstance(error, BadInput):
            raise
        raise BadInput("path", str(path), f"it is not a checkpoint that save wrote: {error}") from None
    assert isinstance(contents, dict)
    return contents


def _without_arrays(thing: Any, path: str, arrays: dict[str, Any]) -> Any:
    if isinstance(thing, np.ndarray):
        arrays[f"{path}.npy"] = thing
        return {POINTER: f"{path}.npy"}
    if isinstance(thing, dict):
        return {key: _without_arrays(value, f"{path}/{key}".lstrip("/"), arrays) for key, value in thing.items()}
    if isinstance(thing, list | tuple):
        return [_without_arrays(value, f"{path}/{place}", arrays) for place, value in enumerate(thing)]
    return thing.item() if isinstance(thing, np.generic) else thing


def _with_arrays(thing: Any, archive: zipfile.ZipFile) -> Any:
    if isinstance(thing, dict):
        if set(thing) == {POINTER}:
            return np.load(io.BytesIO(archive.read(thing[POINTER])), allow_pickle=False)
        return {key: _with_arrays(value, archive) for key, value in thing.items()}
    if isinstance(thing, list):
        return [_with_arrays(value, archive) for value in thing]
    return thing


def _array(path: str | Path, holder: dict[str, Any], name: str, like: Any) -> Any:
    value = holder.get(name)
    if not isinstance(value, np.ndarray) or value.shape != like.shape or value.dtype != like.dtype:
        raise BadInput("path", str(path), f"{name} must be an array of {like.dtype} of shape {like.shape}")
    return value
