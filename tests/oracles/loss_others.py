"""What the losses of zoo_loss that Mocha lacks add to the gradient of q, in plain NumPy."""

from __future__ import annotations

import numpy as np

from .dumps import Arrays, Host


def gradient_by_q(caffe: Arrays, infogain: Host) -> Host:
    """Of two hinge losses and two infogain losses; `infogain` is the matrix that Caffe read from a file."""
    x, prob = caffe["blobs/q"], caffe["blobs/prob"]
    label = caffe["blobs/qlab_in"].astype(int)
    dy = {name: float(caffe[f"blob_diff/{name}"]) for name in ("hinge_l1", "hinge_l2", "infogain", "infogain3")}
    rows = dy["infogain"] * infogain[label] + dy["infogain3"] * caffe["blobs/H_in"][0, 0][label]
    hinge = dy["hinge_l1"] * _hinge(x, label, 1) + dy["hinge_l2"] * _hinge(x, label, 2)
    return np.asarray(hinge + (prob * rows.sum(axis=1, keepdims=True) - rows) / len(x))


def _hinge(x: Host, label: Host, norm: int) -> Host:
    """Of sum max(0, 1 - s x)^norm / N, with s = 1 at the label and -1 elsewhere."""
    s = np.where(np.arange(x.shape[1]) == label[:, None], 1.0, -1.0)
    gap = np.maximum(0.0, 1.0 - s * x)
    return np.asarray(-s * (gap > 0 if norm == 1 else 2 * gap) / len(x))
