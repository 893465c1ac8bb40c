"""Bugs planted in kernel sources on purpose: the tests of this folder must see each."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from mocha_core import BatchNormLayer, EmbeddingLayer, LRNLayer, Neurons, SoftmaxLayer
from mocha_core.channels_last import ToChannelsLast
from mocha_core.testing import Bottom, Case
from mocha_cuda.device import texts
from mocha_cuda.errors import KernelError
from mocha_cuda.kernels.batch_norm import BatchNorm
from mocha_cuda.kernels.convolution import SmallConvolution
from mocha_cuda.kernels.embedding import Embedding
from mocha_cuda.kernels.inner_product import InnerProduct
from mocha_cuda.kernels.lrn import LRN
from mocha_cuda.kernels.reorder import ToLast
from mocha_cuda.kernels.softmax import Softmax
from mocha_cuda.simulation import compiling

from . import test_inner_product, test_maps, test_pooling
from .convolutions import OPTIONS, convolution, pooled
from .trying import bottoms, check, needs_compiler

pytestmark = needs_compiler

Look = Callable[[], object]

NORM = BatchNormLayer(name="bn", bottoms=["x"], tops=["y"])
WORDS = Case(
    EmbeddingLayer(name="e", input_dim=3, output_dim=5, bottoms=["x"], tops=["y"]), (Bottom((600,), classes=3),)
)
POOL = {"kernel": 2, "stride": 2}

MUTANTS: list[tuple[str, str, str, Look]] = [
    (
        "tile.cuh",
        "    rights.put(right);\n    __syncthreads();\n",
        "    rights.put(right);\n",
        lambda: check(test_inner_product.case(20, 70, 40), InnerProduct),
    ),
    (
        "tile.cuh",
        "    add_steps(sums, left, right, slice, down, across);\n    __syncthreads();\n",
        "    add_steps(sums, left, right, slice, down, across);\n",
        lambda: check(test_inner_product.case(20, 70, 40), InnerProduct),
    ),
    (
        "tile.cuh",
        "  __syncthreads();\n  if (slice > 0) return;\n",
        "  if (slice > 0) return;\n",
        lambda: check(test_inner_product.case(20, 70, 40), InnerProduct),
    ),
    (
        "tile.cuh",
        "held[r] = mine < end ? operand.at(mine) : 0.0f;",
        "held[r] = mine <= end ? operand.at(mine) : 0.0f;",
        lambda: check(test_inner_product.case(20, 35, 40), InnerProduct),
    ),
    (
        "common.cuh",
        "first + 4 <= n && aligned",
        "first + 3 <= n && aligned",
        test_maps.test_memory_that_no_vector_fits_on,
    ),
    (
        "common.cuh",
        "i < n && i < first + 4",
        "i < n - 1 && i < first + 4",
        test_maps.test_memory_that_no_vector_fits_on,
    ),
    (
        "reduce.cuh",
        "parts[threadIdx.x / 32] = value;\n  __syncthreads();\n",
        "parts[threadIdx.x / 32] = value;\n",
        lambda: check(Case(SoftmaxLayer(bottoms=["x"], tops=["y"]), bottoms((3, 700))), Softmax),
    ),
    (
        "arranging.cu",
        "  __syncthreads();\n",
        "",
        lambda: check(Case(ToChannelsLast(name="l", bottoms=["x"], tops=["y"]), bottoms((1, 33, 4, 8))), ToLast),
    ),
    ("pooling.cu", "v > best ||", "v >= best ||", lambda: test_pooling.test_ties_nan_and_infinity(False, None)),
    (
        "pooling.cuh",
        "after / stride + 1",
        "after / stride",
        lambda: test_pooling.test_ties_nan_and_infinity(True, None),
    ),
    (
        "lrn.cu",
        "turned ? r.ahead_y : r.behind_y",
        "turned ? r.behind_y : r.ahead_y",
        lambda: check(Case(LRNLayer(kernel=4, bottoms=["x"], tops=["y"]), bottoms((2, 7, 3, 3))), LRN),
    ),
    (
        "batch_norm.cu",
        "apart * apart * a.count * share",
        "apart * apart * share",
        lambda: check(Case(NORM, bottoms((4, 2, 9, 9))), BatchNorm),
    ),
    (
        "embedding.cu",
        "if (k < warp) rank += before[k];",
        "if (k <= warp) rank += before[k];",
        lambda: check(WORDS, Embedding),
    ),
    (
        "convolution_backward.cu",
        "min(start + share, all)",
        "start + share",
        lambda: check(convolution({"n_filter": 2, "kernel": 1}, (3, 1, 13, 11)), SmallConvolution),
    ),
    (
        "convolution.cuh",
        "(unsigned)(left + cell.z) < (unsigned)g.width",
        "left + cell.z < g.width",
        lambda: check(convolution(*OPTIONS[3]), SmallConvolution),
    ),
    (
        "convolution.cuh",
        "if (place == size) {",
        "if (place > size) {",
        lambda: check(convolution({"n_filter": 5, "kernel": 1}, (9, 3, 1, 3), Neurons.Tanh()), SmallConvolution),
    ),
    (
        "convolution.cu",
        "has(cell) && (v[cell] > best",
        "(v[cell] > best",
        lambda: check(pooled({"n_filter": 3, "kernel": 1}, (2, 2, 5, 5), POOL), SmallConvolution),
    ),
]


@pytest.fixture
def sources(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A copy of the kernel sources, which the simulation compiles instead of them."""
    copy = tmp_path / "sources"
    shutil.copytree(texts.SOURCES, copy)
    monkeypatch.setattr(texts, "SOURCES", copy)
    _forget()
    yield copy
    _forget()


def _forget() -> None:
    texts.text_of.cache_clear()
    compiling.library.cache_clear()


@pytest.mark.parametrize(
    ("name", "old", "new", "look"), MUTANTS, ids=lambda value: value if isinstance(value, str) else ""
)
def test_a_planted_bug_is_seen(sources: Path, name: str, old: str, new: str, look: Look):
    text = (sources / name).read_text()
    assert text.count(old) == 1, f"{old!r} is {text.count(old)} times in {name}"
    (sources / name).write_text(text.replace(old, new))
    with pytest.raises((AssertionError, KernelError)):
        look()


def test_what_is_looked_at_is_right_without_a_bug(sources: Path):
    """Else the test above would see errors that are always there."""
    for *_, look in MUTANTS:
        look()
