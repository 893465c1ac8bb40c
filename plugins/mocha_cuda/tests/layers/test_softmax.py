"""Softmax, its loss and accuracy: few and many classes and locations, extreme scores, weights, labels that are none."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from mocha_core import AccuracyLayer, SoftmaxLayer, SoftmaxLossLayer
from mocha_core.testing import Bottom, Case, ReferenceBackend, grid
from mocha_cuda.kernels import softmax, sums
from mocha_cuda.kernels.softmax import Accuracy, Softmax, SoftmaxLoss

from .trying import bottoms, check, needs_compiler, outcome, simulated

pytestmark = needs_compiler

SHAPES = ((1, 1), (3, 10), (2, 33), (5, 300), (2, 2100), (4, 7, 3, 5), (2, 3, 17, 11))


@pytest.mark.parametrize("shape", SHAPES)
def test_softmax(shape: tuple[int, ...]):
    check(Case(SoftmaxLayer(bottoms=["x"], tops=["y"]), bottoms(shape)), Softmax)


def test_softmax_along_other_axes():
    for axis in (2, -1):
        layer = SoftmaxLayer(axis=axis, bottoms=["x", "z"], tops=["y", "w"])
        check(Case(layer, bottoms((2, 3, 40, 6), (1, 2, 3, 70))), Softmax)


def test_far_apart_scores():
    """No overflow; what is far below is 0, and NaN spreads over its own location only."""
    x = np.array([[1000, 999, -1000], [-np.inf, 0, 1], [np.nan, 0, 1], [3e38, -3e38, 0]], "float32")
    case = Case(SoftmaxLayer(bottoms=["x"], tops=["y"]), bottoms(x.shape))
    want, got = (outcome(case, backend, [x], grid(x.shape)) for backend in (ReferenceBackend(), simulated()))
    for name, values in want.items():
        np.testing.assert_allclose(got[name], values, rtol=0, atol=1e-6, err_msg=name)


def loss_case(shape: tuple[int, ...], **options: Any) -> Case:
    layer = SoftmaxLossLayer(bottoms=["x", "label"], **options)
    label = (*shape[:1], 1, *shape[2:])
    return Case(layer, (Bottom(shape), Bottom(label, classes=shape[1])))


@pytest.mark.parametrize("shape", SHAPES)
def test_loss(shape: tuple[int, ...]):
    for options in ({}, {"weights": tuple(range(1, shape[1] + 1)), "weight": 0.5}, {"normalization": "none"}):
        check(loss_case(shape, **options), SoftmaxLoss)


@pytest.mark.parametrize("normalization", ["valid", "full", "batch"])
def test_loss_that_ignores_a_label(normalization: str):
    for shape in ((6, 3), (2, 4, 5, 3), (3, 40)):
        check(loss_case(shape, ignore_label=1, normalization=normalization), SoftmaxLoss)


def test_all_labels_ignored_and_labels_that_are_none():
    x = grid((3, 4), 1)
    for label, options in (([9, 9, 9], {"ignore_label": 9}), ([-1, 2.4, 4], {}), ([0, np.nan, 1], {})):
        case, labels = loss_case((3, 4), **options), np.array(label, "float32")[:, None]
        want, got = (outcome(case, each, [x, labels], np.ones(())) for each in (ReferenceBackend(), simulated()))
        for name, values in want.items():
            np.testing.assert_allclose(got[name], values, rtol=0, atol=1e-6, err_msg=f"{name}, labels {label}")


def test_a_probability_of_zero_counts_as_the_floor():
    x, label = np.array([[0, 1000]], "float32"), np.zeros((1, 1))
    got = outcome(loss_case((1, 2)), simulated(), [x, label], np.ones(()))
    np.testing.assert_allclose(got["top 0"], -np.log(1e-20), rtol=1e-6)
    np.testing.assert_allclose(got["gradient of bottom 0"], [[-1, 1]])


def test_sums_in_two_stages(monkeypatch: pytest.MonkeyPatch):
    """Above so many locations several blocks sum first."""
    monkeypatch.setattr(sums, "ONE_BLOCK", 64)
    monkeypatch.setattr(softmax, "FEW", 0)
    check(loss_case((5, 3, 7, 9)), SoftmaxLoss)
    check(accuracy_case((5, 3, 7, 9)), Accuracy)


@pytest.mark.parametrize("shape", [(1, 1), (3, 10), (40, 33), (100, 2)])
def test_few_at_once_and_one_by_one(shape: tuple[int, ...], monkeypatch: pytest.MonkeyPatch):
    """The same losses and gradients."""
    one = check(loss_case(shape), SoftmaxLoss)
    monkeypatch.setattr(softmax, "FEW", 0)
    other = check(loss_case(shape), SoftmaxLoss)
    np.testing.assert_allclose(one["top 0"], other["top 0"], rtol=1e-6)
    np.testing.assert_allclose(one["gradient of bottom 0"], other["gradient of bottom 0"], rtol=1e-6)


def accuracy_case(shape: tuple[int, ...], **options: Any) -> Case:
    layer = AccuracyLayer(name="acc", bottoms=["x", "label"], **options)
    return Case(layer, (Bottom(shape), Bottom((shape[0], 1, *shape[2:]), classes=shape[1])))


@pytest.mark.parametrize("shape", SHAPES)
def test_accuracy(shape: tuple[int, ...]):
    for top in {1, min(2, shape[1]), shape[1]}:
        check(accuracy_case(shape, top_k=top), Accuracy)


def test_accuracy_with_ties_and_nan():
    rows = [[1, 1, 0], [0, 1, 1], [np.nan, 2, 1], [0, np.nan, np.nan], [1, np.nan, 5], [0, 0, 0]]
    x = np.array(rows, "float32")
    for label in range(-1, 4):
        labels = np.full((len(rows), 1), label, "float32")
        for top in (1, 2, 3):
            case = accuracy_case(x.shape, top_k=top)
            want, got = (outcome(case, each, [x, labels], None) for each in (ReferenceBackend(), simulated()))
            np.testing.assert_allclose(got["top 0"], want["top 0"], atol=1e-6, err_msg=f"label {label}, top {top}")
