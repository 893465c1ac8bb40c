"""From the layers a user wrote to the primitive layers that run: phase, neurons, then the backend's passes."""

from __future__ import annotations

import logging
from collections.abc import Sequence

from ..backend import Backend
from ..errors import OptionError
from ..layer import Layer
from ..passes import Pass, PassContext
from ..topology import results, sort_layers
from .claims import Claims, package_of, together

log = logging.getLogger("mocha")


def primitives(layers: Sequence[Layer], phase: str) -> tuple[Layer, ...]:
    """The layers of this phase, each split into its parts, in running order; raises `TopologyError`."""
    for layer in layers:
        if not isinstance(layer, Layer):
            found = f"{type(layer).__name__}: {layer!r}"
            raise OptionError(f"a net is made of layers, not {found}; flatten nested lists with *")
    present = [replaced for layer in layers if (replaced := layer.in_phase(phase)) is not None]
    return tuple(node.layer for node in sort_layers([part for layer in present for part in layer.parts()]))


def rewrite(layers: tuple[Layer, ...], backend: Backend, context: PassContext, claims: Claims) -> tuple[Layer, ...]:
    """The layers after the passes that keep what must be kept; a layer that is claimed is left as it is."""
    for each in backend.passes():
        layers = together(_apply(each, claims.apart(layers, package_of(each)), context))
    return layers


def blobs_of(layers: Sequence[Layer]) -> frozenset[str]:
    """Names of all blobs that the layers write."""
    return frozenset(name for layer in layers for name in results(layer))


def _apply(each: Pass, layers: tuple[Layer, ...], context: PassContext) -> tuple[Layer, ...]:
    rewritten = each(layers, context)
    lost = blobs_of(layers) & context.pinned - blobs_of(rewritten)
    if lost:
        log.info("pass %s left out: it would hide the kept blobs %s", each, ", ".join(sorted(lost)))
        return layers
    return rewritten
