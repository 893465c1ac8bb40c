"""The compiled softmax, its loss and the accuracy are the layers' own mathematics at every level."""

from __future__ import annotations

import itertools
import math
from typing import Any

import numpy as np
import pytest

from mocha_core import AccuracyLayer, SoftmaxLayer, SoftmaxLossLayer
from mocha_core.layer import Layer
from mocha_core.testing import Bottom, Case, ReferenceBackend, tolerance
from mocha_core.testing.rig import Rig
from mocha_core.testing.values import grid
from mocha_cython import CythonBackend
from mocha_cython._levels import best
from mocha_cython._softmax import Softmax as Native
from mocha_cython._softmax import SoftmaxLoss as NativeLoss
from mocha_cython.kernels.softmax import Accuracy, Softmax, SoftmaxLoss
from mocha_cython.machine import LEVELS

levels = pytest.mark.parametrize("isa", LEVELS[: best() + 1])
CLASSES = (1, 2, 3, 5, 10, 16, 17, 33, 100)
SHAPES = [
    (num, classes, *after)
    for classes, num, after in zip(
        CLASSES * 3, itertools.cycle((1, 2, 5, 20)), itertools.cycle(((), (2, 3), (7,), (5, 4), ())), strict=False
    )
]


def blobs(shape: tuple[int, ...]) -> tuple[Bottom, Bottom]:
    return Bottom(shape), Bottom((shape[0], 1, *shape[2:]), "index", shape[1])


def outcomes(case: Case, isa: str, threads: int, kernel: type[Any]) -> tuple[dict[str, Any], dict[str, Any]]:
    rig = Rig(case, CythonBackend(isa=isa, threads=threads), "float32")
    assert rig.choice.kernel is kernel, rig.choice
    return rig.run(forget=True), Rig(case, ReferenceBackend(), "float64").run()


def compare(case: Case, isa: str, threads: int, kernel: type[Any]) -> None:
    got, want = outcomes(case, isa, threads, kernel)
    assert got.keys() == want.keys()
    for name, values in want.items():
        limit = tolerance("float32", sum(case.bottoms[0].shape), np.abs(values).max(initial=1))
        np.testing.assert_allclose(got[name], values, rtol=0, atol=limit, err_msg=f"{name} of {case}")


@levels
def test_softmax_of_every_shape(isa: str) -> None:
    for index, shape in enumerate(SHAPES):
        compare(Case(SoftmaxLayer(bottoms=["x"], tops=["y"]), (Bottom(shape),)), isa, 1 + index % 3, Softmax)
    last = SoftmaxLayer(bottoms=["x"], tops=["y"], axis=-1)
    compare(Case(last, (Bottom((3, 4, 19)),)), isa, 1, Softmax)


@levels
def test_loss_of_every_shape(isa: str) -> None:
    for index, shape in enumerate(SHAPES):
        layer = SoftmaxLossLayer(bottoms=["x", "label"], weight=0.5 + index % 2, axis=1)
        compare(Case(layer, blobs(shape)), isa, 1 + index % 3, SoftmaxLoss)


@levels
def test_loss_with_weights_of_classes_locations_and_samples(isa: str) -> None:
    shape = (4, 3, 2, 5)
    for given, normalize in itertools.product(((3,), shape[1:], shape), ("local", "global", "no")):
        weights = 2 + grid(given, 5)
        layer = SoftmaxLossLayer(bottoms=["x", "label"], weights=weights, normalize=normalize)
        compare(Case(layer, blobs(shape)), isa, 2, SoftmaxLoss)


@levels
def test_accuracy_of_every_shape(isa: str) -> None:
    for shape, top in zip(SHAPES, itertools.cycle((1, 1, 2, 5)), strict=False):
        layer = AccuracyLayer(bottoms=["x", "label"], top_k=min(top, shape[1]))
        compare(Case(layer, blobs(shape)), isa, 1, Accuracy)


@levels
def test_labels_that_are_no_class_count_for_nothing(isa: str) -> None:
    x = np.round(grid((6, 4), 1) * 2)
    label = np.array([[0.0], [-1.0], [4.0], [np.nan], [np.inf], [2.6]])
    for layer in (SoftmaxLossLayer(bottoms=["x", "label"]), AccuracyLayer(bottoms=["x", "label"])):
        agree(layer, isa, x, label)


@levels
@pytest.mark.filterwarnings("ignore:invalid value:RuntimeWarning")
def test_ties_nan_and_infinity(isa: str) -> None:
    x = np.zeros((8, 19))
    x[1, 5], x[2, (3, 18)], x[3], x[4, 2], x[5, 1:], x[6, 7:], x[7] = (
        np.nan,
        np.nan,
        -np.inf,
        np.inf,
        -np.inf,
        300,
        -3e38,
    )
    for number, top in itertools.product((0, 3, 5, 7, 18), (1, 2, 19)):
        label = np.full((8, 1), float(number))
        agree(AccuracyLayer(bottoms=["x", "label"], top_k=top), isa, x, label)
        agree(SoftmaxLossLayer(bottoms=["x", "label"]), isa, x[[0, 5, 6, 7]], label[:4])
        agree(SoftmaxLossLayer(bottoms=["x", "label"]), isa, x, label)
    agree(SoftmaxLayer(bottoms=["x"], tops=["y"]), isa, x)


