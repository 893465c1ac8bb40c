"""What this package offers to the backend."""

from __future__ import annotations

from collections.abc import Sequence

from mocha_core.backend import Backend
from mocha_core.hookspecs import hookimpl
from mocha_core.kernel import Binding
from mocha_core.passes import Pass

from .backend import CudaBackend


@hookimpl
def mocha_kernels(backend: Backend) -> Sequence[Binding]:
    from .kernels import BINDINGS

    return BINDINGS


@hookimpl
def mocha_passes(backend: Backend) -> Sequence[Pass]:
    from .passes import PASSES

    return PASSES


@hookimpl
def mocha_report(backend: Backend) -> str:
    if not isinstance(backend, CudaBackend):
        return ""
    major, minor = backend.device.capability
    graphs = "programs are recorded as graphs" if backend.graphs else "no graphs"
    return f"{backend.device.name}, compute capability {major}.{minor}, products in {backend.math}, {graphs}"
