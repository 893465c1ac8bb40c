"""Adam: the worked numbers, a second moment that decays, and a correction that counts a parameter's own updates."""

from __future__ import annotations

import numpy as np
import pytest

from mocha_core.coffee import Coffee
from mocha_core.solvers import Adam, LRPolicy, Solver, UpdateValues, make_solver_parameters, solve
from mocha_core.testing.backends import ReferenceBackend, StrictBackend

from .fake_net import FakeNet
from .running import roundings, trajectory

RATE = {"lr_policy": LRPolicy.Fixed(0.01)}
WORKED = [0.99, 0.98000275, 0.97001011, 0.96002395]


@pytest.mark.parametrize("backend", [ReferenceBackend, StrictBackend])
@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_worked_numbers(backend, dtype):
    found = trajectory(Adam(), FakeNet(backend(), dtype=dtype), 4, **RATE)
    bound = 5e-9 + 2e-10 + roundings(dtype, 12 * 4)  # eight digits; epsilon * 0.01 / sqrt(v) each step; 12 operations
    assert found == pytest.approx(WORKED, rel=0, abs=bound)


def test_defaults():
    params = make_solver_parameters(Adam(), max_iter=1)
    assert params["lr_policy"] == LRPolicy.Inv(0.003, 0.0001, 0.5)
    assert (params["beta1"], params["beta2"], params["epsilon"]) == (0.9, 0.999, 1e-8)


def test_a_constant_gradient_gives_a_constant_step_for_ever():
    """Mocha.jl's second moment grew without end: 0.80 of the step at update 1000, 0.32 at 10000."""
    method, weight, steps = Adam(), np.zeros(1), []
    fields = {"learning_rate": 1.0, "beta1": 0.9, "beta2": 0.999, "epsilon": 1e-8}
    history = {slot: np.zeros(1) for slot in method.slots}
    for t in range(1, 10_001):
        values = UpdateValues(weight=weight, grad=np.ones(1), history=history, fields=fields, updates=t)
        after, history = method.update(np, values)
        steps.append(float((weight - after)[0]))
        weight = after
    # sqrt(v) is sqrt(1 - b2^t), at least sqrt(0.001), so that epsilon counts for less than 4e-7
    assert steps == pytest.approx([1.0] * len(steps), rel=0, abs=4e-7)


class FreezeUntil(Coffee):
    """Keeps a layer frozen for so many updates."""

    def __init__(self, updates: int) -> None:
        self.updates = updates

    def enjoy(self, lounge, net, state) -> None:
        if state.iter == 0:
            net.freeze("a")
        if state.iter == self.updates:
            net.unfreeze("a")


def test_a_layer_that_thaws_late_starts_with_the_step_of_a_first_update():
    net = FakeNet(shapes={"a___weight": (1,), "b___weight": (1,)})
    solver = Solver(Adam(), {"max_iter": 51, "regu_coef": 0.0, **RATE})
    solver.add_coffee_break(FreezeUntil(50), every_n_iter=1)
    solve(solver, net)
    assert net.values()["a___weight"][0] == pytest.approx(0.99, rel=0, abs=1e-8)
    assert solver.state.updater.updates == {"a___weight": 1, "b___weight": 51}
    assert solver.state.fields["t"] == 51


def test_the_counts_of_a_snapshot_come_back(tmp_path):
    from mocha_core.coffee import Snapshot

    def train(updates: int, net: FakeNet, **options) -> FakeNet:
        solver = Solver(Adam(), {"max_iter": updates, "regu_coef": 0.0, **RATE, **options})
        solver.add_coffee_break(FreezeUntil(5), every_n_iter=1)
        solver.add_coffee_break(Snapshot(tmp_path), every_n_iter=7)
        solve(solver, net)
        return net

    def make() -> FakeNet:
        return FakeNet(shapes={"a___weight": (1,), "b___weight": (1,)})

    whole = train(10, make())
    resumed = train(10, make(), load_from=tmp_path / "snapshot-000007.h5")
    assert resumed.values() == whole.values()
