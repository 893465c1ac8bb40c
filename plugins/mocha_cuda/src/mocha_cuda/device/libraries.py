"""Shared libraries of CUDA, found where NVIDIA's packages, conda or the system put them."""

from __future__ import annotations

import ctypes
from functools import cache
from importlib import import_module


@cache
def load(name: str) -> ctypes.CDLL:
    """The library that `cuda.pathfinder` (a dependency of CuPy) knows as `name`, e.g. "cublas".

    Raises `ImportError` without that package, and `OSError` or `RuntimeError` if the library is nowhere.
    """
    found = import_module("cuda.pathfinder").load_nvidia_dynamic_lib(name)
    return ctypes.CDLL(found.abs_path)
