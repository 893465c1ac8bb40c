"""The backend's own options, and what it says of itself."""

from __future__ import annotations

import pytest

from mocha_core.default_backend import DefaultBackend, survey
from mocha_core.errors import OptionError
from mocha_cpu import CpuBackend
from mocha_cython import CythonBackend, machine


def test_it_is_the_default_where_it_is_installed() -> None:
    assert type(DefaultBackend()) is CythonBackend


def test_it_is_a_numpy_backend() -> None:
    assert isinstance(CythonBackend(), CpuBackend)


def test_threads() -> None:
    assert CythonBackend(threads=3).threads == (3 if machine.native().has_openmp() else 1)
    with pytest.raises(OptionError, match="threads is how many threads a kernel may use, at least 1, not 0"):
        CythonBackend(threads=0)
    with pytest.raises(OptionError, match=r"threads is how many .* not '2'"):
        machine.threads_of("2")  # type: ignore[arg-type]


def test_threads_of_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OMP_NUM_THREADS", "5,2")
    assert machine.threads_of(None) == 5
    monkeypatch.setenv("OMP_NUM_THREADS", "many")
    assert machine.threads_of(None) == machine.cores()


def test_instruction_sets(monkeypatch: pytest.MonkeyPatch) -> None:
    assert CythonBackend(isa="baseline").level == 0
    with pytest.raises(OptionError, match="isa is one of baseline, avx2, avx512, not 'avx'"):
        CythonBackend(isa="avx")
    monkeypatch.setattr(machine, "native", lambda: FakeNative())
    with pytest.raises(OptionError, match="isa='avx512': this machine has baseline, avx2; leave isa out"):
        machine.level_of("avx512")
    monkeypatch.setenv(machine.ISA, "baseline")
    assert machine.level_of(None) == 0


class FakeNative:
    """A processor with AVX2."""

    def best(self) -> int:
        return 1


def test_without_kernels_it_says_how_to_get_them(monkeypatch: pytest.MonkeyPatch) -> None:
    def missing() -> None:
        raise machine.PluginError(machine.NO_KERNELS)

    monkeypatch.setattr("mocha_cython.backend.native", missing)
    assert "install gcc or clang" in (CythonBackend.unusable() or "")
    assert type(DefaultBackend()) is CpuBackend
    assert next(c for c in survey() if c.name == "cython").why == machine.NO_KERNELS
