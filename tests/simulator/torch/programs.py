"""Longer computations that run on PyTorch and on the subset alike: modules, optimisers, schedules, errors, texts."""

from __future__ import annotations

import warnings
from collections.abc import Callable
from typing import Any

from tests.simulator.torch.cases import Input, described, flattened, numbers, tensor, weighted_sum

# --- modules ---


def filled(torch: Any, module: Any) -> Any:
    """A module whose parameters come from their names instead of from chance, in float64."""
    module = module.double()
    for name, parameter in module.named_parameters():
        values = numbers(name, parameter.numel(), -0.9, 0.9)
        with torch.no_grad():
            parameter.copy_(torch.tensor(values, dtype=torch.float64).reshape(parameter.shape))
    return module


MODULES: dict[str, tuple[Callable[..., Any], tuple[Input, ...]]] = {
    "Linear": (lambda t: t.nn.Linear(3, 2), (Input((4, 3)),)),
    "Linear without bias": (lambda t: t.nn.Linear(3, 2, bias=False), (Input((3,)),)),
    "Identity": (lambda t: t.nn.Identity(), (Input((2,)),)),
    "Flatten": (lambda t: t.nn.Flatten(), (Input((2, 3, 2)),)),
    "ReLU": (lambda t: t.nn.ReLU(), (Input((2, 3)),)),
    "LeakyReLU": (lambda t: t.nn.LeakyReLU(0.1), (Input((2, 3)),)),
    "ELU": (lambda t: t.nn.ELU(), (Input((2, 3)),)),
    "SiLU": (lambda t: t.nn.SiLU(), (Input((2, 3)),)),
    "GELU": (lambda t: t.nn.GELU(approximate="tanh"), (Input((2, 3)),)),
    "Tanh": (lambda t: t.nn.Tanh(), (Input((2, 3)),)),
    "Sigmoid": (lambda t: t.nn.Sigmoid(), (Input((2, 3)),)),
    "Softplus": (lambda t: t.nn.Softplus(), (Input((2, 3)),)),
    "Softmax": (lambda t: t.nn.Softmax(dim=-1), (Input((2, 3)),)),
    "LogSoftmax": (lambda t: t.nn.LogSoftmax(dim=0), (Input((2, 3)),)),
    "LayerNorm": (lambda t: t.nn.LayerNorm(3), (Input((2, 3)),)),
    "LayerNorm of two": (lambda t: t.nn.LayerNorm((2, 3), eps=1e-3), (Input((2, 2, 3)),)),
    "LayerNorm plain": (lambda t: t.nn.LayerNorm(3, elementwise_affine=False), (Input((2, 3)),)),
    "Dropout at rest": (lambda t: t.nn.Dropout(0.4).eval(), (Input((2, 3)),)),
    "Embedding": (lambda t: t.nn.Embedding(5, 2, padding_idx=1), (Input((2, 3), "int64", (0, 5)),)),
    "Conv1d": (lambda t: t.nn.Conv1d(2, 3, 2), (Input((2, 2, 5)),)),
    "Conv1d all": (lambda t: t.nn.Conv1d(2, 3, 3, stride=2, padding=2, dilation=2), (Input((2, 2, 7)),)),
    "Conv1d same": (lambda t: t.nn.Conv1d(2, 1, 3, padding="same", bias=False), (Input((2, 4)),)),
    "GRU": (lambda t: t.nn.GRU(3, 2), (Input((4, 2, 3)),)),
    "GRU with state": (lambda t: t.nn.GRU(3, 2), (Input((4, 2, 3)), Input((1, 2, 2)))),
    "GRU batch first, two layers": (
        lambda t: t.nn.GRU(3, 2, num_layers=2, batch_first=True),
        (Input((2, 4, 3)), Input((2, 2, 2))),
    ),
    "GRU without batch": (lambda t: t.nn.GRU(3, 2, bias=False), (Input((4, 3)), Input((1, 2)))),
    "Attention": (lambda t: t.nn.MultiheadAttention(4, 2), (Input((3, 2, 4)), Input((5, 2, 4)), Input((5, 2, 4)))),
    "Attention batch first": (
        lambda t: Called(t, t.nn.MultiheadAttention(4, 2, batch_first=True), average_attn_weights=False),
        (Input((2, 3, 4)),),
    ),
    "Attention without batch": (
        lambda t: Called(t, t.nn.MultiheadAttention(4, 1, bias=False), need_weights=False),
        (Input((3, 4)),),
    ),
    "Attention masked": (
        lambda t: Called(
            t,
            t.nn.MultiheadAttention(4, 2, batch_first=True),
            attn_mask=t.triu(t.ones(3, 3, dtype=t.bool), diagonal=1),
            key_padding_mask=t.tensor([[False, False, True], [False, False, False]]),
        ),
        (Input((2, 3, 4)),),
    ),
    "Attention with numbers as mask": (
        lambda t: Called(
            t, t.nn.MultiheadAttention(4, 2, batch_first=True), attn_mask=t.ones(4, 3, 3, dtype=t.float64).cumsum(0)
        ),
        (Input((2, 3, 4)),),
    ),
    "Sequential": (
        lambda t: t.nn.Sequential(t.nn.Linear(3, 4), t.nn.LayerNorm(4), t.nn.Tanh(), t.nn.Linear(4, 2)),
        (Input((5, 3)),),
    ),
    "ModuleList": (lambda t: Stacked(t), (Input((2, 3)),)),
}


