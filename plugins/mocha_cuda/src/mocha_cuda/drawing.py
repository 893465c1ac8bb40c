"""Random numbers, drawn on the device: the same as `mocha_core.random` draws on the host."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mocha_core.blob import Array, Blob
from mocha_core.random import Stream
from mocha_core.steps import TwoPhase

from .device.device import Device
from .recordable import Recordable

if TYPE_CHECKING:
    from .backend import CudaBackend

DRAWS = {"float32": "uniform_float", "float64": "uniform_double"}
"""Entry points of `random.cu`."""

THREADS = 256


class Draw(TwoPhase, Recordable):
    """Fills a blob with its stream's next numbers; which these are the device is told by a number of its own."""

    def __init__(self, backend: CudaBackend, stream: Stream, blob: Blob) -> None:
        self.device, self.stream, self.blob = backend.device, stream, blob
        self.counter = backend.scalars.take(1, "int64")

    def prepare(self) -> None:
        self.counter.set(self.stream.calls)
        self.stream.calls += 1

    def __call__(self) -> None:
        launch(self.device, self.stream, self.blob, self.counter.array)


def draw_now(device: Device, stream: Stream, blob: Blob) -> None:
    """The stream's next numbers, outside of programs."""
    launch(device, stream, blob, None)
    stream.calls += 1


def launch(device: Device, stream: Stream, blob: Blob, counter: Array | None) -> None:
    """Draw with the call that `counter` holds on the device, or else with that of the stream."""
    fours = max(1, -(-blob.spec.size // 4))
    blocks = min(-(-fours // THREADS), 16 * device.multiprocessors)
    call = stream.calls if counter is None else 0
    draw = device.function("random", DRAWS[blob.dtype])
    draw(blocks, THREADS, blob.array, blob.spec.size, *stream.key, counter, call)
