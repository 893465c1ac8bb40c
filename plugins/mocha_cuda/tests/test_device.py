"""What every device promises, on each kind there is."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from mocha_cuda.device.device import Device
from mocha_cuda.errors import DeviceError, KernelError


def on(device: Device, values: np.ndarray) -> np.ndarray:
    """The values on the device."""
    array = device.empty(values.shape, values.dtype.name)
    device.upload(array, values)
    return array


def numbers(*shape: int) -> np.ndarray:
    return np.random.default_rng(len(shape)).standard_normal(shape).astype(np.float32)


def test_memory_begins_where_vectors_may(device: Device):
    for count in (1, 3, 1000):
        array = device.empty((count,), "float32")
        interface = getattr(array, "__cuda_array_interface__", None) or array.__array_interface__
        assert interface["data"][0] % 16 == 0
        assert array.shape == (count,)


def test_what_is_uploaded_is_downloaded(device: Device):
    for values in (numbers(3, 5), np.float32(2.5).reshape(()), np.arange(6), np.empty((0, 2), np.float32)):
        assert np.array_equal(device.download(on(device, values)), values)


def test_upload_takes_the_values_at_once(device: Device):
    values = numbers(64)
    kept = values.copy()
    array = on(device, values)
    values.fill(0)
    assert np.array_equal(device.download(array), kept)


def test_copies_and_zeros(device: Device):
    source, target = on(device, numbers(4, 6)), device.empty((24,), "float32")
    device.copy(target, source)
    assert np.array_equal(device.download(target), numbers(4, 6).ravel())
    device.fill_zero(target[3:7])
    expected = numbers(4, 6).ravel()
    expected[3:7] = 0
    assert np.array_equal(device.download(target), expected)
    with pytest.raises(ValueError, match="cannot copy 96 bytes over 92"):
        device.copy(target[1:], source)


def test_a_batch_travels_on_its_own_stream(device: Device):
    pinned, array = device.pinned((5,), "float32"), device.empty((5,), "float32")
    sent = device.event()
    sent.finish()
    for value in (1.0, 2.0):
        sent.finish()
        pinned[...] = value
        with device.on(device.copying):
            device.upload_later(array, pinned)
            sent.record()
        sent.wait()
        assert np.array_equal(device.download(array), np.full(5, value, np.float32))


def test_streams_of_others_are_refused(device: Device):
    with pytest.raises(TypeError, match="is no stream of"), device.on(object()):  # type: ignore[arg-type]
        pass


@pytest.mark.parametrize(("grid", "block"), [(1, 32), (3, 64), (37, 256), ((5, 1), (1024, 1, 1)), (2, 96)])
def test_a_kernel_with_a_block_reduction(device: Device, kernels: Path, grid: int, block: int):
    x, blocks = np.arange(1000, dtype=np.float32), grid if isinstance(grid, int) else grid[0]
    sums = device.empty((blocks,), "float32")
    device.function(kernels / "probe.cu", "total")(grid, block, on(device, x), sums, x.size)
    assert device.download(sums).sum() == x.sum()


def test_numbers_and_missing_arrays_as_arguments(device: Device, kernels: Path):
    x, y = numbers(100), on(device, np.ones(100, np.float32))
    axpy = device.function(kernels / "probe.cu", "axpy")
    axpy(1, 64, y, on(device, x), 0.5, 100)
    assert np.array_equal(device.download(y), 1 + np.float32(0.5) * x)
    device.function(kernels / "probe.cu", "is_missing")(1, 1, None, y)
    assert device.download(y)[0] == 1
    device.function(kernels / "probe.cu", "is_missing")(1, 1, y, y)
    assert device.download(y)[0] == 0


def test_macros_make_kernels_of_their_own(device: Device, kernels: Path):
    y = device.empty((1,), "float32")
    for size in (3, 4):
        device.function(kernels / "probe.cu", "size", SIZE=size)(1, 1, y)
        assert device.download(y)[0] == size


def test_a_kernel_is_compiled_once(device: Device, kernels: Path):
    probe = kernels / "probe.cu"
    first = device.function(probe, "size", SIZE=3)
    assert device.function(probe, "size", SIZE=3) is first
    assert device.function(probe, "size", SIZE=4) is not first


def test_wrong_launches(device: Device, kernels: Path):
    with pytest.raises(KernelError, match="takes"):
        device.function(kernels / "probe.cu", "axpy")(1, 64, None)
    with pytest.raises(KernelError, match=r"'probe\.cu' has no entry point 'axpi'; it has .*axpy"):
        device.function(kernels / "probe.cu", "axpi")
    with pytest.raises(KernelError, match=r"there is no kernel source 'nothing\.cu'"):
        device.function("nothing", "at_all")
    with pytest.raises(KernelError, match="broken"):
        device.function(kernels / "broken.cu", "broken")


@pytest.mark.parametrize("transposed", [(False, False), (True, False), (False, True), (True, True)])
@pytest.mark.parametrize("stack", [(), (3,)])
@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_matrix_products(device: Device, transposed: tuple[bool, bool], stack: tuple[int, ...], dtype: str):
    """Error of a sum of 7 products, each in that type; NumPy's own is in float64."""
    shapes = [(7, 4) if transposed[0] else (4, 7), (5, 7) if transposed[1] else (7, 5)]
    a, b = (numbers(*stack, *shape).astype(dtype) for shape in shapes)
    left, right = (x.swapaxes(-1, -2) if turned else x for x, turned in zip((a, b), transposed, strict=True))
    truth = left.astype(np.float64) @ right.astype(np.float64)
    out = on(device, np.ones(truth.shape, dtype))
    given = on(device, a), on(device, b), out
    bound = 8 * np.finfo(dtype).eps * np.sqrt(7) * (np.abs(left).max() * np.abs(right).max() + 1)
    for add, expected in ((False, truth), (True, 2 * truth)):
        device.matmul(*given, transpose_a=transposed[0], transpose_b=transposed[1], add=add)
        assert np.abs(device.download(out) - expected).max() < 2 * bound


