"""Numbers that converters get wrong: convolutions, pooling, normalisation over neighbours; each against a loop."""

from __future__ import annotations

import itertools
import math

import numpy as np
import pytest

from .models import close, layer, random, run

X = random(2, 4, 7, 8)


def correlation(x, w, b, stride=1, pad=0, dilation=1, group=1):
    """Caffe's convolution, one number at a time; the kernel is not flipped."""
    x = np.pad(x, ((0, 0), (0, 0), (pad, pad), (pad, pad)))
    span = [(k - 1) * dilation + 1 for k in w.shape[2:]]
    rows, columns = ((side - s) // stride + 1 for side, s in zip(x.shape[2:], span, strict=True))
    y, part, each = np.zeros((len(x), len(w), rows, columns)), x.shape[1] // group, len(w) // group
    for n, f, i, j in np.ndindex(*y.shape):
        first, y[n, f, i, j] = f // each * part, b[f]
        for c, a, d in np.ndindex(*w.shape[1:]):
            y[n, f, i, j] += w[f, c, a, d] * x[n, first + c, i * stride + a * dilation, j * stride + d * dilation]
    return y


@pytest.mark.parametrize(("said", "options"), [("", {}), ("stride: 2 pad: 1", {"stride": 2, "pad": 1})])
def test_convolution_rounds_down_and_is_not_flipped(tmp_path, said, options):
    w, b = random(3, 4, 3, 2, seed=1), random(3, seed=2)
    block = f"convolution_param {{ num_output: 3 kernel_h: 3 kernel_w: 2 {said} }}"
    close(run(tmp_path, layer("Convolution", "x", block), {"x": X}, {"y": [w, b]}), correlation(X, w, b, **options))


def test_convolution_dilation(tmp_path):
    w, b = random(3, 4, 2, 2, seed=1), random(3, seed=2)
    block = "convolution_param { num_output: 3 kernel_size: 2 dilation: 3 }"
    close(run(tmp_path, layer("Convolution", "x", block), {"x": X}, {"y": [w, b]}), correlation(X, w, b, dilation=3))


@pytest.mark.parametrize("group", [2, 4])
def test_convolution_group(tmp_path, group):
    w, b = random(8, 4 // group, 3, 3, seed=1), random(8, seed=2)
    block = f"convolution_param {{ num_output: 8 kernel_size: 3 group: {group} }}"
    found = run(tmp_path, layer("Convolution", "x", block), {"x": X}, {"y": [w, b]})
    close(found, correlation(X, w, b, group=group))


@pytest.mark.parametrize("group", [1, 2])
def test_deconvolution_weights_are_inputs_by_outputs(tmp_path, group):
    w, b = random(4, 6 // group, 3, 3, seed=1), random(6, seed=2)
    block = f"convolution_param {{ num_output: 6 kernel_size: 3 stride: 2 pad: 1 group: {group} }}"
    found = run(tmp_path, layer("Deconvolution", "x", block), {"x": X}, {"y": [w, b]})
    wide = np.zeros((2, 6, 2 * 6 + 3, 2 * 7 + 3))
    for n, c, i, j in np.ndindex(*X.shape):
        first = c // (4 // group) * (6 // group)
        wide[n, first : first + 6 // group, 2 * i : 2 * i + 3, 2 * j : 2 * j + 3] += X[n, c, i, j] * w[c]
    close(found, wide[:, :, 1:-1, 1:-1] + b.reshape(6, 1, 1))


def windows(size, kernel, stride, pad, rounding=math.ceil):
    """First and last pixel, and the extent in image and padding, of each of Caffe's windows."""
    count = rounding((size + 2 * pad - kernel) / stride) + 1
    if pad and (count - 1) * stride >= size + pad:
        count -= 1
    for k in range(count):
        start = k * stride - pad
        stop = min(start + kernel, size + pad)
        yield max(start, 0), min(stop, size), stop - start


POOLS = [(3, 2, 0), (2, 2, 0), (3, 2, 1), (4, 3, 2), (2, 3, 1), (7, 7, 0), (5, 3, 1)]


@pytest.mark.parametrize(("kernel", "stride", "pad"), POOLS)
@pytest.mark.parametrize("rounding", ["", "round_mode: FLOOR", "ceil_mode: false"])
def test_max_pooling_rounds_up_and_drops_a_window_in_the_padding(tmp_path, kernel, stride, pad, rounding):
    block = f"pooling_param {{ pool: MAX kernel_size: {kernel} stride: {stride} pad: {pad} {rounding} }}"
    found = run(tmp_path, layer("Pooling", "x", block), {"x": X})
    down = math.floor if rounding else math.ceil
    rows, columns = (list(windows(side, kernel, stride, pad, down)) for side in X.shape[2:])
    assert found.shape == (2, 4, len(rows), len(columns))
    for (i, (a, b, _)), (j, (c, d, _)) in itertools.product(enumerate(rows), enumerate(columns)):
        close(found[:, :, i, j], X[:, :, a:b, c:d].max((2, 3)))


@pytest.mark.parametrize(("kernel", "stride", "pad"), POOLS)
def test_mean_pooling_divides_by_the_window_in_image_and_padding(tmp_path, kernel, stride, pad):
    block = f"pooling_param {{ pool: AVE kernel_size: {kernel} stride: {stride} pad: {pad} }}"
    found = run(tmp_path, layer("Pooling", "x", block), {"x": X})
    for i, (a, b, height) in enumerate(windows(7, kernel, stride, pad)):
        for j, (c, d, width) in enumerate(windows(8, kernel, stride, pad)):
            close(found[:, :, i, j], X[:, :, a:b, c:d].sum((2, 3)) / (height * width))


@pytest.mark.parametrize("pool", ["MAX", "AVE"])
def test_global_pooling(tmp_path, pool):
    found = run(tmp_path, layer("Pooling", "x", f"pooling_param {{ pool: {pool} global_pooling: true }}"), {"x": X})
    close(found, X.max((2, 3), keepdims=True) if pool == "MAX" else X.mean((2, 3), keepdims=True))


def test_the_places_of_maxima(tmp_path):
    block = "pooling_param { kernel_size: 3 stride: 2 }"
    found = run(tmp_path, layer("Pooling", "x", block, "y mask"), {"x": X}, top="mask")
    for n, c, i, j in np.ndindex(*found.shape):
        part = X[n, c, 2 * i : 2 * i + 3, 2 * j : 2 * j + 3]
        a, b = np.unravel_index(part.argmax(), part.shape)
        assert found[n, c, i, j] == (2 * i + a) * 8 + 2 * j + b


def test_lrn_across_channels_divides_alpha_by_the_neighbours(tmp_path):
    found = run(tmp_path, layer("LRN", "x", "lrn_param { local_size: 3 alpha: 0.5 beta: 0.75 k: 2 }"), {"x": X})
    for c in range(4):
        near = (X[:, max(c - 1, 0) : c + 2] ** 2).sum(1)
        close(found[:, c], X[:, c] / (2 + 0.5 / 3 * near) ** 0.75)


def test_lrn_within_channel_ignores_k_and_divides_by_the_whole_window(tmp_path):
    block = "lrn_param { local_size: 3 alpha: 0.5 beta: 0.75 k: 7 norm_region: WITHIN_CHANNEL }"
    found = run(tmp_path, layer("LRN", "x", block), {"x": X})
    for i, j in np.ndindex(7, 8):
        near = (X[:, :, max(i - 1, 0) : i + 2, max(j - 1, 0) : j + 2] ** 2).sum((2, 3))
        close(found[:, :, i, j], X[:, :, i, j] / (1 + 0.5 * near / 9) ** 0.75)


def test_mvn_adds_eps_after_the_root(tmp_path):
    found = run(tmp_path, layer("MVN", "x", "mvn_param { eps: 0.5 }"), {"x": X})
    close(found, (X - X.mean((2, 3), keepdims=True)) / (X.std((2, 3), keepdims=True) + 0.5))


def test_batch_norm_adds_eps_before_the_root(tmp_path):
    mean, var = random(4, seed=1), random(4, seed=2) ** 2
    block = "batch_norm_param { use_global_stats: true eps: 0.5 }"
    found = run(tmp_path, layer("BatchNorm", "x", block), {"x": X}, {"y": [4 * mean, 4 * var, np.array([4.0])]})
    wide = (1, 4, 1, 1)
    close(found, (X - mean.reshape(wide)) / np.sqrt(var.reshape(wide) + 0.5))
