"""Shared libraries of CUDA, found where NVIDIA's packages, conda or the system put them."""

from __future__ import annotations

import ctypes
from collections.abc import Callable, Mapping
from functools import cache
from importlib import import_module
from typing import Any


@cache
def load(name: str) -> ctypes.CDLL:
    """The library that `cuda.pathfinder` (a dependency of CuPy) knows as `name`, e.g. "cublas".

    Raises `ImportError` without that package, and `OSError` or `RuntimeError` if the library is nowhere.
    """
    found = import_module("cuda.pathfinder").load_nvidia_dynamic_lib(name)
    return ctypes.CDLL(found.abs_path)


def calls_of(library: Any, signatures: Mapping[str, tuple[Any, ...]]) -> dict[str, Callable[..., int]]:
    """The library's functions by name, which take these C types and return a status."""
    calls = {name: getattr(library, name) for name in signatures}
    for name, call in calls.items():
        call.argtypes, call.restype = signatures[name], ctypes.c_int
    return calls
