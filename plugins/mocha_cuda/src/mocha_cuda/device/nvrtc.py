"""NVIDIA's run-time compiler, called directly: kernel sources become code for a GPU, on machines without one, too.

CuPy's own way to it has the compiler flush small numbers (below 1.2e-38) to zero, for all sources: kernels would then
not give what the processor does. Calls are those of `nvrtc.h` of CUDA 12 and 13.
"""

from __future__ import annotations

import ctypes
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ..errors import DeviceError, KernelError
from . import failures
from .failures import Version
from .libraries import calls_of

OPTIONS = ("-std=c++17",)

_pointer, _int = ctypes.c_void_p, ctypes.c_int

SIGNATURES: dict[str, tuple[Any, ...]] = {
    "nvrtcVersion": (_pointer, _pointer),
    "nvrtcGetNumSupportedArchs": (_pointer,),
    "nvrtcGetSupportedArchs": (_pointer,),
    "nvrtcCreateProgram": (_pointer, ctypes.c_char_p, ctypes.c_char_p, _int, _pointer, _pointer),
    "nvrtcDestroyProgram": (_pointer,),
    "nvrtcCompileProgram": (_pointer, _int, _pointer),
    "nvrtcGetProgramLogSize": (_pointer, _pointer),
    "nvrtcGetProgramLog": (_pointer, _pointer),
    "nvrtcGetCUBINSize": (_pointer, _pointer),
    "nvrtcGetCUBIN": (_pointer, _pointer),
    "nvrtcGetPTXSize": (_pointer, _pointer),
    "nvrtcGetPTX": (_pointer, _pointer),
}
"""What each takes; every one returns a status, 0 for success."""

REFUSED = 6
"""NVRTC_ERROR_COMPILATION: the source is at fault, and the log says why."""


@dataclass(frozen=True, slots=True)
class Target:
    """What code is made for. architecture: 90 for compute capability 9.0.

    form: "cubin" is the machine code of such a GPU; "ptx" is what the driver of a newer one turns into its own.
    """

    architecture: int
    form: str = "cubin"

    @property
    def options(self) -> tuple[str, ...]:
        """For the compiler."""
        return (*OPTIONS, f"-arch={'sm' if self.form == 'cubin' else 'compute'}_{self.architecture}")


class Nvrtc:
    """One open library. library: with the functions of `SIGNATURES`, e.g. `ctypes.CDLL("libnvrtc.so.13")`.

    version: of CUDA, e.g. (13, 0).   architectures: those it makes code for, in rising order.
    Raises `DeviceError` with one sentence where a call fails, and `KernelError` if a source does not compile.
    """

    def __init__(self, library: Any) -> None:
        self._calls = calls_of(library, SIGNATURES)
        major, minor, count = _int(), _int(), _int()
        self._call("nvrtcVersion", ctypes.byref(major), ctypes.byref(minor))
        self.version: Version = (major.value, minor.value)
        self._call("nvrtcGetNumSupportedArchs", ctypes.byref(count))
        known = (_int * count.value)()
        self._call("nvrtcGetSupportedArchs", known)
        self.architectures: Sequence[int] = tuple(sorted(known))

    def target(self, capability: Version) -> Target:
        """The best that it can make for a GPU of this compute capability."""
        wanted = 10 * capability[0] + capability[1]
        if wanted in self.architectures:
            return Target(wanted)
        older = [each for each in self.architectures if each < wanted]
        if not older:
            raise DeviceError(failures.too_old_to_compile(self.version, capability, min(self.architectures)))
        return Target(max(older), "ptx")

    def compile(self, text: str, source: str | Path, target: Target) -> tuple[bytes, str]:
        """The code of a text, and what the compiler said of it. source: the text's name."""
        program, stem = _pointer(), Path(source).stem
        named = text.encode(), f"{stem}.cu".encode()
        self._call("nvrtcCreateProgram", ctypes.byref(program), *named, 0, None, None)
        try:
            given = [option.encode() for option in target.options]
            status = self._calls["nvrtcCompileProgram"](program, len(given), (ctypes.c_char_p * len(given))(*given))
            log = self._bytes("ProgramLog", program).rstrip(b"\0").decode(errors="replace")
            if status == REFUSED:
                raise KernelError(failures.no_compile(stem, target.architecture, log), log=log)
            _check("nvrtcCompileProgram", status)
            return self._bytes(target.form.upper(), program), log
        finally:
            self._call("nvrtcDestroyProgram", ctypes.byref(program))

    def _bytes(self, what: str, program: ctypes.c_void_p) -> bytes:
        size = ctypes.c_size_t()
        self._call(f"nvrtcGet{what}Size", program, ctypes.byref(size))
        held = ctypes.create_string_buffer(size.value)
        self._call(f"nvrtcGet{what}", program, held)
        return held.raw

    def _call(self, name: str, *arguments: Any) -> None:
        _check(name, self._calls[name](*arguments))


def _check(name: str, status: int) -> None:
    if status:
        raise DeviceError(f"NVRTC: {name} gave {status} (see its manual); {failures.INSTALL}")
