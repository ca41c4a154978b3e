"""`torch.nn`: modules, layers, losses."""

from typing import Any

from grandmodel_sim.torch.missing import missing_from
from grandmodel_sim.torch.nn import functional, init, utils
from grandmodel_sim.torch.nn.activations import (
    ELU,
    GELU,
    LeakyReLU,
    LogSoftmax,
    ReLU,
    Sigmoid,
    SiLU,
    Softmax,
    Softplus,
    Tanh,
)
from grandmodel_sim.torch.nn.attention import MultiheadAttention
from grandmodel_sim.torch.nn.containers import ModuleDict, ModuleList, Sequential
from grandmodel_sim.torch.nn.layers import Conv1d, Dropout, Embedding, Flatten, Identity, LayerNorm, Linear
from grandmodel_sim.torch.nn.losses import (
    BCELoss,
    BCEWithLogitsLoss,
    CrossEntropyLoss,
    HuberLoss,
    KLDivLoss,
    L1Loss,
    MSELoss,
    NLLLoss,
    SmoothL1Loss,
)
from grandmodel_sim.torch.nn.module import Module
from grandmodel_sim.torch.nn.parameter import Parameter
from grandmodel_sim.torch.nn.recurrent import GRU

__all__ = [
    "ELU",
    "GELU",
    "GRU",
    "BCELoss",
    "BCEWithLogitsLoss",
    "Conv1d",
    "CrossEntropyLoss",
    "Dropout",
    "Embedding",
    "Flatten",
    "HuberLoss",
    "Identity",
    "KLDivLoss",
    "L1Loss",
    "LayerNorm",
    "LeakyReLU",
    "Linear",
    "LogSoftmax",
    "MSELoss",
    "Module",
    "ModuleDict",
    "ModuleList",
    "MultiheadAttention",
    "NLLLoss",
    "Parameter",
    "ReLU",
    "Sequential",
    "SiLU",
    "Sigmoid",
    "SmoothL1Loss",
    "Softmax",
    "Softplus",
    "Tanh",
    "functional",
    "init",
    "utils",
]


def __getattr__(name: str) -> Any:
    raise missing_from("torch.nn", name, __all__)


def __dir__() -> list[str]:
    return __all__
