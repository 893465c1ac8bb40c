"""A backend's own update kernels: who updates which parameter."""

from __future__ import annotations

import pytest

from mocha_core import Binding, spec
from mocha_core.errors import ShapeError
from mocha_core.kernel import Accept, Decline
from mocha_core.solvers import SGD, LRPolicy, Solver, UpdateKernel, UpdateSite, UpdateState, solve
from mocha_core.solvers.updater import Updater
from mocha_core.testing.backends import ReferenceBackend

from .fake_net import FakeNet

SHAPES = {"a___weight": (2,), "b___weight": (3, 2), "c___weight": (4, 2)}


class MatrixSgd(UpdateKernel):
    """Takes matrices only; marks that it ran by leaving the weights at 7."""

    @classmethod
    def accepts(cls, backend, site: UpdateSite) -> Accept | Decline:
        return Accept() if len(site.param.shape) == 2 else Decline("not a matrix")

    def __init__(self, backend, state: UpdateState) -> None:
        self.state = state

    def run(self, fields) -> None:
        for place in self.state.places:
            place.weight.fill(7.0)


def backend_with_kernel() -> ReferenceBackend:
    backend = ReferenceBackend()
    backend.registry.tiers = ((Binding(spec=SGD, kernel=MatrixSgd),),)
    return backend


def test_a_kernel_serves_what_it_accepts_and_the_rest_is_generic():
    net = FakeNet(backend_with_kernel(), shapes=SHAPES)
    solve(Solver(SGD(), {"max_iter": 1, "lr_policy": LRPolicy.Fixed(0.5)}), net)
    assert {path: array.reshape(-1)[0] for path, array in net.values().items() if path in SHAPES} == {
        "a___weight": 0.5,
        "b___weight": 7.0,
        "c___weight": 7.0,
    }


def test_it_is_shown_who_updates_what():
    net = FakeNet(backend_with_kernel(), shapes=SHAPES)
    assert Updater(SGD(), 0.0, net).explain() == [
        f"b.weight: {__name__.partition('.')[0]}.MatrixSgd",
        f"c.weight: {__name__.partition('.')[0]}.MatrixSgd",
        "a.weight: mocha_core.GenericUpdate",
    ]


def test_one_kernel_is_built_for_all_its_parameters():
    built = []

    class Counting(MatrixSgd):
        def __init__(self, backend, state: UpdateState) -> None:
            super().__init__(backend, state)
            built.append(len(state.places))

    backend = ReferenceBackend()
    backend.registry.tiers = ((Binding(spec=SGD, kernel=Counting),),)
    Updater(SGD(), 0.0, FakeNet(backend, shapes=SHAPES)).follow()
    assert built == [2]


@spec
class Careless(SGD):
    """Gives what it is told to give."""

    gives: str = "scalar"

    def update(self, xp, u):
        weight, fresh = SGD.update(self, xp, u)
        return {
            "scalar": (xp.mean(weight), fresh),
            "a slot too many": (weight, {**fresh, "momentum": weight}),
            "history of another shape": (weight, {"history": xp.mean(weight)}),
            "weight alone": weight,
        }[self.gives]


@pytest.mark.parametrize(
    ("gives", "text"),
    [
        ("scalar", "update gave the weight of shape () for b.weight"),
        ("a slot too many", "update gave momentum of shape (3, 2) for b.weight"),
        ("history of another shape", "update gave history of shape () for b.weight"),
        ("weight alone", "update gave ndarray for b.weight"),
    ],
)
def test_what_a_method_gives_is_taken_as_it_is_or_refused(gives, text):
    method = Careless(gives)
    net = FakeNet(ReferenceBackend(), shapes={"b___weight": (3, 2)})
    with pytest.raises(ShapeError) as caught:
        solve(Solver(method, {"max_iter": 1}), net)
    wanted = "it returns the new weight and the new history, {slot: array}, each of the shape (3, 2)"
    assert str(caught.value) == f"{method!r}: {text}; {wanted}"
    assert net.values()["b___weight"].tolist() == [[1.0, 1.0]] * 3
