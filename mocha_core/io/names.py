"""Names as they stand in files: `Neurons.ReLU`, `LRPolicy.Inv`, `L2Regu`, or a plugin's own."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from ..errors import PluginError
from .expression import first_known


def find_spec(name: str) -> Callable[..., Any]:
    """What a name in a file stands for; `PluginError` lists near names."""
    space, _, member = name.rpartition(".")
    if space in _spaces():
        return _member(space, member)
    if not space and name in _plain():
        return _plain()[name]
    from ..plugins.finding import find_constraint, find_initializer, find_neuron, find_regularizer

    return first_known(member, [find_neuron, find_initializer, find_regularizer, find_constraint])


def _spaces() -> dict[str, Any]:
    import mocha_core as mocha

    names = ("Neurons", "Pooling", "LRNMode", "ElementWiseFunctors", "LRPolicy", "MomPolicy")
    return {name: getattr(mocha, name) for name in names}


def _plain() -> dict[str, Callable[..., Any]]:
    from .. import data

    transformers = (data.CenterCrop, data.RandomCrop, data.RandomMirror, data.Scale, data.SubMean)
    return {transformer.__name__: transformer for transformer in transformers}


def _member(space: str, member: str) -> Callable[..., Any]:
    from ..errors import suggest

    members = {name: value for name, value in vars(_spaces()[space]).items() if isinstance(value, type)}
    if member in members:
        return members[member]
    if space == "Neurons":
        from ..plugins.finding import find_neuron

        return find_neuron(member)
    raise PluginError(f"{space} has no {member!r}{suggest(member, members)}")
