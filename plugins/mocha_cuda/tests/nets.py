"""Nets for these tests, and how far two trainings are apart."""

from __future__ import annotations

from typing import Any

import numpy as np

from mocha_core import (
    SGD,
    Adam,
    Backend,
    BatchNormLayer,
    ConvolutionLayer,
    DropoutLayer,
    InnerProductLayer,
    Layer,
    LRNLayer,
    LRPolicy,
    MemoryDataLayer,
    MomPolicy,
    Nesterov,
    Net,
    Neurons,
    Pooling,
    PoolingLayer,
    ReductionLayer,
    SoftmaxLossLayer,
    Solver,
    TileLayer,
    make_solver_parameters,
)

METHODS: dict[str, tuple[Any, dict[str, Any]]] = {
    "sgd": (SGD(), {"lr_policy": LRPolicy.Step(0.02, 0.9, 4), "mom_policy": MomPolicy.Fixed(0.9)}),
    "adam": (Adam(), {}),
    "several batches": (SGD(), {"lr_policy": LRPolicy.Fixed(0.02), "iter_size": 2}),
    "clipped": (Nesterov(), {"lr_policy": LRPolicy.Fixed(0.02), "clip_gradients": 0.5}),
}
"""The last two have arithmetic between programs."""

Parameters = dict[str, np.ndarray[Any, Any]]


def layers(generic: bool = False) -> list[Layer]:
    """Convolutions, poolings, normalisation, dropout. generic: with layers in the middle that have no kernel here."""
    rng = np.random.default_rng(1)
    x, label = rng.normal(size=(40, 3, 13, 11)), rng.integers(0, 5, (40, 1))
    relu, pair = Neurons.ReLU(), {"kernel": (3, 3), "stride": (2, 2)}
    middle: list[Layer] = [
        TileLayer(name="tile", axis=1, tiles=2, bottoms=["p2"], tops=["tile"]),
        ReductionLayer(name="mean", axis=2, bottoms=["tile"], tops=["mean"]),
    ]
    return [
        MemoryDataLayer(data=[x, label], batch_size=8),
        ConvolutionLayer(name="c1", n_filter=6, kernel=(3, 2), pad=(1, 1), bottoms=["data"], tops=["c1"]),
        PoolingLayer(name="p1", neuron=relu, **pair, bottoms=["c1"], tops=["p1"]),
        LRNLayer(name="n1", kernel=3, scale=0.5, bottoms=["p1"], tops=["n1"]),
        ConvolutionLayer(name="c2", n_filter=8, n_group=2, kernel=(3, 3), bottoms=["n1"], tops=["c2"]),
        BatchNormLayer(name="bn", bottoms=["c2"], tops=["bn"]),
        PoolingLayer(name="p2", pooling=Pooling.Mean(), **pair, bottoms=["bn"], tops=["p2"]),
        *(middle if generic else []),
        InnerProductLayer(
            name="ip1", output_dim=9, neuron=relu, bottoms=["mean" if generic else "p2"], tops=["ip1"]
        ),
        DropoutLayer(name="drop", ratio=0.3, bottoms=["ip1"]),
        InnerProductLayer(name="ip2", output_dim=5, bottoms=["ip1"], tops=["ip2"]),
        SoftmaxLossLayer(name="loss", bottoms=["ip2", "label"]),
    ]


def train(backend: Backend, method: str = "sgd", steps: int = 12, dtype: str = "float32", **kind: bool) -> Parameters:
    """The parameters after some steps."""
    with Net("n", backend, layers(**kind), dtype=dtype) as net:
        solver(method, steps).solve(net)
        return parameters(net)


def solver(method: str, steps: int) -> Solver:
    rule, options = METHODS[method]
    return Solver(rule, make_solver_parameters(rule, max_iter=steps, regu_coef=0.01, **options))


def parameters(net: Net) -> Parameters:
    return {parameter.path: parameter.blob.to_array() for parameter in net.all_parameters}


def distance(a: Parameters, b: Parameters) -> float:
    return float(np.sqrt(sum(((a[k].astype(np.float64) - b[k]) ** 2).sum() for k in a)))


def same_bits(a: Parameters, b: Parameters) -> bool:
    return a.keys() == b.keys() and all(np.array_equal(a[k], b[k]) for k in a)
