"""The parts of `benchmarks/gpu.py` one by one: what they make of what they find."""

from __future__ import annotations

import gzip
import json
import struct
import sys
import time
from pathlib import Path

import numpy as np
import pytest

import mocha_core as mocha
from mocha_core.testing.backends import ReferenceBackend

pytest.importorskip("mocha_cuda.simulation", reason="needs the package mocha-cuda")

from on_gpu import mnist, sanitizer, side_by_side
from on_gpu.contests import CONTESTS, GpuContest
from on_gpu.figures import step_work
from on_gpu.outcome import FAILED, MEASURED, NOT_RUN, PASSED, Budget, Part
from on_gpu.setting import Setting
from on_gpu.side_by_side import HEAD, Held

DRY = Setting(dry=True)
CONTEST = GpuContest("lenet", 64, 10_000, 20_000, (1.5, 2.5))
KNOWN = {
    "times": {"mocha": [1e-4, 0.5e-4, 1e-4], "torch eager": [5e-4] * 3, "torch graph": [2e-4, 2e-4, 1e-4]},
    "peaks": {"mocha": 2**20, "torch eager": 2**21, "torch graph": 2**22},
    "work": {"flops": 10**9, "nbytes": 10**7},
    "power": {"flops": 4e13, "bandwidth": 1e12},
    "device": "a GPU",
    "failed": {"torch compile": "no time was left"},
}


class Clock:
    """Tells the time that a test sets."""

    now = 0.0

    def __call__(self) -> float:
        return self.now


def test_an_error_in_one_part_does_not_spare_the_others_their_turn() -> None:
    clock, allowed = Clock(), list[float]()

    def slow(seconds: float) -> tuple[str, list[str]]:
        allowed.append(seconds)
        clock.now += 60
        return PASSED, ["fine"]

    def broken(seconds: float) -> tuple[str, list[str]]:
        raise ZeroDivisionError("half a kernel")

    parts = [Part("a", "A", 80, slow), Part("b", "B", 80, broken), Part("c", "C", 80, slow), Part("d", "D", 80, slow)]
    outcomes = Budget(100, clock).run(parts)
    assert [each.verdict for each in outcomes] == [PASSED, FAILED, PASSED, NOT_RUN]
    assert allowed == [80, 40]
    assert "ZeroDivisionError: half a kernel" in "\n".join(outcomes[1].section())


def test_the_row_of_a_contest() -> None:
    row = dict(zip(HEAD, Held(CONTEST, KNOWN).row(), strict=True))
    assert row["ours, steps/s"] == "10,000"
    assert row["best rival, steps/s"] == "5,000 (torch graph)"
    assert row["ratio (quartiles)"] == "2.00 (1.50 .. 3.00)"
    assert row["must / aim"] == "1.5 / 2.5: met"
    assert row["GB/s (share)"] == "100 (10%)"
    assert row["TFLOP/s (share)"] == "10.00 (25%)"
    assert row["peak MiB, ours / best rival"] == "1 / 4"
    assert Held(CONTEST, KNOWN).row()[2] == "10,000 / 20,000: met"


def test_who_did_not_take_part_is_named() -> None:
    alone = {**KNOWN, "times": {"mocha": [1e-4] * 3}, "failed": {"torch eager": "ImportError: no torch"}}
    lines = "\n".join(Held(CONTEST, alone).lines())
    assert "torch eager    not measured: ImportError: no torch" in lines
    assert "torch compile  not measured: its time was over" in lines
    assert Held(CONTEST, alone).row()[3:6] == ("-", "-", "-")


def child(program: str) -> list[str]:
    return [sys.executable, "-c", program]


ENDLESS = """
import subprocess, sys, time
print("RESULT " + sys.argv[1], "noise", "RESULT " + sys.argv[2], 'RESULT {"times"', sep="\\n", flush=True)
sleep = "import time; time.sleep(100)"
subprocess.Popen([sys.executable, "-c", sleep])
exec(sleep)
"""
"""Not done when its time is over, nor is a process that it began, which holds its output open."""


