"""The real NVRTC, where it is installed; it needs no GPU."""

from __future__ import annotations

from functools import cache

import pytest

from mocha_cuda.device.libraries import load
from mocha_cuda.device.nvrtc import Nvrtc


@cache
def found() -> Nvrtc | None:
    """The library; None if there is none."""
    try:
        return Nvrtc(load("nvrtc"))
    except (ImportError, OSError, RuntimeError):
        return None


def nvrtc() -> Nvrtc:
    """The library, where `needs_nvrtc` was asked for."""
    library = found()
    assert library is not None
    return library


needs_nvrtc = pytest.mark.skipif(
    found() is None, reason="no NVRTC to compile kernels with; pip install 'mocha-cuda[compile-check]'"
)
