"""Triggers: pure functions of progress."""

from __future__ import annotations

import math

import numpy as np
import pytest

from mocha_core.coffee import EveryEpoch, EveryIter, Progress
from mocha_core.coffee.triggers import make_trigger
from mocha_core.errors import OptionError


def test_every_n_iterations_includes_the_start():
    due = [i for i in range(10) if EveryIter(4).due(Progress(i))]
    assert due == [0, 4, 8]


def test_every_n_epochs_is_due_when_an_epoch_has_ended():
    epochs = [0, 0, 1, 1, 2, 2, 3, 4, 4]
    checks = [Progress(i, after, before) for i, (before, after) in enumerate(zip([0, *epochs], epochs, strict=False))]
    assert [p.iteration for p in checks if EveryEpoch(1).due(p)] == [2, 4, 6, 7]
    assert [p.iteration for p in checks if EveryEpoch(2).due(p)] == [4, 7]


def test_an_epoch_jumped_over_counts():
    assert EveryEpoch(2).due(Progress(9, epoch=3, epoch_before=1))


def test_the_first_check_ends_no_epoch():
    assert not EveryEpoch(1).due(Progress(0, epoch=4, epoch_before=None))


def test_the_option_chooses_the_trigger():
    assert make_trigger(every_n_iter=5) == EveryIter(5)
    assert repr(make_trigger(every_n_iter=np.int64(5))) == "EveryIter(n=5)"
    assert make_trigger(every_n_epoch=2) == EveryEpoch(2)


@pytest.mark.parametrize(
    ("options", "told"),
    [
        ({}, "needs to know when"),
        ({"every_n_iter": 1, "every_n_epoch": 1}, "add it twice"),
        ({"every_n_iter": 0}, "every_n_iter is a whole number above 0, not 0"),
        ({"every_n_iter": -3}, "above 0, not -3"),
        ({"every_n_epoch": 0}, "every_n_epoch is a whole number above 0, not 0"),
        ({"every_n_epoch": 1.5}, "whole number"),
        ({"every_n_iter": True}, "whole number"),
        ({"every_n_iter": math.nan}, "whole number"),
        ({"every_n_iter": np.array([1, 2])}, "whole number"),
    ],
)
def test_what_would_never_or_always_fire_is_refused(options, told):
    with pytest.raises(OptionError, match=told):
        make_trigger(**options)
