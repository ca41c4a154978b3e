"""Files: `torch.save` and `torch.load`.

A file is a zip archive: `content.json` says what was saved, and each tensor lies beside it as a `.npy` file, numpy's
own format. Real PyTorch writes pickles, which can run code when they are read; so its files cannot be read here, and
files written here cannot be read there. What can be saved is what state dicts are made of: tensors, numbers, text,
None, lists, tuples and dicts.
"""

from __future__ import annotations

import io
import json
import os
import zipfile
from collections import OrderedDict
from typing import IO, Any

import numpy as np

from grandmodel_sim.torch import dtypes
from grandmodel_sim.torch.missing import not_offered
from grandmodel_sim.torch.nn.module import Module
from grandmodel_sim.torch.nn.parameter import Parameter
from grandmodel_sim.torch.tensors import Size, Tensor, wrap

FORMAT = "grandmodel-torch"
VERSION = 1
CONTENT = "content.json"

File = str | os.PathLike[str] | IO[bytes]


def save(obj: Any, f: File) -> None:
    """Write tensors and what holds them to a file; not in PyTorch's format, see the module's docstring.

    Args:
        obj: e.g. `model.state_dict()`, or a dict of several.
        f: a path, or a binary file.

    Raises:
        TypeError: something in it cannot be saved; nothing is written.
    """
    tensors: list[Any] = []
    content = {"format": FORMAT, "version": VERSION, "object": _described(obj, tensors, "obj")}
    data = io.BytesIO()
    with zipfile.ZipFile(data, "w", zipfile.ZIP_STORED) as archive:
        archive.writestr(_entry(CONTENT), json.dumps(content))
        for number, array in enumerate(tensors):
            part = io.BytesIO()
            np.save(part, np.ascontiguousarray(array).reshape(array.shape), allow_pickle=False)
            archive.writestr(_entry(f"{number}.npy"), part.getvalue())
    if isinstance(f, (str, os.PathLike)):
        with open(f, "wb") as file:
            file.write(data.getvalue())
    else:
        f.write(data.getvalue())


def _entry(name: str) -> zipfile.ZipInfo:
    return zipfile.ZipInfo(name, (1980, 1, 1, 0, 0, 0))  # no clock: the same tensors give the same file


def load(f: File, map_location: Any = None, *, weights_only: bool | None = None) -> Any:
    """Read what `save` wrote.

    Args:
        f: a path, or a binary file.
        map_location: accepted if it is "cpu".
        weights_only: accepted; never anything else is read here.

    Raises:
        RuntimeError: it is not such a file; a file of real PyTorch is refused too, since reading it can run code.
    """
    if map_location is not None and str(map_location) != "cpu":
        raise not_offered(f"load with map_location={map_location!r}", "tensors are on 'cpu'")
    name = os.fspath(f) if isinstance(f, (str, os.PathLike)) else getattr(f, "name", "the file")
    if isinstance(f, (str, os.PathLike)):
        with open(f, "rb") as file:
            data = file.read()
    else:
        data = f.read()
    if data[:2] == b"\x80\x02" or (data[:2] == b"PK" and b"data.pkl" in data):
        raise RuntimeError(
            f"{name}: real PyTorch wrote it, as a pickle, which can run code when it is read. Only what torch.save of "
            "GrandModel's subset wrote can be read here."
        )
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            members = {each: archive.read(each) for each in archive.namelist()}
        content = json.loads(members[CONTENT])
        if content["format"] != FORMAT:
            raise ValueError(content["format"])
    except (zipfile.BadZipFile, KeyError, ValueError, TypeError):
        raise RuntimeError(
            f"{name}: torch.save of GrandModel's subset did not write it, or it is damaged; nothing else can be "
            "read here."
        ) from None
    if content["version"] != VERSION:
        raise RuntimeError(f"{name}: its format is version {content['version']}; this release reads version {VERSION}")
    try:
        return _restored(content["object"], members)
    except (KeyError, ValueError, TypeError, IndexError, OSError) as error:
        raise RuntimeError(f"{name}: the file is damaged: {error}") from None


def _described(value: Any, tensors: list[Any], where: str) -> Any:
    """A value as JSON; its arrays are put into `tensors`."""
    if value is None or isinstance(value, (bool, int, str)):
        return value
    if isinstance(value, float):
        return {"float": repr(value)}  # JSON has no inf and nan
    if isinstance(value, Tensor):
        tensors.append(value._array)
        kind = "parameter" if isinstance(value, Parameter) else "tensor"
        return {kind: len(tensors) - 1, "requires_grad": value.requires_grad and value.is_leaf}
    if isinstance(value, dtypes.dtype):
        return {"dtype": value.name}
    if isinstance(value, dict):
        items = [
            [_described(key, tensors, where), _described(each, tensors, f"{where}[{key!r}]")]
            for key, each in value.items()
        ]
        return {"dict": items, "ordered": isinstance(value, OrderedDict)}
    if isinstance(value, (list, tuple)):
        name = "size" if isinstance(value, Size) else "tuple" if isinstance(value, tuple) else "list"
        return {name: [_described(each, tensors, f"{where}[{i}]") for i, each in enumerate(value)]}
    if isinstance(value, np.generic):
        return _described(value.item(), tensors, where)
    advice = "save its state_dict()" if isinstance(value, Module) else "save tensors, numbers, text, lists and dicts"
    raise TypeError(f"{where}: a {type(value).__name__} cannot be saved here; {advice}")


def _restored(value: Any, members: dict[str, bytes]) -> Any:
    if not isinstance(value, dict):
        return value
    if "float" in value:
        return float(value["float"])
    if "dtype" in value:
        return next(each for each in dtypes.ALL if each.name == value["dtype"])
    if "dict" in value:
        items = [(_restored(key, members), _restored(each, members)) for key, each in value["dict"]]
        return OrderedDict(items) if value["ordered"] else dict(items)
    for name, kind in (("size", Size), ("tuple", tuple), ("list", list)):
        if name in value:
            return kind(_restored(each, members) for each in value[name])
    number = value["parameter"] if "parameter" in value else value["tensor"]
    tensor = wrap(np.load(io.BytesIO(members[f"{number}.npy"]), allow_pickle=False))
    dtypes.of(tensor._array)
    if "parameter" in value:
        return Parameter(tensor, value["requires_grad"])
    tensor.requires_grad = value["requires_grad"]
    return tensor
