"""The base of all layers: a tree of modules that own parameters and buffers."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any, NamedTuple, TypeVar

import numpy as np

from grandmodel_sim.torch.dtypes import dtype, float32, float64
from grandmodel_sim.torch.missing import not_offered
from grandmodel_sim.torch.nn.parameter import Parameter
from grandmodel_sim.torch.tensors import Tensor

Self = TypeVar("Self", bound="Module")


class _IncompatibleKeys(NamedTuple("_IncompatibleKeys", [("missing_keys", list[str]), ("unexpected_keys", list[str])])):
    """What `load_state_dict` could not match."""

    __slots__ = ()

    def __repr__(self) -> str:
        if not self.missing_keys and not self.unexpected_keys:
            return "<All keys matched successfully>"
        return super().__repr__()


class RemovableHandle:
    """What registering a hook returns."""

    def __init__(self, hooks: dict[int, Any]) -> None:
        self.hooks, self.id = hooks, max(hooks, default=-1) + 1

    def remove(self) -> None:
        """Take the hook away again."""
        self.hooks.pop(self.id, None)


class Module:
    """A part of a network: derive from it, make the parts in `__init__`, compute in `forward`.

    Parameters, buffers and modules that are assigned to attributes are found by `parameters`, `state_dict` and the
    like.
    """

    training: bool

    def __init__(self) -> None:
        for name, value in (
            ("training", True),
            ("_parameters", {}),
            ("_buffers", {}),
            ("_not_saved", set()),
            ("_modules", {}),
            ("_before", {}),
            ("_after", {}),
        ):
            object.__setattr__(self, name, value)

    def forward(self, *input: Any, **kwargs: Any) -> Any:
        """Compute; each module defines its own."""
        raise NotImplementedError(f'Module [{type(self).__name__}] is missing the required "forward" function')

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        if not (self._before or self._after):
            return self.forward(*args, **kwargs)
        for hook in list(self._before.values()):
            changed = hook(self, args)
            if changed is not None:
                args = changed if isinstance(changed, tuple) else (changed,)
        result = self.forward(*args, **kwargs)
        for hook in list(self._after.values()):
            changed = hook(self, args, result)
            result = result if changed is None else changed
        return result

    # --- attributes ---

    def __setattr__(self, name: str, value: Any) -> None:
        own = self.__dict__
        kind = "parameters" if isinstance(value, Parameter) else "module" if isinstance(value, Module) else ""
        if kind and "_modules" not in own:
            raise AttributeError(f"cannot assign {kind} before Module.__init__() call")
        if kind == "parameters":
            self._forget(name)
            self._parameters[name] = value
        elif kind == "module":
            self._forget(name)
            self._modules[name] = value
        elif "_modules" in own and name in self._parameters:
            if value is not None:
                raise TypeError(
                    f"cannot assign '{_type_name(value)}' as parameter '{name}' (torch.nn.Parameter or None expected)"
                )
            self._parameters[name] = None
        elif "_modules" in own and name in self._modules:
            if value is not None:
                raise TypeError(
                    f"cannot assign '{_type_name(value)}' as child module '{name}' (torch.nn.Module or None expected)"
                )
            self._modules[name] = None
        elif "_modules" in own and name in self._buffers:
            if value is not None and not isinstance(value, Tensor):
                raise TypeError(
                    f"cannot assign '{_type_name(value)}' object to buffer '{name}' (torch.Tensor or None required)"
                )
            self._buffers[name] = value
        else:
            object.__setattr__(self, name, value)

    def _forget(self, name: str) -> None:
        self.__dict__.pop(name, None)
        for kept in (self._parameters, self._buffers, self._modules):
            kept.pop(name, None)

    def __getattr__(self, name: str) -> Any:
        own = self.__dict__
        for kept in ("_parameters", "_buffers", "_modules"):
            if kept in own and name in own[kept]:
                return own[kept][name]
        raise AttributeError(f"'{type(self).__name__}' object has no attribute '{name}'", name=name, obj=self)

    def __delattr__(self, name: str) -> None:
        for kept in (self._parameters, self._buffers, self._modules):
            if name in kept:
                del kept[name]
                return
        object.__delattr__(self, name)

    def __dir__(self) -> list[str]:
        return sorted({*super().__dir__(), *self._parameters, *self._buffers, *self._modules})

    def register_parameter(self, name: str, param: Parameter | None) -> None:
        """Add a parameter under a name; None keeps the place empty."""
        if param is not None and not isinstance(param, Parameter):
            raise TypeError(
                f"cannot assign '{_type_name(param)}' object to parameter '{name}' "
                "(torch.nn.Parameter or None required)"
            )
        self._forget(name)
        self._parameters[name] = param

    def register_buffer(self, name: str, tensor: Tensor | None, persistent: bool = True) -> None:
        """Add a tensor of the state that is not learnt; `persistent=False` leaves it out of `state_dict`."""
        if tensor is not None and not isinstance(tensor, Tensor):
            raise TypeError(
                f"cannot assign '{_type_name(tensor)}' object to buffer '{name}' (torch Tensor or None required)"
            )
        self._forget(name)
        self._buffers[name] = tensor
        (self._not_saved.discard if persistent else self._not_saved.add)(name)

    def add_module(self, name: str, module: Module | None) -> None:
        """Add a child under a name."""
        if module is not None and not isinstance(module, Module):
            raise TypeError(f"{_type_name(module)} is not a Module subclass")
        self._forget(name)
        self._modules[name] = module

    register_module = add_module

    def register_forward_pre_hook(self, hook: Callable[..., Any]) -> RemovableHandle:
        """Call hook(module, args) before `forward`; what it returns, if anything, replaces the arguments."""
        handle = RemovableHandle(self._before)
        self._before[handle.id] = hook
        return handle

    def register_forward_hook(self, hook: Callable[..., Any]) -> RemovableHandle:
        """Call hook(module, args, output) after `forward`; what it returns, if anything, replaces the output."""
        handle = RemovableHandle(self._after)
        self._after[handle.id] = hook
        return handle

    # --- the tree ---

    def named_children(self) -> Iterator[tuple[str, Module]]:
        """(name, module) of the parts directly below."""
        seen: set[int] = set()
        for name, module in self._modules.items():
            if module is not None and id(module) not in seen:
                seen.add(id(module))
                yield name, module

    def children(self) -> Iterator[Module]:
        """The parts directly below."""
        return (module for _, module in self.named_children())

    def named_modules(
        self, memo: set[Module] | None = None, prefix: str = "", remove_duplicate: bool = True
    ) -> Iterator[tuple[str, Module]]:
        """(path, module) of this module and all below."""
        memo = set() if memo is None else memo
        if self in memo:
            return
        if remove_duplicate:
            memo.add(self)
        yield prefix, self
        for name, module in self._modules.items():
            if module is not None:
                yield from module.named_modules(memo, f"{prefix}.{name}" if prefix else name, remove_duplicate)

    def modules(self) -> Iterator[Module]:
        """This module and all below."""
        return (module for _, module in self.named_modules())

    def _named(self, kind: str, prefix: str, recurse: bool, remove_duplicate: bool) -> Iterator[tuple[str, Any]]:
        seen: set[int] = set()
        modules = self.named_modules(prefix=prefix) if recurse else iter([(prefix, self)])
        for path, module in modules:
            for name, value in getattr(module, kind).items():
                if value is None or (remove_duplicate and id(value) in seen):
                    continue
                seen.add(id(value))
                yield (f"{path}.{name}" if path else name), value

    def named_parameters(
        self, prefix: str = "", recurse: bool = True, remove_duplicate: bool = True
    ) -> Iterator[tuple[str, Parameter]]:
        """(path, parameter) of this module and all below; a shared one once."""
        return self._named("_parameters", prefix, recurse, remove_duplicate)

    def parameters(self, recurse: bool = True) -> Iterator[Parameter]:
        """The parameters of this module and all below, for an optimiser."""
        return (parameter for _, parameter in self.named_parameters(recurse=recurse))

    def named_buffers(
        self, prefix: str = "", recurse: bool = True, remove_duplicate: bool = True
    ) -> Iterator[tuple[str, Tensor]]:
        """(path, buffer) of this module and all below."""
        return self._named("_buffers", prefix, recurse, remove_duplicate)

    def buffers(self, recurse: bool = True) -> Iterator[Tensor]:
        """The buffers of this module and all below."""
        return (buffer for _, buffer in self.named_buffers(recurse=recurse))

    def get_submodule(self, target: str) -> Module:
        """The module at a path such as "encoder.0"."""
        module: Any = self
        for name in target.split(".") if target else ():
            if not isinstance(getattr(module, name, None), Module):
                raise AttributeError(f"{type(module).__name__} has no attribute `{name}`")
            module = getattr(module, name)
        return module  # type: ignore[no-any-return]

    def apply(self: Self, fn: Callable[[Module], Any]) -> Self:
        """Call `fn` with every module below and then with this one."""
        for module in self.children():
            module.apply(fn)
        fn(self)
        return self

    # --- state ---

    def train(self: Self, mode: bool = True) -> Self:
        """Say that this and all below are being trained (dropout acts), or not."""
        if not isinstance(mode, bool):
            raise ValueError("training mode is expected to be boolean")
        object.__setattr__(self, "training", mode)
        for module in self.children():
            module.train(mode)
        return self

    def eval(self: Self) -> Self:
        """`train(False)`: for use, not for learning."""
        return self.train(False)

    def requires_grad_(self: Self, requires_grad: bool = True) -> Self:
        """Let all parameters learn, or freeze them."""
        for parameter in self.parameters():
            parameter.requires_grad_(requires_grad)
        return self

    def zero_grad(self, set_to_none: bool = True) -> None:
        """Forget all gradients, or set them to 0."""
        for parameter in self.parameters():
            if parameter.grad is not None:
                if set_to_none:
                    parameter.grad = None
                else:
                    parameter.grad.zero_()

    def to(self: Self, *args: Any, **kwargs: Any) -> Self:
        """Give all floating parameters and buffers another type; a device may be named if it is "cpu"."""
        for tensor in (*self.parameters(), *self.buffers()):
            if tensor.is_floating_point() or not any(isinstance(each, dtype) for each in (*args, *kwargs.values())):
                tensor._array = tensor.detach().to(*args, **kwargs)._array
                if tensor.grad is not None:
                    tensor.grad._array = tensor.grad._array.astype(tensor._array.dtype)
        return self

    def float(self: Self) -> Self:
        """All floating parameters and buffers as float32."""
        return self.to(float32)

    def double(self: Self) -> Self:
        """All floating parameters and buffers as float64."""
        return self.to(float64)

    def cpu(self: Self) -> Self:
        """The module itself: it is there already."""
        return self

    def cuda(self: Self, device: Any = None) -> Self:
        """Not offered: there is no graphics processor here."""
        raise not_offered("Module.cuda", "modules are on 'cpu'")

    def state_dict(self, *, prefix: str = "", keep_vars: bool = False) -> OrderedDict[str, Any]:
        """Path → tensor of all parameters and buffers; the memory is shared, so copy it to keep a moment."""
        state: OrderedDict[str, Any] = OrderedDict()
        for name, value in (*self._parameters.items(), *self._buffers.items()):
            if value is not None and name not in self._not_saved:
                state[prefix + name] = value if keep_vars else value.detach()
        for name, module in self._modules.items():
            if module is not None:
                state.update(module.state_dict(prefix=f"{prefix}{name}.", keep_vars=keep_vars))
        return state

    def load_state_dict(
        self, state_dict: Mapping[str, Any], strict: bool = True, assign: bool = False
    ) -> _IncompatibleKeys:
        """Copy values from a `state_dict` into the parameters and buffers.

        Raises:
            RuntimeError: shapes differ, or, if `strict`, names are missing or unknown.
        """
        if not isinstance(state_dict, Mapping):
            raise TypeError(f"Expected state_dict to be dict-like, got {type(state_dict)}.")
        if assign:
            raise not_offered("load_state_dict with assign=True", "values are copied")
        own = self.state_dict(keep_vars=True)
        missing = [name for name in own if name not in state_dict]
        unexpected = [name for name in state_dict if name not in own]
        errors = []
        if strict and unexpected:
            errors.append("Unexpected key(s) in state_dict: {}. ".format(", ".join(f'"{each}"' for each in unexpected)))
        if strict and missing:
            errors.insert(0, "Missing key(s) in state_dict: {}. ".format(", ".join(f'"{each}"' for each in missing)))
        found = [(name, target, state_dict[name]) for name, target in own.items() if name in state_dict]
        errors += [
            f"size mismatch for {name}: copying a param with shape {source.shape} from checkpoint, the shape in "
            f"current model is {target.shape}."
            for name, target, source in found
            if source.shape != target.shape
        ]
        if errors:  # nothing has been copied yet
            raise RuntimeError(
                "Error(s) in loading state_dict for {}:\n\t{}".format(type(self).__name__, "\n\t".join(errors))
            )
        for _, target, source in found:
            target._array[...] = source._array
            target._counter[0] += 1
        return _IncompatibleKeys(missing, unexpected)

    # --- as text ---

    def extra_repr(self) -> str:
        """What is shown in the brackets behind the name."""
        return ""

    def _get_name(self) -> str:
        return type(self).__name__

    def __repr__(self) -> str:
        extra = self.extra_repr().split("\n") if self.extra_repr() else []
        parts = [f"({name}): {_indented(repr(module))}" for name, module in self._modules.items()]
        return _bracketed(self._get_name(), extra, parts)


def _bracketed(name: str, extra: list[str], parts: Iterable[str]) -> str:
    lines = [*extra, *parts]
    if not lines:
        return f"{name}()"
    if len(extra) == 1 and len(lines) == 1:
        return f"{name}({extra[0]})"
    return f"{name}(\n  " + "\n  ".join(lines) + "\n)"


def _indented(text: str) -> str:
    return text.replace("\n", "\n  ")


def _type_name(value: Any) -> str:
    return str(value.type()) if isinstance(value, Tensor) else type(value).__name__


def parameter_count(module: Module) -> int:
    """How many numbers a module learns."""
    return int(np.sum([each.numel() for each in module.parameters()]))
