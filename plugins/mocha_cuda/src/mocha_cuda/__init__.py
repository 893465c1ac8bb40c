"""The NVIDIA GPU backend of Mocha. It is not written yet, and it says so."""

from __future__ import annotations

from typing import Any

from mocha_core.backend import Backend
from mocha_core.errors import PluginError

NOT_YET = "mocha-cuda 0.1.0 cannot compute on a GPU yet; use DefaultBackend('cpu') (pip install mocha-cpu)"


class CudaBackend(Backend):
    """CuPy arrays, cuDNN and CUDA kernels; cannot be opened yet.

    >>> CudaBackend.unusable()
    "mocha-cuda 0.1.0 cannot compute on a GPU yet; use DefaultBackend('cpu') (pip install mocha-cpu)"
    """

    name = "cuda"
    priority = 30

    @classmethod
    def unusable(cls) -> str | None:
        return NOT_YET

    @property
    def xp(self) -> Any:
        raise PluginError(NOT_YET)
