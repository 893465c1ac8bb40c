"""The loop: what happens in which order, freezing on the way, and going on."""

from __future__ import annotations

import logging

import pytest

from mocha_core.coffee import Coffee, TrainingSummary
from mocha_core.errors import NumericalError, OptionError
from mocha_core.io.model_file import save_network
from mocha_core.solvers import SGD, LRPolicy, MomPolicy, Solver, solve

from .fake_net import FakeNet, trained

MOMENTUM = {"lr_policy": LRPolicy.Inv(0.1, 0.1, 0.5), "mom_policy": MomPolicy.Linear(0.5, 0.1, 2, 0.9)}


def make_solver(max_iter: int, **options) -> Solver:
    return Solver(SGD(), {"max_iter": max_iter, "regu_coef": 0.0, **options})


class Watch(Coffee):
    """Notes what it sees; does `then` at iteration `when`."""

    def __init__(self, when: int = -1, then=lambda: None) -> None:
        self.seen: list[tuple[int, float, float]] = []
        self.when, self.then = when, then

    def enjoy(self, lounge, net, state) -> None:
        self.seen.append((state.iter, state.obj_val, net.weight))
        if state.iter == self.when:
            self.then()


def watched(solver: Solver, watch: Watch) -> Watch:
    solver.add_coffee_break(watch, every_n_iter=1)
    return watch


def test_the_net_before_the_solver_is_pointed_out():
    with pytest.raises(OptionError, match=r"takes the solver first and then the net, not a FakeNet and a Solver"):
        solve(FakeNet(), make_solver(1))
    with pytest.raises(OptionError, match=r"takes the solver first and then the net, not a Solver and a Solver"):
        make_solver(1).solve(make_solver(1))


def test_a_break_at_iteration_k_sees_the_next_batch_after_k_updates():
    net = FakeNet(data=1.0)
    solver = make_solver(2, lr_policy=LRPolicy.Fixed(0.5))
    watch = watched(solver, Watch())
    solve(solver, net)
    # d = 0, 1, 2 in turn; w: 1 -> 0.5 (toward 0) -> 0.75 (toward 1)
    assert watch.seen == [(0, 0.5, 1.0), (1, 0.125, 0.5), (2, 0.78125, 0.75)]


def test_a_layer_frozen_on_the_way_stays_as_it_is():
    net = FakeNet(shapes={"a___weight": (2,), "b___weight": (2,)})
    solver = make_solver(4, lr_policy=LRPolicy.Fixed(0.5))
    watched(solver, Watch(2, lambda: net.freeze("a")))
    solve(solver, net)
    assert net.values()["a___weight"].tolist() == [0.25, 0.25]
    assert net.values()["b___weight"].tolist() == [0.0625, 0.0625]


def test_a_layer_that_thaws_takes_up_its_history():
    net = FakeNet(shapes={"a___weight": (1,)})
    solver = make_solver(3, lr_policy=LRPolicy.Fixed(0.5), mom_policy=MomPolicy.Fixed(0.5))
    watch = watched(solver, Watch(1, lambda: net.freeze("a")))
    watched(solver, Watch(2, lambda: net.unfreeze("a")))
    solve(solver, net)
    # h = -0.5, w = 0.5; frozen; h = -0.25 - 0.25, w = 0
    assert [weight for _, _, weight in watch.seen] == [1.0, 0.5, 0.5, 0.0]


def test_solving_twice_goes_on_bit_for_bit():
    whole, halves = FakeNet(data=0.3, noise=0.1), FakeNet(data=0.3, noise=0.1)
    solve(make_solver(10, **MOMENTUM), whole)
    solver = make_solver(5, **MOMENTUM)
    solve(solver, halves)
    solver.params = solver.params.replace(max_iter=10)
    solve(solver, halves)
    assert trained(halves.values()) == trained(whole.values())


def test_solving_twice_takes_no_break_twice():
    solver = make_solver(2)
    watch, net = watched(solver, Watch()), FakeNet()
    solve(solver, net)
    solve(solver, net)
    assert [iteration for iteration, _, _ in watch.seen] == [0, 1, 2]


def test_another_net_starts_from_the_beginning():
    solver = make_solver(2)
    watch = watched(solver, Watch())
    solver.solve(FakeNet())
    solver.solve(FakeNet())
    assert [iteration for iteration, _, _ in watch.seen] == [0, 1, 2, 0, 1, 2]


def test_parameters_that_hold_values_already_are_named(caplog, tmp_path):
    caplog.set_level(logging.INFO, "mocha")
    net = FakeNet(shapes={f"a{k}___weight": (1,) for k in range(9)})

    def told(**params):
        caplog.clear()
        solve(make_solver(2, **params), net)
        return [message for message in caplog.messages if "hold values already" in message]

    assert told() == []
    assert told() == [
        "Net 'fake' starts from parameters that hold values already: a0, a1, a2, a3, a4, a5, a6, a7 and 2 more (on a "
        "new DefaultBackend(), or with parameters=ParameterStore(backend), it would start afresh)"
    ]
    save_network(tmp_path / "model.h5", net)
    assert told(load_from=tmp_path / "model.h5") == []


def test_a_new_stage_is_logged(caplog):
    caplog.set_level(logging.INFO, "mocha")
    stages = LRPolicy.Staged((2, LRPolicy.Fixed(0.1)), (9, LRPolicy.Fixed(0.01)))
    solve(make_solver(4, lr_policy=stages), FakeNet())
    assert [m for m in caplog.messages if "stage" in m] == [
        "lr_policy: stage 2 of 2 begins with update 3: LRPolicy.Fixed(base=0.01)"
    ]


@pytest.mark.filterwarnings("ignore:overflow")
def test_a_diverging_training_ends_with_an_error_that_says_where():
    net = FakeNet()
    net.bad = "layer 'ip' is the first to write a bad value"
    solver = make_solver(10_000, lr_policy=LRPolicy.Fixed(1e30))
    watch = watched(solver, Watch())
    with pytest.raises(NumericalError, match=r"after 6 updates \(learning_rate 1e\+30.*layer 'ip' is the first.*lower"):
        solve(solver, net)
    assert watch.seen[-1][0] == 5
    assert solver.state is None


def test_a_bad_first_forward_is_an_error_before_any_break():
    solver = make_solver(10)
    watch = watched(solver, Watch())
    with pytest.raises(NumericalError, match="after 0 updates"):
        solve(solver, FakeNet(data=float("nan")))
    assert watch.seen == []


def test_ctrl_c_ends_cleanly_and_training_can_go_on(tmp_path):
    def interrupt() -> None:
        raise KeyboardInterrupt

    whole, net = FakeNet(noise=0.1), FakeNet(noise=0.1)
    solve(make_solver(6, **MOMENTUM), whole)
    solver = make_solver(6, **MOMENTUM)
    solver.setup_coffee_lounge(save_into=tmp_path / "statistics.h5", every_n_iter=1000)
    solver.add_coffee_break(TrainingSummary(), every_n_iter=1)
    watch = watched(solver, Watch(3, interrupt))
    with pytest.raises(KeyboardInterrupt):
        solve(solver, net)
    assert (tmp_path / "statistics.h5").exists()
    watch.when = -1
    solve(solver, net)
    assert trained(net.values()) == trained(whole.values())
