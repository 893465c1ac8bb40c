"""Why a GPU cannot be used: one sentence for each thing that may be missing, and nothing else of it."""

from __future__ import annotations

import ctypes
import re
from types import SimpleNamespace
from typing import Any

import pytest

from mocha_core.cli.main import main
from mocha_core.default_backend import DefaultBackend, survey
from mocha_core.errors import PluginError
from mocha_cuda import CudaBackend
from mocha_cuda.device.driver import Driver, Gpu, ask_driver, describe
from mocha_cuda.device.opening import open_device
from mocha_cuda.device.probing import Machine, report, why_not
from mocha_cuda.errors import DeviceError

H100, PASCAL = Gpu("NVIDIA H100", (9, 0)), Gpu("NVIDIA TITAN Xp", (6, 1))
INSTALL = r"pip install 'mocha-cuda\[cuda13\]'"


def cupy(version: str = "14.2.0", built: int = 13000) -> Any:
    runtime = SimpleNamespace(runtimeGetVersion=lambda: built)
    return SimpleNamespace(__version__=version, cuda=SimpleNamespace(runtime=runtime))


GOOD = Driver((13, 0), (H100,))


def machine(driver: Driver | None = GOOD, module: Any = None, **others: Any) -> Machine:
    """A machine on which everything is well, but for what is told."""
    given = {
        "driver": lambda: driver,
        "installed": lambda name: True,
        "importing": lambda name: module or cupy(),
        "library": lambda name: None,
    }
    return Machine(**(given | others))


def fails(error: Exception) -> Any:
    def call(name: str) -> Any:
        raise error

    return call


def test_nothing_is_wrong():
    assert why_not(0, machine()) is None


CASES = {
    "no driver": (machine(None), 0, r"no NVIDIA driver is installed \(.+ cannot be loaded\).*install the driver"),
    "driver that does not start": (
        machine(Driver((13, 0), failed=803)),
        0,
        r"driver does not start \(error 803: its parts are of different versions\); restart the machine",
    ),
    "no GPU": (machine(Driver((13, 0))), 0, r"finds no GPU.*nvidia-smi"),
    "no GPU of that number": (
        machine(Driver((13, 0), (H100, H100))),
        2,
        r"there is no GPU 2; there are: 0 \(NVIDIA H100\), 1 \(NVIDIA H100\)",
    ),
    "too old a GPU": (
        machine(Driver((13, 0), (PASCAL,))),
        0,
        r"GPU 0, NVIDIA TITAN Xp, has compute capability 6\.1, and 7\.5 \(2018\) or later is needed",
    ),
    "no CuPy": (machine(installed=lambda name: False), 0, rf"CuPy is not installed; {INSTALL}"),
    "CuPy that breaks": (
        machine(importing=fails(ImportError("\n====\nlibcudart.so.13 is missing\nmore\n"))),
        0,
        rf"CuPy is installed and cannot be used \(libcudart\.so\.13 is missing\); {INSTALL}",
    ),
    "old CuPy": (machine(module=cupy("13.6.0")), 0, rf"CuPy 13\.6\.0 is too old, 14\.0 .*; {INSTALL} --upgrade"),
    "old driver": (
        machine(Driver((12, 4), (H100,))),
        0,
        r"driver is for CUDA 12\.4, and CuPy for CUDA 13\.0; install a newer driver .* \(pip install cupy-cuda12x\)",
    ),
    "no cuBLAS": (
        machine(library=fails(RuntimeError('Failure finding "libcublas.so"\nlistdir(...)'))),
        0,
        rf'the CUDA library nvrtc cannot be loaded \(Failure finding "libcublas\.so"\); {INSTALL}',
    ),
}


