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
}

#: What to do instead of a well-known name that nothing here is like.
INSTEAD = {
    "torch.linalg": "norm, matmul, outer and einsum are here, numpy.linalg has the rest",
    "torch.fft": "numpy.fft has it",
    "torch.compile": "code runs as it is written",
    "torch.jit": "code runs as it is written",
    "torch.amp": "numbers stay float32",
    "torch.autocast": "numbers stay float32",
    "torch.utils": "torch.randperm draws mini-batches",
    "torch.set_printoptions": "tolist() and Python's formats show numbers in other ways",
    "torch.nn.Transformer": "it is built on torch.nn.MultiheadAttention, which is here",
    "Tensor.cuda": "tensors are on 'cpu'",
    "Tensor.register_hook": "retain_grad() keeps the gradient of what is no leaf",
}

#: How alike names must be to pass for a slip of the pen: with less, other names of like letters would be offered.
ALIKE = 0.75


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
    if RELATED.get(name) in known:
        near = [RELATED[name]]
    else:
        begun = [each for each in known if len(name) > 2 and each.lower().startswith(name.lower())]
        near = sorted(begun, key=len)[:1] or difflib.get_close_matches(name, known, 1, ALIKE)
    hint = f"the nearest that is: {owner}.{near[0]}" if near else f"dir({owner}) lists what is"
    hint = INSTEAD.get(f"{owner}.{name}", hint)
    return f"{owner}.{name} is not in GrandModel's subset of PyTorch; {hint}"


def not_offered(what: str, instead: str) -> NotImplementedError:
    """The error for an argument or a combination that PyTorch has and this subset does not."""
    return NotImplementedError(f"{what} is not in GrandModel's subset of PyTorch; {instead}")
