"""The coffee break, without a training around it."""

from __future__ import annotations

import logging
from types import SimpleNamespace

import pytest

from mocha_core import OptionError
from mocha_swish import Plateau


class Lounge(dict):
    update_statistics = dict.__setitem__


def breaks(plateau: Plateau, objectives: list[float], every: int = 10) -> list[int]:
    """The statistic after each break."""
    lounge, seen = Lounge(), []
    for k, value in enumerate(objectives):
        plateau.enjoy(lounge, None, SimpleNamespace(iter=every * k, obj_val=value))
        seen.append(lounge["plateau"])
    return seen


def test_counts_iterations_since_the_best():
    assert breaks(Plateau(), [3.0, 2.0, 2.5, 2.0, 1.0]) == [0, 0, 10, 20, 0]


def test_tells_once_for_each_plateau(caplog):
    with caplog.at_level(logging.WARNING, logger="mocha.swish"):
        breaks(Plateau(patience=15), [2.0, 3.0, 3.0, 3.0, 1.0, 3.0, 3.0])
    assert [r.getMessage() for r in caplog.records] == [
        "no progress since iteration 0 (objective 2)",
        "no progress since iteration 40 (objective 1)",
    ]


def test_goes_on_after_a_resume():
    first = Plateau()
    breaks(first, [2.0, 1.0])
    second = Plateau()
    second.restore(first.state())
    assert breaks(second, [1.5, 1.5, 1.5])[-1] == 10


def test_refuses_a_patience_that_cannot_work():
    with pytest.raises(OptionError, match="patience"):
        Plateau(patience=0)
