"""Ten updates of a small net by Caffe's other methods: every loss, weight and history."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from mocha_core import Adagrad, Adam, Backend, L2Regu, LRPolicy, MomPolicy, Nesterov, RMSProp
from mocha_core.solvers import Policy, SolverMethod

from . import training, wire
from .dumps import assert_agrees, f32, read

L2 = L2Regu(0.5)
"""Its gradient is w, so that `regu_coef` is Caffe's weight_decay."""

DELTA = f32(1e-8)


@dataclass(frozen=True)
class Variant:
    """One of Caffe's solver files, by our method and options."""

    name: str
    method: SolverMethod
    lr_policy: Policy
    options: Mapping[str, object] = field(default_factory=dict)


FIXED = LRPolicy.Fixed(f32(0.05))
VARIANTS = (
    Variant("nesterov", Nesterov(), FIXED, {"mom_policy": MomPolicy.Fixed(f32(0.9))}),
    Variant(
        "adam",
        Adam(),
        LRPolicy.Fixed(f32(0.01)),
        {"beta1": f32(0.9), "beta2": f32(0.999), "epsilon": DELTA},
    ),
    Variant("adagrad", Adagrad(), FIXED, {"epsilon": DELTA}),
    Variant("rmsprop", RMSProp(), LRPolicy.Inv(f32(0.01), f32(1e-4), 0.75), {"rho": f32(0.98), "epsilon": DELTA}),
)
variants = pytest.mark.parametrize("variant", VARIANTS, ids=lambda variant: variant.name)


@variants
def test_trajectory(variant: Variant, backend: Backend, shared: Path, tmp_path: Path) -> None:
    folder = shared / "oracles" / "caffe" / "solvers"
    caffe = read(folder / f"{variant.name}_float64.h5")
    layers = [training.data(folder, tmp_path, 16), *training.tiny(L2)]
    with training.open_net(backend, layers, wire.weights(folder / "init.caffemodel")) as net:
        ours = training.follow(variant.method, net, caffe["lr"], 0.0005, at=(1, 2, 5, 10), **variant.options)
    arrays = {name: (array, caffe[name]) for name, array in ours.arrays.items()}
    assert len(arrays) == 4 * (4 + 4 * len(variant.method.slots))
    assert_agrees({"losses": (ours.losses, caffe["loss"])} | arrays)


@variants
def test_learning_rates(variant: Variant, shared: Path) -> None:
    """Caffe counts updates from 0; it takes gamma * iter in float32."""
    caffe = read(shared / "oracles" / "caffe" / "solvers" / f"{variant.name}_float64.h5")["lr"]
    assert_agrees({"rates": ([variant.lr_policy(k) for k in range(len(caffe))], caffe)}, limit=2.0**-23)
