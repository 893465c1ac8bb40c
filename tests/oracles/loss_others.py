"""What the losses of zoo_loss that Mocha lacks add to the gradients of their sources, in plain NumPy."""

from __future__ import annotations

import numpy as np

from .dumps import Arrays, Host


def put_in(caffe: Arrays, loss: str) -> float:
    """The gradient that Caffe put into a loss."""
    return float(caffe[f"blob_diff/{loss}"])


def by_q(caffe: Arrays, infogain: Host) -> Host:
    """Of the squared hinge loss and two infogain losses; `infogain` is the matrix that Caffe read from a file."""
    x, prob = caffe["blobs/q"], caffe["blobs/prob"]
    label = caffe["blobs/qlab_in"].astype(int)
    rows = put_in(caffe, "infogain") * infogain[label]
    rows = rows + put_in(caffe, "infogain3") * caffe["blobs/H_in"][0, 0][label]
    hinge = put_in(caffe, "hinge_l2") * _squared_hinge(x, label)
    return np.asarray(hinge + (prob * rows.sum(axis=1, keepdims=True) - rows) / len(x))


def _squared_hinge(x: Host, label: Host) -> Host:
    """Of sum max(0, 1 - s x)^2 / N, with s = 1 at the label and -1 elsewhere."""
    s = np.where(np.arange(x.shape[1]) == label[:, None], 1.0, -1.0)
    return np.asarray(-2 * s * np.maximum(0.0, 1.0 - s * x) / len(x))


def by_m(caffe: Arrays) -> Host:
    """Of the cross-entropies that ignore a label: one is divided by the elements not ignored, one by the samples."""
    x, target = caffe["blobs/m"], caffe["blobs/mtgt_in"]
    gap = 1 / (1 + np.exp(-x)) - target
    valid, heard = target != 1, target != 0
    by_valid = put_in(caffe, "sce_valid") / valid.sum() * valid
    return np.asarray((by_valid + put_in(caffe, "sce_ignore") / len(x) * heard) * gap)


def by_e1(caffe: Arrays) -> Host:
    """Of the two contrastive losses, with margins 2.5 and 3; by e2 it is the opposite."""
    gap, alike = caffe["blobs/e1"] - caffe["blobs/e2"], caffe["blobs/sim_in"]
    square = (gap * gap).sum(axis=1, keepdims=True)
    distance = np.sqrt(square)
    push = -np.maximum(2.5 - distance, 0) / (distance + 1e-4)
    old_push = -1.0 * (square < 3)
    new = put_in(caffe, "contrast") * np.where(alike == 1, 1, push)
    old = put_in(caffe, "contrast_legacy") * np.where(alike == 1, 1, old_push)
    return np.asarray((new + old) * gap / len(gap))
