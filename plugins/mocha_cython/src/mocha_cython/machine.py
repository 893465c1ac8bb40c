"""What this machine offers to the kernels: instruction sets and cores."""

from __future__ import annotations

import importlib
import os
from typing import Any

from mocha_core.errors import OptionError, PluginError, suggest
from mocha_core.option_types import whole

LEVELS = ("baseline", "avx2", "avx512")
"""Names of the instruction sets that the kernels are compiled for, slowest first; a processor may lack the last."""

LANES = (4, 8, 16)
"""Floats in a vector, by level."""

ISA = "MOCHA_CYTHON_ISA"
"""An environment variable that takes the place of `CythonBackend(isa=...)`."""

AUTOTUNE = "MOCHA_CYTHON_AUTOTUNE"
"""An environment variable that takes the place of `CythonBackend(autotune=...)`: 0 or 1."""

NO_KERNELS = (
    "mocha-cython was installed without its compiled kernels, because its build found no C compiler that can make "
    "them; install gcc or clang, then: pip install -v --force-reinstall --no-deps --no-cache-dir mocha-cython"
)


def native() -> Any:
    """The compiled module that knows the instruction sets; `PluginError` where the kernels were not compiled."""
    try:
        return importlib.import_module("mocha_cython._levels")
    except ModuleNotFoundError as cause:
        raise PluginError(NO_KERNELS) from cause
    except ImportError as cause:
        raise PluginError(f"mocha-cython's compiled kernels cannot be loaded: {cause}") from cause


def level_of(isa: str | None) -> int:
    """The level to run at: the best of this machine, or the one asked for."""
    asked, best = isa or os.environ.get(ISA), native().best()
    if asked is None:
        return int(best)
    if asked not in LEVELS:
        raise OptionError(f"isa is one of {', '.join(LEVELS)}, not {asked!r}{suggest(asked, LEVELS)}")
    if LEVELS.index(asked) > best:
        raise OptionError(f"isa={asked!r}: this machine has {', '.join(LEVELS[: best + 1])}; leave isa out")
    return LEVELS.index(asked)


def threads_of(threads: int | None) -> int:
    """How many threads to use: as many as asked for, OMP_NUM_THREADS, or the cores that this process may run on."""
    if threads is None:
        said = os.environ.get("OMP_NUM_THREADS", "").partition(",")[0].strip()
        return int(said) if said.isdigit() and int(said) > 0 else cores()
    try:
        count = whole(threads)
    except TypeError:
        count = 0
    if count < 1:
        raise OptionError(f"threads is how many threads a kernel may use, at least 1, not {threads!r}")
    return count if native().has_openmp() else 1


def autotune_of(autotune: bool | None) -> bool:
    """Whether to measure kernels: as asked for; else yes, unless the environment says 0."""
    return os.environ.get(AUTOTUNE) != "0" if autotune is None else autotune


def cores() -> int:
    """Cores that this process may run on."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1
