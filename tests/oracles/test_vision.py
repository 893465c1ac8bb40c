"""Convolution, pooling and LRN against Caffe's zoo_vision: values, parameter gradients, and the input gradient."""

from __future__ import annotations

from pathlib import Path

import pytest

from mocha_core import Backend, Layer

from .dumps import Arrays, assert_agrees
from .vision_layers import BUILT, CONVOLUTIONS, ELSEWHERE, NORMALISATIONS, POOLINGS, filters
from .zoo import Results, caffe_zoo, check_complete, of_caffe, ours_and_caffes, run

LAYERS = (*CONVOLUTIONS, *POOLINGS, *NORMALISATIONS, *BUILT)


@pytest.fixture(scope="module")
def caffe(shared: Path) -> Arrays:
    return caffe_zoo(shared, "zoo_vision")


@pytest.fixture(scope="module")
def ours(backend: Backend, caffe: Arrays) -> Results:
    return run(backend, caffe, LAYERS, ["x"], extra=filters())


@pytest.mark.parametrize("layer", of_caffe(LAYERS), ids=lambda layer: layer.name)
def test_values_and_parameter_gradients(layer: Layer, ours: Results, caffe: Arrays) -> None:
    assert_agrees(ours_and_caffes(layer, ours, caffe))


def test_input_gradient_summed_over_all_readers(ours: Results, caffe: Arrays) -> None:
    """44 layers read x; one wrong gradient among them would show."""
    assert_agrees({"x": (ours.diffs["x"], caffe["blob_diff/x"])})


def test_gradients_with_shared_memory(backend: Backend, caffe: Arrays, ours: Results) -> None:
    shared_memory = run(backend, caffe, LAYERS, ["x"], extra=filters(), keep=False)
    grads = {name: (shared_memory.grads[name], ours.grads[name]) for name in ours.grads}
    diffs = {name: (shared_memory.diffs[name], ours.diffs[name]) for name in ours.diffs}
    assert_agrees(grads | diffs)


def test_every_layer_of_the_dump_is_accounted_for(caffe: Arrays) -> None:
    check_complete(caffe, LAYERS, ELSEWHERE)
