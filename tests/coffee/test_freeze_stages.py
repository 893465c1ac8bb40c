"""FreezeStages: what learns when, also after a resume."""

from __future__ import annotations

import pytest

from mocha_core.coffee import FreezeStages, Snapshot
from mocha_core.errors import OptionError
from mocha_core.solvers import SGD, LRPolicy, MomPolicy, Solver, solve
from tests.io.training import bits, real_net
from tests.solvers.fake_net import FakeNet

from .giving import Die, DieAt


def train(net, *stages, max_iter, folder=None, die=None, every=1, **params) -> None:
    policies = {"lr_policy": LRPolicy.Fixed(0.5), "mom_policy": MomPolicy.Fixed(0.0)}
    solver = Solver(SGD(), {"max_iter": max_iter, "regu_coef": 0.0, **policies, **params})
    if folder is not None:
        solver.add_coffee_break(Snapshot(folder), every_n_iter=2)
    solver.add_coffee_break(FreezeStages(*stages), every_n_iter=every)
    solver.add_coffee_break(DieAt(die), every_n_iter=1)
    solve(solver, net)


def test_each_stage_has_as_many_updates_as_asked():
    net = FakeNet(shapes={"a___weight": (1,), "b___weight": (1,), "c___weight": (1,)})
    train(net, (2, ["b", "c"]), (3, ["a", "c"]), (1, ["c"]), max_iter=7)
    # each update halves what learns: a in stages 1 and 3, b in 2 and 3, c never
    values = {path: float(value[0]) for path, value in net.values().items()}
    assert values["a___weight"] == 0.5 ** (2 + 2)
    assert values["b___weight"] == 0.5 ** (3 + 2)
    assert values["c___weight"] == 1.0


def test_layers_frozen_before_are_thawed():
    net = FakeNet(shapes={"a___weight": (1,), "b___weight": (1,)})
    net.freeze("b")
    train(net, (1, ["a"]), max_iter=1)
    assert net.frozen == {"a"}


def test_a_real_net_learns_only_what_may():
    net = real_net()
    net.init()
    before = bits(net)
    train(net, (4, ["ip1"]), (1, ["ip1", "drop"]), max_iter=6)
    changed = {path for path, value in bits(net).items() if value != before[path]}
    assert changed == {"ip2___weight", "ip2___bias"}


@pytest.mark.parametrize("die", [3, 4, 5, 7])
def test_killed_and_resumed_it_is_the_same_training(tmp_path, die):
    stages = [(4, ["ip1"]), (2, ["ip2"]), (1, [])]
    momentum = {"mom_policy": MomPolicy.Fixed(0.9)}
    whole, resumed = real_net(), real_net()
    train(whole, *stages, max_iter=9, **momentum)
    with pytest.raises(Die):
        train(real_net(), *stages, max_iter=9, folder=tmp_path, die=die, **momentum)
    train(resumed, *stages, max_iter=9, folder=tmp_path, load_from=tmp_path, **momentum)
    assert bits(resumed) == bits(whole)
    assert resumed.frozen == frozenset()


def test_a_training_resumed_between_two_breaks_is_in_the_right_stage(tmp_path):
    shapes = {"a___weight": (1,), "b___weight": (1,)}
    with pytest.raises(Die):
        train(FakeNet(shapes=shapes), (4, ["a"]), (1, ["b"]), max_iter=9, folder=tmp_path, die=3, every=4)
    net = FakeNet(shapes=shapes)
    train(net, (4, ["a"]), (1, ["b"]), max_iter=6, folder=tmp_path, load_from=tmp_path, every=4)
    values = {path: float(value[0]) for path, value in net.values().items()}
    assert (values["a___weight"], values["b___weight"]) == (0.5**2, 0.5**4)


@pytest.mark.parametrize(
    ("stages", "told"),
    [
        ([], "needs stages"),
        ([(0, ["a"])], "length of a stage is a whole number above 0"),
        ([(5, "conv1")], r"a stage is \(updates, layers\)"),
        ([7], r"a stage is \(updates, layers\)"),
    ],
)
def test_impossible_stages_are_refused(stages, told):
    with pytest.raises(OptionError, match=told):
        FreezeStages(*stages)


def test_an_unknown_layer_is_refused_before_training():
    with pytest.raises(OptionError, match="no layer 'ip3' to freeze; did you mean"):
        train(real_net(), (5, ["ip1"]), (1, ["ip3"]), max_iter=1)
