"""The CUDA backend: arrays on the device, kernels from CUDA sources, programs as recorded graphs."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any, ClassVar

import numpy as np

from mocha_core.backend import Backend, Step
from mocha_core.blob import Array, Blob, BlobSpec, Shape
from mocha_core.counting import Counter
from mocha_core.kernel import Choice, Kernel, LayerState
from mocha_core.memory import Arena, Slot, plan_arena
from mocha_core.random import Stream
from mocha_core.steps import Feeding, HostArray

from .counting import DeviceCounter
from .device import failures
from .device.device import Device, Math
from .device.opening import open_device
from .device.probing import report, why_not
from .drawing import Draw, draw_now
from .errors import DeviceMemoryError
from .graphs import Program
from .of_arrays import OfArrays
from .options import math_of
from .recordable import Recordable
from .scalars import Scalars
from .staging import StagedFeeding

ADD = {"float32": "add_float", "float64": "add_double"}
"""Entry points of `arrays.cu`."""

THREADS = 256

PLANS = 16
"""So many plans are kept: a program that is given images of ever other sizes builds nets without end."""


class CudaBackend(Backend):
    """Runs nets on an NVIDIA GPU.

    device: its number, as `nvidia-smi` counts; or a `Device`, such as the `SimulatedDevice` of the tests.
    math: of matrix products and convolutions: "float32"; "tf32" and "bf16" round what is multiplied to 10 and 7 bits,
    and run on tensor cores. Sums are float32 in every case, and so is all else.
    graphs: whether programs are recorded once and then launched as one piece. False is for looking for errors.

    plans: of the last nets built, how their arenas were laid out.

    >>> from mocha_cuda.simulation import SimulatedDevice
    >>> with CudaBackend(device=SimulatedDevice(), seed=7) as backend:
    ...     backend
    CudaBackend(device='simulated', math='float32', seed=7)
    """

    name: ClassVar[str] = "cuda"
    priority: ClassVar[int] = 30
    joins_steps: ClassVar[bool] = True

    def __init__(
        self,
        *,
        device: int | Device = 0,
        math: Math = "float32",
        graphs: bool = True,
        seed: int = 0,
        prefer: Sequence[str] = (),
    ) -> None:
        self.math, self.graphs = math_of(math), graphs
        self.device = device if isinstance(device, Device) else open_device(device)
        self.scalars = Scalars(self.device)
        self.plans: deque[Arena] = deque(maxlen=PLANS)
        super().__init__(seed=seed, prefer=prefer)

    @classmethod
    def unusable(cls) -> str | None:
        return why_not()

    @classmethod
    def needs(cls) -> Sequence[str]:
        return tuple(map(str, report()))

    @property
    def xp(self) -> Any:
        return self.device.xp

    # memory ---------------------------------------------------------------------------------------------------------

    def empty(self, spec: BlobSpec) -> Array:
        return self.device.empty(spec.shape, spec.dtype)

    def empty_host(self, shape: Shape, dtype: str) -> HostArray:
        return self.device.pinned(shape, dtype)

    def allocate(self, slots: Sequence[Slot]) -> list[Array]:
        """Views of one arena, in which blobs that are never needed at the same time lie on the same bytes."""
        arena = plan_arena(slots)
        try:
            memory = self.device.empty((arena.nbytes,), "uint8")
        except DeviceMemoryError as error:
            raise DeviceMemoryError(failures.no_room_for_net(slots, arena.nbytes, str(error))) from None
        self.plans.append(arena)
        return [_shown(memory[start:], slot.spec) for start, slot in zip(arena.offsets, slots, strict=True)]

    def planned_bytes(self, slots: Sequence[Slot]) -> int:
        return plan_arena(slots).nbytes

    def assign(self, target: Array, source: Array) -> None:
        if _same_bytes(target, source):
            self.device.copy(target, source)
        else:
            with self.device.calling_xp():
                target[...] = source

    def add(self, target: Array, source: Array) -> None:
        add = self.device.function("arrays", ADD[target.dtype.name])
        count = max(1, target.size)
        add(min(-(-count // THREADS), 8 * self.device.multiprocessors), THREADS, target, source, target.size)

    def zero(self, target: Array) -> None:
        self.device.fill_zero(target)

    def write(self, target: Array, source: HostArray) -> None:
        self.device.upload(target, np.asarray(np.broadcast_to(source, target.shape), target.dtype, order="C"))

    def to_host(self, source: Array) -> HostArray:
        return self.device.download(source)

    # steps of programs ----------------------------------------------------------------------------------------------

    def draw(self, stream: Stream, blob: Blob) -> None:
        draw_now(self.device, stream, blob)

    def drawing(self, stream: Stream, blob: Blob) -> Step:
        return Draw(self, stream, blob)

    def feeding(self, blobs: Sequence[Blob], batch: Callable[[], Sequence[HostArray]]) -> Feeding:
        return StagedFeeding(self, blobs, batch)

    def counter(self, blob: Blob, items: int | Blob) -> Counter:
        return DeviceCounter(self, blob, items)

    # work -----------------------------------------------------------------------------------------------------------

    def build(self, choice: Choice, state: LayerState) -> Kernel:
        kernel = super().build(choice, state)
        return kernel if isinstance(kernel, Recordable) else OfArrays(self.device, kernel)

    @contextmanager
    def arithmetic(self) -> Iterator[None]:
        with super().arithmetic(), self.device.calling_xp():
            yield

    def compile(self, steps: Sequence[Step]) -> Step:
        return Program(self.device, self.scalars, steps, self.graphs)

    def sync(self) -> None:
        self.device.sync()

    def close(self) -> None:
        from .cudnn import opening

        opening.close(self.device)
        self.device.close()

    def __repr__(self) -> str:
        return f"CudaBackend(device={self.device.name!r}, math={self.math!r}, seed={self.seed})"


def _same_bytes(target: Any, source: Any) -> bool:
    same = target.shape == source.shape and target.dtype == source.dtype
    return bool(same and target.flags.c_contiguous and source.flags.c_contiguous)


def _shown(memory: Any, spec: BlobSpec) -> Array:
    return memory[: spec.nbytes].view(spec.dtype).reshape(spec.shape)
