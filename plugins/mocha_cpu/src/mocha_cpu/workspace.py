"""Scratch memory of kernels: asked for as a list of shapes, received as flat memory, carved into arrays."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from mocha_core.blob import Array, BlobSpec, Shape
from mocha_core.kernel import During, Scratch
from mocha_core.memory import ALIGN


@dataclass(frozen=True, slots=True)
class Want:
    """One array that a kernel works with."""

    shape: Shape
    dtype: str

    @property
    def nbytes(self) -> int:
        """Bytes, rounded up to whole cache lines."""
        return -(-BlobSpec(self.shape, self.dtype).nbytes // ALIGN) * ALIGN


def request(
    dtype: str, *, forward: Sequence[Want] = (), backward: Sequence[Want] = (), step: Sequence[Want] = ()
) -> tuple[Scratch, Scratch, Scratch]:
    """The scratch of a kernel, always three flat pieces: for forward, for backward, and kept from one to the other."""
    return _flat(dtype, "forward", forward), _flat(dtype, "backward", backward), _flat(dtype, "step", step)


def total(wants: Sequence[Want]) -> int:
    """Bytes for all of them at once."""
    return sum(want.nbytes for want in wants)


def largest(*choices: Sequence[Want]) -> Sequence[Want]:
    """Of several lists that are never needed at the same time the one that takes most memory."""
    return max(choices, key=total, default=())


def carve(flat: Array, wants: Sequence[Want]) -> list[Array]:
    """The arrays, one after the other, in a piece of memory that is large enough.

    >>> a, b = carve(np.zeros(32, "float32"), [Want((2, 3), "float32"), Want((4,), "uint8")])
    >>> a.shape, b.dtype
    ((2, 3), dtype('uint8'))
    """
    memory, start, arrays = flat.view(np.uint8), 0, []
    for want in wants:
        exact = BlobSpec(want.shape, want.dtype).nbytes
        arrays.append(memory[start : start + exact].view(want.dtype).reshape(want.shape))
        start += want.nbytes
    return arrays


def _flat(dtype: str, during: During, wants: Sequence[Want]) -> Scratch:
    return Scratch(BlobSpec((total(wants) // np.dtype(dtype).itemsize,), dtype), during)
