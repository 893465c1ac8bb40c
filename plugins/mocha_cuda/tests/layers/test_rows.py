"""Tables of rows, and sums of rows: repeated numbers, more numbers than a block has threads, long and short rows."""

from __future__ import annotations

import numpy as np
import pytest

from mocha_core import EmbeddingLayer, ReductionLayer, SquareLossLayer
from mocha_core.testing import Bottom, Case
from mocha_cuda.kernels import sums
from mocha_cuda.kernels.embedding import Embedding
from mocha_cuda.kernels.sums import Reduction, SquareLoss

from .trying import bottoms, check, needs_compiler, outcome, simulated

pytestmark = needs_compiler


@pytest.mark.parametrize("shape", [(3, 2), (1, 1), (5, 130), (700,)])
@pytest.mark.parametrize("bias", [False, True])
def test_rows_of_a_table(shape: tuple[int, ...], bias: bool):
    for rows, width in ((7, 3), (2, 300)):
        layer = EmbeddingLayer(name="e", input_dim=rows, output_dim=width, bias=bias, bottoms=["x"], tops=["y"])
        check(Case(layer, (Bottom(shape, classes=rows),)), Embedding)


def test_the_same_sum_every_time():
    """No order of arrival: the same bits, for sums whose terms do not commute in float32."""
    layer = EmbeddingLayer(name="e", input_dim=3, output_dim=5, bottoms=["x"], tops=["y"])
    case, numbers = Case(layer, (Bottom((600,), classes=3),)), np.arange(600) % 3
    dy = np.random.default_rng(1).normal(size=(600, 5)) * 10.0 ** np.arange(600)[:, None] ** 0.5
    found = [outcome(case, simulated(), [numbers], dy) for _ in range(2)]
    in_order = np.zeros((3, 5), "float32")
    for number, row in zip(numbers, dy.astype("float32"), strict=True):
        in_order[number] += row
    for each in found:
        np.testing.assert_array_equal(each["gradient of weight"], in_order)


def test_a_number_that_is_no_row_is_nan():
    layer = EmbeddingLayer(name="e", input_dim=3, output_dim=2, bottoms=["x"], tops=["y"])
    x = np.array([-1, 0, 2.4, 3, np.nan], "float32")
    got = outcome(Case(layer, (Bottom((5,), classes=3),)), simulated(), [x], None)
    assert np.isnan(got["top 0"]).all(axis=1).tolist() == [True, False, False, True, True]


@pytest.mark.parametrize("operation", ["sum", "asum", "sumsq", "mean"])
@pytest.mark.parametrize("axis", [0, 1, -1])
def test_reductions(operation: str, axis: int):
    layer = ReductionLayer(operation=operation, axis=axis, coeff=0.5, bottoms=["x", "z"], tops=["y", "w"])
    check(Case(layer, bottoms((3, 4, 5), (2, 1, 2100))), Reduction)


@pytest.mark.parametrize("first", [1 << 13, 32], ids=["one stage", "two stages"])
def test_square_loss(first: int, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(sums, "ONE_BLOCK", first)
    for shape in ((3, 1), (5, 7, 11), (2, 1025)):
        check(Case(SquareLossLayer(weight=0.5, bottoms=["x", "t"]), bottoms(shape, shape)), SquareLoss)