def test_empty_products_and_wrong_ones(device: Device):
    out = on(device, np.ones((0, 5), np.float32))
    device.matmul(on(device, numbers(0, 3)), on(device, numbers(3, 5)), out)
    with pytest.raises(ValueError, match="cannot multiply"):
        device.matmul(on(device, numbers(4, 3)), on(device, numbers(4, 5)), on(device, numbers(4, 5)))


@pytest.mark.parametrize(("math", "bits"), [("float32", 23), ("tf32", 10), ("bf16", 7)])
def test_arithmetic_of_products(device: Device, math: str, bits: int):
    """1 + 2^-k is kept if the fraction has k bits, and rounded off if it has fewer."""
    if device.name.startswith("GPU") and "Fake" not in device.name and math == "bf16":
        pytest.skip("cuBLAS may take TF32 where bf16 is allowed")
    for k in (6, 9, 12):
        a, out = on(device, np.full((1, 1), 1 + 2.0**-k, np.float32)), device.empty((1, 1), "float32")
        device.matmul(a, on(device, np.ones((1, 1), np.float32)), out, math=math)  # type: ignore[arg-type]
        assert device.download(out)[0, 0] == (1 + 2.0**-k if k <= bits else 1)


def test_a_graph_does_what_was_recorded(device: Device, kernels: Path):
    x, y = on(device, numbers(100)), on(device, np.zeros(100, np.float32))
    square, out = on(device, numbers(10, 10)), device.empty((10, 10), "float32")
    axpy = device.function(kernels / "probe.cu", "axpy")
    device.matmul(square, square, out)
    plain = device.download(out)
    device.fill_zero(out)

    def run() -> None:
        axpy(1, 64, y, x, 1.0, 100)
        device.copy(x, y)
        device.matmul(square, square, out)

    graph = device.capture(run)
    assert not device.download(y).any(), "recording is not doing"
    for times in (1, 2, 4):
        graph.launch()
        assert np.array_equal(device.download(y), times * numbers(100))
    assert np.array_equal(device.download(out), plain)


def test_what_a_graph_cannot_hold_is_refused(device: Device):
    array = on(device, numbers(3))
    wrong = {
        "memory": lambda: device.empty((1 << 20,), "float32"),
        "a result": lambda: device.download(array),
        "waiting": device.sync,
        "an upload": lambda: device.upload(array, numbers(3)),
    }
    for what, run in wrong.items():
        if what == "memory" and device.name.startswith("GPU") and "Fake" not in device.name:
            continue  # CuPy's pool may have it without asking CUDA
        with pytest.raises(DeviceError):
            device.capture(run)
        device.capture(lambda: device.fill_zero(array)).launch()
        assert not device.download(array).any(), f"after {what} was refused, recording goes on"
        device.upload(array, numbers(3))
