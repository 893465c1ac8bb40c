"""What this package offers to the backend: its kernels."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from mocha_core.backend import Backend
from mocha_core.hookspecs import hookimpl
from mocha_core.kernel import Binding

from .kernels import BINDINGS


@hookimpl
def mocha_kernels(backend: Backend) -> Sequence[Binding]:
    return BINDINGS


@hookimpl
def mocha_report(backend: Backend) -> str:
    return f"NumPy {np.__version__}, {len(BINDINGS)} kernels"
