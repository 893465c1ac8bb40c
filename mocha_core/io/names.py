"""Names as they stand in files: `Neurons.ReLU`, `LRPolicy.Inv`, `L2Regu`, or a plugin's own."""

from __future__ import annotations

from collections.abc import Callable
from difflib import get_close_matches
from typing import Any

from ..errors import PluginError, suggest

KINDS = (
    "mocha.neurons",
    "mocha.initializers",
    "mocha.regularizers",
    "mocha.constraints",
    "mocha.policies",
    "mocha.transformers",
)
"""What a name without a space may be, in the order in which they are asked."""


def find_spec(name: str) -> Callable[..., Any]:
    """What a name in a file stands for; `PluginError` lists near names."""
    space, _, member = name.rpartition(".")
    if space in _spaces():
        return _member(space, member)
    from ..plugins.finding import find, known

    for kind in KINDS:
        if member in known(kind):
            return find(kind, member)
    raise PluginError(f"nothing is called {name!r}{_spelled(member) or _near(member)}")


def _spelled(member: str) -> str:
    """How to write the name of what belongs to a space."""
    spaces = [space for space, names in _spaces().items() if member in _members(names)]
    return f"; write {' or '.join(f'{space}.{member}' for space in spaces)}" if spaces else ""


def _near(member: str) -> str:
    """A name that is meant perhaps. All of them would be too many."""
    from ..plugins.finding import known

    near = get_close_matches(member, sorted({name for kind in KINDS for name in known(kind)}), n=1)
    return f"; did you mean {near[0]!r}?" if near else "; `mocha plugins` lists what installed packages offer"


def _spaces() -> dict[str, Any]:
    import mocha_core as mocha

    names = ("Neurons", "Pooling", "LRNMode", "ElementWiseFunctors", "LRPolicy", "MomPolicy")
    return {name: getattr(mocha, name) for name in names}


def _member(space: str, member: str) -> Callable[..., Any]:
    members = _members(_spaces()[space])
    if member in members:
        return members[member]
    if space == "Neurons":
        from ..plugins.finding import find_neuron

        return find_neuron(member)
    raise PluginError(f"{space} has no {member!r}{suggest(member, members)}")


def _members(space: Any) -> dict[str, Callable[..., Any]]:
    return {name: value for name, value in vars(space).items() if isinstance(value, type)}
