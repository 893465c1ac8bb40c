"""The library of `fake_cudnn.c`, compiled, and a backend that takes it for cuDNN."""

from __future__ import annotations

import ctypes
import shutil
import subprocess
import sys
from functools import lru_cache
from pathlib import Path
from tempfile import mkdtemp

import pytest

from mocha_core.choosing import Registry
from mocha_core.kernel import Binding
from mocha_core.layers import ConvolutionLayer
from mocha_core.passes import Fused
from mocha_cuda import CudaBackend
from mocha_cuda.cudnn import opening
from mocha_cuda.cudnn.library import Cudnn
from mocha_cuda.device.device import Math
from mocha_cuda.kernels.convolution.dnn import DnnConvolution
from mocha_cuda.simulation import SimulatedDevice

COMPILER = shutil.which("gcc") or shutil.which("cc")

ITSELF = ("-Wl,-Bsymbolic",) if sys.platform == "linux" else ()
"""So that its functions call one another, not those of the real library where that is loaded, too."""

STREAM = 77

needs_compiler = pytest.mark.skipif(COMPILER is None, reason="the stand-in for cuDNN is compiled by gcc or cc")


@lru_cache(1)
def library() -> ctypes.CDLL:
    """One for all tests; `fresh` sets it back."""
    made = Path(mkdtemp()) / "libfake.so"
    source = Path(__file__).parent / "fake_cudnn.c"
    command = [str(COMPILER), "-O1", "-Wall", "-Werror", "-shared", "-fPIC", *ITSELF, str(source), "-o", str(made)]
    subprocess.run(command, check=True)
    return ctypes.CDLL(str(made))


def number(name: str) -> ctypes.c_int:
    """One of the library's variables."""
    return ctypes.c_int.in_dll(library(), name)


def fresh() -> ctypes.CDLL:
    """The library as it was at first."""
    for name, value in (("version", 92800), ("status", 0), ("offered", 4), ("destroyed", 0), ("measured", 0)):
        number(f"fake_{name}").value = value
    return library()


class DnnBackend(CudaBackend):
    """Its convolutions go to the library at once; so it has no graphs."""

    def __init__(self, *, math: Math = "float32", measure: bool = False) -> None:
        super().__init__(device=SimulatedDevice(), graphs=False, math=math, seed=4)
        opening.use(self.device, Cudnn(fresh(), self.device, lambda: STREAM, measure=measure))
        bindings = (Binding(ConvolutionLayer, DnnConvolution), Binding(Fused, DnnConvolution, of=ConvolutionLayer))
        self.registry = Registry(tiers=(bindings,))

    @classmethod
    def unusable(cls) -> str | None:
        return None if COMPILER else "the stand-in for cuDNN is compiled by gcc or cc"

    def close(self) -> None:
        opening.close(self.device)
        super().close()
