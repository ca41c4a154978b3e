"""`import torch` where PyTorch is not installed: the subset in `grandmodel_sim.torch` answers to the name.

Examples:
    >>> from grandmodel_sim.notebook.torch_finder import offer_torch
    >>> offer_torch()
    >>> import torch

The finder stands at the end of the queue, so that a PyTorch that is installed is always found first. Nothing of the
subset, and no numpy, is imported before somebody imports `torch`.
"""

import importlib
import sys
import types
from collections.abc import Sequence
from importlib.abc import Loader, MetaPathFinder
from importlib.machinery import ModuleSpec

SUBSET = "grandmodel_sim.torch"

#: What can be imported by name. The rest of the subset's modules are its own affair.
MODULES = (
    "torch",
    "torch.autograd",
    "torch.distributions",
    "torch.nn",
    "torch.nn.functional",
    "torch.nn.init",
    "torch.nn.parameter",
    "torch.nn.utils",
    "torch.optim",
    "torch.optim.lr_scheduler",
)


class TorchFinder(MetaPathFinder, Loader):
    """Finds `torch` and its modules in the subset. They are the very same objects under both names."""

    def find_spec(
        self, fullname: str, path: Sequence[str] | None, target: types.ModuleType | None = None
    ) -> ModuleSpec | None:
        """Where a module of `torch` is; None for every other name."""
        if fullname.split(".")[0] != "torch":
            return None
        if fullname != "torch" and getattr(sys.modules.get("torch"), "__name__", "") != SUBSET:
            return None  # another one is there and lacks the module, which is its own affair
        if fullname not in MODULES:
            raise ModuleNotFoundError(
                f"No module named {fullname!r} in GrandModel's subset of PyTorch; it has {', '.join(MODULES)}",
                name=fullname,
            )
        return ModuleSpec(fullname, self, is_package=True)

    def create_module(self, spec: ModuleSpec) -> types.ModuleType:
        """The subset's module."""
        module = importlib.import_module(SUBSET + spec.name.removeprefix("torch"))
        self._own_spec = module.__spec__
        return module

    def exec_module(self, module: types.ModuleType) -> None:
        """Give the module back its own spec, and register all others, which Python would else load a second time."""
        module.__spec__ = self._own_spec
        for name in MODULES[1:]:
            sys.modules.setdefault(name, importlib.import_module(SUBSET + name.removeprefix("torch")))


def offer_torch() -> None:
    """Let `import torch` find the subset where PyTorch is not installed. Calling it again changes nothing."""
    if not any(isinstance(each, TorchFinder) for each in sys.meta_path):
        sys.meta_path.append(TorchFinder())
