"""The nets of the benchmarks are those that everybody knows: counted by their parameters."""

from __future__ import annotations

import math

import pytest

from benchmarks import nets
from mocha_core.net.graph import build_graph
from mocha_core.topology import sort_layers

KNOWN = {
    "lenet": 431_080,
    "cifar10_full": 89_578,
    "dropout_mlp": 2_395_210,
    "caffenet": 60_965_224,
    "squeezenet": 1_235_496,
    "resnet50": 25_610_205,
}
"""CaffeNet and SqueezeNet as published with Caffe's models, LeNet as in Caffe's. Of ResNet-50 25,557,032 are trained;
the others are running averages: 53 times means, variances, and how much they weigh.
"""


@pytest.mark.parametrize("name", KNOWN)
def test_number_of_parameters(name: str) -> None:
    graph = build_graph(sort_layers(getattr(nets, name)(1)), "train", "float32")
    sizes = (math.prod(p.shape) for plan in graph.plans for p in plan.params)
    assert sum(sizes) == KNOWN[name]
