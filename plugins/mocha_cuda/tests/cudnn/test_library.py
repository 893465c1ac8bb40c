"""The layer over cuDNN: what is found, what is chosen, what is said when it fails."""

from __future__ import annotations

import ctypes
from typing import Any

import pytest

from mocha_core import ConvolutionLayer
from mocha_core.errors import MochaError
from mocha_cuda.cudnn import opening
from mocha_cuda.cudnn.api import SIGNATURES, Performance
from mocha_cuda.cudnn.convolution import Convolution
from mocha_cuda.cudnn.library import Cudnn
from mocha_cuda.cudnn.search import LARGEST
from mocha_cuda.kernels.convolution.geometry import Geometry
from mocha_cuda.simulation import SimulatedDevice

from .faking import STREAM, fresh, needs_compiler, number

pytestmark = needs_compiler

LAYER = ConvolutionLayer(name="c", n_filter=6, kernel=(3, 2), pad=(1, 0), n_group=2, bottoms=["x"], tops=["y"])
GEOMETRY = Geometry.of(LAYER, (5, 4, 7, 9))


def dnn(*, measure: bool = False) -> Cudnn:
    return Cudnn(fresh(), SimulatedDevice(), lambda: STREAM, measure=measure)


def test_the_structure_is_that_of_the_manual() -> None:
    """Eight bytes hold each place but the last three, on every machine that has a GPU."""
    assert ctypes.sizeof(Performance) == 48
    assert (Performance.memory.offset, Performance.determinism.offset, Performance.math.offset) == (16, 24, 28)


def test_the_first_algorithm_that_may_be_taken_is_taken() -> None:
    library = dnn()
    convolution = Convolution(library, GEOMETRY, "float32")
    numbers = {way: found.number for way, found in convolution.algorithms.items() if found is not None}
    assert numbers == {"Forward": 13, "BackwardData": 23, "BackwardFilter": 33}
    assert {found.math for found in convolution.algorithms.values() if found is not None} == {3}
    assert convolution.memory("BackwardData") == 4 * 6 <= LARGEST
    assert number("fake_measured").value == 0


def test_tensor_cores_are_allowed_by_name() -> None:
    for math, expected in (("float32", 3), ("tf32", 1), ("bf16", 1)):
        found = Convolution(dnn(), GEOMETRY, math).algorithms["Forward"]
        assert found is not None
        assert found.math == expected


def test_algorithms_are_measured_if_asked_for() -> None:
    Convolution(dnn(measure=True), GEOMETRY, "float32")
    assert number("fake_measured").value == 3


def test_there_may_be_no_algorithm() -> None:
    library = dnn()
    number("fake_offered").value = 3
    convolution = Convolution(library, GEOMETRY, "float32")
    assert set(convolution.algorithms.values()) == {None}
    assert convolution.memory("Forward") == 0


def test_everything_is_given_back() -> None:
    library = dnn()
    Convolution(library, GEOMETRY, "float32").close()
    assert number("fake_destroyed").value == 6
    library.close()
    library.close()
    assert number("fake_destroyed").value == 7


def test_work_goes_to_the_current_stream() -> None:
    library = dnn()
    Convolution(library, GEOMETRY, "float32")
    assert ctypes.c_void_p.in_dll(fresh(), "fake_stream").value == STREAM


def test_an_old_library_is_refused() -> None:
    fresh()
    number("fake_version").value = 8907
    with pytest.raises(MochaError, match=r"cuDNN 8907 is too old, 9\.0 or later is needed; MOCHA_CUDNN=0"):
        Cudnn(_kept(), SimulatedDevice(), lambda: 0)


@pytest.mark.parametrize(
    ("status", "said"),
    [
        (1001, "cudnnCreate gave 1001 (another): it cannot start; often parts of another cuDNN"),
        (1008, "LD_LIBRARY_PATH; MOCHA_CUDNN=0 in the environment does without it"),
        (3000, "this version of it, or this GPU, cannot do that"),
        (4000, "the program must be started again"),
        (5003, "the GPU failed"),
        (9999, "see its manual"),
    ],
)
def test_a_failure_is_one_sentence(status: int, said: str) -> None:
    fresh()
    number("fake_status").value = status
    with pytest.raises(MochaError) as caught:
        Cudnn(_kept(), SimulatedDevice(), lambda: 0)
    assert said in str(caught.value)
    assert "\n" not in str(caught.value)


def test_a_wrong_argument_is_found_by_the_stand_in() -> None:
    """Else the parity tests would show nothing about the order of arguments."""
    library = dnn()
    convolution = Convolution(library, GEOMETRY, "float32")
    with pytest.raises(MochaError, match=r"gave 2000 .*makes no sense"):
        library.check("cudnnSetConvolutionGroupCount", convolution.images.pointer, 1)
    convolution.links["Forward"], convolution.images = convolution.images, convolution.links["Forward"]
    with pytest.raises(MochaError, match="gave 2000"):
        convolution._agrees()


def test_every_function_is_there() -> None:
    for name in SIGNATURES:
        assert getattr(fresh(), name)


def test_without_a_gpu_there_is_none(monkeypatch: pytest.MonkeyPatch) -> None:
    device = SimulatedDevice()
    assert opening.opened(device) == "simulated has no cuDNN"
    opening.close(device)
    monkeypatch.setenv("MOCHA_CUDNN", "0")
    assert opening.opened(device) == "MOCHA_CUDNN=0 says to do without cuDNN"


def test_a_missing_library_is_no_error(monkeypatch: pytest.MonkeyPatch) -> None:
    def nowhere(name: str) -> Any:
        raise OSError(f"lib{name}.so: cannot open shared object file")

    monkeypatch.setattr(opening, "CupyDevice", SimulatedDevice)
    assert opening.opened(SimulatedDevice(), nowhere) == "cuDNN is not installed"


def test_an_old_library_is_not_used_and_named(monkeypatch: pytest.MonkeyPatch) -> None:
    fresh()
    number("fake_version").value = 8907
    monkeypatch.setattr(opening, "CupyDevice", SimulatedDevice)
    told = opening.opened(SimulatedDevice(), lambda name: _kept())
    assert isinstance(told, str)
    assert told.startswith("cuDNN 8907 is too old")


def _kept() -> ctypes.CDLL:
    """The library with what a test has set."""
    from .faking import library

    return library()
