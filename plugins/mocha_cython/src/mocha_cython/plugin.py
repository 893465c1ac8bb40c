"""What this package offers to the backend: its kernels, and the passes that make use of them."""

from __future__ import annotations

from collections.abc import Sequence

from mocha_core.backend import Backend
from mocha_core.hookspecs import hookimpl
from mocha_core.kernel import Binding
from mocha_core.passes import Pass

from .backend import CythonBackend
from .machine import LEVELS, level_of, native, threads_of
from .passes import PASSES


@hookimpl
def mocha_kernels(backend: Backend) -> Sequence[Binding]:
    from .kernels import BINDINGS

    return BINDINGS


@hookimpl
def mocha_passes(backend: Backend) -> Sequence[Pass]:
    return PASSES


@hookimpl
def mocha_report(backend: Backend) -> str:
    threads = f"{threads_of(None)} threads" if native().has_openmp() else "one thread (built without OpenMP)"
    tuner = backend.tuner if isinstance(backend, CythonBackend) else None
    tuned = f"; {tuner.store}" if tuner else "; no autotuning"
    return f"compiled kernels for {LEVELS[level_of(None)]}, {threads}{tuned}"
