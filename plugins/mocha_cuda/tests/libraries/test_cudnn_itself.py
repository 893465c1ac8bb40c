"""The real cuDNN, where it is installed: what it does without a GPU."""

from __future__ import annotations

import ctypes
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mocha_core import ConvolutionLayer
from mocha_cuda.cudnn.api import FMA_MATH
from mocha_cuda.cudnn.descriptors import convolution, filters, tensor
from mocha_cuda.cudnn.library import Cudnn
from mocha_cuda.device.driver import ask_driver
from mocha_cuda.device.libraries import load
from mocha_cuda.errors import DeviceError
from mocha_cuda.kernels.convolution.geometry import Geometry
from mocha_cuda.simulation import SimulatedDevice


def library() -> Any:
    try:
        return load("cudnn")
    except (ImportError, OSError, RuntimeError):
        pytest.skip("cuDNN is not installed; pip install nvidia-cudnn-cu13 cuda-pathfinder")


class WithoutHandle(Cudnn):
    """Descriptors need none."""

    def check(self, name: str, *arguments: Any) -> None:
        if name != "cudnnCreate":
            super().check(name, *arguments)


def test_without_a_gpu_it_says_so_in_a_sentence() -> None:
    if ask_driver() is not None:
        pytest.skip("this machine has a driver")
    with pytest.raises(DeviceError, match=r"cudnnCreate gave 1\d+ \(CUDNN_STATUS_\w+\): .*MOCHA_CUDNN=0 in the env"):
        Cudnn(library(), SimulatedDevice(), lambda: 0)


@given(data=st.data())
def test_it_finds_the_shapes_of_our_convolutions(data: st.DataObject) -> None:
    dnn = WithoutHandle(library(), SimulatedDevice(), lambda: 0)
    small, pair = st.integers(1, 4), st.tuples(st.integers(1, 3), st.integers(1, 3))
    groups = data.draw(small)
    layer = ConvolutionLayer(
        name="c",
        n_filter=groups * data.draw(small),
        n_group=groups,
        kernel=data.draw(pair),
        stride=data.draw(pair),
        pad=data.draw(pair),
        dilation=data.draw(pair),
        bottoms=["x"],
        tops=["y"],
    )
    shape = (data.draw(small), groups * data.draw(small), data.draw(st.integers(5, 20)), data.draw(st.integers(5, 20)))
    lie = Geometry.of(layer, shape)
    images, weights = tensor(dnn, shape), filters(dnn, (lie.filters, lie.channels // groups, *lie.kernel))
    link = convolution(dnn, lie, FMA_MATH)
    found = [ctypes.c_int() for _ in range(4)]
    pointers = (link.pointer, images.pointer, weights.pointer)
    dnn.check("cudnnGetConvolution2dForwardOutputDim", *pointers, *map(ctypes.byref, found))
    assert tuple(each.value for each in found) == lie.outputs
    for each in (images, weights, link):
        each.close()
