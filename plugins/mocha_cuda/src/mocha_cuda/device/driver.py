"""The NVIDIA driver, asked without any library of CUDA: which GPUs there are, and what they can do."""

from __future__ import annotations

import ctypes
import sys
from dataclasses import dataclass
from typing import Any

from .failures import Version

LIBRARY = "nvcuda.dll" if sys.platform == "win32" else "libcuda.so.1"
NO_DEVICE = 100
MAJOR, MINOR = 75, 76
"""Of CUdevice_attribute; these numbers and the calls are those of the CUDA driver API."""


@dataclass(frozen=True, slots=True)
class Gpu:
    """One GPU, as the driver describes it."""

    name: str
    capability: Version


@dataclass(frozen=True, slots=True)
class Driver:
    """What the driver says. version: of CUDA, e.g. (13, 0). failed: the code with which it did not start, or 0."""

    version: Version
    gpus: tuple[Gpu, ...] = ()
    failed: int = 0


def ask_driver() -> Driver | None:
    """The driver of this machine; None if there is none."""
    try:
        library = ctypes.CDLL(LIBRARY)
    except OSError:
        return None
    return describe(library)


def describe(library: Any) -> Driver:
    """What the loaded library says; any object with its functions will do."""
    version = ctypes.c_int()
    library.cuDriverGetVersion(ctypes.byref(version))
    dotted = (version.value // 1000, version.value % 1000 // 10)
    failed = library.cuInit(0)
    if failed:
        return Driver(dotted, failed=0 if failed == NO_DEVICE else failed)
    count = ctypes.c_int()
    library.cuDeviceGetCount(ctypes.byref(count))
    return Driver(dotted, tuple(_gpu(library, index) for index in range(count.value)))


def _gpu(library: Any, index: int) -> Gpu:
    device, name = ctypes.c_int(), ctypes.create_string_buffer(256)
    library.cuDeviceGet(ctypes.byref(device), index)
    library.cuDeviceGetName(name, len(name), device)
    capability = tuple(_attribute(library, what, device) for what in (MAJOR, MINOR))
    return Gpu(name.value.decode(errors="replace"), (capability[0], capability[1]))


def _attribute(library: Any, what: int, device: ctypes.c_int) -> int:
    value = ctypes.c_int()
    library.cuDeviceGetAttribute(ctypes.byref(value), what, device)
    return value.value
