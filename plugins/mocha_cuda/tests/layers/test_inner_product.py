"""Inner products: every tile on shapes around its edges, with neurons, several bottoms, and by the library."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from mocha_core import InnerProductLayer, NeuronLayer, Neurons
from mocha_core.layer import Layer
from mocha_core.passes import Fused
from mocha_core.testing import Case, ReferenceBackend, Rig, tolerance
from mocha_cuda.kernels import inner_product
from mocha_cuda.kernels.inner_product import InnerProduct, LibraryInnerProduct
from mocha_cuda.kernels.tiles import LARGE, MOST_ROWS, SMALL, TILES, TINY, Tile, tile_for

from .trying import bottoms, check, needs_compiler, simulated

pytestmark = needs_compiler

NEURONS = (None, Neurons.ReLU(), Neurons.Sigmoid(), Neurons.ELU(0.5))


def case(rows: int, features: int, outputs: int, neuron: Any = None, **options: Any) -> Case:
    layer: Layer = InnerProductLayer(name="ip", output_dim=outputs, bottoms=["x"], tops=["y"], **options)
    if neuron is not None:
        layer = Fused.of(layer, NeuronLayer(name="n", neuron=neuron, bottoms=["y"]))
    return Case(layer, bottoms((rows, features)))


@pytest.fixture(params=TILES, ids=lambda tile: f"{tile.rows}x{tile.columns}")
def tile(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Tile:
    """Each tile for every product."""
    monkeypatch.setattr(inner_product, "tile_for", lambda *sizes: request.param)
    chosen: Tile = request.param
    return chosen


def test_below_and_above_a_tile(tile: Tile):
    """One element, a tile less one, exactly, and more; sums of fewer steps than a tile has, as many, and more."""
    rows, columns, steps = tile.rows, tile.columns, tile.steps
    check(case(1, 1, 1), InnerProduct)
    check(case(rows, steps, columns, Neurons.ReLU()), InnerProduct)
    check(case(rows - 1, steps - 1, columns - 1, Neurons.Tanh()), InnerProduct)
    check(case(rows + 1, steps + 1, columns + 1), InnerProduct)
    check(case(2 * rows + 3, 2 * steps + 5, columns + 6, bias=False), InnerProduct)
    check(case(5, 4 * steps, 4), InnerProduct)


@pytest.mark.parametrize("neuron", NEURONS, ids=repr)
def test_neurons_and_what_is_wanted(neuron: Any):
    each = case(5, 37, 11, neuron)
    for wants, trains in (((True,), True), ((False,), True), ((True,), False)):
        check(each, InnerProduct, wants=wants, trains=trains)


@pytest.mark.parametrize("kernel", [InnerProduct, LibraryInnerProduct])
def test_several_bottoms_share_the_weights(kernel: type, monkeypatch: pytest.MonkeyPatch):
    if kernel is LibraryInnerProduct:
        monkeypatch.setattr(inner_product, "MOST", 0)
    layer = InnerProductLayer(name="ip", output_dim=6, bottoms=["x", "z", "u"], tops=["y", "w", "v"])
    check(Case(layer, bottoms((3, 7), (5, 7), (1, 7))), kernel)


@pytest.mark.parametrize("neuron", NEURONS, ids=repr)
@pytest.mark.parametrize("transposed", [False, True])
def test_by_the_library(neuron: Any, transposed: bool, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(inner_product, "MOST", 0)
    for bias in (False, True):
        check(case(5, 37, 11, neuron, transposed=transposed, bias=bias), LibraryInnerProduct)
        check(case(70, 3, 130, neuron, transposed=transposed, bias=bias), LibraryInnerProduct)


@pytest.mark.parametrize("kernel", [InnerProduct, LibraryInnerProduct])
def test_features_from_another_axis_on(kernel: type, monkeypatch: pytest.MonkeyPatch):
    if kernel is LibraryInnerProduct:
        monkeypatch.setattr(inner_product, "MOST", 0)
    layer = InnerProductLayer(name="ip", output_dim=6, axis=2, bottoms=["x"], tops=["y"])
    check(Case(layer, bottoms((3, 5, 4, 2))), kernel)


@pytest.mark.parametrize("math", ["tf32", "bf16"])
def test_other_precisions_round_the_factors_only(math: str):
    """Wrong by their own rounding, 2^-11 and 2^-8, and by no more; not by less than float32 would be."""
    each = case(9, 40, 7, Neurons.ReLU())
    rig = Rig(each, simulated(math=math), "float32")
    assert rig.choice.kernel is LibraryInnerProduct
    got, want = rig.run(), Rig(each, ReferenceBackend(), "float64").run()
    error = max(float(np.abs(got[name] - values).max()) for name, values in want.items())
    assert error < 40 * {"tf32": 2.0**-11, "bf16": 2.0**-8}[math]
    assert error > tolerance("float32", 1, 1.0)


def test_large_tiles_are_for_many_results():
    assert tile_for(4096, 4096, 132) is LARGE
    assert tile_for(50, 4096, 132) is SMALL
    assert tile_for(64, 500, 132) is TINY
    assert tile_for(64, 500, 132, stack=64) is LARGE
    assert tile_for(1000, 10, 132) is TINY
    assert tile_for(2_000_000, 10, 132) is SMALL, "CUDA has 65535 blocks along the second side"
    assert MOST_ROWS // LARGE.rows == 65535


def test_nan_reaches_its_own_row_and_column_only():
    each = case(20, 40, 70)
    rig = Rig(each, simulated(), "float32")
    x = rig.bottom_values()[0].copy()
    x[3, 5] = np.nan
    rig.state.bottoms[0].set(x)
    rig.kernel.forward()
    y = rig.state.tops[0].to_array()
    assert np.isnan(y).all(axis=1).tolist() == [row == 3 for row in range(20)]
    assert np.isnan(y).any(axis=1).sum() == 1
