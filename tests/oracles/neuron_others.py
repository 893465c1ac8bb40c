"""What the layers of zoo_neuron that Mocha lacks add to the gradients of x and pos, in plain NumPy."""

from __future__ import annotations

import math

import numpy as np

from .dumps import Arrays, Host, f32


def gradient_by_pos(caffe: Arrays) -> Host:
    """Of log(x) and log10(2 x + 0.5)."""
    x = caffe["blobs/pos"]
    return caffe["blob_diff/log"] / x + caffe["blob_diff/log_base10"] * 2 / (2 * x + 0.5) / math.log(10)


def gradient_by_x(caffe: Arrays) -> Host:
    """Of all the others."""
    x = caffe["blobs/x"]
    local = sum(caffe[f"blob_diff/{name}"] * slope for name, slope in _slopes(x, caffe).items())
    return np.asarray(local + sum(_normalised(x, caffe)))


def _slopes(x: Host, caffe: Arrays) -> dict[str, Host]:
    """dy/dx of the layers that work element by element."""
    inside = (x > f32(-0.5)) & (x < f32(0.8))
    return {"absval": np.sign(x), "clip": np.where(inside, 1.0, 0.0)}


def _normalised(x: Host, caffe: Arrays) -> list[Host]:
    """Over planes (MVN), or samples (MVN across channels)."""
    planes, samples = (2, 3), (1, 2, 3)
    mean_only = caffe["blob_diff/mvn_meanonly"]
    return [
        _whitened(x, caffe["blob_diff/mvn"], planes, x.std(planes, keepdims=True) + f32(1e-9)),
        _whitened(x, caffe["blob_diff/mvn_across"], samples, x.std(samples, keepdims=True) + f32(1e-9)),
        mean_only - mean_only.mean(planes, keepdims=True),
    ]


def _whitened(x: Host, dy: Host, axes: tuple[int, ...], divisor: Host) -> Host:
    """The gradient of y = (x - mean) / divisor by x, as Caffe has it (it leaves out a factor of 1 + eps)."""
    y = (x - x.mean(axes, keepdims=True)) / divisor
    along = y * (dy * y).mean(axes, keepdims=True)
    return np.asarray((dy - dy.mean(axes, keepdims=True) - along) / divisor)
