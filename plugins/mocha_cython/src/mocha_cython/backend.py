"""The compiled CPU backend: NumPy arrays, kernels in C, one team of threads."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, ClassVar

import numpy as np

from mocha_core.backend import Step
from mocha_core.blob import Array, Blob
from mocha_core.errors import MochaError
from mocha_core.kernel import Choice, Kernel, LayerState, Site
from mocha_core.random import Stream
from mocha_cpu import CpuBackend

from .crowding import Crowding, Program
from .machine import LEVELS, autotune_of, level_of, native, threads_of
from .tuning import Tuner, build, usual_store

BATCH = 1 << 16
"""Numbers above which a batch is worth a team to copy it."""


class CythonBackend(CpuBackend):
    """Runs nets on the processor with compiled kernels; what has none runs on the NumPy backend's.

    threads: of every kernel; by default OMP_NUM_THREADS, or the cores that the process may run on. Results are the same
    bits from run to run for one number of threads. While other processes take cores away, one thread goes on alone
    where that is faster (`crowding`), with the same results.
    isa: the instruction set, "baseline", "avx2" or "avx512"; the best that the processor has, if not given.
    autotune: whether kernels that can work in several ways are measured on each layer's shape when a net is built; what
    was fastest is kept in the user's cache, and taken from there the next time. On, if not given. With False they work
    by fixed rules: no file, no clock.

    >>> with CythonBackend(seed=7, threads=2, isa="baseline") as backend:
    ...     backend
    CythonBackend(seed=7, threads=2, isa='baseline')
    """

    name: ClassVar[str] = "cython"
    extends: ClassVar[tuple[str, ...]] = ("cpu",)
    priority: ClassVar[int] = 20

    def __init__(
        self,
        *,
        seed: int = 0,
        prefer: Sequence[str] = (),
        threads: int | None = None,
        isa: str | None = None,
        autotune: bool | None = None,
    ) -> None:
        self.level = level_of(isa)
        self.threads = threads_of(threads)
        self.tuner = Tuner(self, usual_store(self.level, self.threads)) if autotune_of(autotune) else None
        self.crowding = Crowding()
        super().__init__(seed=seed, prefer=prefer)

    @classmethod
    def unusable(cls) -> str | None:
        try:
            native()
        except MochaError as error:
            return str(error)
        return None

    def choose(self, site: Site) -> Choice:
        choice = super().choose(site)
        return self.tuner.refine(choice, site) if self.tuner else choice

    def choose_all(self, sites: Sequence[Site]) -> list[Choice]:
        from .chains import announced

        return announced(self, sites, super().choose_all(sites))

    def build(self, choice: Choice, state: LayerState) -> Kernel:
        return build(choice.kernel, self, state, choice.settings)

    def add(self, target: Array, source: Array) -> None:
        if _plain(target) and _plain(source):
            from ._elementwise import add_to

            add_to(self.level, self.threads, target, source)
        else:
            super().add(target, source)

    def write(self, target: Array, source: np.ndarray[Any, Any]) -> None:
        if self._worth_a_team(target) and target.shape == source.shape and _plain(target) and _plain(source):
            from ._elementwise import copy_to

            copy_to(self.threads, target, source)
        else:
            super().write(target, source)

    def _worth_a_team(self, batch: Array) -> bool:
        """Whether each thread gets images of its own, and enough of them."""
        return batch.size > BATCH and len(batch) >= self.threads > 1

    def draw(self, stream: Stream, blob: Blob) -> None:
        from ._random import fill_uniform

        fill_uniform(self.level, self.threads, stream.key, stream.calls, blob.array)
        stream.calls += 1

    def compile(self, steps: Sequence[Step]) -> Step:
        from .chains import chained

        run = super().compile(chained(self, steps))
        return Program(run, self.crowding, native().set_alone) if self.threads > 1 else run

    def __repr__(self) -> str:
        return f"CythonBackend(seed={self.seed}, threads={self.threads}, isa={LEVELS[self.level]!r})"


def _plain(array: Array) -> bool:
    """Whether it is float32 without gaps."""
    return bool(array.dtype == np.float32 and array.flags.c_contiguous)
