"""cuBLAS without a GPU: the five calls that this package makes, on the host's memory, by columns as the real one."""

from __future__ import annotations

import ctypes
from typing import Any

import numpy as np

from mocha_cuda.simulation.rounding import rounded

from .fake_cupy import FakeCupy

TYPES = {0: np.float32, 1: np.float64}
ROUNDING = {68: "float32", 77: "tf32", 75: "bf16", 70: "float32"}


class Call:
    """A function of a library; ctypes types may be set."""

    argtypes: Any = None
    restype: Any = None

    def __init__(self, body: Any) -> None:
        self.body = body

    def __call__(self, *arguments: Any) -> int:
        assert len(arguments) == len(self.argtypes)
        return int(self.body(*arguments) or 0)


class FakeCublas:
    """The library. log: what was called, with what."""

    def __init__(self, fake: FakeCupy) -> None:
        self.fake, self.log, self.fails = fake, [], 0
        self.stream: int | None = None
        self.workspace: int | None = None
        self.cublasCreate_v2 = Call(lambda handle: setattr(handle._obj, "value", 77))
        self.cublasDestroy_v2 = Call(lambda handle: self.log.append("destroy"))
        self.cublasSetStream_v2 = Call(self._set_stream)
        self.cublasSetWorkspace_v2 = Call(self._set_workspace)
        self.cublasGemmStridedBatchedEx = Call(self._gemm)

    def _set_stream(self, handle: Any, stream: int) -> None:
        self.stream, self.workspace = stream, None

    def _set_workspace(self, handle: Any, address: int, size: int) -> None:
        assert address % 256 == 0 or address > 0
        self.workspace = size

    def _gemm(
        self, handle: Any, op_a: int, op_b: int, m: int, n: int, k: int, alpha: Any, a: int, a_type: int, lda: int,
        a_stride: int, b: int, b_type: int, ldb: int, b_stride: int, beta: Any, c: int, c_type: int, ldc: int,
        c_stride: int, count: int, compute: int, algorithm: int,
    ) -> int:  # fmt: skip
        assert handle.value == 77
        assert self.workspace, "without memory of its own cuBLAS would allocate while a graph is captured"
        assert self.stream == self.fake.current[-1].ptr
        if self.fails:
            return self.fails
        kind, one, old = TYPES[a_type], alpha._obj.value, beta._obj.value
        shapes = ((k, m) if op_a else (m, k), (n, k) if op_b else (k, n), (m, n))
        places = zip((a, b, c), shapes, (lda, ldb, ldc), strict=True)
        lines = [_columns(at, kind, shape, lead) for at, shape, lead in places]
        steps = (a_stride, b_stride, c_stride)

        def multiply() -> None:
            for number in range(count):
                left, right, out = (line(number * step) for line, step in zip(lines, steps, strict=True))
                left, right = (rounded(x.T if op else x, ROUNDING[compute]) for x, op in ((left, op_a), (right, op_b)))
                product = one * (left @ right)
                out[...] = product + old * out if old else product

        self.fake.ask(multiply)
        return 0


def _columns(address: int, kind: Any, shape: tuple[int, int], lead: int) -> Any:
    """What gives the matrix, by columns, that begins so many elements after an address."""
    rows, columns = shape
    assert lead >= max(1, rows)

    def at(offset: int) -> Any:
        size = np.dtype(kind).itemsize
        count = lead * (columns - 1) + rows if columns else 0
        raw = (ctypes.c_char * (size * count)).from_address(address + size * offset)
        return np.lib.stride_tricks.as_strided(np.frombuffer(raw, kind), (rows, columns), (size, size * lead))

    return at
