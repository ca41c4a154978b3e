"""What is said when something of PyTorch is asked for that this subset does not have."""

from __future__ import annotations

import difflib
from collections.abc import Iterable

#: What to use instead where the names alone do not tell.
RELATED = {
    "LSTM": "GRU",
    "RNN": "GRU",
    "LSTMCell": "GRU",
    "GRUCell": "GRU",
    "Conv2d": "Conv1d",
    "BatchNorm1d": "LayerNorm",
    "BatchNorm2d": "LayerNorm",
    "TransformerEncoderLayer": "MultiheadAttention",
    "TransformerEncoder": "MultiheadAttention",
    "RMSprop": "Adam",
    "Adagrad": "Adam",
    "OneCycleLR": "LinearLR",
    "ReduceLROnPlateau": "StepLR",
    "int": "long",
    "int32": "int64",
    "half": "float",
    "float16": "float32",
    "bfloat16": "float32",
    "Beta": "Normal",
    "MultivariateNormal": "Normal",
    "DataLoader": "randperm",
    "compile": "no_grad",
}


def unsupported(owner: str, name: str, names: Iterable[str]) -> AttributeError:
    """The error for `owner.name`; it names the nearest of `names`, if one is near.

    Args:
        owner: "torch.nn" or "Tensor".
        name: what was asked for.
        names: what there is.
    """
    known = [each for each in names if not each.startswith("_")]
    near = [RELATED[name]] if RELATED.get(name) in known else difflib.get_close_matches(name, known, 1, 0.5)
    hint = f"; the nearest that is: {owner}.{near[0]}" if near else f"; dir({owner}) lists what is"
    return AttributeError(f"{owner}.{name} is not in GrandModel's subset of PyTorch{hint}", name=name)


def not_offered(what: str, instead: str) -> NotImplementedError:
    """The error for an argument or a combination that PyTorch has and this subset does not."""
    return NotImplementedError(f"{what} is not in GrandModel's subset of PyTorch; {instead}")
