"""Random small nets give the same losses and gradients on every installed backend."""

from __future__ import annotations

import pytest
from hypothesis import given, settings

from mocha_core.layer import Layer
from mocha_core.layers import InnerProductLayer
from mocha_core.plugins import offers
from mocha_core.testing import CheckFailure, expect_parity, small_nets
from mocha_core.testing.exploring import PROFILES
from mocha_core.testing.opening import opened

from ..mutants import kernels

BACKENDS = ("reference", "strict", *(offer.name for offer in offers("mocha.backends")))
EXAMPLES = settings(PROFILES["quick"], max_examples=25)


@pytest.mark.parametrize("dtype", ["float64", "float32"])
@pytest.mark.parametrize("name", BACKENDS)
def test_small_nets(name: str, dtype: str) -> None:
    backend = opened(name)

    @EXAMPLES
    @given(layers=small_nets())
    def parity(layers: tuple[Layer, ...]) -> None:
        expect_parity(layers, backend, dtype)

    parity()


def test_a_wrong_kernel_is_found() -> None:
    backend = kernels.backend_with(InnerProductLayer, kernels.AddsToGradients)

    @EXAMPLES
    @given(layers=small_nets())
    def parity(layers: tuple[Layer, ...]) -> None:
        expect_parity(layers, backend)

    with pytest.raises(CheckFailure, match=r"gradient of shared___.* on mutant in float64 is off by"):
        parity()
