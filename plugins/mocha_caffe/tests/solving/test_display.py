"""What is logged while a training runs."""

from __future__ import annotations

import logging
import re
from types import SimpleNamespace

import numpy as np
import pytest

from mocha_caffe.solving.testing import CaffeTest
from mocha_core import CoffeeLounge, MemoryDataLayer, Net, RandomNormalLayer, SquareLossLayer
from mocha_core.testing.opening import opened

from .small import NET, TESTS, opened_training

LOSS = re.compile(r"Iteration (\d+), loss = ([\d.e+-]+)")
RATE = re.compile(r"Iteration (\d+), lr = ([\d.e+-]+)")
OUTPUT = re.compile(r"    (Train|Test) net output #(\d+): (\S+) = ([\d.e+-]+)")
WEIGHTED = re.compile(r"    (Train|Test) net output #\d+: (\S+) = (\S+) \(\* (\S+) = (\S+) loss\)")


@pytest.fixture
def said(caplog):
    caplog.set_level(logging.INFO, "mocha")
    return lambda: [record.getMessage() for record in caplog.records]


def found(pattern, lines):
    return [match.groups() for line in lines if (match := pattern.match(line))]


def test_losses_and_rates_in_caffes_lines(tmp_path, said):
    with opened_training(tmp_path, "display: 2") as training:
        training.solve()
        recorded = training.solver.coffee_lounge.get_statistics("obj_val")
    assert [int(number) for number, _ in found(LOSS, said())] == [0, 2, 4, 6]
    assert [rate for _, rate in found(RATE, said())] == ["0.1", "0.1", "0.05", "0.05"]  # stepsize: 4
    assert [float(loss) for _, loss in found(LOSS, said())] == pytest.approx([*recorded.values()], rel=1e-5)
    assert ("Train", "0", "loss") in {output[:3] for output in found(OUTPUT, said())}


def test_losses_stand_beside_what_they_add_to_the_objective(tmp_path, said):
    head = 'layer { name: "head" type: "SoftmaxWithLoss" bottom: "ip" bottom: "label" top: "head" loss_weight: 0.25 }'
    with opened_training(tmp_path, "display: 6 " + TESTS, net=NET + head, max_iter=1) as training:
        training.solve()
    shown = {(kind, name): tuple(map(float, numbers)) for kind, name, *numbers in found(WEIGHTED, said())}
    for kind in ("Train", "Test"):
        value, weight, added = shown[kind, "loss"]
        assert (weight, added) == (1, value)
        assert shown[kind, "head"] == (value, 0.25, pytest.approx(value / 4, rel=1e-5))


def test_average_loss_over_a_window_that_a_resume_keeps(tmp_path, said):
    more = "display: 1 average_loss: 3"
    for last in (4, 6):
        with opened_training(tmp_path, more, max_iter=last) as training:
            training.solve()
    own = training.solver.coffee_lounge.get_statistics("obj_val")
    shown = {int(number): float(loss) for number, loss in found(LOSS, said())}
    expected = {n: sum(own[k] for k in range(max(n - 2, 0), n + 1)) / min(n + 1, 3) for n in range(7)}
    assert shown == pytest.approx(expected, rel=1e-5)


def test_no_display(tmp_path, said):
    with opened_training(tmp_path) as training:
        training.solve()
    assert not found(LOSS, said())


def test_tests(tmp_path, said):
    with opened_training(tmp_path, TESTS + "test_compute_loss: true") as training:
        training.solve()
        recorded = training.solver.coffee_lounge.get_statistics("accuracy-accuracy")
    assert list(recorded) == [0, 3, 6]
    assert [line for line in said() if "Testing net" in line] == [f"Iteration {n}, Testing net (#0)" for n in (0, 3, 6)]
    names = [output[2] for output in found(OUTPUT, said())]
    assert names == ["accuracy", "loss"] * 3
    assert sum(line.startswith("Test loss: ") for line in said()) == 3


def test_no_test_at_the_start(tmp_path):
    with opened_training(tmp_path, TESTS + "test_initialization: false") as training:
        training.solve()
        assert list(training.solver.coffee_lounge.get_statistics("accuracy-accuracy")) == [3, 6]


def test_every_test_sees_the_same_batches(tmp_path):
    more = "test_iter: 1 test_interval: 1 base_lr: 0 momentum: 0"
    with opened_training(tmp_path, more) as training:
        training.solve()
        assert len(set(training.solver.coffee_lounge.get_statistics("accuracy-accuracy").values())) == 1


def test_every_test_sees_the_same_noise():
    data = MemoryDataLayer(tops=["x"], data=[np.arange(12.0).reshape(6, 2)], batch_size=2)
    noise = RandomNormalLayer(tops=["noise"], output_dims=[2], batch_sizes=[2])
    net = Net("noisy", opened("cpu"), [data, noise, SquareLossLayer(name="loss", bottoms=["x", "noise"])], phase="test")
    test, lounge, trained = CaffeTest(net, batches=2), CoffeeLounge(), SimpleNamespace(all_parameters=())
    for lounge.iteration in range(3):
        test.init(trained, None)
        test.enjoy(lounge, trained, SimpleNamespace(iter=lounge.iteration))
    assert len(lounge.get_statistics("loss-square-loss")) == 3
    assert len(set(lounge.get_statistics("loss-square-loss").values())) == 1


def test_two_test_nets_share_the_weights_and_have_statistics_of_their_own(tmp_path):
    more = 'test_net: "net.prototxt" test_iter: 3 test_iter: 1 test_interval: 3'
    with opened_training(tmp_path, more) as training:
        training.solve()
        statistics = training.solver.coffee_lounge.statistics
        assert {id(p) for net in training.test_nets for p in net.all_parameters} == {
            id(p) for p in training.net.all_parameters
        }
    assert {"accuracy-accuracy", "test1/accuracy-accuracy"} <= set(statistics)


def test_a_test_net_in_a_file_of_its_own_without_fillers(tmp_path):
    bare = re.sub(r"weight_filler \{[^}]*\}|param \{ lr_mult[^}]*\}", "", NET)
    (tmp_path / "test.prototxt").write_text(bare)
    more = 'test_net: "test.prototxt" test_iter: 3 test_interval: 3'
    with opened_training(tmp_path, more) as training:
        training.solve()
        assert training.net.all_parameters[0] is training.test_nets[0].all_parameters[0]
