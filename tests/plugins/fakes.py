"""Writes packages with metadata, as pip would leave them, for tests of the loader."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

BACKEND = """
import numpy
from mocha_core.backend import Backend

class Fake(Backend):
    name = {name!r}
    priority = {priority}

    @classmethod
    def unusable(cls):
        return {why!r}

    @property
    def xp(self):
        return numpy
"""

KERNELS = """
from mocha_core.hookspecs import hookimpl
from mocha_core.kernel import Binding, Kernel
from tests.plugins.probe import Probe

class ProbeKernel(Kernel):
    def __init__(self, backend, state): ...
    def forward(self): ...

@hookimpl
def mocha_kernels(backend):
    return [Binding(Probe, ProbeKernel, rank={rank})]
"""


def backend_source(name: str, priority: int = 900, why: str | None = None) -> str:
    """The source of a module with the backend class `Fake`."""
    return BACKEND.format(name=name, priority=priority, why=why)


def kernels_source(rank: int = 0) -> str:
    """The source of a module of hooks that offers one kernel for the layer `Probe`."""
    return KERNELS.format(rank=rank)


def write_distribution(
    folder: Path,
    name: str,
    version: str,
    *,
    entries: Mapping[str, Mapping[str, str]] | None = None,
    modules: Mapping[str, str] | None = None,
    metadata: str = "",
) -> Path:
    """A folder for `sys.path` that holds one distribution: entry points (group -> name -> value) and modules."""
    root = folder / f"{name}-{version}"
    info = root / f"{name.replace('-', '_')}-{version}.dist-info"
    info.mkdir(parents=True)
    (info / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n{metadata}")
    (info / "entry_points.txt").write_text("\n".join(_section(*item) for item in (entries or {}).items()))
    for module, source in (modules or {}).items():
        (root / f"{module}.py").write_text(source)
    return root


def _section(group: str, names: Mapping[str, str]) -> str:
    return f"[{group}]\n" + "".join(f"{name} = {value}\n" for name, value in names.items())
