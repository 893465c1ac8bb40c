"""How the benchmarks take turns and make ratios; whom they meet needs PyTorch and is not tested here."""

from __future__ import annotations

import pytest

from benchmarks.peers.contests import CONTESTS, MOCHA, NO_UPDATE, ONNX, TRAINING, Contest
from benchmarks.peers.report import HEAD, Result
from benchmarks.peers.rounds import Pace, Ratio, measure
from benchmarks.peers.tables import table

QUICK = Pace(rounds=2, repeats=3, pause=0.0, warmup=1)
EAGER, LAST = "torch eager", "torch channels_last"


def test_everybody_has_as_many_turns_and_every_other_round_goes_backwards() -> None:
    calls: list[str] = []
    times = measure({name: lambda name=name: calls.append(name) for name in "ab"}, QUICK)  # type: ignore[misc]
    assert "".join(calls) == "aaaa" + "bbbb" + "bbbb" + "aaaa"
    assert {name: len(seconds) for name, seconds in times.items()} == {"a": 2, "b": 2}


def test_a_ratio_is_to_the_best_of_the_same_round() -> None:
    ratio = Ratio.of([1.0, 3.0, 4.0], [[2.0, 6.0, 4.0], [4.0, 3.0, 8.0]])
    assert (ratio.median, ratio.low, ratio.high) == (1.0, 0.75, 1.0)
    assert Ratio.of([1.0], [[4.0]]) == Ratio(0.25, 0.25, 0.25)


@pytest.mark.parametrize(("mine", "verdict"), [(0.5, "0.6 met"), (0.7, "0.6 missed")])
def test_the_row_of_a_contest(mine: float, verdict: str) -> None:
    contest = Contest("lenet", (64, 1, 28, 28), TRAINING, 0.6, 0.4, caffe=(10.0, 20.0))
    times = {MOCHA: [mine], NO_UPDATE: [0.005], EAGER: [1.0], LAST: [2.0]}
    row = dict(zip(HEAD, Result(contest, times).row(), strict=True))
    assert row["must"] == verdict
    assert row["best rival, ms"] == "1000.00 (torch eager)"
    assert row["ratio (must be 0.25)"] == "0.25 (to its best 0.50)"
    assert row["ONNX Runtime, ms"] == "-"


def test_onnx_runtime_counts_where_the_contest_says_so() -> None:
    times = {MOCHA: [1.0], EAGER: [2.0], ONNX: [0.5]}
    squeezenet = next(c for c in CONTESTS if c.net == "squeezenet")
    assert Result(squeezenet, times).ratio.median == 2.0
    lenet = next(c for c in CONTESTS if c.net == "lenet" and c.task != TRAINING)
    assert Result(lenet, times).ratio.median == 0.5
    assert Result(lenet, times).row()[HEAD.index("ONNX Runtime, ms")] == "500.00"


def test_table() -> None:
    assert table(["a", "b"], [("1", "2")]) == ["| a | b |", "| --- | --- |", "| 1 | 2 |"]
