"""Shared memory, changes in place, copies, files: what a tensor holds and who sees it."""

from __future__ import annotations

import copy
import gc
import io
import json
import weakref
import zipfile
from collections import OrderedDict
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from grandmodel_sim import torch
from grandmodel_sim.torch import nn


def test_views_and_arrays_share_memory_and_copies_do_not() -> None:
    array = np.zeros((2, 3), np.float32)
    x = torch.from_numpy(array)
    view = x.view(3, 2).t()[0]
    x[0, 0] = 5
    view[1] = 7
    assert array[0].tolist() == [5, 0, 7] and x.numpy() is array
    assert torch.as_tensor(array).numpy() is array
    for separate in (torch.tensor(array), x.clone(), x.repeat(1, 1), x[[0, 1]], copy.deepcopy(x)):
        separate += 1
    assert array.sum() == 12
    detached = x.detach()
    detached.zero_()
    assert array.sum() == 0


def test_a_view_that_went_stale_is_refused_instead_of_derived_wrongly() -> None:
    x = torch.ones(3, requires_grad=True)
    y = x * 2
    part = y[:2]
    y.mul_(3)
    with pytest.raises(NotImplementedError, match="a view that needs a gradient after its memory was changed in place"):
        part.sum()
    with pytest.raises(NotImplementedError, match=r"through a view.*assign to the part of the whole"):
        y[0].add_(1)
    y[0] = y[0] + 1
    y.sum().backward()
    assert x.grad.tolist() == [6, 6, 6]


def test_what_the_way_back_reads_must_not_change_meanwhile() -> None:
    def changed(compute: Any, read: Any) -> None:
        x = torch.ones(2, 2, requires_grad=True)
        loss = compute(x).sum()
        read.zero_()
        loss.backward()

    index, mask = torch.ones(2, 1, dtype=torch.int64), torch.tensor([[True, False], [True, True]])
    for compute, read in (
        (lambda x: x.gather(1, index), index),
        (lambda x: torch.where(mask, x, 0.0), mask),
        (lambda x: x.masked_fill(mask, 0.0), mask),
        (lambda x: nn.functional.nll_loss(x, index[:, 0]), index),
    ):
        with pytest.raises(RuntimeError, match=r"modified by an inplace operation: \[torch\.(Long|Bool)Tensor"):
            changed(compute, read)
    rows = torch.tensor([1, 1])
    x = torch.ones(2, requires_grad=True)
    y = x[rows]
    rows.zero_()
    y.sum().backward()
    assert x.grad.tolist() == [0, 2]


def test_a_state_that_does_not_fit_changes_nothing() -> None:
    net = nn.Linear(2, 1)
    before = copy.deepcopy(net.state_dict())
    with pytest.raises(RuntimeError, match="size mismatch for bias"):
        net.load_state_dict({"weight": torch.zeros(1, 2), "bias": torch.zeros(3)})
    assert torch.equal(net.weight, before["weight"])


def test_numpy_s_numbers_and_arrays_beside_tensors() -> None:
    x = torch.ones(2)
    for y in (np.float64(2) * x, x * np.float32(2), np.int64(1) + x, x / np.float64(0.5)):
        assert y.tolist() == [2, 2] and y.dtype is torch.float32
    with pytest.raises(TypeError, match=r"unsupported operand type\(s\) for \*: 'numpy.ndarray' and 'Tensor'"):
        np.ones(2) * x


def test_values_with_gradients_go_into_a_fresh_buffer_row_by_row() -> None:
    w = torch.tensor(2.0, requires_grad=True)
    buffer = torch.zeros(3, 2)
    for t in range(3):
        buffer[t] = w * t
    buffer.sum().backward()
    assert w.grad.item() == 6
    with torch.no_grad():
        w += 1
        w.mul_(2)
    assert w.item() == 6 and w.is_leaf and w.requires_grad


def test_gradients_add_up_until_they_are_forgotten() -> None:
    w = torch.ones(2, requires_grad=True)
    for _ in range(2):
        (w * 3).sum().backward()
    assert w.grad.tolist() == [6, 6]
    w.grad = None
    loss = (w * w).sum()
    loss.backward(retain_graph=True)
    loss.backward()
    assert w.grad.tolist() == [4, 4]
    a, b = torch.ones(1, requires_grad=True), torch.ones(1, requires_grad=True)
    (a + b).backward()
    a.grad.add_(1)  # the two must not have come to share one array
    assert b.grad.item() == 1
    h = a * 2
    h.retain_grad()
    (h * 3).backward()
    assert h.grad.item() == 3
    (a * b).backward(inputs=[b])
    assert (a.grad.item(), b.grad.item()) == (8, 2)


