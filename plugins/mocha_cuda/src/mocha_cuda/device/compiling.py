"""From kernel sources to files of code for one GPU, each compiled once."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

from ..kept import fingerprint, kept
from .failures import Version
from .nvrtc import Nvrtc

Compiler = Callable[[str, str | Path], Path]
"""From a text, and the source that it is of, to the file with its code."""


def compiler_of(library: Any, capability: Version) -> Compiler:
    """By NVRTC, for GPUs of one compute capability."""
    nvrtc = Nvrtc(library)
    target = nvrtc.target(capability)
    about = (*target.options, *map(str, nvrtc.version))

    def compiled(text: str, source: str | Path) -> Path:
        name = f"{Path(source).stem}-{fingerprint((text, *about))}.{target.form}"
        return kept("cuda", name, lambda path: path.write_bytes(nvrtc.compile(text, source, target)[0]))

    return compiled
