"""What the layers of zoo_common that Mocha lacks add to the gradient of x, in plain NumPy."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from .dumps import Arrays, Host


def gradient_of_others(caffe: Arrays) -> Host:
    """The sum over all layers of `ELSEWHERE` that read x."""
    x = caffe["blobs/x"]
    parts = (_inner_products, _reductions, _tiles, _sums)
    return np.sum([part(x, caffe) for part in parts], axis=0)


def _inner_products(x: Host, caffe: Arrays) -> Host:
    dy, w = _diffs(caffe), _weights(caffe)
    whole = dy("ip_transpose") @ w("ip_transpose").T
    return (dy("ip_axis2") @ w("ip_axis2")).reshape(x.shape) + dy("ip_last") @ w("ip_last") + whole.reshape(x.shape)


def _reductions(x: Host, caffe: Arrays) -> Host:
    dy = _diffs(caffe)
    samples = dy("red_asum")[:, None, None, None], dy("red_mean")[:, None, None, None]
    rows = dy("red_sumsq")[..., None, None], dy("red_last")[..., None]
    whole = dy("red_sum") + dy("red_mean_all") / x.size
    return whole + samples[0] * np.sign(x) + samples[1] * 2.0 / x[0].size + rows[0] * 0.5 * 2 * x + rows[1]


def _tiles(x: Host, caffe: Arrays) -> Host:
    dy = _diffs(caffe)
    tiles = (("tile_c", 3, 1), ("tile_n", 2, 0), ("tile_w", 2, 3))
    return np.sum([piece for name, times, axis in tiles for piece in np.split(dy(name), times, axis)], axis=0)


def _sums(x: Host, caffe: Arrays) -> Host:
    """Layers that pass the gradient on as it is."""
    names = ["elt_param", "concat_one"]
    return np.sum([_diffs(caffe)(name).reshape(x.shape) for name in names], axis=0)


def _diffs(caffe: Arrays) -> Callable[[str], Host]:
    return lambda name: caffe[f"blob_diff/{name}"]


def _weights(caffe: Arrays) -> Callable[[str], Host]:
    return lambda layer: caffe[f"params/{layer}/0"]