def test_a_graph_is_let_go_when_nobody_holds_it() -> None:
    net = nn.Sequential(nn.Linear(4, 4), nn.Tanh(), nn.Softmax(dim=-1))
    gc.collect()
    gc.disable()
    try:
        output = net(torch.ones(2, 4))
        loss = output.exp().sum()
        memory = weakref.ref(output.numpy(force=True))
        del output
        assert memory() is not None
        del loss
        assert memory() is None  # without the collector: there is no cycle
    finally:
        gc.enable()


def test_a_long_chain_needs_no_deep_recursion() -> None:
    x = torch.ones(1, requires_grad=True)
    y = x
    for _ in range(5000):
        y = y * 1.0
    y.backward()
    assert x.grad.item() == 1
    del y


def test_a_network_is_copied_with_its_weights_and_without_its_graph() -> None:
    net = nn.Sequential(nn.Linear(2, 2), nn.ReLU())
    net(torch.ones(1, 2)).sum().backward()
    twin = copy.deepcopy(net)
    assert isinstance(twin[0].weight, nn.Parameter) and torch.equal(twin[0].weight, net[0].weight)
    with torch.no_grad():
        twin[0].weight.add_(1)
    assert not torch.equal(twin[0].weight, net[0].weight)
    twin.load_state_dict(net.state_dict())
    assert torch.equal(twin[0].weight, net[0].weight)
    assert [each.requires_grad for each in twin.requires_grad_(False).parameters()] == [False, False]


