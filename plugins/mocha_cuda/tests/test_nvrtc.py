"""The layer over NVRTC: what code is made for which GPU, what is kept, what is said of a source that is wrong."""

from __future__ import annotations

import ctypes
from pathlib import Path
from typing import Any

import pytest

from mocha_cuda.device.compiling import compiler_of
from mocha_cuda.device.libraries import load
from mocha_cuda.device.nvrtc import SIGNATURES, Nvrtc, Target
from mocha_cuda.device.texts import text_of
from mocha_cuda.errors import DeviceError, KernelError

from .nvrtc import needs_nvrtc, nvrtc

SMALL = 'extern "C" __global__ void small(float* x) { x[0] *= 1e-10f; }'


@needs_nvrtc
def test_code_is_made_for_the_gpu_that_is_there():
    assert {75, 80, 90, 100, 120} <= set(nvrtc().architectures)
    assert nvrtc().target((9, 0)) == Target(90)
    assert nvrtc().version >= (13, 0)


@needs_nvrtc
def test_a_gpu_newer_than_the_compiler_gets_what_its_driver_translates():
    target = nvrtc().target((99, 0))
    assert target == Target(max(nvrtc().architectures), "ptx")
    code, _ = nvrtc().compile(SMALL, "small", target)
    assert b".visible .entry small" in code


@needs_nvrtc
def test_a_gpu_older_than_the_compiler_is_named():
    with pytest.raises(DeviceError, match=r"makes no code for compute capability 5\.2, only for 7\.5 and later; use"):
        nvrtc().target((5, 2))


@needs_nvrtc
def test_small_numbers_are_not_flushed_to_zero():
    """With flushing, instructions for float32 end in `.ftz`."""
    code, _ = nvrtc().compile(SMALL, "small", Target(90, "ptx"))
    assert b"mul.f32" in code
    assert b".ftz" not in code


@needs_nvrtc
def test_a_source_that_is_wrong_is_one_sentence_with_its_line(kernels: Path):
    source = kernels / "broken.cu"
    expected = r"'broken' does not compile for compute capability 9\.0: broken\.cu\(1\): error: .*\"no_such_thing\""
    with pytest.raises(KernelError, match=expected) as caught:
        nvrtc().compile(text_of(source), source, Target(90))
    assert "\n" not in str(caught.value)
    assert len(caught.value.log.splitlines()) > 1


@needs_nvrtc
def test_a_text_is_compiled_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("MOCHA_CACHE", str(tmp_path))
    compiled = compiler_of(load("nvrtc"), (9, 0))
    path = compiled(SMALL, "small")
    assert path.parent == tmp_path / "cuda"
    assert path.suffix == ".cubin"
    path.write_bytes(b"kept")
    assert compiled(SMALL, "small").read_bytes() == b"kept"
    assert compiled(SMALL + "\n", "small") != path
    assert compiler_of(load("nvrtc"), (8, 0))(SMALL, "small") != path
    assert len(list(path.parent.iterdir())) == 3


class Broken:
    """A library whose functions all fail."""

    def __getattr__(self, name: str) -> Any:
        if name not in SIGNATURES:
            raise AttributeError(name)
        return ctypes.CFUNCTYPE(ctypes.c_int)(lambda: 4)


def test_a_library_that_fails_is_one_sentence():
    with pytest.raises(DeviceError, match=r"NVRTC: nvrtcVersion gave 4 \(see its manual\); pip install 'mocha-cuda"):
        Nvrtc(Broken())
