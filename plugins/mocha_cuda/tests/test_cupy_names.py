"""CuPy, where it is installed (a GPU is not needed): what this package calls of it is there."""

from __future__ import annotations

import inspect
import re
from functools import reduce
from importlib.util import find_spec
from pathlib import Path

import pytest

import mocha_cuda

pytestmark = pytest.mark.skipif(find_spec("cupy") is None, reason="CuPy is not installed")

PACKAGE = Path(mocha_cuda.__file__).parent
NAME = re.compile(r"\b(?:self\.xp|device\.xp|cupy)\.((?:\w+\.)*\w+)")
ALSO = ["cuda.runtime.CUDARuntimeError", "cuda.driver.CUDADriverError", "cuda.memory.OutOfMemoryError"]


def names() -> list[str]:
    text = "\n".join(path.read_text() for path in sorted((PACKAGE / "device").glob("cupy_*.py")))
    return sorted({*NAME.findall(text), *ALSO} - {"cuda"})


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("name", names())
def test_the_name_is_there(name: str):
    import cupy

    reduce(getattr, name.split("."), cupy)


CALLS = {
    "cuda.Event": "disable_timing=False",
    "cuda.Event.record": "record(self, stream=None)",
    "cuda.Stream.begin_capture": "begin_capture(self, mode=None)",
    "cuda.Stream.end_capture": "end_capture(self)",
    "cuda.Stream.wait_event": "wait_event(self, event)",
    "cuda.Stream.synchronize": "synchronize(self)",
    "cuda.Graph.launch": "launch(self, stream=None)",
    "cuda.MemoryPointer.copy_from_device_async": "copy_from_device_async(self, MemoryPointer src, size_t size",
    "cuda.MemoryPointer.copy_from_host_async": "copy_from_host_async(self, mem, size_t size",
    "cuda.MemoryPointer.memset_async": "memset_async(self, int value, size_t size",
    "ndarray.set": "set(self, arr, stream=None)",
    "ndarray.get": "out=None",
    "RawModule": "RawModule(str code=None, *, str path=None, tuple options=()",
    "RawModule.get_function": "get_function(self, str name)",
    "RawKernel.__call__": "__call__(self, grid, block, args, **kwargs)",
}
"""What is called in `device/cupy_*.py`, as CuPy 14.2 states it: in signatures, and where it is compiled in texts."""


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("name", CALLS)
def test_calls_take_what_they_are_given(name: str):
    import cupy

    called = reduce(getattr, name.split("."), cupy)
    try:
        signature = str(inspect.signature(called))
    except ValueError:
        signature = ""
    assert CALLS[name] in f"{name.split('.')[-1]}{signature} {called.__doc__}"


@pytest.mark.filterwarnings("ignore")
def test_kernels_are_told_their_shared_memory():
    import cupy

    assert "shared_mem=0" in str(cupy.RawKernel.__doc__) + str(cupy.RawKernel.__call__.__doc__)