def Called(torch: Any, attention: Any, **options: Any) -> Any:
    """An attention of x with itself, with these options."""

    class SelfAttention(torch.nn.Module):  # type: ignore[misc,name-defined]
        def __init__(self) -> None:
            super().__init__()
            self.attention = attention

        def forward(self, x: Any) -> Any:
            return self.attention(x, x, x, **options)

    return SelfAttention()


def Stacked(torch: Any) -> Any:
    """A module with a list, a shared layer, a buffer and a parameter of its own."""

    class Net(torch.nn.Module):  # type: ignore[misc,name-defined]
        def __init__(self) -> None:
            super().__init__()
            self.layers = torch.nn.ModuleList([torch.nn.Linear(3, 3) for _ in range(2)])
            self.again = self.layers[0]
            self.scale = torch.nn.Parameter(torch.ones(3))
            self.register_buffer("shift", torch.tensor([1.0, 2.0, 3.0]))

        def forward(self, x: Any) -> Any:
            for layer in self.layers:
                x = torch.relu(layer(x))
            return self.again(x) * self.scale + self.shift

    return Net()


def run_module(torch: Any, name: str) -> dict[str, Any]:
    """A module's results, and the gradients of its parameters and inputs."""
    build, inputs = MODULES[name]
    module = filled(torch, build(torch))
    tensors = [tensor(torch, f"{name} {i}", each) for i, each in enumerate(inputs)]
    outputs = flattened(module(*tensors))
    weighted_sum(torch, name, outputs).backward()
    gradients = [(key, each.grad) for key, each in module.named_parameters()]
    gradients += [(f"input {i}", each.grad) for i, each in enumerate(tensors) if each.requires_grad]
    return {
        "out": [described(each) for each in outputs],
        "grad": {key: None if each is None else described(each) for key, each in gradients},
        "state": [[key, list(each.shape)] for key, each in module.state_dict().items()],
    }


# --- optimisers and schedules ---

OPTIMISERS: dict[str, Callable[..., Any]] = {
    "SGD": lambda t, p: t.optim.SGD(p, lr=0.1),
    "SGD momentum": lambda t, p: t.optim.SGD(p, lr=0.1, momentum=0.9, dampening=0.3),
    "SGD nesterov": lambda t, p: t.optim.SGD(p, lr=0.1, momentum=0.9, nesterov=True, weight_decay=0.05),
    "SGD maximize": lambda t, p: t.optim.SGD(p, lr=0.1, momentum=0.5, maximize=True),
    "Adam": lambda t, p: t.optim.Adam(p),
    "Adam options": lambda t, p: t.optim.Adam(p, lr=0.05, betas=(0.8, 0.9), eps=1e-5, weight_decay=0.1),
    "Adam maximize": lambda t, p: t.optim.Adam(p, lr=0.05, maximize=True),
    "AdamW": lambda t, p: t.optim.AdamW(p, lr=0.05),
    "AdamW options": lambda t, p: t.optim.AdamW(p, lr=0.05, betas=(0.5, 0.6), weight_decay=0.3),
    "groups": lambda t, p: t.optim.SGD([{"params": p[:1]}, {"params": p[1:], "lr": 0.5}], lr=0.1, momentum=0.5),
}


