"""Scratch memory of kernels: asked for as a list of shapes, received as flat memory, carved into arrays."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from mocha_core.blob import Array, BlobSpec, Shape
from mocha_core.kernel import During, Scratch

from .base import DTYPE

ALIGN = 256
"""Bytes: enough for every access of a GPU."""


@dataclass(frozen=True, slots=True)
class Want:
    """One array that a kernel works with; an empty one stands for none."""

    shape: Shape
    dtype: str = DTYPE

    @property
    def nbytes(self) -> int:
        """Bytes, rounded up so that what follows is aligned."""
        return -(-BlobSpec(self.shape, self.dtype).nbytes // ALIGN) * ALIGN


NOTHING = Want((0,))


def request(
    *, forward: Sequence[Want] = (), backward: Sequence[Want] = (), step: Sequence[Want] = ()
) -> tuple[Scratch, Scratch, Scratch]:
    """The scratch of a kernel, always three flat pieces: for forward, for backward, and kept from one to the other."""
    return _flat("forward", forward), _flat("backward", backward), _flat("step", step)


def carve(flat: Array, wants: Sequence[Want]) -> list[Array | None]:
    """The arrays, one after the other, in a piece of memory that is large enough; None for an empty one.

    >>> a, b, c = carve(np.zeros(128, "float32"), [Want((2, 3)), NOTHING, Want((4,), "uint8")])
    >>> a.shape, b, c.dtype
    ((2, 3), None, dtype('uint8'))
    """
    memory, start, arrays = flat.view(np.uint8), 0, []
    for want in wants:
        exact = BlobSpec(want.shape, want.dtype).nbytes
        piece = memory[start : start + exact].view(want.dtype).reshape(want.shape) if exact else None
        arrays.append(piece)
        start += want.nbytes
    return arrays


def _flat(during: During, wants: Sequence[Want]) -> Scratch:
    return Scratch(BlobSpec((sum(want.nbytes for want in wants) // np.dtype(DTYPE).itemsize,), DTYPE), during)