def test_what_a_process_told_last_before_it_was_ended_counts() -> None:
    told = json.dumps({**KNOWN, "device": "first"}), json.dumps(KNOWN)
    began = time.monotonic()
    verdict, lines = side_by_side.side_by_side(DRY, 5, ["lenet"], lambda net, seconds: [*child(ENDLESS), *told])
    assert verdict == MEASURED
    assert "| lenet, 2 | 10,000 |" in "\n".join(lines)
    assert "lenet, 2: a GPU" in lines
    assert time.monotonic() - began < 50


def test_a_process_that_told_nothing_is_named_with_its_last_words() -> None:
    broken = child("raise SystemExit('ouch')")
    verdict, lines = side_by_side.side_by_side(DRY, 300, ["lenet"], lambda net, seconds: broken)
    assert verdict == FAILED
    assert "lenet, 2: no result within 300 s; it said last: ouch" in lines


def test_the_large_nets_get_the_larger_part_of_the_time() -> None:
    asked: dict[str, float] = {}

    def told(net: str, seconds: float) -> list[str]:
        asked[net] = seconds
        return child("")

    side_by_side.side_by_side(Setting(), 300, [], told)
    assert list(asked) == [contest.net for contest in CONTESTS]
    assert sum(asked.values()) == pytest.approx(0.9 * 300)
    assert asked["resnet50"] > 2 * asked["lenet"]


@pytest.mark.parametrize(
    ("program", "verdict", "said"),
    [
        ("print('========= ERROR SUMMARY: 0 errors')", PASSED, "* memcheck: 0 errors"),
        ("print('========= ERROR SUMMARY: 3 errors')", FAILED, "* memcheck: 3 errors"),
        ("print('========= RACECHECK SUMMARY: 2 hazards displayed')", FAILED, "* racecheck: 2 errors"),
        ("print('ERROR SUMMARY: 0 errors'); raise SystemExit(9)", FAILED, "* memcheck: 0 errors"),
        ("raise SystemExit('no driver')", FAILED, "* memcheck: it ended with 1 and no summary: no driver"),
    ],
)
def test_what_the_sanitizer_says(program: str, verdict: str, said: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sanitizer, "STAND_IN", (sys.executable, "-c", program))
    found, lines = sanitizer.sanitize(DRY, 60, ["child"])
    assert found == verdict
    assert said in lines


def test_no_sanitizer_and_no_time(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sanitizer, "find", lambda: None)
    assert sanitizer.sanitize(Setting(), 60, ["child"])[0] == NOT_RUN
    assert sanitizer.sanitize(DRY, 0, ["child"])[1][0] == "* memcheck: no time was left"


def test_the_work_of_a_step_is_counted() -> None:
    from benchmarks import nets

    net = mocha.Net("mlp", ReferenceBackend(), nets.dropout_mlp(10))
    weights = (784 * 1200, 1200 * 1200, 1200 * 10)
    forward, by_inputs = 2 * 10 * sum(weights), 2 * 10 * sum(weights[1:])
    assert 2 * forward + by_inputs <= step_work(net).flops <= 1.01 * (2 * forward + by_inputs)
    assert step_work(net, history=2).nbytes - step_work(net, history=1).nbytes == 2 * 4 * 2_395_210


def test_mnist_is_read_and_scaled(tmp_path: Path) -> None:
    rng = np.random.default_rng(0)
    for name, shape in zip(mnist.FILES, ((4, 28, 28), (4,), (3, 28, 28), (3,)), strict=True):
        values = rng.integers(0, 10, shape).astype(np.uint8)
        content = struct.pack(f">4B{len(shape)}I", 0, 0, 8, len(shape), *shape) + values.tobytes()
        if name.startswith("t10k"):
            (tmp_path / f"{name}.gz").write_bytes(gzip.compress(content))
        else:
            (tmp_path / name).write_bytes(content)
    images, labels = mnist._read(tmp_path, 2)
    assert images.shape == (3, 1, 28, 28)
    assert labels.shape == (3, 1)
    assert float(images.max()) == np.float32(9 / 255)


def test_without_mnist_that_part_is_not_run() -> None:
    verdict, lines = mnist.mnist(Setting(), 10, None)
    assert verdict == NOT_RUN
    assert "--mnist FOLDER" in lines[0]