def run_optimiser(torch: Any, name: str, steps: int = 5) -> list[Any]:
    """The parameters after each of some steps, with a gradient that is clipped in between."""
    parameters = [torch.nn.Parameter(tensor(torch, f"p{i}", Input((3,))).detach()) for i in range(2)]
    optimiser = OPTIMISERS[name](torch, parameters)
    found = []
    for step in range(steps):
        optimiser.zero_grad()
        loss = sum(((each - step) ** 2).sum() + each.prod() for each in parameters)
        loss.backward()
        norm = torch.nn.utils.clip_grad_norm_(parameters, 6.0)
        optimiser.step()
        found.append([described(norm)[2], *(described(each)[2] for each in parameters)])
    state = optimiser.state_dict()
    found.append([sorted(each) for each in state["state"].values()])
    found.append([each["params"] for each in state["param_groups"]])
    return found


SCHEDULES: dict[str, Callable[..., Any]] = {
    "StepLR": lambda t, o: t.optim.lr_scheduler.StepLR(o, step_size=3, gamma=0.5),
    "LinearLR": lambda t, o: t.optim.lr_scheduler.LinearLR(o, total_iters=4),
    "LinearLR down": lambda t, o: t.optim.lr_scheduler.LinearLR(o, start_factor=1.0, end_factor=0.1, total_iters=6),
    "ExponentialLR": lambda t, o: t.optim.lr_scheduler.ExponentialLR(o, 0.9),
    "LambdaLR": lambda t, o: t.optim.lr_scheduler.LambdaLR(o, lambda step: 1 / (1 + step)),
    "CosineAnnealingLR": lambda t, o: t.optim.lr_scheduler.CosineAnnealingLR(o, T_max=8, eta_min=0.01),
}


def run_schedule(torch: Any, name: str, steps: int = 8) -> list[Any]:
    """The learning rates of two groups over some steps."""
    parameters = [torch.nn.Parameter(torch.ones(1)) for _ in range(2)]
    optimiser = torch.optim.SGD([{"params": parameters[:1]}, {"params": parameters[1:], "lr": 1.0}], lr=0.2)
    schedule = SCHEDULES[name](torch, optimiser)
    found = [list(schedule.get_last_lr())]
    for _ in range(steps):
        optimiser.step()
        schedule.step()
        found.append([group["lr"] for group in optimiser.param_groups])
    return [[float(f"{each:.9g}") for each in row] for row in found]


# --- a whole training, and the texts of things ---


def run_training(torch: Any) -> list[float]:
    """The losses of an actor and a critic that learn from a fixed batch; gradients, clipping, schedule and all."""
    nn = torch.nn
    actor = filled(torch, nn.Sequential(nn.Linear(4, 8), nn.ReLU(), nn.Linear(8, 3), nn.Softmax(dim=-1)))
    critic = filled(torch, nn.Sequential(nn.Linear(4, 8), nn.Tanh(), nn.Linear(8, 1)))
    parameters = [*actor.parameters(), *critic.parameters()]
    optimiser = torch.optim.Adam(parameters, lr=0.01)
    schedule = torch.optim.lr_scheduler.StepLR(optimiser, 10, 0.5)
    states = tensor(torch, "states", Input((16, 4))).detach()
    actions = tensor(torch, "actions", Input((16, 1), "int64", (0, 3)))
    returns = tensor(torch, "returns", Input((16,))).detach()
    losses = []
    for _ in range(25):
        values = critic(states).squeeze(-1)
        advantages = (returns - values).detach()
        chosen = actor(states).gather(1, actions).squeeze(1)
        loss = -(torch.log(chosen) * advantages).mean() + nn.MSELoss()(values, returns)
        optimiser.zero_grad()
        loss.backward()
        nn.utils.clip_grad_norm_(parameters, max_norm=0.5)
        optimiser.step()
        schedule.step()
        losses.append(loss.item())
    return losses