def agree(layer: Layer, isa: str, *values: np.ndarray[Any, Any]) -> None:
    case = Case(layer, tuple(Bottom(v.shape) for v in values))
    results = []
    for backend, dtype in ((ReferenceBackend(), "float64"), (CythonBackend(isa=isa, threads=2), "float32")):
        rig = Rig(case, backend, dtype, wants=[layer.traits.backprop, *[False] * (len(values) - 1)])
        for blob, value in zip(rig.state.bottoms, values, strict=True):
            blob.set(value)
        rig.kernel.forward()
        found = [rig.state.tops[0].to_array()]
        if layer.traits.backprop:
            rig.state.top_diffs[0].set(np.ones(rig.state.tops[0].shape))
            rig.kernel.backward()
            found.append(rig.state.bottom_diffs[0].to_array())
        results.append(found)
    for want, got in zip(*results, strict=True):
        np.testing.assert_allclose(got, want, rtol=1e-5, atol=tolerance("float32", 19, 1), err_msg=str(layer))


@levels
def test_the_exponential_is_right_to_the_last_places(isa: str) -> None:
    """Beside a score of 0 the softmax of x < -17 is e^x itself; results down to the denormal numbers, and 0 below."""
    x = np.concatenate([np.linspace(-17.5, -103.9, 200_001), [-87.336, -103.97, -104.5, -1e4, -3e38, -np.inf]])
    scores = np.stack([x.astype("float32"), np.zeros(x.size, "float32")], axis=1)
    y = np.empty_like(scores)
    Native(LEVELS.index(isa), 1, (x.size, 2, 1), scores, y).forward()
    want = np.exp(scores[:, 0].astype("float64"))
    off = np.abs(y[:, 0] - want) / np.spacing(np.maximum(want, np.finfo("float32").tiny).astype("float32"))
    assert off.max() < 1.1


@levels
def test_exponentials_of_small_numbers(isa: str) -> None:
    """e^x / (e^x + 1) from -17 to 0: three roundings more."""
    x = -np.geomspace(1e-9, 17, 100_000).astype("float32")
    scores, y = np.stack([x, np.zeros_like(x)], axis=1), np.empty((x.size, 2), "float32")
    Native(LEVELS.index(isa), 1, (x.size, 2, 1), scores, y).forward()
    e = np.exp(x.astype("float64"))
    assert (np.abs(y[:, 0] - e / (1 + e)) / np.spacing((e / (1 + e)).astype("float32"))).max() < 4


@levels
def test_arrays_of_exactly_the_size(isa: str) -> None:
    """Straight from the heap: built for the address sanitizer, this sees every read outside of them."""
    level = LEVELS.index(isa)
    for shape in ((1, 1, 1), (3, 10, 1), (2, 17, 1), (2, 3, 5), (1, 4, 21)):
        num, classes, after = shape
        x, label, loss = np.zeros(shape, "float32"), np.zeros((num, after), "float32"), np.empty((), "float32")
        y, dx, share, terms = np.empty_like(x), np.empty_like(x), np.empty_like(label), np.empty_like(label)
        kernel = NativeLoss(level, 1, shape, x, label, None, 1 / label.size, -46.0, loss, share, terms, y, dx)
        kernel.forward()
        kernel.backward()
        Native(level, 1, shape, x, y, np.ones_like(x), x).backward()
        assert loss == pytest.approx(math.log(classes), rel=1e-6, abs=1e-6)
        assert np.abs(y - 1 / classes).max() < 1e-6
        assert np.abs(x).max() < 1e-6


def test_threads_change_no_bit() -> None:
    layer = SoftmaxLossLayer(bottoms=["x", "label"])
    for shape in ((700, 100), (3, 21, 70, 30)):
        found = [
            outcomes(Case(layer, blobs(shape)), LEVELS[best()], threads, SoftmaxLoss)[0] for threads in (1, 2, 3, 2)
        ]
        for one, other in itertools.pairwise(found):
            assert all(one[name].tobytes() == other[name].tobytes() for name in one)


def test_the_probabilities_are_kept_for_a_backward_only() -> None:
    case = Case(SoftmaxLossLayer(bottoms=["x", "label"]), blobs((8, 33)))
    kept = [
        Rig(case, CythonBackend(), "float32", wants=[want, False]).choice.accept.scratch[2].spec.nbytes
        for want in (False, True)
    ]
    assert kept == [64, 64 + math.ceil(8 * 33 * 4 / 64) * 64]


def test_float64_is_left_to_others() -> None:
    for layer in (SoftmaxLossLayer(bottoms=["x", "label"]), AccuracyLayer(bottoms=["x", "label"])):
        assert Rig(Case(layer, blobs((8, 3))), CythonBackend(), "float64").choice.kernel not in (SoftmaxLoss, Accuracy)
