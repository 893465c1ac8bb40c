"""Pictures of a training, as PNG files."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import matplotlib
import numpy as np

matplotlib.use("Agg")

from matplotlib.figure import Figure

COLUMNS = 8


def learning_curve(objective: Mapping[int, float], accuracy: Mapping[int, float], path: Path) -> None:
    """The objective of each batch with its running mean, and the test error, over the iterations."""
    figure = Figure(figsize=(8, 5), layout="constrained")
    left = figure.subplots()
    iterations, values = np.array(sorted(objective.items())).T
    left.semilogy(iterations, values, color="tab:blue", alpha=0.3, label="objective of a batch")
    left.semilogy(iterations, running_mean(values), color="tab:blue", label="its mean over 25 batches")
    left.set(xlabel="iteration", ylabel="objective", title="LeNet on scikit-learn's digits")
    right = left.twinx()
    at, shares = np.array(sorted(accuracy.items())).T
    right.plot(at, 100 * (1 - shares), "o-", color="tab:red", label="test error")
    right.set(ylabel="test error in %", ylim=(0, 10))
    figure.legend(loc="outside lower center", ncols=3)
    figure.savefig(path, dpi=120)


def running_mean(values: np.ndarray[Any, Any], window: int = 25) -> np.ndarray[Any, Any]:
    """Each value's mean with the up to `window` - 1 values before it."""
    sums = np.concatenate([[0.0], np.cumsum(values)])
    end = np.arange(1, len(values) + 1)
    start = np.maximum(end - window, 0)
    return (sums[end] - sums[start]) / (end - start)


def misclassified(
    images: np.ndarray[Any, Any], labels: np.ndarray[Any, Any], guesses: np.ndarray[Any, Any], path: Path
) -> None:
    """The images whose guess is not their label, with both."""
    wrong = np.flatnonzero(labels != guesses)
    rows = max(1, -(-len(wrong) // COLUMNS))
    figure = Figure(figsize=(1.3 * COLUMNS, 1.6 * rows + 0.6), layout="constrained")
    figure.suptitle(f"{len(wrong)} of {len(labels)} test digits are misread")
    for axes, index in zip(
        figure.subplots(rows, COLUMNS, squeeze=False).flat, [*wrong, *[None] * rows * COLUMNS], strict=False
    ):
        axes.set_axis_off()
        if index is not None:
            axes.imshow(images[index, 0], cmap="gray_r", vmin=0, vmax=1)
            axes.set_title(f"{labels[index]}, read as {guesses[index]}", fontsize=9)
    figure.savefig(path, dpi=120)
