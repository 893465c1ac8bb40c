"""`fold`: a net for prediction that computes the same with fewer layers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from ..errors import OptionError
from ..net.graph import build_graph
from ..net.lowering import primitives
from ..parameters import ParameterStore
from ..plan import TEST
from ..topology import sort_layers
from .dropouts import dropouts, without
from .merging import Merging, Stored

if TYPE_CHECKING:
    from ..net import Net

Array = np.ndarray[Any, Any]


def fold(net: Net, keep: Sequence[str] | str | None = None) -> Net:
    """A net of the test phase that computes the same with fewer layers and parameters of its own.

    Batch normalisation (by its running statistics), scales and biases are merged into the convolution, deconvolution or
    inner product before them: with g = scale / sqrt(var + eps), W becomes g W and b becomes g (b - mean) + bias. Where
    there is none before them, several become one scale. Dropout falls away. Merged is only what is exact: a blob in
    between that is kept or that another layer reads, parameters that are shared, factors along other axes stay as they
    are. `net.explain()` of the new net says what was merged, and what was not and why.

    keep: blobs that must still be readable, "all" for every one; default: those of the given net.
    The new net holds copies: what the given one learns later does not change it.

    >>> from mocha_core import BatchNormLayer, ConvolutionLayer, InputLayer, Net
    >>> from mocha_core.testing import ReferenceBackend
    >>> layers = [
    ...     InputLayer(tops=["data"], shapes=[(1, 3, 8, 8)]),
    ...     ConvolutionLayer(name="conv", n_filter=4, kernel=3, bottoms=["data"], tops=["conv"]),
    ...     BatchNormLayer(name="bn", bottoms=["conv"], tops=["bn"]),
    ... ]
    >>> folded = fold(Net("small", ReferenceBackend(), layers, phase="test"))
    >>> [layer.name for layer in folded.layers]
    ['input', 'conv']
    """
    from ..net import Net

    if net.phase != TEST:
        raise OptionError(
            f"fold is for nets of the test phase, and net {net.name!r} is not; build it with phase='test'"
        )
    net.init()
    kept = tuple(net.output_blobs) if keep is None else (keep,) if isinstance(keep, str) else tuple(keep)
    merging, removed = _merging(net, kept)
    store = ParameterStore(net.backend)
    made = Net(net.name, net.backend, merging.layers(), phase=TEST, dtype=net.dtype, keep=kept, parameters=store)
    _fill(made, merging.stored, merging.parameters())
    made.notes, made.remarks = net.notes, tuple(_remarks(merging, removed))
    return made


def _merging(net: Net, kept: Sequence[str]) -> tuple[Merging, list[str]]:
    """The plan of the new net, and the dropout layers that it has not."""
    layers = primitives(net.given, TEST)
    collected = {name for layer in layers if layer.traits.collects for name in layer.bottoms}
    blobs = {name for layer in layers for name in (*layer.tops, *layer.bottoms)}
    pinned = blobs if "all" in kept else {*kept, *collected}
    names = dropouts(net.given)
    layers = without(names, layers, pinned)
    graph = build_graph(sort_layers(layers), TEST, net.dtype, known=net.store)
    stored = {(p.key, p.spec.name): p for p in net.all_parameters}
    merging = Merging(graph, stored, pinned, net.dtype)
    merging.run()
    return merging, sorted(set(names) - {layer.name for layer in layers})


def _fill(made: Net, old: Stored, changed: Mapping[tuple[str, str], Array]) -> None:
    """Give the new net its parameters."""
    for parameter in made.all_parameters:
        name = parameter.key, parameter.spec.name
        parameter.load(changed[name] if name in changed else old[name].blob.to_array())


def _remarks(merging: Merging, removed: Sequence[str]) -> list[str]:
    gone = len(merging.homes) - len({*merging.homes.values()}) + len(removed)
    lines = merging.lines() + [f"{name} is gone: dropout does nothing in the test phase" for name in removed]
    return [f"folded: {gone} layer{'s' * (gone != 1)} fewer", *(f"    {line}" for line in lines)]
