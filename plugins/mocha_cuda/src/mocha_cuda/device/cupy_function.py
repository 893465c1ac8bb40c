"""Compiled kernels, loaded and launched by CuPy."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from ..errors import KernelError
from .device import Argument, Extent, Function, three
from .texts import parameters_of, text_of, with_macros

if TYPE_CHECKING:
    from .cupy_device import CupyDevice

NULL = np.uint64(0)


class CupyFunction(Function):
    """An entry point. CuPy does not count arguments, so they are counted here."""

    def __init__(self, device: CupyDevice, source: str | Path, name: str, kernel: Any) -> None:
        self.device, self.name, self.kernel = device, name, kernel
        self.count = len(parameters_of(text_of(source), source, name))

    def __call__(self, grid: Extent, block: Extent, *arguments: Argument, shared: int = 0) -> None:
        if len(arguments) != self.count:
            raise KernelError(f"kernel {self.name!r} takes {self.count} arguments, not {len(arguments)}")
        with self.device.calling_xp():
            self.kernel(three(grid), three(block), tuple(map(_passed, arguments)), shared_mem=shared)


def loaded(device: CupyDevice, source: str | Path, name: str, defines: dict[str, int | float | str]) -> CupyFunction:
    """The entry point, compiled now if this text never was."""
    text = with_macros(text_of(source), defines)
    parameters_of(text, source, name)
    code = device.compiled(text, source)
    with device.calling_xp():
        kernel = device.xp.RawModule(path=str(code)).get_function(name)
    return CupyFunction(device, source, name, kernel)


def _passed(value: Argument) -> Any:
    """As CuPy passes it on: Python's own numbers would go as 64 bits each, and None is no number at all."""
    if value is None:
        return NULL
    if isinstance(value, int):
        return np.int64(value)
    return np.float32(value) if isinstance(value, float) else value
