"""Matrix products by cuBLAS, called directly.

CuPy's own way to cuBLAS refuses to work while a graph is recorded (`cublas.setStream` of CuPy 14 raises), although
cuBLAS can: with memory of the caller to work in it allocates nothing, and factors on the host become part of the graph.
Calls and numbers are those of cuBLAS 12 and 13, `cublas_api.h`.
"""

from __future__ import annotations

import ctypes
import math
from dataclasses import dataclass
from typing import Any

from ..errors import DeviceError
from .device import Math, matmul_shape
from .libraries import calls_of

N, T = 0, 1
"""CUBLAS_OP_N and CUBLAS_OP_T."""

FLOAT32, FLOAT64 = 0, 1
"""CUDA_R_32F and CUDA_R_64F."""

COMPUTE: dict[Math, int] = {"float32": 68, "tf32": 77, "bf16": 75}
"""CUBLAS_COMPUTE_32F, _32F_FAST_TF32 and _32F_FAST_16BF."""

COMPUTE_64F = 70
DEFAULT_ALGORITHM = -1
MOST = 2**31 - 1

_int, _pointer, _long = ctypes.c_int, ctypes.c_void_p, ctypes.c_longlong

SIGNATURES: dict[str, tuple[Any, ...]] = {
    "cublasCreate_v2": (_pointer,),
    "cublasDestroy_v2": (_pointer,),
    "cublasSetStream_v2": (_pointer, _pointer),
    "cublasSetWorkspace_v2": (_pointer, _pointer, ctypes.c_size_t),
    "cublasGemmStridedBatchedEx": (
        *(_pointer, _int, _int, _int, _int, _int),  # handle, operations, rows, columns, inner
        _pointer,  # factor of the product
        *(_pointer, _int, _int, _long),  # left matrices: address, type, leading dimension, stride
        *(_pointer, _int, _int, _long),  # right matrices
        _pointer,  # factor of what was there
        *(_pointer, _int, _int, _long),  # result
        *(_int, _int, _int),  # how many, arithmetic, algorithm
    ),
}
MEANINGS = {1: "not initialized", 3: "out of memory", 7: "invalid value", 8: "unknown architecture", 13: "it failed"}


@dataclass(frozen=True, slots=True)
class Operand:
    """A contiguous matrix, or a stack of them, by rows: its address and shape."""

    address: int
    shape: tuple[int, ...]

    @property
    def stride(self) -> int:
        """Elements from one matrix to the next."""
        return self.shape[-2] * self.shape[-1]

    @property
    def count(self) -> int:
        return math.prod(self.shape[:-2])


class Cublas:
    """One handle of the library, with memory to work in.

    library: with the functions of `SIGNATURES`.   workspace: address and bytes of memory on the device.
    """

    def __init__(self, library: Any, workspace: tuple[int, int]) -> None:
        self.workspace, self._stream = workspace, -1
        self._calls = calls_of(library, SIGNATURES)
        self._handle = _pointer()
        self._call("cublasCreate_v2", ctypes.byref(self._handle))
        self._factors = {
            kind: (type_(1), type_(0)) for kind, type_ in ((FLOAT32, ctypes.c_float), (FLOAT64, ctypes.c_double))
        }

    def matmul(
        self,
        a: Operand,
        b: Operand,
        out: Operand,
        *,
        transposed: tuple[bool, bool],
        add: bool,
        double: bool,
        math: Math,
        stream: int,
    ) -> None:
        """out = op(a) op(b), or that much more; matrices by rows.

        The library's matrices are by columns, so to it each of ours is its transpose: out' = op(b)' op(a)'.
        """
        rows, columns = matmul_shape(a.shape, b.shape, *transposed)[-2:]
        inner = a.shape[-2] if transposed[0] else a.shape[-1]
        if max(rows, columns, inner, out.count) > MOST:
            raise DeviceError(f"a product of {a.shape} and {b.shape} is too large for cuBLAS; use a smaller batch")
        if not rows * columns * out.count:
            return
        self._go(stream)
        kind = FLOAT64 if double else FLOAT32
        one, zero = (ctypes.byref(factor) for factor in self._factors[kind])
        operations = (T if transposed[1] else N, T if transposed[0] else N)
        matrices = [(x.address, kind, max(1, x.shape[-1]), x.stride) for x in (b, a, out)]
        compute = COMPUTE_64F if double else COMPUTE[math]
        self._call(
            "cublasGemmStridedBatchedEx",
            *(self._handle, *operations, columns, rows, inner),
            *(one, *matrices[0], *matrices[1]),
            *(one if add else zero, *matrices[2]),
            *(out.count, compute, DEFAULT_ALGORITHM),
        )

    def close(self) -> None:
        """Give the handle back."""
        if self._handle:
            self._call("cublasDestroy_v2", self._handle)
            self._handle = _pointer()

    def _go(self, stream: int) -> None:
        """Setting the stream makes the library forget the memory to work in."""
        if stream != self._stream:
            self._call("cublasSetStream_v2", self._handle, stream)
            self._call("cublasSetWorkspace_v2", self._handle, *self.workspace)
            self._stream = stream

    def _call(self, name: str, *arguments: Any) -> None:
        code = self._calls[name](*arguments)
        if code:
            raise DeviceError(f"cuBLAS: {name} gave {code} ({MEANINGS.get(code, 'see its manual')})")
