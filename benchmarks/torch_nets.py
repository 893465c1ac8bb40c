"""The same nets in PyTorch, each as a training step: forward, backward, SGD with momentum and weight decay."""

from __future__ import annotations

from collections.abc import Callable

import torch
from torch import nn

Step = Callable[[], None]


def lenet() -> nn.Module:
    return nn.Sequential(
        nn.Conv2d(1, 20, 5),
        nn.MaxPool2d(2, 2),
        nn.Conv2d(20, 50, 5),
        nn.MaxPool2d(2, 2),
        nn.Flatten(),
        nn.Linear(800, 500),
        nn.ReLU(),
        nn.Linear(500, 10),
    )


class WithinChannelNorm(nn.Module):
    """x / (1 + alpha/9 * sum over 3x3 of x^2) ^ 0.75."""

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        mean = nn.functional.avg_pool2d(x * x, 3, 1, 1, count_include_pad=True)
        return x * torch.pow(1 + 5e-5 * mean, -0.75)


def cifar10_full() -> nn.Module:
    return nn.Sequential(
        nn.Conv2d(3, 32, 5, padding=2),
        nn.MaxPool2d(3, 2, ceil_mode=True),
        nn.ReLU(),
        WithinChannelNorm(),
        nn.Conv2d(32, 32, 5, padding=2),
        nn.ReLU(),
        nn.AvgPool2d(3, 2, ceil_mode=True),
        WithinChannelNorm(),
        nn.Conv2d(32, 64, 5, padding=2),
        nn.ReLU(),
        nn.AvgPool2d(3, 2, ceil_mode=True),
        nn.Flatten(),
        nn.Linear(1024, 10),
    )


def dropout_mlp() -> nn.Module:
    return nn.Sequential(
        nn.Dropout(0.2),
        nn.Linear(784, 1200),
        nn.ReLU(),
        nn.Dropout(0.5),
        nn.Linear(1200, 1200),
        nn.ReLU(),
        nn.Dropout(0.5),
        nn.Linear(1200, 10),
    )


def training_step(model: nn.Module, shape: tuple[int, ...], mode: str) -> Step:
    """One step in "eager", "channels_last" or "compile" mode, on one random batch."""
    x, label = torch.randn(*shape), torch.randint(0, 10, (shape[0],))
    if mode == "channels_last":
        model, x = model.to(memory_format=torch.channels_last), x.to(memory_format=torch.channels_last)
    optimizer = torch.optim.SGD(model.parameters(), lr=1e-4, momentum=0.9, weight_decay=1e-3, foreach=True)
    run = torch.compile(model) if mode == "compile" else model

    def step() -> None:
        optimizer.zero_grad(set_to_none=True)
        nn.functional.cross_entropy(run(x), label).backward()
        optimizer.step()

    return step


def inference(model: nn.Module, shape: tuple[int, ...], mode: str) -> Step:
    """One forward in the test phase."""
    x = torch.randn(*shape)
    model.eval()
    if mode == "channels_last":
        model, x = model.to(memory_format=torch.channels_last), x.to(memory_format=torch.channels_last)
    run = torch.compile(model) if mode == "compile" else model

    def step() -> None:
        with torch.inference_mode():
            run(x)

    return step
