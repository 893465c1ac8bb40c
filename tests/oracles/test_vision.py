"""Convolution, deconvolution, pooling and LRN against Caffe's zoo_vision: values and gradients."""

from __future__ import annotations

from pathlib import Path

import pytest

from mocha_core import Backend, Layer

from .dumps import Arrays, assert_agrees
from .vision_layers import (
    BUILT,
    CONVOLUTIONS,
    DECONVOLUTIONS,
    ELSEWHERE,
    NORMALISATIONS,
    OTHER_AXES,
    POOLINGS,
    filters,
)
from .vision_others import gradient_by_v
from .zoo import Results, caffe_zoo, check_complete, of_caffe, ours_and_caffes, run

LAYERS = (*CONVOLUTIONS, *OTHER_AXES, *DECONVOLUTIONS, *POOLINGS, *NORMALISATIONS, *BUILT)
SOURCES = ("x", "d", "s", "v")


@pytest.fixture(scope="module")
def caffe(shared: Path) -> Arrays:
    return caffe_zoo(shared, "zoo_vision")


@pytest.fixture(scope="module")
def ours(backend: Backend, caffe: Arrays) -> Results:
    return run(backend, caffe, LAYERS, SOURCES, extra=filters())


@pytest.mark.parametrize("layer", of_caffe(LAYERS), ids=lambda layer: layer.name)
def test_values_and_parameter_gradients(layer: Layer, ours: Results, caffe: Arrays) -> None:
    assert_agrees(ours_and_caffes(layer, ours, caffe))


def test_input_gradients_summed_over_all_readers(ours: Results, caffe: Arrays) -> None:
    """44 layers read x, 6 read d; one wrong gradient among them would show."""
    others = {"v": gradient_by_v(caffe)}
    assert_agrees({s: (ours.diffs[s], caffe[f"blob_diff/{s}"] - others.get(s, 0)) for s in SOURCES})


def test_gradients_with_shared_memory(backend: Backend, caffe: Arrays, ours: Results) -> None:
    shared_memory = run(backend, caffe, LAYERS, SOURCES, extra=filters(), keep=False)
    grads = {name: (shared_memory.grads[name], ours.grads[name]) for name in ours.grads}
    diffs = {name: (shared_memory.diffs[name], ours.diffs[name]) for name in ours.diffs}
    assert_agrees(grads | diffs)


def test_every_layer_of_the_dump_is_accounted_for(caffe: Arrays) -> None:
    check_complete(caffe, LAYERS, ELSEWHERE)
