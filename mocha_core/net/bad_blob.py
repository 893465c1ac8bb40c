"""Where a NaN or Inf came from: the last forward again, one layer at a time."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from ..blob import Blob
from ..untrained import counted_once

if TYPE_CHECKING:
    from .net import Net


def first_bad_blob(net: Net) -> str | None:
    """One sentence naming the first layer and parameter or blob that holds a NaN or Inf; None if none does.

    What layers keep track of, and where random numbers go on, is afterwards as it was.
    """
    drawn = net._streams.now()
    try:
        with counted_once(net.all_parameters):
            return _first(net)
    finally:
        net._streams.restore(drawn)


def _first(net: Net) -> str | None:
    for feeder in net._feeders:
        feeder.write()
        for blob in feeder.blobs:
            if bad := _bad(blob):
                return f"data layer {feeder.layer.name!r} delivers blob {blob.name!r} with {bad}"
    net._streams.rewind()
    for index, state in net._program.wiring.states.items():
        if text := _check_layer(net, index, state.site.layer.name):
            return text
    return None


def _check_layer(net: Net, index: int, name: str) -> str | None:
    state = net._program.wiring.states[index]
    for blob in state.params.values():
        if bad := _bad(blob):
            return f"parameter {blob.name!r} of layer {name!r} holds {bad}"
    scale = _range(state.bottoms)
    for stream, draw in zip(net._built.streams[index], state.draws, strict=True):
        net.backend.draw(stream, draw)
    net.backend.compile([net._program.wiring.kernels[index].forward])()
    for blob in state.tops:
        if bad := _bad(blob):
            said = f"blob {blob.name!r} holds {bad}, from bottoms {scale}"
            return f"layer {name!r} is the first to write a bad value: {said}"
    return None


def _bad(blob: Blob) -> str:
    values = blob.to_array()
    nans, infs = int(np.isnan(values).sum()), int(np.isinf(values).sum())
    return f"{nans} NaN and {infs} Inf in {values.size} values" if nans or infs else ""


def _range(blobs: tuple[Blob, ...]) -> str:
    parts = (f"{b.name!r} between {b.to_array().min():.4g} and {b.to_array().max():.4g}" for b in blobs)
    return ", ".join(parts)
