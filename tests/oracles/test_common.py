"""Inner product, reshape, concat, split, tile, reduction and element-wise layers against Caffe's zoo_common."""

from __future__ import annotations

from pathlib import Path

import pytest

from mocha_core import Backend, Layer

from .common_layers import ELSEWHERE, LAYERS, scales
from .dumps import Arrays, assert_agrees
from .zoo import Results, caffe_zoo, check_complete, of_caffe, ours_and_caffes, run

SOURCES = ("x", "y", "kv", "c", "wv")


@pytest.fixture(scope="module")
def caffe(shared: Path) -> Arrays:
    return caffe_zoo(shared, "zoo_common")


@pytest.fixture(scope="module")
def ours(backend: Backend, caffe: Arrays) -> Results:
    return run(backend, caffe, LAYERS, SOURCES, extra=scales(caffe))


@pytest.mark.parametrize("layer", of_caffe(LAYERS), ids=lambda layer: layer.name)
def test_values_and_parameter_gradients(layer: Layer, ours: Results, caffe: Arrays) -> None:
    assert_agrees(ours_and_caffes(layer, ours, caffe))


@pytest.mark.parametrize("name", SOURCES)
def test_gradient_of_an_input_summed_over_all_readers(name: str, ours: Results, caffe: Arrays) -> None:
    assert_agrees({name: (ours.diffs[name], caffe[f"blob_diff/{name}"])})


def test_gradients_with_shared_memory(backend: Backend, caffe: Arrays, ours: Results) -> None:
    shared_memory = run(backend, caffe, LAYERS, SOURCES, extra=scales(caffe), keep=False)
    grads = {name: (shared_memory.grads[name], ours.grads[name]) for name in ours.grads}
    diffs = {name: (shared_memory.diffs[name], ours.diffs[name]) for name in ours.diffs}
    assert_agrees(grads | diffs)


def test_every_layer_of_the_dump_is_accounted_for(caffe: Arrays) -> None:
    check_complete(caffe, LAYERS, ELSEWHERE)
