"""Kernel entry points on the processor: arguments checked as the compiler of CUDA would, grids as its driver would."""

from __future__ import annotations

import ctypes
import threading
from pathlib import Path
from typing import Any

import numpy as np

from ..device.device import Argument, Extent, Function, three
from ..device.texts import Parameter, parameters_of, text_of
from ..errors import KernelError
from .compiling import library
from .queues import Queues

GRID = (2**31 - 1, 65535, 65535)
BLOCK, THREADS, SHARED = (1024, 1024, 64), 1024, 48 * 1024
"""What CUDA allows on every device since compute capability 3.0."""

DTYPES = {
    "float": ("float32",),
    "double": ("float64",),
    "float2": ("float32",),
    "float4": ("float32",),
    "int": ("int32",),
    "unsigned": ("uint32", "int32"),
    "unsigned int": ("uint32", "int32"),
    "long long": ("int64",),
    "unsigned long long": ("uint64", "int64"),
    "unsigned char": ("uint8", "bool"),
    "signed char": ("int8",),
    "char": ("int8", "uint8"),
    "bool": ("bool", "uint8"),
    "short": ("int16",),
    "unsigned short": ("uint16",),
}
"""Of the arrays that may stand for a pointer to each type; others (`void`) are not checked."""

_ONE_AT_A_TIME = threading.Lock()
_Longs = ctypes.c_longlong * 3


class SimulatedFunction(Function):
    """One entry point of a compiled source."""

    def __init__(self, queues: Queues, source: str | Path, name: str, defines: dict[str, int | float | str]) -> None:
        self.queues, self.name = queues, name
        self.parameters = parameters_of(text_of(source), source, name)
        self._run = getattr(library(source, tuple(sorted(defines.items()))), f"mocha_launch_{name}")
        self._run.restype = ctypes.c_char_p

    def __call__(self, grid: Extent, block: Extent, *arguments: Argument, shared: int = 0) -> None:
        blocks, threads = three(grid), three(block)
        self._check_extents(blocks, threads, shared)
        held = [self._passed(p, a) for p, a in zip(self.parameters, self._counted(arguments), strict=True)]
        self.queues.ask(lambda: self._launch(blocks, threads, shared, held, arguments))

    def _launch(self, blocks: Any, threads: Any, shared: int, held: list[Any], kept: tuple[Argument, ...]) -> None:
        """`kept` holds the arrays whose addresses are passed."""
        pointers = (ctypes.c_void_p * max(1, len(held)))(*(ctypes.addressof(value) for value in held))
        numbers = _Longs(*blocks), _Longs(*threads), ctypes.c_longlong(shared)
        with _ONE_AT_A_TIME:
            said = self._run(*numbers, pointers, ctypes.c_longlong(self.queues.backwards))
            text = None if said is None else said.decode()
        if text is not None:
            raise KernelError(f"kernel {self.name!r}: {text}")

    def _check_extents(self, blocks: tuple[int, ...], threads: tuple[int, ...], shared: int) -> None:
        over = any(n > most for n, most in zip((*blocks, *threads), (*GRID, *BLOCK), strict=True))
        if over or min(*blocks, *threads) < 1 or threads[0] * threads[1] * threads[2] > THREADS:
            raise KernelError(f"kernel {self.name!r}: CUDA has no grid {blocks} of blocks of {threads} threads")
        if not 0 <= shared <= SHARED:
            raise KernelError(f"kernel {self.name!r}: {shared} bytes of shared memory; a block has {SHARED}")

    def _counted(self, arguments: tuple[Argument, ...]) -> tuple[Argument, ...]:
        if len(arguments) != len(self.parameters):
            names = ", ".join(p.name for p in self.parameters)
            raise KernelError(f"kernel {self.name!r} takes ({names}), not {len(arguments)} arguments")
        return arguments

    def _passed(self, parameter: Parameter, value: Argument) -> Any:
        if parameter.pointer:
            return ctypes.c_void_p(None if value is None else self._address(parameter, value))
        if parameter.kind == "long long" and isinstance(value, int):
            return ctypes.c_longlong(value)
        if parameter.kind == "float" and isinstance(value, float):
            return ctypes.c_float(value)
        raise self._refused(parameter, value)

    def _address(self, parameter: Parameter, value: Any) -> int:
        fits = isinstance(value, np.ndarray) and value.flags.c_contiguous
        if not fits or value.dtype.name not in DTYPES.get(parameter.kind, (value.dtype.name,)):
            raise self._refused(parameter, value)
        if not parameter.constant and not value.flags.writeable:
            raise KernelError(f"kernel {self.name!r}: {parameter.name!r} is written, and the array is read-only")
        return int(value.ctypes.data)

    def _refused(self, parameter: Parameter, value: Any) -> KernelError:
        what = f"{parameter.kind}{'*' * parameter.pointer} {parameter.name}"
        kind = type(value).__name__
        if isinstance(value, np.ndarray):
            kind = f"array of {value.dtype}" + ("" if value.flags.c_contiguous else " that is not contiguous")
        return KernelError(f"kernel {self.name!r} takes {what!r}, not {kind}")
