"""What this backend asks of a device. Everything specific to one (a GPU, or its simulation) is behind these classes."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any, Literal, TypeAlias

import numpy as np

from mocha_core.blob import Array, Shape

Math = Literal["float32", "tf32", "bf16"]
"""How matrix products round their operands; sums are float32 in every case."""

Extent: TypeAlias = int | tuple[int, ...]
"""Blocks of a grid, or threads of a block, along x, y and z; one number is x alone."""

Host: TypeAlias = np.ndarray[Any, Any]

Argument: TypeAlias = Array | int | float | None


class Stream(ABC):
    """A queue of work: what is asked for on one stream happens in that order; streams run beside each other."""

    name: str


class Event(ABC):
    """A mark in a stream, for other streams and the host to wait for. It may be set again and again."""

    @abstractmethod
    def record(self) -> None:
        """Set the mark behind all that the current stream has been asked for."""

    @abstractmethod
    def wait(self) -> None:
        """Let what the current stream is asked for from now on begin only when the mark has been reached."""

    @abstractmethod
    def finish(self) -> None:
        """Let the host wait until the mark has been reached. A mark that was never set counts as reached."""


class Function(ABC):
    """A kernel's entry point, ready to be launched on the current stream."""

    @abstractmethod
    def __call__(self, grid: Extent, block: Extent, *arguments: Argument, shared: int = 0) -> None:
        """Launch `grid` blocks of `block` threads (1024 at most); returns at once.

        Of each argument the kernel gets: an array as a pointer, None as a null pointer, an int as `long long`, a float
        as `float`.   shared: bytes of dynamic shared memory.
        """


class Graph(ABC):
    """Work that was recorded, and can be asked for again as one piece."""

    @abstractmethod
    def launch(self) -> None:
        """Put all of it on the current stream; returns at once."""


class Device(ABC):
    """Memory, streams, kernels and matrix products of one device.

    Its arrays are those of `xp`, C-contiguous. Work is put on the current stream, which is `main` outside of `on`.

    name: as people call it.   capability: compute capability, e.g. (9, 0).   memory: bytes it has.
    xp: the array namespace.   main: the stream that computes.   copying: the stream on which batches travel.
    """

    name: str
    capability: tuple[int, int]
    multiprocessors: int
    memory: int
    xp: Any
    main: Stream
    copying: Stream

    # memory ---------------------------------------------------------------------------------------------------------

    @abstractmethod
    def empty(self, shape: Shape, dtype: Any) -> Array:
        """A new array on the device, at an address divisible by 256; what it holds is not defined."""

    @abstractmethod
    def pinned(self, shape: Shape, dtype: Any) -> Host:
        """An array on the host that the device can read while both go on working (page-locked memory)."""

    @abstractmethod
    def copy(self, target: Array, source: Array) -> None:
        """Copy the bytes of one array of this device over another of the same size."""

    @abstractmethod
    def fill_zero(self, target: Array) -> None:
        """Set every byte to zero."""

    @abstractmethod
    def upload(self, target: Array, host: Host) -> None:
        """Copy from the host; `host` may be changed as soon as this returns."""

    @abstractmethod
    def upload_later(self, target: Array, pinned: Host) -> None:
        """Copy from `pinned` memory, which must stay as it is until an event recorded after this has been reached."""

    @abstractmethod
    def download(self, source: Array) -> Host:
        """A copy on the host; waits for the current stream."""

    # work -----------------------------------------------------------------------------------------------------------

    @abstractmethod
    def function(self, source: str | Path, name: str, **defines: int | float | str) -> Function:
        """The entry point `name` of a kernel source, compiled for this device at the first use.

        source: a file in `sources/` without its ending, or the path of any `.cu` file.   defines: macros set before its
        first line. Raises `KernelError` with the compiler's words if it does not compile.
        """

    @abstractmethod
    def matmul(
        self,
        a: Array,
        b: Array,
        out: Array,
        *,
        transpose_a: bool = False,
        transpose_b: bool = False,
        add: bool = False,
        math: Math = "float32",
    ) -> None:
        """out = op(a) op(b), or with `add` that much more, for matrices or stacks of them (float32 or float64)."""

    @abstractmethod
    def calling_xp(self) -> AbstractContextManager[Any]:
        """For code that calls functions of `xp`: inside, they happen on the current stream, in their turn."""

    # order ----------------------------------------------------------------------------------------------------------

    @abstractmethod
    def on(self, stream: Stream) -> AbstractContextManager[Any]:
        """Inside, `stream` is the current one."""

    @abstractmethod
    def event(self) -> Event:
        """A new event, reached from the start."""

    @abstractmethod
    def capture(self, run: Callable[[], None]) -> Graph:
        """What `run` asks for on the current stream, recorded and not done. `run` may neither allocate nor wait."""

    @abstractmethod
    def sync(self) -> None:
        """Wait until everything asked for on any stream is done."""

    def close(self) -> None:  # noqa: B027 (a simulation holds nothing)
        """Give back what the device holds."""


def three(extent: Extent) -> tuple[int, int, int]:
    """A grid's or block's extent along x, y and z.

    >>> three(5), three((2, 3))
    ((5, 1, 1), (2, 3, 1))
    """
    x, y, z = (*((extent,) if isinstance(extent, int) else extent), 1, 1)[:3]
    return x, y, z


def matmul_shape(a: Sequence[int], b: Sequence[int], transpose_a: bool, transpose_b: bool) -> tuple[int, ...]:
    """The shape of op(a) op(b), where the inner sizes and the stacks agree; else a `ValueError`.

    >>> matmul_shape((3, 2), (3, 5), True, False)
    (2, 5)
    """
    rows, inner = (a[-1], a[-2]) if transpose_a else (a[-2], a[-1])
    other, columns = (b[-1], b[-2]) if transpose_b else (b[-2], b[-1])
    if inner != other or tuple(a[:-2]) != tuple(b[:-2]):
        raise ValueError(f"cannot multiply {tuple(a)} by {tuple(b)} (transposed: {transpose_a}, {transpose_b})")
    return (*a[:-2], rows, columns)
