"""`import torch` where PyTorch is absent, and what is said of the parts that are missing."""

from __future__ import annotations

import importlib.machinery
import math
import subprocess
import sys
import textwrap
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from grandmodel_sim import torch

from academy import paths

ABSENT = importlib.machinery.PathFinder.find_spec("torch") is None


def fresh(code: str, *path: str) -> str:
    """What a new interpreter prints that knows the simulator."""
    command = f"import sys; sys.path[:0] = {[*path, str(paths.SIMULATOR)]!r}\n" + textwrap.dedent(code)
    done = subprocess.run([sys.executable, "-c", command], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    return done.stdout


@pytest.mark.skipif(not ABSENT, reason="PyTorch is installed, so it is found first")
def test_torch_is_found_under_all_its_names_and_only_once() -> None:
    said = fresh(
        """
        from grandmodel_sim.notebook.torch_finder import MODULES, offer_torch
        offer_torch()
        offer_torch()
        print("numpy" in sys.modules, len([each for each in sys.meta_path if type(each).__name__ == "TorchFinder"]))
        import torch.optim.lr_scheduler
        import torch.nn.functional as F
        from torch.distributions import Categorical
        from torch import nn
        import grandmodel_sim.torch as subset
        print(torch is subset, F is subset.nn.functional, Categorical is subset.distributions.Categorical)
        print(isinstance(nn.Linear(1, 1)(torch.ones(1)), subset.Tensor), torch.__spec__.name)
        print(all(sys.modules[name] is sys.modules["grandmodel_sim." + name] for name in MODULES))
        try:
            import torch.onnx
        except ModuleNotFoundError as error:
            print(error.name, error)
        """
    )
    lines = said.splitlines()
    assert lines[:4] == ["False 1", "True True True", "True grandmodel_sim.torch", "True"]
    assert lines[4].startswith(
        "torch.onnx No module named 'torch.onnx' in GrandModel's subset of PyTorch; it has torch, "
    )


def test_an_installed_pytorch_wins(tmp_path: Path) -> None:
    (tmp_path / "torch").mkdir()
    (tmp_path / "torch" / "__init__.py").write_text("kind = 'the real one'\n")
    said = fresh(
        """
        from grandmodel_sim.notebook.torch_finder import offer_torch
        offer_torch()
        import torch
        print(torch.kind)
        try:
            import torch.nn
        except ModuleNotFoundError as error:
            print(error)
        """,
        str(tmp_path),
    )
    assert said.splitlines() == ["the real one", "No module named 'torch.nn'"]


def test_other_modules_are_not_our_affair() -> None:
    from grandmodel_sim.notebook.torch_finder import TorchFinder

    assert TorchFinder().find_spec("torchvision", None) is None
    assert TorchFinder().find_spec("numpy", None) is None


@pytest.mark.parametrize(
    ("module", "name", "near"),
    [
        (torch, "matmull", "torch.matmul"),
        (torch, "int32", "torch.int64"),
        (torch.nn, "LSTM", "torch.nn.GRU"),
        (torch.nn, "Lineer", "torch.nn.Linear"),
        (torch.nn.functional, "soft_max", "torch.nn.functional.softmax"),
        (torch.optim, "RMSprop", "torch.optim.Adam"),
        (torch.optim.lr_scheduler, "OneCycleLR", "torch.optim.lr_scheduler.LinearLR"),
        (torch.distributions, "Categorial", "torch.distributions.Categorical"),
        (torch.nn.init, "xavier", "torch.nn.init.xavier_normal_"),
        (torch.nn.utils, "clip_grad_norm", "torch.nn.utils.clip_grad_norm_"),
        (torch.autograd, "gradchek", "torch.autograd.gradcheck"),
        (torch.ones(1), "sqrrt", "Tensor.sqrt"),
        (torch.nn, "MSE", "torch.nn.MSELoss"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_what_is_missing_is_named_with_the_nearest_that_is_not(module: object, name: str, near: str) -> None:
    with pytest.raises(AttributeError) as caught:
        getattr(module, name)
    assert f"{name} is not in GrandModel's subset of PyTorch; the nearest that is: {near}" in str(caught.value)
    assert not hasattr(module, name)


def test_from_import_says_it_too() -> None:
    with pytest.raises(ImportError, match=r"torch\.nn\.LSTM is not in .*; the nearest that is: torch\.nn\.GRU"):
        from grandmodel_sim.torch.nn import LSTM  # noqa: F401
    with pytest.raises(AttributeError, match=r"dir\(torch\) lists what is"):
        torch.qqqqq  # noqa: B018


@pytest.mark.parametrize(
    ("module", "name", "hint"),
    [
        (torch, "linalg", r"norm, matmul, outer and einsum are here, numpy\.linalg has the rest"),
        (torch, "compile", "code runs as it is written"),
        (torch, "utils", r"torch\.randperm draws mini-batches"),
        (torch, "vmap", r"dir\(torch\) lists what is"),
        (torch.nn, "Transformer", r"it is built on torch\.nn\.MultiheadAttention, which is here"),
        (torch.ones(1), "cuda", "tensors are on 'cpu'"),
        (torch.ones(1), "register_hook", r"retain_grad\(\) keeps"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_a_name_that_is_like_no_other_gets_advice_and_no_other_name(module: object, name: str, hint: str) -> None:
    with pytest.raises(AttributeError, match=rf"{name} is not in GrandModel's subset of PyTorch; {hint}"):
        getattr(module, name)


def test_pytorch_s_constants_are_there() -> None:
    assert (torch.pi, torch.e, torch.inf) == (math.pi, math.e, math.inf)
    assert math.isnan(torch.nan)


def makers() -> dict[str, partial[Any]]:
    """All that make tensors on a device, with what else they need."""
    x, t, nn = torch.ones(2), torch, torch.nn
    return {
        **{name: partial(getattr(t, name), 2) for name in ("zeros", "ones", "empty", "rand", "randn", "arange", "eye")},
        **{f"{name}_like": partial(getattr(t, f"{name}_like"), x) for name in ("zeros", "ones", "empty")},
        "tensor": partial(t.tensor, [1.0]),
        "as_tensor": partial(t.as_tensor, x),
        "full": partial(t.full, (2,), 1.0),
        "full_like": partial(t.full_like, x, 1.0),
        "linspace": partial(t.linspace, 0, 1, 3),
        "randint": partial(t.randint, 2, (3,)),
        "Generator": partial(t.Generator),
        "Linear": partial(nn.Linear, 1, 1),
        "LayerNorm": partial(nn.LayerNorm, 2, elementwise_affine=False),
        "Conv1d": partial(nn.Conv1d, 1, 1, 1),
        "GRU": partial(nn.GRU, 1, 1),
        "MultiheadAttention": partial(nn.MultiheadAttention, 2, 1),
    }


def test_they_make_them_on_the_processor() -> None:
    for make in makers().values():
        make(device="cpu")
        make(device=torch.device("cpu"))


def unsupported_calls() -> dict[str, object]:
    x, t = torch.ones(2, requires_grad=True), torch
    return {
        "create_graph": lambda: (x * x).sum().backward(create_graph=True),
        "second derivatives": lambda: t.autograd.grad(x.sum(), x, create_graph=True),
        "device": lambda: t.device("cuda"),
        "to a device": lambda: x.to("cuda"),
        **{f"{name} on a device": lambda make=make: make(device="cuda") for name, make in makers().items()},
        "cuda": lambda: t.cuda.synchronize(),
        "amsgrad": lambda: t.optim.Adam([x], amsgrad=True),
        "bidirectional": lambda: t.nn.GRU(1, 1, bidirectional=True),
        "groups": lambda: t.nn.Conv1d(2, 2, 1, groups=2),
        "padding mode": lambda: t.nn.Conv1d(1, 1, 1, padding_mode="circular"),
        "attention": lambda: t.nn.MultiheadAttention(2, 1, kdim=3),
        "gelu": lambda: t.nn.GELU()(x),
        "pad": lambda: t.nn.functional.pad(x, (1, 1), mode="reflect"),
        "quantile": lambda: t.ones(2).quantile(0.5, interpolation="nearest"),
        "einsum": lambda: t.einsum("ii->i", t.ones(2, 2)),
        "kl": lambda: t.distributions.kl_divergence(t.distributions.Normal(0, 1), t.distributions.Bernoulli(0.5)),
        "embedding": lambda: t.nn.Embedding(2, 2, max_norm=1.0),
        "dropout in place": lambda: t.nn.functional.dropout(x, inplace=True),
        "assign": lambda: t.nn.Linear(1, 1).load_state_dict({}, assign=True),
        "map_location": lambda: t.load("x.pt", map_location="cuda"),
    }


@pytest.mark.parametrize("name", unsupported_calls())
def test_an_argument_that_is_not_offered_says_so_and_what_to_do(name: str) -> None:
    with pytest.raises(NotImplementedError, match=r".+ is not in GrandModel's subset of PyTorch; .+"):
        unsupported_calls()[name]()  # type: ignore[operator]


def test_a_type_that_is_not_offered_is_refused_by_name() -> None:
    import numpy as np

    with pytest.raises(
        TypeError, match=r"numpy\.uint8.*only supported types are: float64, float32, int64, int32 and bool"
    ):
        torch.from_numpy(np.zeros(2, np.uint8))
    with pytest.raises(TypeError, match=r"dtype: got 'float'; accepted are torch\.bool, torch\.int64"):
        torch.zeros(2, dtype="float")  # type: ignore[arg-type]
    assert torch.from_numpy(np.zeros(2, np.int32)).dtype is torch.int64


@pytest.mark.skipif(not ABSENT, reason="PyTorch is installed, so it is found first")
def test_cells_scripts_and_graded_answers_can_import_torch(tmp_path: Path) -> None:
    from grandmodel_sim.browser import Session
    from grandmodel_sim.grading import grade

    said: list[tuple[str, str]] = []
    session = Session(emit=lambda kind, text: said.append((kind, text)), root=str(tmp_path))
    code = "import torch\nfrom torch import nn\nx = torch.ones(2, requires_grad=True)\n(x * 3).sum().backward()\nx.grad"
    assert session.run_cell_now(code, "4.1", "cell first")
    assert said == [("result", "tensor([3., 3.])")]
    (tmp_path / "a.py").write_text("import torch.optim as optim\nprint(optim.Adam.__name__)\n")
    assert list(session.run_command(["python", "a.py"])) == [("stdout", "Adam\n")]
    checks = (
        "from grandmodel_sim.grading import check\n"
        "@check('the loss is 5', step=1, points=1)\n"
        "def loss(run):\n    run.expect(run['loss'] == 5.0, expected='5.0', found=run['loss'])\n"
    )
    report = grade("4.1", "import torch\nloss = torch.tensor([2.0, 3.0]).sum().item()", checks, files={})
    assert report["passed"] and report["error"] is None
