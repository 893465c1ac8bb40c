"""Kernels by the spec that they serve."""

from __future__ import annotations

from mocha_core.kernel import Binding
from mocha_core.solvers import SGD, Adam, AdamW, Nesterov

from .update import AdamUpdate, AdamWUpdate, NesterovUpdate, SgdUpdate

BINDINGS: tuple[Binding, ...] = (
    Binding(Adam, AdamUpdate),
    Binding(AdamW, AdamWUpdate),
    Binding(Nesterov, NesterovUpdate),
    Binding(SGD, SgdUpdate),
)
