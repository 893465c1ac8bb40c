"""The questions that many packages may answer, each asked once when a backend opens."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import pluggy

if TYPE_CHECKING:
    from .backend import Backend
    from .kernel import Binding
    from .passes import Pass

PROJECT = "mocha"
hookspec = pluggy.HookspecMarker(PROJECT)
hookimpl = pluggy.HookimplMarker(PROJECT)


@hookspec
def mocha_kernels(backend: Backend) -> Sequence[Binding]:
    """Kernels that this package offers to `backend`."""
    return ()


@hookspec
def mocha_ops(backend: Backend) -> dict[str, Any]:
    """Faster bodies for array primitives of `mocha_core.ops`, by name."""
    return {}


@hookspec
def mocha_passes(backend: Backend) -> Sequence[Pass]:
    """Rewrites of the list of layers (fusion, layout), applied in order before planning (`mocha_core.passes`)."""
    return ()


@hookspec
def mocha_report(backend: Backend) -> str:
    """One line for `mocha doctor`."""
    return ""
