"""Programs as recorded graphs: recorded once, launched from then on, with the results of plain calls, bit for bit."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from mocha_core import Net
from mocha_core.steps import MemoryStep, TwoPhase
from mocha_cuda import CudaBackend, DeviceError
from mocha_cuda.device.cupy_device import CupyDevice
from mocha_cuda.device.device import Device
from mocha_cuda.graphs import Plain, Recorded, pieces
from mocha_cuda.recordable import Recordable
from mocha_cuda.simulation import RecordingDevice, SimulatedDevice

from .fake_cublas import FakeCublas
from .fake_cupy import for_processor
from .nets import METHODS, layers, parameters, same_bits, solver, train


class Zero(Recordable):
    """Sets an array to zero."""

    def __init__(self, device: Device, array: Any) -> None:
        self.device, self.array = device, array

    def __call__(self) -> None:
        self.device.fill_zero(self.array)


def arrays_not_chosen(arguments: Any) -> list[Any]:
    """`copy_half` reads one half of each pair, which its first argument says."""
    left = 1 - int(arguments[0][0])
    return [arguments[2 + 4 * k + left] for k in range(4) if arguments[1 + 4 * k] is not None]


@pytest.fixture
def recording(simulated: Callable[..., SimulatedDevice]) -> RecordingDevice:
    return RecordingDevice(simulated(), {"copy_half": arrays_not_chosen})


def test_runs_of_steps_that_can_be_recorded_become_graphs(recording: RecordingDevice):
    backend = CudaBackend(device=recording)
    array = recording.empty((4,), "float32")
    zero, memory = Zero(recording, array), MemoryStep(backend.add, (array, array))

    def host() -> None:
        pass

    def shape(*steps: Any) -> list[tuple[type, int]]:
        return [(type(piece), len(piece.calls)) for piece in pieces(recording, steps, graphs=True)]

    assert shape(zero, memory, host, host, zero, zero, zero) == [(Recorded, 2), (Plain, 2), (Recorded, 3)]
    assert shape(host, zero, host) == [(Plain, 1), (Plain, 1), (Plain, 1)], "a graph of one call is worth nothing"
    assert [type(piece) for piece in pieces(recording, [zero, zero], graphs=False)] == [Plain]
    assert shape() == []


def test_the_first_run_is_plain_the_second_records_the_rest_launch(recording: RecordingDevice):
    zero = Zero(recording, recording.empty((4,), "float32"))
    run = CudaBackend(device=recording).compile([zero, zero, zero])
    recording.log.clear()
    for expected in (["fill_zero"] * 3, ["capture", *["fill_zero"] * 3, "launch"], ["launch"], ["launch"]):
        run()
        assert recording.log == expected
        recording.log.clear()


def test_all_prepares_come_first_and_their_numbers_are_sent(recording: RecordingDevice):
    order: list[str] = []
    backend = CudaBackend(device=recording)

    class Step(TwoPhase, Recordable):
        def __init__(self, name: str) -> None:
            self.name, self.number = name, backend.scalars.take(1, "float32")
            self.out = recording.empty((1,), "float32")

        def prepare(self) -> None:
            order.append(f"prepare {self.name}")
            self.number.set(len(order))

        def __call__(self) -> None:
            order.append(f"call {self.name}")
            recording.copy(self.out, self.number.array)

    a, b = Step("a"), Step("b")
    run = backend.compile([a, lambda: order.append("host"), b])
    run()
    assert order == ["prepare a", "prepare b", "call a", "host", "call b"]
    assert (recording.download(a.out)[0], recording.download(b.out)[0]) == (1, 2)


def test_a_step_that_breaks_the_rules_is_named(recording: RecordingDevice):
    class Greedy(Recordable):
        def forward(self) -> None:
            recording.empty((4,), "float32")

    run = CudaBackend(device=recording).compile([Greedy().forward, Greedy().forward])
    run()
    with pytest.raises(DeviceError, match="memory was asked for while a graph was recorded") as caught:
        run()
    assert caught.value.__notes__ == ["in Greedy.forward"]


def test_what_a_library_refuses_to_record_runs_plainly(
    cublas: FakeCublas, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
):
    device = CupyDevice(0, library=lambda name: cublas, compiler=for_processor)
    x, y = device.empty((2, 2), "float32"), device.empty((2, 2), "float32")
    device.upload(x, np.eye(2, dtype=np.float32))

    class Product(Recordable):
        def forward(self) -> None:
            cublas.fails = 14 if device.main.stream.captured is not None else 0  # type: ignore[attr-defined]
            device.matmul(x, x, y)

    run = CudaBackend(device=device).compile([Product().forward, Zero(device, x)])
    with caplog.at_level("WARNING", logger="mocha"):
        for expected in (np.eye(2), np.zeros((2, 2)), np.zeros((2, 2))):
            run()
            assert np.array_equal(device.download(y), expected)
    (told,) = [record.getMessage() for record in caplog.records]
    assert told.startswith("2 steps cannot be recorded, and are launched one by one: cuBLAS: cublasGemmStrided")
    assert told.endswith("in Product.forward")


@pytest.mark.parametrize("generic", [False, True])
@pytest.mark.parametrize("method", METHODS)
def test_replay_is_plain_calls_bit_for_bit(device: Device, method: str, generic: bool):
    plain, recorded = (
        train(CudaBackend(device=device, graphs=graphs, seed=3), method, generic=generic) for graphs in (False, True)
    )
    assert same_bits(plain, recorded)


@pytest.mark.parametrize("method", METHODS)
def test_working_late_changes_nothing(simulated: Callable[..., SimulatedDevice], method: str):
    first, second = (
        train(CudaBackend(device=simulated(late=late), seed=3), method, generic=True) for late in (False, True)
    )
    assert same_bits(first, second)


def test_a_training_step_neither_allocates_nor_waits_and_has_no_race(recording: RecordingDevice):
    """A step is one launch; `finish` waits for a batch that was sent long before."""
    with Net("n", CudaBackend(device=recording, seed=3), layers()) as net:
        solver("sgd", 15).solve(net)
    recording.check()
    launches = [place for place, word in enumerate(recording.log) if word == "launch"]
    assert len(launches) >= 12
    for start, stop in itertools.pairwise(launches[2:-2]):
        assert set(recording.log[start:stop]) <= {"launch", "record", "wait", "finish", "upload_later"}


def test_freezing_records_anew(device: Device):
    found = []
    for graphs in (False, True):
        with Net("n", CudaBackend(device=device, graphs=graphs, seed=3), layers()) as net:
            solver("sgd", 4).solve(net)
            net.freeze("c1", "bn", "ip1")
            before = parameters(net)
            solver("sgd", 8).solve(net)
            after = parameters(net)
            net.unfreeze_all()
            solver("sgd", 12).solve(net)
            found.append(parameters(net))
        changed = {path for path in before if not np.array_equal(before[path], after[path])}
        assert changed, "nothing was learned"
        assert not {path for path in changed if path.startswith(("c1", "bn", "ip1"))}
    assert same_bits(*found)


def test_two_backends_in_one_process(simulated: Callable[..., SimulatedDevice]):
    """They take turns, and each comes to where it comes alone."""
    alone, *nets = (
        Net("n", CudaBackend(device=simulated(late=late), seed=3), layers()) for late in (False, False, True)
    )
    stages = (4, 8, 12)
    for steps in stages:
        solver("sgd", steps).solve(alone)
    for steps in stages:
        for net in nets:
            solver("sgd", steps).solve(net)
    for net in nets:
        assert same_bits(parameters(alone), parameters(net))
