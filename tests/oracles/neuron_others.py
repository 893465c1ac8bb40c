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
    leak = {name: caffe[f"params/{name}/0"] for name in ("prelu", "prelu_rand", "prelu_shared")}
    slopes = {name: np.where(x > 0, 1, np.reshape(a, (-1, 1, 1))) for name, a in leak.items()}
    inside = (x > f32(-0.5)) & (x < f32(0.8))
    return slopes | {
        "relu_leaky": np.where(x > 0, 1, f32(0.1)),
        "bnll": _sigmoid(x),
        "absval": np.sign(x),
        "elu": np.where(x > 0, 1, np.exp(x)),
        "elu_half": np.where(x > 0, 1, 0.5 * np.exp(x)),
        "swish": _swish_slope(x, 1.0),
        "swish_beta": _swish_slope(x, 1.5),
        "clip": np.where(inside, 1.0, 0.0),
    }


def _sigmoid(x: Host) -> Host:
    return np.asarray(1 / (1 + np.exp(-x)))


def _swish_slope(x: Host, beta: float) -> Host:
    s = _sigmoid(beta * x)
    return np.asarray(s + beta * x * s * (1 - s))


def _normalised(x: Host, caffe: Arrays) -> list[Host]:
    """Over planes (MVN), samples (MVN across channels), or a channel of the batch (BatchNorm)."""
    planes, samples, batch = (2, 3), (1, 2, 3), (0, 2, 3)
    mean_only, unset = caffe["blob_diff/mvn_meanonly"], caffe["blob_diff/bn_test"]
    return [
        _whitened(x, caffe["blob_diff/mvn"], planes, x.std(planes, keepdims=True) + f32(1e-9)),
        _whitened(x, caffe["blob_diff/mvn_across"], samples, x.std(samples, keepdims=True) + f32(1e-9)),
        _whitened(x, caffe["blob_diff/bn_train"], batch, np.sqrt(x.var(batch, keepdims=True) + f32(0.01))),
        mean_only - mean_only.mean(planes, keepdims=True),
        unset / math.sqrt(f32(1e-5)),  # its statistics were never set: mean and variance are 0
    ]


def _whitened(x: Host, dy: Host, axes: tuple[int, ...], divisor: Host) -> Host:
    """The gradient of y = (x - mean) / divisor by x, as Caffe has it (for MVN it leaves out a factor of 1 + eps)."""
    y = (x - x.mean(axes, keepdims=True)) / divisor
    along = y * (dy * y).mean(axes, keepdims=True)
    return np.asarray((dy - dy.mean(axes, keepdims=True) - along) / divisor)
