"""What a net remembers from one forward to the next: the two ends of a layer's `stateful=True`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, ClassVar

from ..blob import Array, BlobSpec, Shape
from ..constraints import NoCons
from ..initializers import ConstantInitializer
from ..layer import Layer, Values
from ..plan import ParamSpec, Plan, Traits
from ..regularizers import NoRegu
from ..specs import spec
from .wiring import need_blobs


@spec(kw_only=True)
class RecallLayer(Layer):
    """Its tops, (1, N, size) each, are what a `RememberLayer` put away in the forward before; zeros at first.

    bottoms: x (T, N, ...), of which only the N sequences are read.   states: their names, one for each top.
    size: numbers of a state.   param_key: where they are kept.

    >>> layer = RecallLayer(name="recall", bottoms=["x"], tops=["h0"], states=["h"], size=16)
    >>> layer.plan((BlobSpec((10, 32, 5)),)).tops[0].shape
    (1, 32, 16)
    """

    states: Sequence[str]
    size: int
    param_key: str = ""

    traits: ClassVar[Traits] = Traits(backprop=False)

    def check_options(self) -> None:
        self._put("states", tuple(self.states))
        need_blobs(self, bottoms=1, tops=len(self.states))

    def plan(self, bottoms: tuple[BlobSpec, ...]) -> Plan:
        (x,) = bottoms
        if len(x.shape) < 2:
            raise self.misfit(f"{self.bottoms[0]!r} is {x}, and the layer reads (steps, sequences, ...)")
        top = x.with_shape(1, x.shape[1], self.size)
        return Plan(tops=(top,) * len(self.tops), params=memories(self.states, top.shape), saves=frozenset())

    def forward(self, xp: Any, v: Values) -> tuple[Array, ...]:
        return tuple(v.params[state] for state in self.states)


@spec(kw_only=True)
class RememberLayer(Layer):
    """Puts states away for the next forward.

    bottoms: the states before the first step, as `RecallLayer` gave them, and those after the last step.
    states: their names.   state_key: the `param_key` of the `RecallLayer`.

    >>> RememberLayer(name="remember", bottoms=["h0", "h1"], states=["h"], state_key="recall").states
    ('h',)
    """

    states: Sequence[str]
    state_key: str

    traits: ClassVar[Traits] = Traits(sink=True, backprop=False, remembers=True)

    def check_options(self) -> None:
        self._put("states", tuple(self.states))
        need_blobs(self, bottoms=2 * len(self.states), tops=0)

    def plan(self, bottoms: tuple[BlobSpec, ...]) -> Plan:
        return Plan(tops=(), params=memories(self.states, bottoms[0].shape, self.state_key), saves=frozenset())

    def forward(self, xp: Any, v: Values) -> tuple[Array, ...]:
        return ()

    def updates(self, xp: Any, v: Values) -> Mapping[str, Array]:
        count = len(self.states)
        return dict(zip((*map(before, self.states), *self.states), v.xs[: 2 * count], strict=True))


def memories(states: Sequence[str], shape: Shape, owner: str = "") -> tuple[ParamSpec, ...]:
    """Each state, and each as it was before the last forward."""
    return tuple(
        ParamSpec(
            name,
            shape,
            ConstantInitializer(0.0),
            NoRegu(),
            NoCons(),
            trained=False,
            owner=owner,
            past=before(state),
        )
        for state in states
        for name in (state, before(state))
    )


def before(state: str) -> str:
    """The name of a state as it was before the last forward.

    >>> before("h")
    'h_before'
    """
    return f"{state}_before"


def recall(name: str, x: str, tops: Sequence[str], states: Sequence[str], size: int, key: str) -> RecallLayer:
    """The layer before the layer `name`."""
    return RecallLayer(name=f"{name}/recall", bottoms=(x,), tops=tops, states=states, size=size, param_key=key)


def remember(name: str, bottoms: Sequence[str], states: Sequence[str], key: str) -> RememberLayer:
    """The layer after the layer `name`."""
    return RememberLayer(name=f"{name}/remember", bottoms=bottoms, states=states, state_key=key)
