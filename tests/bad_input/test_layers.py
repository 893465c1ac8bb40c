"""Layers that cannot work: two of one name, options of a wrong type, blobs that nobody writes."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from mocha_core import Layer, Net, Neurons, OptionError, PoolingLayer, ShapeError, TopologyError
from mocha_core.testing import ReferenceBackend

from .newcomer import Case, changed, check, layers

IP1 = "layer 'ip1' (InnerProductLayer)"
NEURON = 'neuron = "Neurons.ReLU()"'


def without(*indices: int) -> Callable[[], list[Layer]]:
    return lambda: [layer for index, layer in enumerate(layers()) if index not in indices]


def option(name: str, value: Any, toml: tuple[str, str], *says: str) -> Case:
    return Case(OptionError, [IP1, *says], make=changed(1, **{name: value}), toml=toml)


CASES = {
    "one name": Case(
        TopologyError,
        ["2 layers are named 'ip1' (InnerProductLayer, InnerProductLayer); give each layer of a net its own name"],
        make=changed(2, name="ip1"),
        toml=('name = "ip2"', 'name = "ip1"'),
    ),
    "one blob": Case(
        TopologyError,
        ["blob 'ip1' is written by layer 'ip1' and by layer 'ip2'; rename one of the tops"],
        make=changed(2, tops=["ip1"]),
        toml=('tops = ["ip2"]', 'tops = ["ip1"]'),
    ),
    "a blob that nobody writes": Case(
        TopologyError,
        ["layer 'ip1' reads blob 'dta', which no layer writes; did you mean 'data'?"],
        make=changed(1, bottoms=["dta"]),
        toml=('bottoms = ["data"]', 'bottoms = ["dta"]'),
    ),
    "no data in this phase": Case(
        TopologyError,
        ["layer 'ip1' reads blob 'data', which no layer writes", "phase 'train' leaves out 'train-data'"],
        make=changed(0, phases=["test"]),
        toml=('name = "train-data"', 'name = "train-data"\nphases = ["test"]'),
    ),
    "only data": Case(TopologyError, ["the net has no loss", "SoftmaxLossLayer"], make=without(1, 2, 3), toml=None),
    "no loss": Case(TopologyError, ["layer 'ip1' has parameters, but no loss depends"], make=without(3), toml=None),
    "no layers": Case(TopologyError, ["the net has no layers; it needs a data layer"], make=list, toml=None),
    "a nested list": Case(
        OptionError, ["a net is made of layers, not list", "flatten"], make=lambda: [layers()], toml=None
    ),
    "images wanted": Case(
        ShapeError,
        [
            "layer 'pool' (PoolingLayer), bottoms data",
            "'data' is 8 x 4",
            "the layer reads images (num, channels",
            "ReshapeLayer",
        ],
        make=lambda: [*layers(), PoolingLayer(name="pool", bottoms=["data"], tops=["pool"])],
        toml=None,
    ),
    "a text": option("output_dim", "5", ("= 5", '= "5"'), "output_dim is a whole number, not '5'"),
    "a fraction": option("output_dim", 5.0, ("= 5", "= 5.0"), "output_dim is a whole number, not 5.0"),
    "a name": option("neuron", "ReLU", (NEURON, 'neuron = "ReLU"'), "neuron is of the kind Neuron", "not 'ReLU'"),
    "a number": option("weight_init", 0.1, (NEURON, "weight_init = 0.1"), "such as XavierInitializer(), not 0.1"),
    "another kind": option("weight_regu", Neurons.Tanh(), (NEURON, 'weight_regu = "Neurons.Tanh()"'), "Regularizer"),
    "no names": option("tops", 3, ('tops = ["ip1"]', "tops = 3"), 'tops is a list of names such as ["data"], not 3'),
}


@pytest.mark.parametrize("name", CASES)
def test_refused(name: str, trained: Path, capsys: pytest.CaptureFixture[str]) -> None:
    check(CASES[name], capsys)


@pytest.mark.parametrize("given", [layers()[1], None, 5])
def test_what_is_no_list_of_layers(given: Any) -> None:
    with pytest.raises(OptionError, match=r"^net 'n': layers is a list, e\.g\. \[data, ip, loss\], not "):
        Net("n", ReferenceBackend(), given)


def test_the_class_instead_of_a_neuron() -> None:
    with pytest.raises(OptionError, match=r"neuron is of the kind Neuron, .*; write Neurons\.ReLU\(\)$"):
        layers()[1].replace(neuron=Neurons.ReLU)
