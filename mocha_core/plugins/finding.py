"""Classes by name, for files and the command line: the core's own names first, then those of installed packages."""

from __future__ import annotations

import importlib
import inspect
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from .loading import pick, unknown
from .scan import offers

if TYPE_CHECKING:
    from ..constraints import Constraint
    from ..initializers import Initializer
    from ..layer import Layer
    from ..neurons import Neuron
    from ..regularizers import Regularizer

HOMES = {
    "mocha.layers": ("mocha_core.layers", "mocha_core.layer", "Layer"),
    "mocha.neurons": ("mocha_core.neurons", "mocha_core.neurons", "Neuron"),
    "mocha.initializers": ("mocha_core.initializers", "mocha_core.initializers", "Initializer"),
    "mocha.regularizers": ("mocha_core.regularizers", "mocha_core.regularizers", "Regularizer"),
    "mocha.constraints": ("mocha_core.constraints", "mocha_core.constraints", "Constraint"),
    "mocha.coffee_breaks": ("mocha_core.coffee", "mocha_core.coffee.coffee_break", "Coffee"),
    "mocha.solvers": ("mocha_core.solvers", "mocha_core.solvers.method", "SolverMethod"),
    "mocha.policies": ("mocha_core.solvers.policies", "mocha_core.solvers.policy", "Policy"),
    "mocha.transformers": ("mocha_core.data", "mocha_core.data.transformers", "Transformer"),
}
"""Group -> the module where the core keeps its own classes of that kind; module and name of their base class."""


def find(group: str, name: str) -> type[Any]:
    """The class called `name` among the core's own of that kind, else among those of installed packages.

    The kind may be left out of the name: "InnerProduct" finds `InnerProductLayer`. Raises `PluginError` with near names
    if there is none, if two packages claim it, or if its package is broken.
    """
    own, base = _own(group)
    mine = _pick(own, base, name)
    if mine is not None:
        return mine
    if not any(offer.name == name for offer in offers(group)):
        raise unknown(group, name, own)
    offer = pick(group, name)
    found = offer.load()
    if not (isinstance(found, type) and issubclass(found, base)):
        raise offer.broken(f"{found!r} is no subclass of {base.__name__}")
    return found


def is_own(group: str, name: str) -> bool:
    """Whether the core has something of that kind that goes by that name, so that nobody else's is ever found."""
    return group in HOMES and _pick(*_own(group), name) is not None


def known(group: str) -> frozenset[str]:
    """The names that `find` knows of a kind: the core's own and those of installed packages."""
    own, base = _own(group)
    short = (name.removesuffix(base.__name__) or name for name in own)
    return frozenset({*own, *short, *(offer.name for offer in offers(group))})


def find_layer(name: str) -> type[Layer]:
    """The layer class of that name.

    >>> find_layer("InnerProduct").__name__
    'InnerProductLayer'
    """
    return find("mocha.layers", name)


def find_neuron(name: str) -> type[Neuron]:
    """The neuron class of that name.

    >>> find_neuron("ReLU")()
    Neurons.ReLU()
    """
    return find("mocha.neurons", name)


def find_initializer(name: str) -> type[Initializer]:
    """The initializer class of that name."""
    return find("mocha.initializers", name)


def find_regularizer(name: str) -> type[Regularizer]:
    """The regularizer class of that name."""
    return find("mocha.regularizers", name)


def find_constraint(name: str) -> type[Constraint]:
    """The constraint class of that name."""
    return find("mocha.constraints", name)


def find_coffee_break(name: str) -> type[Any]:
    """The coffee break class of that name."""
    return find("mocha.coffee_breaks", name)


def find_solver(name: str) -> type[Any]:
    """The solver method class of that name."""
    return find("mocha.solvers", name)


def _pick(own: Mapping[str, type[Any]], base: type[Any], name: str) -> type[Any] | None:
    return own.get(name) or own.get(name + base.__name__)


def _own(group: str) -> tuple[dict[str, type[Any]], type[Any]]:
    home, base_home, base_name = HOMES[group]
    base: type[Any] = getattr(importlib.import_module(base_home), base_name)
    concrete = {
        name: value
        for name, value in vars(importlib.import_module(home)).items()
        if isinstance(value, type) and issubclass(value, base) and not inspect.isabstract(value)
    }
    return concrete, base
