"""What the tests of this package share."""

from __future__ import annotations

import sys
from collections.abc import Callable, Generator
from pathlib import Path

import pytest

from mocha_cuda.device.device import Device
from mocha_cuda.device.opening import open_device
from mocha_cuda.device.probing import why_not
from mocha_cuda.errors import DeviceError
from mocha_cuda.simulation import SimulatedDevice, compiler, no_compiler

from .fake_cublas import FakeCublas
from .fake_cupy import FakeCupy, for_processor


@pytest.hookimpl(wrapper=True)
def pytest_runtest_call(item: pytest.Item) -> Generator[None, object, object]:
    """Without a compiler, what needs one is left out, and says so."""
    try:
        return (yield)
    except DeviceError as error:
        if str(error) != no_compiler():
            raise
        pytest.skip(no_compiler())


KERNELS = Path(__file__).parent / "kernels"


@pytest.fixture(scope="session")
def kernels() -> Path:
    """Kernel sources that only tests have."""
    return KERNELS


@pytest.fixture
def simulated() -> Callable[..., SimulatedDevice]:
    """Opens a simulated device."""
    if compiler() is None:
        pytest.skip(no_compiler())
    return SimulatedDevice


@pytest.fixture
def fake(monkeypatch: pytest.MonkeyPatch) -> FakeCupy:
    """A CuPy that needs no GPU, in the place of the real one."""
    if compiler() is None:
        pytest.skip(no_compiler())
    module = FakeCupy()
    monkeypatch.setitem(sys.modules, "cupy", module)
    monkeypatch.setitem(sys.modules, "cupyx", module)
    return module


@pytest.fixture
def cublas(fake: FakeCupy) -> FakeCublas:
    """The cuBLAS of that CuPy."""
    return FakeCublas(fake)


@pytest.fixture(params=["at once", "late", "CuPy", pytest.param("GPU", marks=pytest.mark.gpu)])
def device(request: pytest.FixtureRequest) -> Device:
    """Each kind of device: simulated (working at once, and as late as it may), CuPy's without a GPU, and a GPU."""
    if request.param == "GPU":
        why = why_not()
        if why is not None:
            pytest.skip(why)
        return open_device(0)
    if request.param == "CuPy":
        from mocha_cuda.device.cupy_device import CupyDevice

        library = request.getfixturevalue("cublas")
        return CupyDevice(0, library=lambda name: library, compiler=for_processor)
    opened: Device = request.getfixturevalue("simulated")(late=request.param == "late")
    return opened
