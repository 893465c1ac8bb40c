"""CuPy, where it is installed (a GPU is not needed): what this package calls of it is there."""

from __future__ import annotations

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


@pytest.mark.filterwarnings("ignore")
def test_methods_take_what_they_are_given():
    """Of compiled classes there are no signatures, but their texts name the arguments."""
    import cupy

    assert "disable_timing" in str(cupy.cuda.Event.__doc__)
    assert {"begin_capture", "end_capture", "wait_event", "synchronize"} <= set(dir(cupy.cuda.Stream))
    assert {"copy_from_device_async", "copy_from_host_async", "memset_async"} <= set(dir(cupy.cuda.MemoryPointer))
    assert {"launch", "upload"} <= set(dir(cupy.cuda.Graph))
    assert "get_message" in dir(cupy.cuda.compiler.CompileException)
