"""A neuron of one's own is tested where kernels know the core's neurons only."""

from __future__ import annotations

from typing import Any, ClassVar

import numpy as np
import pytest

from mocha_core import Neuron, NeuronLayer, Neurons, spec
from mocha_core.choosing import Registry
from mocha_core.generic import GenericKernel
from mocha_core.kernel import Accept, Binding, Decline, Site
from mocha_core.testing import CheckFailure, LayerSuite, ReferenceBackend, checks, neuron_family


@spec
class SquarePlus(Neuron):
    """y = (x + sqrt(x^2 + 1)) / 2, with slope y^2 / (y^2 + 1/4)."""

    def forward(self, xp: Any, x: Any) -> Any:
        return (x + xp.sqrt(x * x + 1.0)) / 2.0

    def backward(self, xp: Any, y: Any, dy: Any) -> Any:
        return dy * y * y / (y * y + 0.25)


class ForReLU(GenericKernel):
    """A kernel for neurons that knows one of them."""

    @classmethod
    def accepts(cls, backend: Any, site: Site) -> Accept | Decline:
        neuron = site.layer.neuron  # type: ignore[attr-defined]
        return Accept() if isinstance(neuron, Neurons.ReLU) else Decline(f"does not know {neuron}")


class FastBackend(ReferenceBackend):
    name: ClassVar[str] = "fast"

    def __init__(self, *, seed: int = 0) -> None:
        super().__init__(seed=seed)
        self.registry = Registry(tiers=((Binding(NeuronLayer, ForReLU),),))


FAMILY = neuron_family(SquarePlus())


class TestSquarePlus(LayerSuite):
    plain, cases = FAMILY.plain, FAMILY.cases
    backends = ("strict", FastBackend)


@pytest.mark.parametrize("family", [neuron_family(Neurons.Tanh()), neuron_family(SquarePlus(), fast=True)])
def test_a_kernel_is_still_expected_for_the_cores_neurons_and_where_asked_for(family) -> None:
    with pytest.raises(CheckFailure, match="no kernel serves the plain case"):
        checks.fast_kernel_ran(family.plain, FastBackend(), "float32")


def test_its_formula() -> None:
    np.testing.assert_allclose(SquarePlus().forward(np, np.array([0.0, 0.75])), [0.5, 1.0])