TEXTS: dict[str, Callable[..., Any]] = {
    "float": lambda t: t.tensor([1.0, 2.5, -3.25]),
    "whole floats": lambda t: t.tensor([[1.0, 20.0], [-3.0, 4.0]]),
    "0-dim": lambda t: t.tensor(3.14159),
    "0-dim whole": lambda t: t.tensor(2.0),
    "int": lambda t: t.tensor([[1, -20, 300], [4, 5, 6]]),
    "bool": lambda t: t.tensor([True, False]),
    "double": lambda t: t.tensor([1.5], dtype=t.float64),
    "small and large": lambda t: t.tensor([1e-5, 1.0, 1e5]),
    "large whole": lambda t: t.tensor([1.0, 100000.0]),
    "very small": lambda t: t.tensor([0.00001, 0.00002]),
    "not finite": lambda t: t.tensor([1.5, float("nan"), float("-inf")]),
    "only nan": lambda t: t.tensor([float("nan")]),
    "whole and inf": lambda t: t.tensor([1.0, float("inf")]),
    "zeros": lambda t: t.zeros(2, 2),
    "empty": lambda t: t.zeros(0),
    "empty matrix": lambda t: t.zeros(2, 0),
    "empty int": lambda t: t.zeros(0, dtype=t.int64),
    "three dimensions": lambda t: t.arange(8.0).reshape(2, 2, 2),
    "long row": lambda t: t.arange(30),
    "long float row": lambda t: t.arange(25) / 7,
    "shortened": lambda t: t.arange(2000),
    "shortened float": lambda t: t.arange(2000) / 7,
    "shortened matrix": lambda t: t.arange(3000.0).reshape(100, 30),
    "shortened wide": lambda t: t.arange(3000).reshape(3, 1000),
    "leaf": lambda t: t.ones(2, requires_grad=True),
    "computed": lambda t: t.ones(2, requires_grad=True) * 2,
    "computed double": lambda t: t.ones(2, dtype=t.float64, requires_grad=True).exp(),
    "parameter": lambda t: t.nn.Parameter(t.ones(2)),
    "size": lambda t: t.ones(2, 3).shape,
    "dtype": lambda t: [t.float32, t.float64, t.int64, t.bool, t.float, t.long, t.double],
    "device": lambda t: t.ones(1).device,
    "max": lambda t: t.tensor([[1.0, 2.0]]).max(1),
    "sort": lambda t: t.tensor([2, 1]).sort(),
    "topk": lambda t: t.tensor([2.0, 1.0]).topk(1),
    "format": lambda t: f"{t.tensor(1.234):.2f} {t.tensor([1.5])} {t.tensor(2)}",
    "type": lambda t: [t.ones(1).type(), t.ones(1).double().type(), t.ones(1).long().type(), t.ones(1).bool().type()],
    "stride": lambda t: [t.ones(2, 3).stride(), t.ones(2, 3).T.stride(), t.ones(2, 3).T.is_contiguous()],
    "item types": lambda t: [type(each.item()).__name__ for each in (t.ones(1), t.ones(1).long(), t.ones(1).bool())],
    "grad_fn": lambda t: [
        (t.ones(2, requires_grad=True) * 2).grad_fn.name(),
        t.ones(2, requires_grad=True).sum().grad_fn.name(),
        (t.ones(2, requires_grad=True) ** 2).mean().grad_fn.name(),
    ],
    "Linear": lambda t: t.nn.Linear(3, 2),
    "Linear without bias": lambda t: t.nn.Linear(3, 2, bias=False),
    "Sequential": lambda t: t.nn.Sequential(t.nn.Linear(3, 2), t.nn.ReLU(), t.nn.Sequential(t.nn.Dropout(0.1))),
    "ModuleList": lambda t: t.nn.ModuleList([t.nn.Linear(2, 2), t.nn.Linear(2, 2), t.nn.ReLU()]),
    "ModuleDict": lambda t: t.nn.ModuleDict({"a": t.nn.Tanh(), "b": t.nn.Softmax(dim=-1)}),
    "layers": lambda t: [
        t.nn.LayerNorm(3),
        t.nn.Embedding(3, 2),
        t.nn.Embedding(3, 2, padding_idx=-1),
        t.nn.GRU(3, 4, 2, batch_first=True),
        t.nn.GRU(3, 4, bias=False),
        t.nn.MultiheadAttention(4, 2),
        t.nn.Conv1d(3, 2, 3, padding=1, dilation=2),
        t.nn.Conv1d(3, 2, 3, padding="same", bias=False),
        t.nn.Flatten(),
        t.nn.Identity(),
        t.nn.ELU(),
        t.nn.SiLU(),
        t.nn.LeakyReLU(),
        t.nn.GELU("tanh"),
        t.nn.Softplus(),
        t.nn.LogSoftmax(-1),
        t.nn.Sigmoid(),
    ],
    "losses": lambda t: [t.nn.MSELoss(), t.nn.HuberLoss(), t.nn.CrossEntropyLoss(), t.nn.BCEWithLogitsLoss()],
    "own module": lambda t: Stacked(t),
    "distributions": lambda t: [
        t.distributions.Categorical(t.ones(2, 3)),
        t.distributions.Categorical(logits=t.ones(3)),
        t.distributions.Normal(0.0, 1.0),
        t.distributions.Normal(t.zeros(2), t.ones(2)),
        t.distributions.Bernoulli(t.ones(2) / 2),
    ],
    "keys matched": lambda t: t.nn.Linear(1, 1).load_state_dict(t.nn.Linear(1, 1).state_dict()),
    "keys not matched": lambda t: t.nn.Linear(1, 1).load_state_dict({"weight": t.ones(1, 1), "x": 1}, strict=False),
    "gains": lambda t: [t.nn.init.calculate_gain(each) for each in ("linear", "tanh", "relu", "leaky_relu", "sigmoid")],
    "names": lambda t: [name for name, _ in Stacked(t).named_parameters()],
    "modules": lambda t: [name for name, _ in Stacked(t).named_modules()],
    "children": lambda t: [name for name, _ in Stacked(t).named_children()],
}


