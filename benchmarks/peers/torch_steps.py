"""PyTorch's side of a contest: a training step and a prediction, in each of its modes."""

from __future__ import annotations

import copy
import time
from collections.abc import Callable, Sequence

import numpy as np
import torch
from torch import nn

from . import torch_nets

Step = Callable[[], object]
OPTIMIZERS = ("foreach", "fused")


def model_of(name: str, parameters: Sequence[np.ndarray]) -> nn.Module:
    """The net with these parameters, given in the order of its layers."""
    model = getattr(torch_nets, name)()
    with torch.no_grad():
        for mine, given in zip(model.parameters(), parameters, strict=True):
            mine.copy_(torch.from_numpy(given).reshape(mine.shape))
    return model


def training_step(model: nn.Module, x: np.ndarray, mode: str, optimizer: str = "") -> Step:
    """Forward, backward, SGD with momentum and weight decay; the optimizer that is faster here, if none is named."""
    model, data = _prepared(model.train(), x, mode)
    run = torch.compile(model) if mode == "compile" else model
    label = torch.arange(len(x)) % run(data).shape[1]
    steps = {name: _step(model, run, data, label, name) for name in ((optimizer,) if optimizer else OPTIMIZERS)}
    return min(steps.values(), key=_quickest)


def inference(model: nn.Module, x: np.ndarray, mode: str) -> Step:
    """One forward in the test phase."""
    model, data = _prepared(model.eval(), x, mode)
    run = torch.compile(model) if mode == "compile" else model

    def step() -> object:
        with torch.inference_mode():
            return run(data)

    return step


def _prepared(model: nn.Module, x: np.ndarray, mode: str) -> tuple[nn.Module, torch.Tensor]:
    """A model and a batch of their own, in the mode's memory format."""
    own, data = copy.deepcopy(model), torch.from_numpy(x.copy())
    if mode == "channels_last":
        return own.to(memory_format=torch.channels_last), data.to(memory_format=torch.channels_last)
    return own, data


def _step(model: nn.Module, run: nn.Module, data: torch.Tensor, label: torch.Tensor, optimizer: str) -> Step:
    options = {"lr": 1e-4, "momentum": 0.9, "weight_decay": 1e-3, optimizer: True}
    sgd = torch.optim.SGD(model.parameters(), **options)

    def step() -> None:
        sgd.zero_grad(set_to_none=True)
        nn.functional.cross_entropy(run(data), label).backward()
        sgd.step()

    return step


def _quickest(step: Step, repeats: int = 4) -> float:
    """Seconds of the fastest of some steps, after one to warm up."""
    step()
    seconds = []
    for _ in range(repeats):
        start = time.perf_counter()
        step()
        seconds.append(time.perf_counter() - start)
    return min(seconds)
