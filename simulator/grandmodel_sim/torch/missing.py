"""What is said when something of PyTorch is asked for that this subset does not have."""

from __future__ import annotations

import difflib
import opcode
import sys
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
    return AttributeError(_sentence(owner, name, names), name=name)


def missing_from(module: str, name: str, names: Iterable[str]) -> Exception:
    """As `unsupported`, for a module's `__getattr__`, which calls it directly.

    Where the name was asked for by `from module import name`, Python would replace an AttributeError by a sentence that
    names nothing; so it gets an ImportError then.
    """
    text = _sentence(module, name, names)
    asking = sys._getframe(2)
    by_import = asking.f_code.co_code[asking.f_lasti] == opcode.opmap["IMPORT_FROM"] if asking.f_lasti >= 0 else False
    if by_import and not name.startswith("__"):
        return ImportError(text, name=module)
    return AttributeError(text, name=name)


def _sentence(owner: str, name: str, names: Iterable[str]) -> str:
    known = [each for each in names if not each.startswith("_")]
    near = [RELATED[name]] if RELATED.get(name) in known else difflib.get_close_matches(name, known, 1, 0.5)
    hint = f"; the nearest that is: {owner}.{near[0]}" if near else f"; dir({owner}) lists what is"
    return f"{owner}.{name} is not in GrandModel's subset of PyTorch{hint}"


def not_offered(what: str, instead: str) -> NotImplementedError:
    """The error for an argument or a combination that PyTorch has and this subset does not."""
    return NotImplementedError(f"{what} is not in GrandModel's subset of PyTorch; {instead}")
