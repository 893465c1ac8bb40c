"""Whether this machine can compute on a GPU, and if not, why."""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import dataclass, field
from importlib import import_module
from importlib.util import find_spec
from typing import Any

from . import failures
from .driver import LIBRARY, Driver, Gpu, ask_driver
from .failures import Version
from .libraries import load

NEEDED = ("nvrtc", "cublas")
"""Libraries of CUDA, as `cuda.pathfinder` calls them."""


@dataclass(frozen=True, slots=True)
class Machine:
    """Where to look; tests look elsewhere.

    driver: tells about the driver.   installed: whether there is a package.   importing: imports it.   library: loads a
    library of CUDA, or raises.
    """

    driver: Callable[[], Driver | None] = ask_driver
    installed: Callable[[str], bool] = field(default=lambda name: find_spec(name) is not None)
    importing: Callable[[str], Any] = import_module
    library: Callable[[str], Any] = load


HERE = Machine()


def why_not(index: int = 0, machine: Machine = HERE) -> str | None:
    """Why GPU `index` cannot be used, in one sentence; None if it can. What is cheap to ask is asked first."""
    driver = machine.driver()
    if driver is None:
        return failures.no_driver(LIBRARY)
    return _no_gpu(driver, index) or _no_cupy(driver, machine) or _no_libraries(machine)


def _no_gpu(driver: Driver, index: int) -> str | None:
    if driver.failed:
        return failures.dead_driver(driver.failed)
    if not driver.gpus:
        return failures.no_gpu(os.environ.get("CUDA_VISIBLE_DEVICES"))
    if not 0 <= index < len(driver.gpus):
        return failures.no_such_gpu(index, [gpu.name for gpu in driver.gpus])
    gpu = driver.gpus[index]
    if gpu.capability < failures.OLDEST_CAPABILITY:
        return failures.old_device(index, gpu.name, gpu.capability)
    return None


def _no_cupy(driver: Driver, machine: Machine) -> str | None:
    if not machine.installed("cupy"):
        return failures.no_cupy()
    try:
        cupy = machine.importing("cupy")
        built = int(cupy.cuda.runtime.runtimeGetVersion())
    except Exception as error:  # CuPy raises errors of many kinds where a library of CUDA is missing
        return failures.broken_cupy(error)
    if int(cupy.__version__.partition(".")[0]) < failures.OLDEST_CUPY:
        return failures.old_cupy(cupy.__version__)
    wanted = (built // 1000, built % 1000 // 10)
    if driver.version[0] < wanted[0]:  # any driver of a major version runs all its minor ones
        return failures.old_driver(driver.version, wanted)
    return None


def _no_libraries(machine: Machine) -> str | None:
    for name in NEEDED:
        try:
            machine.library(name)
        except (ImportError, OSError, RuntimeError) as error:
            return failures.no_library(name, error)
    return None


@dataclass(frozen=True, slots=True)
class Line:
    """One line of the report: a thing, what there is of it, and what installs it if it is missing."""

    thing: str
    state: str

    def __str__(self) -> str:
        return f"{self.thing}: {self.state}"


def report(machine: Machine = HERE) -> tuple[Line, ...]:
    """Driver, GPUs, CuPy and cuDNN: what is here, what is missing, and what installs it."""
    driver = machine.driver()
    lines = [Line("driver", f"for CUDA {_dotted(driver.version)}" if driver else f"none ({LIBRARY} cannot be loaded)")]
    gpus = driver.gpus if driver else ()
    lines += [Line(f"GPU {index}", _described(gpu)) for index, gpu in enumerate(gpus)] or [Line("GPU", "none")]
    lines.append(Line("CuPy", _cupy_state(machine)))
    lines += [Line(name, _library_state(machine, name, f"missing; {failures.INSTALL}")) for name in NEEDED]
    lines.append(Line("cuDNN", _library_state(machine, "cudnn", failures.NO_CUDNN)))
    return tuple(lines)


def _described(gpu: Gpu) -> str:
    old = gpu.capability < failures.OLDEST_CAPABILITY
    needed = f", too old: {_dotted(failures.OLDEST_CAPABILITY)} is needed" if old else ""
    return f"{gpu.name}, compute capability {_dotted(gpu.capability)}{needed}"


def _cupy_state(machine: Machine) -> str:
    if not machine.installed("cupy"):
        return f"missing; {failures.INSTALL}"
    try:
        return str(machine.importing("cupy").__version__)
    except Exception as error:  # as above
        return failures.broken_cupy(error)


def _library_state(machine: Machine, name: str, missing: str) -> str:
    try:
        machine.library(name)
    except (ImportError, OSError, RuntimeError):
        return missing
    return "found"


def _dotted(version: Version) -> str:
    return f"{version[0]}.{version[1]}"
