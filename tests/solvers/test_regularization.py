"""The objective and what the regularizers add to it: two numbers."""

from __future__ import annotations

import pytest

from mocha_core import L1Regu, L2Regu
from mocha_core.coffee import TrainingSummary
from mocha_core.solvers import SGD, LRPolicy, Solver, solve

from .fake_net import FakeNet


@pytest.mark.parametrize(
    ("regularizer", "added"), [(L2Regu(0.5), 0.25 * 0.5 * 3 * 4), (L1Regu(0.5), 0.25 * 0.5 * 3 * 2)]
)
def test_both_are_reported(regularizer, added):
    net = FakeNet(start=2.0, shapes={"ip___weight": (3,)}, regularizer=regularizer)
    solver = Solver(SGD(), {"max_iter": 0, "regu_coef": 0.25})
    solver.add_coffee_break(TrainingSummary("obj_val", "regularization"), every_n_iter=1)
    solve(solver, net)
    assert solver.coffee_lounge.get_statistics("obj_val") == {0: 3 * 4 / 2}
    assert solver.coffee_lounge.get_statistics("regularization") == {0: added}


def test_the_update_descends_their_sum():
    """Half a step of the gradient's length ends at the minimum of a parabola."""
    net = FakeNet(start=2.0, regularizer=L2Regu(1.0))
    solver = Solver(SGD(), {"max_iter": 1, "regu_coef": 0.5, "lr_policy": LRPolicy.Fixed(0.5)})
    solve(solver, net)
    assert net.weight == 0.0  # of w^2 / 2 + 0.5 w^2
    assert solver.state.obj_val + solver.state.regularization == 0.0
