"""Joined steps give the same training, bit by bit, as backward, update and forward one after the other."""

from __future__ import annotations

from typing import Any

import pytest

from mocha_core import SGD, Adam, L2Cons, LRPolicy, Nesterov, Net
from mocha_core.testing.backends import ReferenceBackend

from .ahead import AheadBackend
from .training import BACKENDS, Training

UPDATES = 20


def pair(*, between: Any = None, **options: Any) -> list[list[Any]]:
    """The trajectories on both backends."""
    found = []
    for backend in BACKENDS:
        with Training(backend, updates=UPDATES, **options) as training:
            found.append(training.trajectory(UPDATES, between))
    return found


@pytest.mark.parametrize("method", [SGD(), Nesterov(), Adam()], ids=str)
def test_every_update_is_the_same(method: Any) -> None:
    one, other = pair(method=method)
    assert other == one
    assert len({step[0] for step in one}) == UPDATES + 1


def test_the_step_was_joined() -> None:
    with Training(AheadBackend) as training:
        training.trajectory(3)
        joint = training.solver.state.joint
        assert len(joint._programs) == 1
    with Training(ReferenceBackend) as training:
        training.trajectory(3)
        assert training.solver.state.joint is None


def freezing(update: int, net: Net) -> None:
    if update in (4, 11):
        net.freeze("ip1")
    if update == 8:
        net.unfreeze("ip1")


def test_layers_may_be_frozen_and_thawed() -> None:
    one, other = pair(between=freezing)
    assert other == one
    assert one[5][1]["ip1___weight"] == one[8][1]["ip1___weight"] != one[9][1]["ip1___weight"]


def still(update: int, net: Net) -> None:
    if update == 4:
        net.freeze("norm")
    if update == 8:
        net.unfreeze("norm")


def test_running_averages_may_be_frozen_and_thawed() -> None:
    one, other = pair(between=still)
    assert other == one
    assert one[4][1]["norm___mean"] == one[8][1]["norm___mean"] != one[9][1]["norm___mean"]


def test_gradients_can_be_read_after_a_joint_step() -> None:
    with Training(AheadBackend) as training:
        training.trajectory(1)
        assert all(trainable.diff.to_array().any() for trainable in training.net.trainable)


def test_a_constraint_acts_when_it_is_due() -> None:
    one, other = pair(constraint=L2Cons(0.3, every_n_iter=3))
    assert other == one
    assert one != pair()[0]


def test_a_program_for_each_set_of_constraints_is_compiled_once() -> None:
    with Training(AheadBackend, constraint=L2Cons(0.3, every_n_iter=3)) as training:
        training.trajectory(7)
        before = training.backend.compiled
        for _ in range(2):
            training.trajectory(9)
        assert training.backend.compiled == before
        assert len(training.solver.state.joint._programs) == 2


@pytest.mark.parametrize("options", [{"iter_size": 3}, {"clip_gradients": 0.1}], ids=str)
def test_gradients_that_are_summed_or_clipped_come_back_to_the_host(options: dict[str, Any]) -> None:
    one, other = pair(**options)
    assert other == one
    assert one != pair()[0]


def test_a_rate_that_steps_in_the_middle_counts_at_once() -> None:
    one, other = pair(lr_policy=LRPolicy.Staged((5, LRPolicy.Fixed(0.5)), (1, LRPolicy.Fixed(0.01))))
    assert other == one


def test_parameters_that_are_loaded_between_updates_count() -> None:
    def load(update: int, net: Net) -> None:
        if update == 6:
            parameter = net.all_parameters[0]
            parameter.load(2 * parameter.blob.to_array())

    one, other = pair(between=load)
    assert other == one
    assert one[7] != pair()[0][7]
