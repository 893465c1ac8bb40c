"""The race detector finds what is planted, and nothing else."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from mocha_cuda.errors import DeviceError
from mocha_cuda.simulation import RecordingDevice, SimulatedDevice


class Setting:
    """A batch that travels from pinned memory into `half`, and a kernel that reads it."""

    def __init__(self, device: RecordingDevice, probe: Path) -> None:
        self.device, self.probe = device, probe
        self.pinned, self.half = device.pinned((64,), "float32"), device.empty((64,), "float32")
        self.y = device.empty((64,), "float32")
        self.pinned[...] = 1
        device.fill_zero(self.half)
        device.fill_zero(self.y)
        self.sent, self.free = device.event(), device.event()

    def send(self) -> None:
        with self.device.on(self.device.copying):
            self.device.upload_later(self.half, self.pinned)
            self.sent.record()

    def use(self) -> None:
        self.device.function(self.probe, "axpy")(1, 64, self.y, self.half, 1.0, 64)


@pytest.fixture
def setting(simulated: Callable[..., SimulatedDevice], kernels: Path) -> Setting:
    found = Setting(RecordingDevice(simulated()), kernels / "probe.cu")
    found.device.sync()
    return found


def test_an_order_that_is_kept(setting: Setting):
    for _ in range(3):
        setting.free.record()
        with setting.device.on(setting.device.copying):
            setting.free.wait()
        setting.send()
        setting.sent.wait()
        setting.use()
    setting.device.check()
    assert (setting.device.download(setting.y) == 3).all()


def test_reading_before_the_batch_is_there(setting: Setting):
    setting.send()
    setting.use()
    with pytest.raises(DeviceError, match=r"upload_later on stream 'copying' and kernel 'axpy' on stream 'main'.*256"):
        setting.device.check()


def test_sending_while_the_batch_before_is_read(setting: Setting):
    setting.use()
    setting.send()
    with pytest.raises(DeviceError, match=r"kernel 'axpy' on stream 'main' and upload_later on stream 'copying'"):
        setting.device.check()


def test_an_event_that_is_recorded_too_early(setting: Setting):
    setting.sent.record()
    with setting.device.on(setting.device.copying):
        setting.device.upload_later(setting.half, setting.pinned)
    setting.sent.wait()
    setting.use()
    assert len(setting.device.watch.races) == 1


def test_two_that_read_need_no_order(setting: Setting):
    setting.use()
    with setting.device.on(setting.device.copying):
        setting.device.copy(setting.device.empty((64,), "float32"), setting.half)
    setting.device.check()


def test_waiting_on_the_host_is_an_order_too(setting: Setting):
    setting.send()
    setting.sent.finish()
    setting.use()
    setting.device.sync()
    setting.send()
    setting.device.check()


def test_a_race_within_a_replayed_graph(setting: Setting):
    graph = setting.device.capture(setting.use)
    setting.device.check()
    setting.send()
    graph.launch()
    assert len(setting.device.watch.races) == 1
    assert "kernel 'axpy'" in str(setting.device.watch.races[0])


def test_parts_of_memory_that_do_not_meet(setting: Setting):
    with setting.device.on(setting.device.copying):
        setting.device.upload_later(setting.half[:32], setting.pinned[:32])
    setting.device.fill_zero(setting.half[32:])
    setting.device.check()
    setting.device.fill_zero(setting.half[31:])
    assert len(setting.device.watch.races) == 1
    assert setting.device.watch.races[0].first.shared(setting.device.watch.races[0].second) == 4


def test_working_late_shows_a_missing_wait_as_a_wrong_result(
    simulated: Callable[..., SimulatedDevice], kernels: Path
):
    """Not as a chance: each time."""
    for waits, expected in ((True, 1.0), (False, 0.0)):
        setting = Setting(RecordingDevice(simulated(late=True)), kernels / "probe.cu")
        setting.device.sync()
        setting.send()
        if waits:
            setting.sent.wait()
        setting.use()
        assert np.array_equal(setting.device.download(setting.y), np.full(64, expected, np.float32))


def test_working_late_shows_pinned_memory_that_is_written_too_early(
    simulated: Callable[..., SimulatedDevice], kernels: Path
):
    setting = Setting(RecordingDevice(simulated(late=True)), kernels / "probe.cu")
    setting.device.sync()
    setting.send()
    setting.pinned[...] = 7
    setting.sent.wait()
    setting.use()
    assert (setting.device.download(setting.y) == 7).all()
