"""Ten updates of a small net by SGD against Caffe: every loss, weight and history."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pytest

from mocha_core import Backend, L1Regu, L2Regu, LRPolicy, Regularizer
from mocha_core.solvers import Policy

from . import training, wire
from .dumps import Arrays, assert_agrees, f32, read

L2 = L2Regu(0.5)
"""Its gradient is w, so that `regu_coef` is Caffe's weight_decay."""


@dataclass(frozen=True)
class Variant:
    """One of Caffe's solver files."""

    name: str
    lr_policy: Policy
    momentum: float = 0.9
    weight_decay: float = 0.01
    regu: Regularizer = L2


BASE = f32(0.05)
VARIANTS = (
    Variant("sgd_fixed", LRPolicy.Fixed(BASE)),
    Variant("sgd_fixed_nomom", LRPolicy.Fixed(BASE), momentum=0.0, weight_decay=0.0),
    Variant("sgd_inv", LRPolicy.Inv(BASE, f32(0.1), 0.75), weight_decay=0.0005),
    Variant("sgd_step", LRPolicy.Step(BASE, 0.5, 4), weight_decay=0.0005),
    Variant("sgd_l1", LRPolicy.Fixed(BASE), regu=L1Regu(1.0)),
)
variants = pytest.mark.parametrize("variant", VARIANTS, ids=lambda variant: variant.name)


def caffe_run(shared: Path, variant: Variant) -> Arrays:
    return read(shared / "oracles" / "caffe" / "solvers" / f"{variant.name}_float64.h5")


@variants
def test_trajectory(variant: Variant, backend: Backend, shared: Path, tmp_path: Path) -> None:
    caffe, folder = caffe_run(shared, variant), shared / "oracles" / "caffe" / "solvers"
    layers = [training.data(folder, tmp_path, 16), *training.tiny(variant.regu)]
    with training.open_net(backend, layers, wire.weights(folder / "init.caffemodel")) as net:
        ours = training.train(net, caffe["lr"], variant.momentum, variant.weight_decay, at=(1, 2, 5, 10))
    arrays = {name: (array, caffe[name]) for name, array in ours.arrays.items()}
    assert len(arrays) == 4 * (4 + 4)
    assert_agrees({"losses": (ours.losses, caffe["loss"])} | arrays)


@variants
def test_learning_rates(variant: Variant, shared: Path) -> None:
    """Caffe counts updates from 0, Mocha from 1; the formulas are the same. Caffe takes gamma * iter in float32."""
    caffe = caffe_run(shared, variant)["lr"]
    ours = [variant.lr_policy(k) for k in range(len(caffe))]
    assert_agrees({"rates": (ours, caffe)}, limit=float(np.finfo(np.float32).eps))
