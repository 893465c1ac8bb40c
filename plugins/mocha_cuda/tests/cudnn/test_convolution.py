"""Convolutions by cuDNN's interface are the layer's, whatever the geometry; argument by argument."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from mocha_core import ConvolutionLayer, InputLayer, Net, Neurons, SquareLossLayer
from mocha_core.backend import Backend
from mocha_core.passes import Fused, fuse
from mocha_core.testing import FAMILIES, BackendSuite
from mocha_core.testing.backends import ReferenceBackend
from mocha_core.testing.suite import Trial
from mocha_cuda.device.device import Math
from mocha_cuda.kernels.convolution.dnn import DnnConvolution

from .faking import DnnBackend, needs_compiler, number

pytestmark = needs_compiler

GEOMETRIES: dict[str, dict[str, Any]] = {
    "plain": {"kernel": (2, 3)},
    "pad and stride": {"kernel": (3, 2), "pad": (2, 1), "stride": (2, 3)},
    "dilation": {"kernel": 2, "dilation": (2, 3)},
    "groups": {"kernel": 3, "n_group": 2, "pad": 1},
    "1 x 1": {"kernel": 1},
    "no bias": {"kernel": (3, 1), "bias": False},
}


def net_of(backend: Backend, options: dict[str, Any], relu: bool, bottoms: int = 1) -> Net:
    names = [f"x{k}" for k in range(bottoms)]
    tops = [f"y{k}" for k in range(bottoms)]
    neuron = Neurons.ReLU() if relu else Neurons.Identity()
    convolution = ConvolutionLayer(name="c", n_filter=6, neuron=neuron, bottoms=names, tops=tops, **options)
    shape = (3, 4, 7, 8)
    grid = convolution.grid(shape)
    truth = InputLayer(name="truth", tops=["t"], shapes=[(3, 6, *grid.out)])
    losses = [SquareLossLayer(name=f"loss{k}", bottoms=[top, "t"]) for k, top in enumerate(tops)]
    inputs = InputLayer(name="in", tops=names, shapes=[shape] * bottoms)
    return Net("n", backend, [inputs, truth, convolution, *losses], keep=tops, gradients=names, dtype=_dtype(backend))


def _dtype(backend: Backend) -> str:
    return "float64" if isinstance(backend, ReferenceBackend) else "float32"


def results(net: Net) -> dict[str, np.ndarray]:
    """Tops, and the gradients of bottoms and parameters."""
    rng = np.random.default_rng(8)
    net.init()
    for parameter in net.all_parameters:
        parameter.load(rng.normal(size=parameter.blob.shape))
    for layer in net.layers:
        if isinstance(layer, InputLayer):
            for top in layer.tops:
                net._value((top, 0)).set(rng.normal(size=net._value((top, 0)).shape))
    net.forward()
    found = {name: blob.to_array() for name, blob in net.output_blobs.items()}
    net.backward()
    found |= {f"d{name}": net.diff(name).to_array() for name in net._graph.forced}
    return found | {f"d{t.parameter.path}": t.diff.to_array() for t in net.trainable}


def check(options: dict[str, Any], relu: bool, bottoms: int = 1, math: Math = "float32") -> None:
    with DnnBackend(math=math) as backend:
        if relu:
            backend.passes = lambda: (lambda layers, context: fuse(layers, lambda m, f: len(m) == 1, context.pinned),)
        net = net_of(backend, options, relu, bottoms)
        assert "DnnConvolution" in net.explain()
        assert any(isinstance(layer, Fused) for layer in net.layers) == relu
        found = results(net)
    truth = results(net_of(ReferenceBackend(seed=4), options, relu, bottoms))
    eps = float(np.finfo(np.float32).eps)
    assert found.keys() == truth.keys()
    for name, value in truth.items():
        terms = max(4 * 9, 3 * 6 * 8 * bottoms)
        assert np.abs(found[name] - value).max() <= 8 * eps * terms**0.5 * max(1.0, np.abs(value).max()), name


@pytest.mark.parametrize("options", GEOMETRIES.values(), ids=GEOMETRIES)
def test_the_layers_own_results(options: dict[str, Any]) -> None:
    check(options, relu=False)


@pytest.mark.parametrize("options", GEOMETRIES.values(), ids=GEOMETRIES)
def test_with_its_relu(options: dict[str, Any]) -> None:
    check(options, relu=True)


def test_bottoms_share_filters_and_their_gradients_are_summed() -> None:
    check(GEOMETRIES["groups"], relu=False, bottoms=3)


def test_the_arithmetic_of_the_algorithm_is_set() -> None:
    """The stand-in, which rounds nothing, refuses to run an algorithm for tensor cores without it."""
    check(GEOMETRIES["groups"], relu=False, math="tf32")


class TestDnn(BackendSuite):
    """Honest about what is read again, among other things."""

    backend, optional = DnnBackend, True
    families = tuple(family for family in FAMILIES if family.label.startswith(("convolution", "fused")))
    test_every_layer_has_cases = test_memory = test_source = test_collector = None

    @classmethod
    def _trials(cls) -> list[Trial]:
        """Whether the kernel serves the plain case is looked at above; in float64 none does."""
        return [trial for trial in super()._trials() if trial.check.name != "fast_kernel_ran"]


def test_it_declines_what_the_library_cannot_do() -> None:
    with DnnBackend() as backend:
        number("fake_offered").value = 3
        net = net_of(backend, {"kernel": 2}, relu=False)
        assert "cuDNN has no algorithm Forward for Geometry(num=3, channels=4, height=7, width=8" in net.explain()


def test_it_declines_images_of_other_axes_and_types() -> None:
    layer = ConvolutionLayer(name="c", n_filter=2, kernel=3, bottoms=["x"], tops=["y"])
    for shape, dtype, why in (((2, 3, 9), "float32", "other axes"), ((2, 3, 9, 9), "float64", "float32")):
        with DnnBackend() as backend:
            inputs = InputLayer(name="in", tops=["x"], shapes=[shape])
            explained = Net("n", backend, [inputs, layer], dtype=dtype).explain()
            assert DnnConvolution.__name__ in explained
            assert why in explained


def test_without_a_library_other_kernels_serve() -> None:
    from mocha_cuda.cudnn import opening

    with DnnBackend() as backend:
        opening.close(backend.device)
        net = net_of(backend, {"kernel": 2}, relu=False)
        assert "simulated has no cuDNN" in net.explain()
