"""The compiled CPU backend of Mocha. Its kernels are not written yet, and it says so."""

from __future__ import annotations

from typing import Any

from mocha_core.backend import Backend
from mocha_core.errors import PluginError

NOT_YET = "mocha-cython 0.1.0 has no compiled kernels yet; use DefaultBackend('cpu') (pip install mocha-cpu)"


class CythonBackend(Backend):
    """NumPy arrays with compiled kernels, beside those of the NumPy backend; cannot be opened yet.

    >>> CythonBackend.unusable()
    "mocha-cython 0.1.0 has no compiled kernels yet; use DefaultBackend('cpu') (pip install mocha-cpu)"
    """

    name = "cython"
    extends = ("cpu",)
    priority = 20

    @classmethod
    def unusable(cls) -> str | None:
        return NOT_YET

    @property
    def xp(self) -> Any:
        raise PluginError(NOT_YET)
