"""Mistakes of a layer's author: in a net and in the conformance kit, a sentence that names layer and what to write."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np
import pytest
from hypothesis import strategies as st

from mocha_core import (
    BlobSpec,
    ConstantInitializer,
    Grads,
    InnerProductLayer,
    Layer,
    MemoryDataLayer,
    Net,
    NoCons,
    NoRegu,
    ParamSpec,
    Plan,
    ShapeError,
    SoftmaxLossLayer,
    Values,
    spec,
)
from mocha_core.testing import Bottom, Case, CheckFailure, ReferenceBackend
from mocha_core.testing.family import Family
from mocha_core.testing.suite import trials


@dataclass(frozen=True)
class Mistake:
    """What one method of an author gives, and what is said of it."""

    says: str
    plan: Callable[[tuple[BlobSpec, ...]], Any] = lambda bottoms: Plan(tops=bottoms)
    forward: Callable[[Values], Any] = lambda v: (2 * v.xs[0],)
    backward: Callable[[Values], Any] = lambda v: Grads(xs=(2 * v.dys[0] if v.wants[0] else None,))
    updates: Callable[[Values], Any] = lambda v: {}


def param(name: str, *shape: int, trained: bool = True) -> ParamSpec:
    return ParamSpec(name, shape, ConstantInitializer(1.0), NoRegu(), NoCons(), trained=trained)


def planning(**facts: Any) -> Callable[[tuple[BlobSpec, ...]], Plan]:
    return lambda bottoms: Plan(**{"tops": bottoms, **facts})


STATE = planning(params=(param("m", 3, trained=False),))
FORWARD = "it returns a tuple with one array for each top, e.g. (y,)"
BACKWARD = "it returns Grads(xs=(dx,), params={name: gradient})"

MISTAKES = {
    "no plan": Mistake("its plan(...) gives None; it returns a Plan(tops=...)", plan=lambda bottoms: None),
    "tops: one spec": Mistake("one BlobSpec for each top, here 1", plan=lambda bottoms: Plan(tops=bottoms[0])),  # type: ignore[arg-type]
    "tops: a shape": Mistake("one BlobSpec for each top, here 1", plan=lambda bottoms: Plan(tops=(bottoms[0].shape,))),  # type: ignore[arg-type]
    "tops: too many": Mistake("one BlobSpec for each top, here 1", plan=lambda bottoms: Plan(tops=bottoms * 2)),
    "saves": Mistake("its plan saves 'x'; write a frozenset of draws, x0, xs, y0, ys", plan=planning(saves={"x"})),
    "saves: a text": Mistake("its plan saves 'xs'; write a frozenset of", plan=planning(saves="xs")),
    "overlays": Mistake("overlays=((0, 1),); it needs pairs (top, bottom)", plan=planning(overlays=((0, 1),))),
    "overlays: one pair": Mistake("overlays=(0, 0); it needs pairs (top, bottom)", plan=planning(overlays=(0, 0))),
    "views": Mistake("views=((-1, 0),); it needs pairs", plan=planning(views=((-1, 0),))),
    "constants": Mistake("constants=(3,); it needs a tuple of positions", plan=planning(constants=(3,))),
    "constants: a number": Mistake("constants=0; it needs a tuple of positions", plan=planning(constants=0)),
    "parameters": Mistake(
        "two parameters called w; give each a name of its own", plan=planning(params=(param("w", 1), param("w", 2)))
    ),
    "forward: an array": Mistake(f"gave an array of shape (3, 5); {FORWARD}", forward=lambda v: 2 * v.xs[0]),
    "forward: nothing": Mistake(f"forward gave None; {FORWARD}", forward=lambda v: None),
    "forward: two": Mistake(f"forward gave a tuple of length 2; {FORWARD}", forward=lambda v: (v.xs[0], v.xs[0])),
    "forward: a shape": Mistake("an array of shape (3, 1), and 3 x 5 is planned", forward=lambda v: (v.xs[0][:, :1],)),
    "backward: a tuple": Mistake(f"backward gave a tuple of length 1; {BACKWARD}", backward=lambda v: (v.dys[0],)),
    "backward: none": Mistake(f"for xs a tuple of length 0; {BACKWARD}", backward=lambda v: Grads()),
    "backward: an array": Mistake(
        f"for xs an array of shape (3, 5); {BACKWARD}",
        backward=lambda v: Grads(xs=v.dys[0]),
    ),
    "backward: not the wanted": Mistake(
        "for bottom 0 None, and 3 x 5 is planned", backward=lambda v: Grads(xs=(None,))
    ),
    "backward: a shape": Mistake("for bottom 0 an array of shape (1, 5)", backward=lambda v: Grads(xs=(v.dys[0][:1],))),
    "backward: a parameter": Mistake(f"no gradient of 'w'; {BACKWARD}", plan=planning(params=(param("w", 1),))),
    "updates: nothing": Mistake("updates gave None; it returns {name: new value}", plan=STATE, updates=lambda v: None),
    "updates: a name": Mistake(
        "updates gave 'n', which is no parameter; there are m", plan=STATE, updates=lambda v: {"n": v.params["m"]}
    ),
    "updates: a shape": Mistake(
        "for 'm' an array of shape (1,), and 3 is planned", plan=STATE, updates=lambda v: {"m": v.params["m"][:1]}
    ),
}


@spec(kw_only=True)
class Mistaken(Layer):
    """y = 2 x, but for one mistake."""

    kind: str = ""

    none: ClassVar[Mistake] = Mistake("")

    @property
    def mistake(self) -> Mistake:
        return MISTAKES.get(self.kind, self.none)

    def plan(self, bottoms: tuple[BlobSpec, ...]) -> Plan:
        return self.mistake.plan(bottoms)

    def forward(self, xp: Any, v: Values) -> tuple[Any, ...]:
        return self.mistake.forward(v)

    def backward(self, xp: Any, v: Values) -> Grads:
        return self.mistake.backward(v)

    def updates(self, xp: Any, v: Values) -> Mapping[str, Any]:
        return self.mistake.updates(v)


def step(kind: str) -> None:
    """One step of a small net around the layer."""
    net = Net(
        "n",
        ReferenceBackend(),
        [
            MemoryDataLayer(name="data", data=[np.ones((6, 4)), np.zeros((6, 1))], batch_size=3),
            InnerProductLayer(name="below", output_dim=5, bottoms=["data"], tops=["below"]),
            Mistaken(name="mine", kind=kind, bottoms=["below"], tops=["y"]),
            SoftmaxLossLayer(name="loss", bottoms=["y", "label"]),
        ],
    )
    net.init()
    net.forward_backward()


def checked(kind: str) -> None:
    """Every check of the kit."""
    case = Case(Mistaken(name="mine", kind=kind, bottoms=["x"], tops=["y"]), (Bottom((3, 5)),))
    for trial in trials([Family("mine", case, st.just(case))], ["reference"]):
        trial.run()


@pytest.mark.parametrize("kind", MISTAKES)
def test_a_net_says_what_is_wrong(kind: str) -> None:
    with pytest.raises(ShapeError) as caught:
        step(kind)
    assert "layer 'mine' (Mistaken), bottoms below: " in str(caught.value)
    assert MISTAKES[kind].says in str(caught.value)


@pytest.mark.parametrize("kind", MISTAKES)
def test_so_does_the_kit(kind: str) -> None:
    with pytest.raises((ShapeError, CheckFailure)) as caught:
        checked(kind)
    assert "layer 'mine' (Mistaken), bottoms x: " in str(caught.value)
    assert MISTAKES[kind].says in str(caught.value)


def test_without_a_mistake_nothing_is_said() -> None:
    step("")
    checked("")