@pytest.mark.parametrize("case", CASES)
def test_one_sentence(case: str, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.delenv("CUDA_VISIBLE_DEVICES", raising=False)
    where, index, expected = CASES[case]
    why = why_not(index, where)
    assert why is not None
    assert "\n" not in why
    assert re.search(expected, why), why


def test_hidden_gpus_are_named(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("CUDA_VISIBLE_DEVICES", "7")
    assert "(CUDA_VISIBLE_DEVICES is '7')" in str(why_not(0, machine(Driver((13, 0)))))


def test_a_driver_of_an_older_minor_version_will_do():
    assert why_not(0, machine(Driver((13, 0), (H100,)), cupy(built=13020))) is None


def test_a_toolkit_of_the_driver_s_age_will_do():
    assert why_not(0, machine(Driver((12, 9), (H100,)), cupy(built=12090))) is None


def test_the_default_backend_goes_on_without_a_gpu(monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture):
    monkeypatch.setattr(why_not, "__defaults__", (0, machine(None)))
    mine = next(candidate for candidate in survey() if candidate.name == "cuda")
    assert mine.kind is CudaBackend
    assert "no NVIDIA driver" in str(mine.why)
    with caplog.at_level("INFO", logger="mocha"), DefaultBackend() as backend:
        assert backend.name != "cuda"
    told = [record.getMessage() for record in caplog.records]
    assert any("backend cuda" in line and "passed over: no NVIDIA driver" in line for line in told)
    with pytest.raises(PluginError, match=r"backend 'cuda' \(mocha-cuda .*cannot be used here: no NVIDIA driver"):
        DefaultBackend("cuda")
    with pytest.raises(DeviceError, match="no NVIDIA driver"):
        open_device(0)
    with pytest.raises(DeviceError, match="no NVIDIA driver"):
        CudaBackend()


def test_the_doctor_tells_what_is_here_and_what_is_missing():
    well = machine(Driver((13, 0), (H100, PASCAL)))
    assert [str(line) for line in report(well)] == [
        "driver: for CUDA 13.0",
        "GPU 0: NVIDIA H100, compute capability 9.0",
        "GPU 1: NVIDIA TITAN Xp, compute capability 6.1, too old: 7.5 is needed",
        "CuPy: 14.2.0",
        "nvrtc: found",
        "cublas: found",
        "cuDNN: found",
    ]
    bare = machine(None, installed=lambda name: False, library=fails(ImportError("no cuda.pathfinder")))
    assert [str(line) for line in report(bare)][1:] == [
        "GPU: none",
        "CuPy: missing; pip install 'mocha-cuda[cuda13]'",
        "nvrtc: missing; pip install 'mocha-cuda[cuda13]'",
        "cublas: missing; pip install 'mocha-cuda[cuda13]'",
        "cuDNN: missing, own kernels serve; pip install 'mocha-cuda[cudnn]'",
    ]
    broken = report(machine(importing=fails(ImportError("no libcudart"))))
    assert "cannot be used (no libcudart)" in str(broken[2])


class FakeDriver:
    """The driver's library with one GPU."""

    def __init__(self, failed: int = 0) -> None:
        self.failed = failed

    def cuInit(self, flags: int) -> int:
        return self.failed

    def cuDriverGetVersion(self, version: Any) -> None:
        version._obj.value = 12040

    def cuDeviceGetCount(self, count: Any) -> None:
        count._obj.value = 1

    def cuDeviceGet(self, device: Any, index: int) -> None:
        device._obj.value = 5

    def cuDeviceGetName(self, name: Any, size: int, device: ctypes.c_int) -> None:
        name.value = b"NVIDIA L4"

    def cuDeviceGetAttribute(self, value: Any, what: int, device: ctypes.c_int) -> None:
        value._obj.value = {75: 8, 76: 9}[what] if device.value == 5 else 0


def test_the_driver_is_asked_without_cuda_libraries():
    assert describe(FakeDriver()) == Driver((12, 4), (Gpu("NVIDIA L4", (8, 9)),))
    assert describe(FakeDriver(failed=100)) == Driver((12, 4))
    assert describe(FakeDriver(failed=804)) == Driver((12, 4), failed=804)


def test_without_the_library_there_is_no_driver(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("mocha_cuda.device.driver.LIBRARY", "libno-such-driver.so")
    assert ask_driver() is None


def test_the_command_tells_it_even_where_nothing_works(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
):
    monkeypatch.setattr(report, "__defaults__", (machine(Driver((13, 0), (PASCAL,))),))
    monkeypatch.setattr(why_not, "__defaults__", (0, machine(Driver((13, 0), (PASCAL,)))))
    main(["doctor"])
    told = capsys.readouterr().out
    assert "backend cuda (mocha-cuda 0.1.0): GPU 0, NVIDIA TITAN Xp, has compute capability 6.1" in told
    assert "\n  driver: for CUDA 13.0\n  GPU 0: NVIDIA TITAN Xp, compute capability 6.1, too old: 7.5 is" in told
