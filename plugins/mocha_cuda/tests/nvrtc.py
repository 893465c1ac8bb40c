"""NVIDIA's run-time compiler through ctypes: compiles for any GPU, and needs none. Calls are those of `nvrtc.h`."""

from __future__ import annotations

import ctypes
import ctypes.util
from functools import cache
from importlib.util import find_spec
from pathlib import Path

MISSING = "no NVRTC to compile kernels with; pip install 'mocha-cuda[compile-check]'"
NAMES = ("libnvrtc.so.13", "libnvrtc.so.12", "nvrtc64_130_0.dll")
OPTIONS = ("-std=c++17",)


@cache
def library() -> ctypes.CDLL | None:
    """The library: NVIDIA's package, or where the system has it; None if there is none."""
    spec = find_spec("nvidia")
    folders = [Path(place) for place in (spec.submodule_search_locations if spec else None) or ()]
    packaged = [path for folder in folders for name in NAMES for path in sorted(folder.rglob(name))]
    for candidate in (*packaged, *NAMES):
        try:
            return ctypes.CDLL(str(candidate))
        except OSError:
            continue
    return None


def compile_for(text: str, name: str, architecture: int) -> tuple[bytes, str]:
    """The machine code of a source for e.g. 90 (compute capability 9.0), b"" if it failed, and what was said."""
    nvrtc = library()
    assert nvrtc is not None, MISSING
    program = ctypes.c_void_p()
    _check(nvrtc.nvrtcCreateProgram(ctypes.byref(program), text.encode(), name.encode(), 0, None, None))
    try:
        given = [option.encode() for option in (*OPTIONS, f"-arch=sm_{architecture}")]
        failed = nvrtc.nvrtcCompileProgram(program, len(given), (ctypes.c_char_p * len(given))(*given))
        log = _text(nvrtc.nvrtcGetProgramLogSize, nvrtc.nvrtcGetProgramLog, program)
        code = b"" if failed else _text(nvrtc.nvrtcGetCUBINSize, nvrtc.nvrtcGetCUBIN, program)
        return code, log.rstrip(b"\0").decode()
    finally:
        nvrtc.nvrtcDestroyProgram(ctypes.byref(program))


def _text(size_of: ctypes._CFuncPtr, get: ctypes._CFuncPtr, program: ctypes.c_void_p) -> bytes:
    size = ctypes.c_size_t()
    _check(size_of(program, ctypes.byref(size)))
    held = ctypes.create_string_buffer(size.value)
    _check(get(program, held))
    return held.raw


def _check(code: int) -> None:
    if code:
        raise RuntimeError(f"NVRTC gave {code}")
