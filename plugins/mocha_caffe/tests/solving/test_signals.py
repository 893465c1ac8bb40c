"""Ctrl-C and a hang-up while a training runs."""

from __future__ import annotations

import os
import signal

import pytest

from mocha_core import Coffee, OptionError
from mocha_core.coffee import CoffeeBreak, EveryIter
from mocha_core.io.load_from import snapshots_in

from .small import opened_training


class Send(Coffee):
    """Sends this process a signal at iteration 2."""

    def __init__(self, *numbers):
        self.numbers = numbers

    def enjoy(self, lounge, net, state):
        if state.iter == 2:
            for number in self.numbers:
                os.kill(os.getpid(), number)


def trained(folder, *numbers, more="", **effects):
    """How far it came, and at which iterations snapshots were taken."""
    with opened_training(folder, more) as training:
        training.heed_signals(**effects)
        training.solver.coffee_lounge.breaks.insert(0, CoffeeBreak(Send(*numbers), EveryIter(1)))
        training.solve()
    return training.solver.state.iter, list(snapshots_in(folder / "small_snapshots"))


def test_stopping_saves(tmp_path):
    assert trained(tmp_path, signal.SIGINT, SIGINT="stop") == (2, [2])


def test_stopping_without_a_snapshot_at_the_end(tmp_path):
    assert trained(tmp_path, signal.SIGINT, more="snapshot_after_train: false", SIGINT="stop") == (2, [])


def test_a_snapshot_in_between(tmp_path):
    assert trained(tmp_path, signal.SIGHUP, SIGHUP="snapshot") == (6, [2, 4, 6])


def test_nothing(tmp_path):
    assert trained(tmp_path, signal.SIGINT, SIGINT="none") == (6, [4, 6])


def test_a_second_signal_ends_at_once_and_handlers_are_put_back(tmp_path):
    before = signal.getsignal(signal.SIGINT)
    with pytest.raises(KeyboardInterrupt):
        trained(tmp_path, signal.SIGINT, signal.SIGINT, SIGINT="stop")
    assert signal.getsignal(signal.SIGINT) is before


def test_an_unknown_effect(tmp_path):
    with opened_training(tmp_path) as training, pytest.raises(OptionError, match="SIGINT is stop, snapshot, none"):
        training.heed_signals(SIGINT="halt")
