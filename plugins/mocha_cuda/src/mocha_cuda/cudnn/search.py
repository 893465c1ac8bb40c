"""Which algorithm: the first of the library's list that may be taken."""

from __future__ import annotations

import ctypes
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from ..device.device import Math
from .api import DEFAULT_MATH, DETERMINISTIC, FMA_MATH, TENSOR_OP_MATH, Performance
from .descriptors import Descriptor
from .library import Cudnn

Direction = Literal["Forward", "BackwardData", "BackwardFilter"]

LISTED = 16
"""More algorithms than any direction has, in one or two kinds of arithmetic."""

LARGEST = 1 << 30
"""Bytes of memory to work in that are still worth it."""

ASKED: dict[Math, int] = {"float32": FMA_MATH, "tf32": DEFAULT_MATH, "bf16": DEFAULT_MATH}
"""What the library is allowed. It has no bf16 for images of float32; TF32 rounds less."""

TAKEN: dict[Math, tuple[int, ...]] = {
    "float32": (FMA_MATH,),
    "tf32": (DEFAULT_MATH, TENSOR_OP_MATH, FMA_MATH),
    "bf16": (DEFAULT_MATH, TENSOR_OP_MATH, FMA_MATH),
}
"""Which of its answers keep to that."""


@dataclass(frozen=True, slots=True)
class Algorithm:
    """number: the library's.   math: the arithmetic that belongs to it.   memory: bytes to work in."""

    number: int
    math: int
    memory: int


def search(dnn: Cudnn, direction: Direction, operands: Sequence[Descriptor], math: Math) -> Algorithm | None:
    """The best algorithm that gives the same bits each time; None if the library has none.

    operands: the four descriptors in the order in which the functions for this direction take them.
    """
    found, count = (Performance * LISTED)(), ctypes.c_int()
    name = f"cudnnFindConvolution{direction}Algorithm" if dnn.measure else f"cudnnGetConvolution{direction}Algorithm_v7"
    pointers = (each.pointer for each in operands)
    dnn.call(name, *pointers, LISTED, ctypes.byref(count), found)
    for each in found[: count.value]:
        fits = each.math in TAKEN[math] and each.memory <= LARGEST
        if each.status == 0 and each.determinism == DETERMINISTIC and fits:
            return Algorithm(each.algorithm, each.math, each.memory)
    return None