def test_modules_find_what_belongs_to_them() -> None:
    class Net(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.body = nn.Linear(2, 3)
            self.head = nn.Sequential(OrderedDict(first=nn.Linear(3, 3), act=nn.ReLU()))
            self.head.append(self.body)
            self.register_buffer("mean", torch.zeros(2))
            self.register_buffer("cache", torch.zeros(1), persistent=False)
            self.bias = None

        def forward(self, x: Any) -> Any:
            return self.head(self.body(x - self.mean))

    net = Net()
    assert [name for name, _ in net.named_parameters()] == [
        "body.weight",
        "body.bias",
        "head.first.weight",
        "head.first.bias",
    ]
    assert "mean" in net.state_dict() and "cache" not in net.state_dict() and "head.2.weight" in net.state_dict()
    assert [name for name, _ in net.named_modules()] == ["", "body", "head", "head.first", "head.act"]
    assert len(net.head[:2]) == 2 and isinstance(net.head[-2], nn.ReLU)
    seen: list[str] = []
    net.apply(lambda module: seen.append(type(module).__name__))
    assert seen == ["Linear", "Linear", "ReLU", "Linear", "Sequential", "Net"]
    handle = net.body.register_forward_hook(lambda module, args, output: seen.append("hooked"))
    net.body(torch.ones(1, 2))
    handle.remove()
    net.body(torch.ones(1, 2))
    assert seen.count("hooked") == 1
    net.eval()
    assert not any(each.training for each in net.modules()) and net.train().head.training
    net.double()
    assert net.body.weight.dtype is net.mean.dtype is torch.float64
    del net.head
    assert not hasattr(net, "head") and net.get_submodule("body") is net.body


def test_an_optimiser_goes_on_from_its_state_as_if_nothing_had_happened() -> None:
    def made() -> tuple[Any, Any, Any]:
        w = nn.Parameter(torch.ones(2))
        optimiser = torch.optim.Adam([w], lr=0.1)
        return w, optimiser, torch.optim.lr_scheduler.StepLR(optimiser, 2)

    def steps(w: Any, optimiser: Any, schedule: Any, count: int) -> None:
        for _ in range(count):
            optimiser.zero_grad()
            (w**3).sum().backward()
            optimiser.step()
            schedule.step()

    w, optimiser, schedule = made()
    steps(w, optimiser, schedule, 3)
    file = io.BytesIO()
    torch.save({"w": w, "optimiser": optimiser.state_dict(), "schedule": schedule.state_dict()}, file)
    steps(w, optimiser, schedule, 3)
    saved = torch.load(io.BytesIO(file.getvalue()))
    again, other, plan = made()
    again.data = saved["w"].data
    other.load_state_dict(saved["optimiser"])
    plan.load_state_dict(saved["schedule"])
    steps(again, other, plan, 3)
    assert torch.equal(again, w) and other.param_groups[0]["lr"] == optimiser.param_groups[0]["lr"]


def test_what_is_saved_comes_back(tmp_path: Path) -> None:
    content = {
        "model": nn.Linear(2, 1).state_dict(),
        "epoch": 3,
        "best": float("inf"),
        "flags": [True, None, "text"],
        "shape": (torch.Size([1, 2]), (3, 4)),
        "types": {torch.float32: torch.tensor([1, 2]), 5: torch.tensor(True)},
        "leaf": torch.ones(1, dtype=torch.float64, requires_grad=True),
    }
    torch.save(content, tmp_path / "a.pt")
    torch.save(content, str(tmp_path / "b.pt"))
    assert (tmp_path / "a.pt").read_bytes() == (tmp_path / "b.pt").read_bytes()
    back = torch.load(tmp_path / "a.pt", map_location="cpu", weights_only=True)
    assert repr(back) == repr(content) and back["leaf"].requires_grad
    assert isinstance(back["model"], OrderedDict) and isinstance(back["shape"][0], torch.Size)
    nn.Linear(2, 1).load_state_dict(back["model"])


def test_a_file_that_is_not_ours_is_refused_in_words(tmp_path: Path) -> None:
    (tmp_path / "old.pt").write_bytes(b"\x80\x02ctorch")
    with zipfile.ZipFile(tmp_path / "new.pt", "w") as archive:
        archive.writestr("archive/data.pkl", b"")
    for name in ("old.pt", "new.pt"):
        with pytest.raises(RuntimeError, match=r"real PyTorch wrote it, as a pickle, which can run code"):
            torch.load(tmp_path / name)
    (tmp_path / "text.pt").write_text("hello")
    with zipfile.ZipFile(tmp_path / "zip.pt", "w") as archive:
        archive.writestr("content.json", json.dumps({"format": "other"}))
    for name in ("text.pt", "zip.pt"):
        with pytest.raises(RuntimeError, match=r"did not write it, or it is damaged"):
            torch.load(tmp_path / name)
    torch.save(torch.ones(3), tmp_path / "good.pt")
    with zipfile.ZipFile(tmp_path / "good.pt") as archive, zipfile.ZipFile(tmp_path / "cut.pt", "w") as other:
        other.writestr("content.json", archive.read("content.json"))
    with pytest.raises(RuntimeError, match=r"cut\.pt: the file is damaged"):
        torch.load(tmp_path / "cut.pt")
    newer = {"format": "grandmodel-torch", "version": 2, "object": None}
    with zipfile.ZipFile(tmp_path / "newer.pt", "w") as archive:
        archive.writestr("content.json", json.dumps(newer))
    with pytest.raises(RuntimeError, match=r"version 2; this release reads version 1"):
        torch.load(tmp_path / "newer.pt")


def test_what_cannot_be_saved_is_named_and_nothing_is_written(tmp_path: Path) -> None:
    with pytest.raises(TypeError, match=r"obj\['net'\]: a Linear cannot be saved here; save its state_dict\(\)"):
        torch.save({"net": nn.Linear(1, 1)}, tmp_path / "x.pt")
    with pytest.raises(TypeError, match=r"obj\[1\]: a set cannot be saved here"):
        torch.save([1, {2}], tmp_path / "x.pt")
    assert not (tmp_path / "x.pt").exists()


def test_an_array_of_pickles_is_not_read(tmp_path: Path) -> None:
    part = io.BytesIO()
    np.save(part, np.array([{}], dtype=object), allow_pickle=True)
    content = {"format": "grandmodel-torch", "version": 1, "object": {"tensor": 0, "requires_grad": False}}
    with zipfile.ZipFile(tmp_path / "x.pt", "w") as archive:
        archive.writestr("content.json", json.dumps(content))
        archive.writestr("0.npy", part.getvalue())
    with pytest.raises(RuntimeError, match="damaged: Object arrays cannot be loaded"):
        torch.load(tmp_path / "x.pt")


def test_numbers_lists_and_arrays_become_tensors_of_the_type_that_one_expects() -> None:
    assert torch.tensor([1.5, 2]).dtype is torch.float32 and torch.tensor([1, 2]).dtype is torch.int64
    assert torch.tensor([True]).dtype is torch.bool and torch.tensor(np.ones(2)).dtype is torch.float64
    assert torch.tensor([np.float64(1), np.float64(2)]).dtype is torch.float64
    assert torch.tensor([np.ones(2), np.ones(2)]).dtype is torch.float64
    assert torch.FloatTensor([[1, 2]]).dtype is torch.float32 and torch.LongTensor([1.7]).tolist() == [1]
    assert torch.Tensor(2, 3).shape == (2, 3) and torch.Tensor([1, 2]).dtype is torch.float32
    assert np.asarray(torch.ones(2)).dtype == np.float32
    torch.set_default_dtype(torch.float64)
    try:
        assert torch.ones(1).dtype is (torch.tensor(1) / 2).dtype is torch.tensor(1.5).dtype is torch.float64
    finally:
        torch.set_default_dtype(torch.float32)
    assert torch.tensor(3) in {5: 1} or int(torch.tensor(3)) == 3
    assert 2.0 in torch.tensor([1.0, 2.0])


def test_the_default_device_and_the_usual_line_about_cuda_work() -> None:
    device = torch.device("cuda" if torch.cuda.is_available() else "cpu")
    net = nn.Linear(2, 2).to(device)
    assert net(torch.ones(1, 2, device=device)).to(device).device == device == torch.device("cpu", 0)
    assert str(device) == "cpu" and torch.cuda.device_count() == 0
