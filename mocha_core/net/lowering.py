"""From the layers a user wrote to the primitive layers that run: phase, neurons, then the backend's passes."""

from __future__ import annotations

import logging
from collections.abc import Collection, Sequence

from ..backend import Backend, Pass
from ..errors import OptionError
from ..layer import Layer
from ..topology import results

log = logging.getLogger("mocha")


def lower(layers: Sequence[Layer], phase: str, backend: Backend, keep: Collection[str]) -> tuple[Layer, ...]:
    """The layers of this phase, each split into its parts, rewritten by the passes that keep what must be kept."""
    for layer in layers:
        if not isinstance(layer, Layer):
            found = f"{type(layer).__name__}: {layer!r}"
            raise OptionError(f"a net is made of layers, not {found}; flatten nested lists with *")
    present = [replaced for layer in layers if (replaced := layer.in_phase(phase)) is not None]
    lowered = tuple(part for layer in present for part in layer.parts())
    for rewrite in backend.passes(phase):
        lowered = _apply(rewrite, lowered, keep)
    return lowered


def _apply(rewrite: Pass, layers: tuple[Layer, ...], keep: Collection[str]) -> tuple[Layer, ...]:
    rewritten = rewrite(layers)
    lost = _blobs(layers) & set(keep) - _blobs(rewritten)
    if lost:
        log.info("pass %s left out: it would hide the kept blobs %s", rewrite, ", ".join(sorted(lost)))
        return layers
    return rewritten


def _blobs(layers: Sequence[Layer]) -> set[str]:
    return {name for layer in layers for name in results(layer)}
