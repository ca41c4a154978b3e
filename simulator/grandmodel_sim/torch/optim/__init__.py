"""`torch.optim`: optimisers and schedules of their learning rates."""

from typing import Any

from grandmodel_sim.torch.missing import missing_from
from grandmodel_sim.torch.optim import lr_scheduler
from grandmodel_sim.torch.optim.adam import Adam, AdamW
from grandmodel_sim.torch.optim.optimizer import Optimizer
from grandmodel_sim.torch.optim.sgd import SGD

__all__ = ["SGD", "Adam", "AdamW", "Optimizer", "lr_scheduler"]


def __getattr__(name: str) -> Any:
    raise missing_from("torch.optim", name, __all__)


def __dir__() -> list[str]:
    return __all__