def run_text(torch: Any, name: str) -> str:
    """What a learner sees."""
    return repr(TEXTS[name](torch))


# --- errors and warnings ---


def _modified(t: Any) -> None:
    w = t.ones(2, requires_grad=True)
    h = w * 1
    loss = (h * h).sum()
    h.add_(1)
    loss.backward()


def _result_modified(t: Any) -> None:
    h = t.ones(2, requires_grad=True) * 1
    h.exp_().neg_().sum().backward()


def _twice(t: Any) -> None:
    x = t.ones(2, requires_grad=True)
    y = (x * x).sum()
    y.backward()
    y.backward()


def _stepped(t: Any) -> None:
    net = t.nn.Sequential(t.nn.Linear(2, 3), t.nn.Linear(3, 1))
    optimiser = t.optim.SGD(net.parameters(), 0.1)
    loss = net(t.ones(4, 2)).sum()
    loss.backward(retain_graph=True)
    optimiser.step()
    loss.backward()


def _no_init(t: Any) -> None:
    class Net(t.nn.Module):  # type: ignore[misc,name-defined]
        def __init__(self) -> None:
            self.layer = t.nn.Linear(1, 1)

    Net()


def _schedule_first(t: Any) -> None:
    t.optim.lr_scheduler.StepLR(t.optim.SGD([t.nn.Parameter(t.ones(1))], lr=0.1), 2).step()


