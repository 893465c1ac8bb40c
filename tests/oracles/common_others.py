"""What the layers of zoo_common that Mocha lacks add to the gradient of x, in plain NumPy."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from .dumps import Arrays, Host


def gradient_of_others(caffe: Arrays) -> Host:
    """The sum over all layers of `ELSEWHERE` that read x."""
    x = caffe["blobs/x"]
    return sum(
        (part(x, caffe) for part in (_inner_products, _reductions, _tiles, _slices, _sums)),
        start=_scales(x, caffe),
    )


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


def _scales(x: Host, caffe: Arrays) -> Host:
    dy, w = _diffs(caffe), _weights(caffe)
    channel, sample = caffe["blobs/c"][:, None, None], caffe["blobs/wv"][:, None, None, None]
    channels = dy("scale_c") * w("scale_c")[:, None, None] + dy("scale_cb") * w("scale_cb")[:, None, None]
    inner = dy("scale_hw") * w("scale_hw") + dy("scale_rest") * w("scale_rest") + dy("scale_w") * w("scale_w")
    blobs = (dy("scale2_c") + dy("scale2_cb")) * channel + dy("scale2_n") * sample
    return np.asarray(channels + inner + blobs + dy("scale2_scalar") * caffe["blobs/cs_in"])


def _slices(x: Host, caffe: Arrays) -> Host:
    dy = _diffs(caffe)
    slices = (("slice_c", 3, 1), ("slice_pts", 3, 1), ("slice_n", 2, 0), ("slice_dim", 2, 2), ("slice_w", 4, 3))
    whole = [np.concatenate([dy(f"{name}_{k}") for k in range(n)], axis) for name, n, axis in slices]
    return np.sum(whole, axis=0)


def _sums(x: Host, caffe: Arrays) -> Host:
    """Layers that pass the gradient on as it is."""
    names = ["bias_c", "bias_hw", "bias_scalar", "bias2_c", "bias2_n", "elt_param", "concat_one", "flatten_all"]
    return np.sum([_diffs(caffe)(name).reshape(x.shape) for name in names], axis=0)


def _diffs(caffe: Arrays) -> Callable[[str], Host]:
    return lambda name: caffe[f"blob_diff/{name}"]


def _weights(caffe: Arrays) -> Callable[[str], Host]:
    return lambda layer: caffe[f"params/{layer}/0"]
