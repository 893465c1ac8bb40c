"""The nets of `nets` in PyTorch, without the loss."""

from __future__ import annotations

import torch
from torch import nn


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


class Fire(nn.Module):
    """1x1 filters that squeeze, then 1x1 and 3x3 filters side by side."""

    def __init__(self, channels: int, squeeze: int, expand: int) -> None:
        super().__init__()
        self.squeeze = nn.Conv2d(channels, squeeze, 1)
        self.expand1 = nn.Conv2d(squeeze, expand, 1)
        self.expand3 = nn.Conv2d(squeeze, expand, 3, padding=1)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        x = torch.relu(self.squeeze(x))
        return torch.cat([torch.relu(self.expand1(x)), torch.relu(self.expand3(x))], 1)


def squeezenet() -> nn.Module:
    def pool() -> nn.Module:
        return nn.MaxPool2d(3, 2, ceil_mode=True)

    return nn.Sequential(
        nn.Conv2d(3, 64, 3, stride=2),
        nn.ReLU(),
        pool(),
        Fire(64, 16, 64),
        Fire(128, 16, 64),
        pool(),
        Fire(128, 32, 128),
        Fire(256, 32, 128),
        pool(),
        Fire(256, 48, 192),
        Fire(384, 48, 192),
        Fire(384, 64, 256),
        Fire(512, 64, 256),
        nn.Dropout(),
        nn.Conv2d(512, 1000, 1),
        nn.ReLU(),
        nn.AdaptiveAvgPool2d(1),
        nn.Flatten(),
    )


def caffenet() -> nn.Module:
    def norm() -> nn.Module:
        return nn.LocalResponseNorm(5, 1e-4, 0.75)

    return nn.Sequential(
        *(nn.Conv2d(3, 96, 11, stride=4), nn.ReLU(), nn.MaxPool2d(3, 2), norm()),
        *(nn.Conv2d(96, 256, 5, padding=2, groups=2), nn.ReLU(), nn.MaxPool2d(3, 2), norm()),
        *(nn.Conv2d(256, 384, 3, padding=1), nn.ReLU()),
        *(nn.Conv2d(384, 384, 3, padding=1, groups=2), nn.ReLU()),
        *(nn.Conv2d(384, 256, 3, padding=1, groups=2), nn.ReLU(), nn.MaxPool2d(3, 2), nn.Flatten()),
        *(nn.Linear(9216, 4096), nn.ReLU(), nn.Dropout()),
        *(nn.Linear(4096, 4096), nn.ReLU(), nn.Dropout()),
        nn.Linear(4096, 1000),
    )


class Bottleneck(nn.Module):
    """1x1, 3x3 and 1x1 filters with batch normalisation, added to what went past them."""

    def __init__(self, channels: int, filters: int, stride: int, widens: bool) -> None:
        super().__init__()
        self.past = _normalised(channels, 4 * filters, 1, stride) if widens else nn.Identity()
        self.one = _normalised(channels, filters, 1, stride)
        self.two = _normalised(filters, filters, 3, 1)
        self.three = _normalised(filters, 4 * filters, 1, 1)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        y = torch.relu(self.two(torch.relu(self.one(x))))
        return torch.relu(self.past(x) + self.three(y))


def _normalised(channels: int, filters: int, kernel: int, stride: int) -> nn.Module:
    conv = nn.Conv2d(channels, filters, kernel, stride, padding=kernel // 2, bias=False)
    return nn.Sequential(conv, nn.BatchNorm2d(filters))


def residual(blocks: tuple[int, ...], width: int, classes: int) -> nn.Module:
    layers: list[nn.Module] = [_normalised(3, width, 7, 2), nn.ReLU(), nn.MaxPool2d(3, 2, ceil_mode=True)]
    channels = width
    for stage, count in enumerate(blocks):
        for k in range(count):
            layers.append(Bottleneck(channels, width << stage, 2 if stage > 0 and k == 0 else 1, k == 0))
            channels = 4 * width << stage
    return nn.Sequential(*layers, nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(channels, classes))


def resnet50() -> nn.Module:
    return residual((3, 4, 6, 3), 64, 1000)


def small_residual() -> nn.Module:
    return residual((1, 1), 8, 10)
