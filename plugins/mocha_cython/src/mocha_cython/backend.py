"""The compiled CPU backend: NumPy arrays, kernels in C, one team of threads."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from mocha_core.errors import MochaError
from mocha_cpu import CpuBackend

from .machine import LEVELS, level_of, native, threads_of


class CythonBackend(CpuBackend):
    """Runs nets on the processor with compiled kernels; what has none runs on the NumPy backend's.

    threads: of every kernel; by default OMP_NUM_THREADS, or the cores that the process may run on. Results are the same
    bits from run to run for one number of threads.
    isa: the instruction set, "baseline", "avx2" or "avx512"; the best that the processor has, if not given.

    >>> with CythonBackend(seed=7, threads=2, isa="baseline") as backend:
    ...     backend
    CythonBackend(seed=7, threads=2, isa='baseline')
    """

    name: ClassVar[str] = "cython"
    extends: ClassVar[tuple[str, ...]] = ("cpu",)
    priority: ClassVar[int] = 20

    def __init__(
        self, *, seed: int = 0, prefer: Sequence[str] = (), threads: int | None = None, isa: str | None = None
    ) -> None:
        self.level = level_of(isa)
        self.threads = threads_of(threads)
        super().__init__(seed=seed, prefer=prefer)

    @classmethod
    def unusable(cls) -> str | None:
        try:
            native()
        except MochaError as error:
            return str(error)
        return None

    def __repr__(self) -> str:
        return f"CythonBackend(seed={self.seed}, threads={self.threads}, isa={LEVELS[self.level]!r})"