ERRORS: dict[str, Callable[[Any], Any]] = {
    "item of many": lambda t: t.ones(2, 3).item(),
    "mm": lambda t: t.ones(2, 3) @ t.ones(2, 3),
    "dot": lambda t: t.ones(3) @ t.ones(4),
    "mv": lambda t: t.ones(2, 3) @ t.ones(4),
    "vm": lambda t: t.ones(4) @ t.ones(2, 3),
    "bmm": lambda t: t.ones(2, 3, 4) @ t.ones(2, 3, 4),
    "torch.bmm": lambda t: t.bmm(t.ones(2, 3, 4), t.ones(2, 3, 4)),
    "matmul types": lambda t: t.ones(2, 3) @ t.ones(3, 2).double(),
    "matmul int": lambda t: t.ones(2, 3) @ t.ones(3, 2).long(),
    "bmm types": lambda t: t.ones(2, 3, 4) @ t.ones(2, 4, 3).double(),
    "matmul 0-dim": lambda t: t.tensor(1.0) @ t.ones(2, 3),
    "linear": lambda t: t.nn.Linear(4, 2)(t.ones(2, 3)),
    "linear types": lambda t: t.nn.Linear(3, 2)(t.ones(2, 3).double()),
    "linear int": lambda t: t.nn.Linear(3, 2)(t.ones(2, 3).long()),
    "broadcast": lambda t: t.ones(2, 3) + t.ones(4),
    "gather type": lambda t: t.ones(2, 3).gather(1, t.ones(2, 1)),
    "gather bounds": lambda t: t.ones(2, 3).gather(1, t.full((2, 1), 7)),
    "gather dimensions": lambda t: t.ones(2, 3).gather(1, t.tensor([0])),
    "gather size": lambda t: t.ones(2, 3).gather(1, t.zeros(3, 1, dtype=t.long)),
    "leaf in place": lambda t: t.ones(2, requires_grad=True).add_(1),
    "leaf += ": lambda t: t.ones(2, requires_grad=True).__iadd__(1),
    "leaf set": lambda t: t.ones(2, requires_grad=True).__setitem__(0, 1.0),
    "view of leaf in place": lambda t: t.ones(2, requires_grad=True)[:1].add_(1),
    "leaf normal_": lambda t: t.ones(2, requires_grad=True).normal_(),
    "backward of many": lambda t: (t.ones(2, requires_grad=True) * 2).backward(),
    "backward of nothing": lambda t: t.ones(2).sum().backward(),
    "backward twice": _twice,
    "backward shape": lambda t: (t.ones(2, requires_grad=True) * 2).backward(t.ones(3)),
    "grad unused": lambda t: t.autograd.grad(t.ones(1, requires_grad=True) * 2, t.ones(1, requires_grad=True)),
    "numpy": lambda t: t.ones(2, requires_grad=True).numpy(),
    "requires_grad of int": lambda t: t.tensor([1], requires_grad=True),
    "requires_grad_ of int": lambda t: t.tensor([1]).requires_grad_(),
    "requires_grad of computed": lambda t: setattr(t.ones(1, requires_grad=True) * 2, "requires_grad", False),
    "retain_grad": lambda t: t.ones(1).retain_grad(),
    "bool": lambda t: bool(t.ones(2)),
    "bool of none": lambda t: bool(t.ones(0)),
    "len": lambda t: len(t.tensor(1)),
    "iter": lambda t: list(t.tensor(1)),
    "float": lambda t: float(t.ones(2)),
    "index": lambda t: [1, 2][t.tensor(1.0)],
    "format": lambda t: f"{t.ones(2):.2f}",
    "dim": lambda t: t.ones(2, 3).sum(2),
    "softmax dim": lambda t: t.softmax(t.ones(2, 3), 5),
    "view": lambda t: t.ones(2, 3).view(4, 2),
    "view of transposed": lambda t: t.ones(2, 3).t().view(6),
    "reshape": lambda t: t.ones(2, 3).reshape(-1, 4),
    "reshape two": lambda t: t.ones(2, 3).reshape(-1, -1),
    "cat": lambda t: t.cat([t.ones(2, 3), t.ones(3, 4)]),
    "cat dimensions": lambda t: t.cat([t.ones(2, 3), t.ones(3)]),
    "cat nothing": lambda t: t.cat([]),
    "stack": lambda t: t.stack([t.ones(2, 3), t.ones(3)]),
    "stack nothing": lambda t: t.stack([]),
    "index bounds": lambda t: t.ones(2, 3)[5],
    "index bounds 2": lambda t: t.ones(2, 3)[:, 5],
    "index tensor bounds": lambda t: t.ones(2, 3)[t.tensor([5])],
    "index float": lambda t: t.ones(2, 3)[t.tensor([1.0])],
    "index too many": lambda t: t.ones(2, 3)[0, 0, 0],
    "index 0-dim": lambda t: t.tensor(1.0)[0],
    "index mask": lambda t: t.ones(2, 3)[t.tensor([True, False, True])],
    "index step": lambda t: t.ones(2, 3)[::-1],
    "index number": lambda t: t.ones(2, 3)[1.5],
    "set shape": lambda t: t.ones(2, 3).__setitem__(0, t.ones(4)),
    "expand": lambda t: t.ones(2, 3).expand(4, 3),
    "mean of int": lambda t: t.tensor([1, 2]).mean(),
    "std of int": lambda t: t.tensor([1, 2]).std(),
    "max of nothing": lambda t: t.ones(0).max(),
    "argmax of nothing": lambda t: t.ones(0).argmax(),
    "max along nothing": lambda t: t.ones(0, 3).max(0),
    "where type": lambda t: t.where(t.ones(2), t.ones(2), t.ones(2)),
    "masked_fill type": lambda t: t.ones(2).masked_fill(t.ones(2), 0),
    "clamp": lambda t: t.ones(2).clamp(),
    "cross_entropy target": lambda t: t.nn.functional.cross_entropy(t.ones(2, 3), t.tensor([0, 5])),
    "cross_entropy batch": lambda t: t.nn.functional.cross_entropy(t.ones(2, 3), t.tensor([0])),
    "mse broadcast": lambda t: t.nn.MSELoss()(t.ones(3, 1), t.ones(3)),
    "huber broadcast": lambda t: t.nn.functional.huber_loss(t.ones(3, 1), t.ones(3)),
    "bce shape": lambda t: t.nn.BCELoss()(t.ones(3, 1), t.ones(3)),
    "logits shape": lambda t: t.nn.BCEWithLogitsLoss()(t.ones(3, 1), t.ones(3)),
    "softmax without dim": lambda t: t.nn.Softmax()(t.ones(2, 3)),
    "std of one": lambda t: t.ones(1).std(),
    "tensor of tensor": lambda t: t.tensor(t.ones(2)),
    "T of three": lambda t: t.ones(2, 3, 4).T,
    "schedule first": _schedule_first,
    "multinomial negative": lambda t: t.multinomial(t.tensor([-1.0, 2]), 1),
    "multinomial int": lambda t: t.multinomial(t.tensor([1, 2]), 1),
    "multinomial too many": lambda t: t.multinomial(t.tensor([1.0, 2]), 3),
    "multinomial zero": lambda t: t.multinomial(t.tensor([0.0, 0]), 1),
    "multinomial dimensions": lambda t: t.multinomial(t.ones(2, 2, 2), 1),
    "Categorical negative": lambda t: t.distributions.Categorical(probs=t.tensor([-1.0, 2])),
    "Categorical nothing": lambda t: t.distributions.Categorical(),
    "Categorical scalar": lambda t: t.distributions.Categorical(t.tensor(1.0)),
    "Categorical nan": lambda t: t.distributions.Categorical(logits=t.tensor([float("nan"), 2])),
    "Categorical value": lambda t: t.distributions.Categorical(t.ones(3)).log_prob(t.tensor(5)),
    "Categorical shape": lambda t: t.distributions.Categorical(t.ones(2, 3)).log_prob(t.tensor([0, 1, 2])),
    "Normal scale": lambda t: t.distributions.Normal(0.0, -1.0),
    "Normal value": lambda t: t.distributions.Normal(0.0, 1.0).log_prob(t.tensor(float("nan"))),
    "add text": lambda t: t.ones(2) + "a",
    "add list": lambda t: t.ones(2) + [1, 2],  # noqa: RUF005
    "sub bool": lambda t: t.tensor([True]) - t.tensor([True]),
    "neg bool": lambda t: -t.tensor([True]),
    "int in place": lambda t: t.tensor([1]).add_(1.5),
    "int divided in place": lambda t: t.tensor([1]).div_(2),
    "negative power": lambda t: t.tensor([2]) ** -1,
    "ragged": lambda t: t.tensor([[1, 2], [3]]),
    "text": lambda t: t.tensor("a"),
    "None": lambda t: t.tensor(None),
    "object": lambda t: t.tensor([object()]),
    "list of tensors": lambda t: t.tensor([t.ones(2), t.ones(2)]),
    "from_numpy": lambda t: t.from_numpy([1]),
    "randint": lambda t: t.randint(5, 3, (2,)),
    "negative size": lambda t: t.randn(-1),
    "t of three": lambda t: t.ones(2, 3, 4).t(),
    "arange": lambda t: t.arange(5, 1),
    "modified": _modified,
    "modified by a step": _stepped,
    "modified result": _result_modified,
    "embedding": lambda t: t.nn.Embedding(3, 2)(t.tensor([5])),
    "layer_norm": lambda t: t.nn.LayerNorm(4)(t.ones(2, 3)),
    "conv1d channels": lambda t: t.nn.Conv1d(4, 2, 3)(t.ones(1, 3, 5)),
    "conv1d length": lambda t: t.nn.Conv1d(3, 2, 8)(t.ones(1, 3, 5)),
    "GRU size": lambda t: t.nn.GRU(4, 2)(t.ones(2, 3)),
    "GRU dimensions": lambda t: t.nn.GRU(4, 2)(t.ones(1, 1, 1, 1)),
    "GRU state": lambda t: t.nn.GRU(3, 2)(t.ones(5, 2, 3), t.ones(2, 2, 2)),
    "attention heads": lambda t: t.nn.MultiheadAttention(5, 2),
    "attention size": lambda t: t.nn.MultiheadAttention(4, 2)(t.ones(2, 3), t.ones(2, 3), t.ones(2, 3)),
    "dropout": lambda t: t.nn.Dropout(2.0),
    "load_state_dict": lambda t: t.nn.Linear(2, 3).load_state_dict({"weight": t.ones(3, 3), "x": t.ones(1)}),
    "no super().__init__()": _no_init,
    "no attribute": lambda t: t.nn.Linear(1, 1).foo,
    "no forward": lambda t: t.nn.Module()(1),
    "not a parameter": lambda t: setattr(t.nn.Linear(1, 1), "weight", t.ones(1)),
    "sequential index": lambda t: t.nn.Sequential(t.nn.ReLU())[3],
    "no parameters": lambda t: t.optim.SGD([], lr=0.1),
    "learning rate": lambda t: t.optim.Adam([t.nn.Parameter(t.ones(1))], lr=-1),
    "no leaf": lambda t: t.optim.SGD([t.nn.Parameter(t.ones(1)) * 2], lr=0.1),
    "not a list": lambda t: t.optim.SGD(t.ones(1), lr=0.1),
    "not a tensor": lambda t: t.optim.SGD([1], lr=0.1),
    "nesterov": lambda t: t.optim.SGD([t.nn.Parameter(t.ones(1))], lr=0.1, nesterov=True),
    "one_hot": lambda t: t.nn.functional.one_hot(t.tensor([1, 4]), 3),
    "scatter type": lambda t: t.zeros(2, 3).scatter_(1, t.tensor([[0], [1]]), t.ones(2, 1).double()),
    "missing file": lambda t: t.load("no such file.pt"),
    "fan": lambda t: t.nn.init.xavier_uniform_(t.ones(3)),
    "gain": lambda t: t.nn.init.calculate_gain("none"),
}

#: Messages of which only the first words are PyTorch's: the rest names internals, or says more here.
FIRST_WORDS = {
    "modified": 10,
    "modified by a step": 10,
    "modified result": 10,
    "std of one": 15,
    "T of three": 15,
    "schedule first": 15,
    "not a list": 8,
}


def run_error(torch: Any, name: str) -> list[str]:
    """[kind, message] of the error, or of the first warning."""
    with warnings.catch_warnings(record=True) as seen:
        warnings.simplefilter("always")
        try:
            ERRORS[name](torch)
        except Exception as error:
            text = str(error)
            kind = type(error).__name__
        else:
            kind, text = ("warning", str(seen[0].message)) if seen else ("nothing", "")
    words = FIRST_WORDS.get(name)
    return [kind, " ".join(text.split(" ")[:words]) if words else text]
