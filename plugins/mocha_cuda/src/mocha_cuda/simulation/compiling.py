"""Kernel sources compiled for the processor by g++, once for each text; objects are kept in the folder for caches."""

from __future__ import annotations

import ctypes
import functools
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

from ..device.texts import entries, text_of, with_macros
from ..errors import DeviceError, KernelError
from ..kept import fingerprint, kept

FLAGS = ("-std=c++20", "-O1", "-shared", "-fPIC", "-fvisibility=hidden", "-U_FORTIFY_SOURCE", "-w", "-x", "c++")
HERE = Path(__file__).resolve().parent
_DYNAMIC = re.compile(r"extern\s+__shared__\s+(?:__align__\s*\(\d+\)\s*)?([\w ]+?)\s+(\w+)\s*\[\s*\]\s*;")


def compiler() -> str | None:
    """The C++ compiler: $CXX, or g++; None where there is none, or the system is not Linux."""
    return shutil.which(os.environ.get("CXX", "") or "g++") if sys.platform == "linux" else None


def no_compiler() -> str:
    """Why kernels cannot be simulated here."""
    return "kernels are simulated by compiling them with g++ on Linux; it is not here: install g++, or set CXX"


@functools.lru_cache(maxsize=256)
def library(source: str | Path, defines: tuple[tuple[str, int | float | str], ...]) -> ctypes.CDLL:
    """The compiled source; from the cache if this text was compiled by this compiler before."""
    text = translated(text_of(source), dict(defines))
    return ctypes.CDLL(str(built(text, Path(source).stem)))


def translated(text: str, defines: Mapping[str, int | float | str]) -> str:
    """The source as C++ for the shim, with a launcher for each entry point.

    An unnamed namespace lets each variable in shared memory be of this object alone.
    """
    body = _DYNAMIC.sub(r"\1* \2 = static_cast<\1*>(mocha::dynamic_shared());", with_macros(text, defines))
    launchers = "\n".join(f"MOCHA_ENTRY({name})" for name in entries(text))
    return f'#include "shim.h"\nnamespace {{\n{body}\n}}\n{launchers}\n'


def built(text: str, stem: str) -> Path:
    """The object of a text that was translated."""
    headers = (file.read_text() for file in sorted(HERE.glob("*.h")))
    name = f"{stem}-{fingerprint((text, *headers, _version(), *FLAGS))}.so"
    return kept("simulated", name, functools.partial(_compile, text, stem))


def _compile(text: str, stem: str, target: Path) -> None:
    tool = compiler()
    if tool is None:
        raise DeviceError(no_compiler())
    command = [tool, *FLAGS, f"-I{HERE}", "-", "-o", str(target)]
    done = subprocess.run(command, input=text, capture_output=True, text=True, check=False)
    if done.returncode:
        raise KernelError(f"kernel source {stem!r} does not compile:\n{done.stderr}", log=done.stderr)


@functools.lru_cache(maxsize=1)
def _version() -> str:
    tool = compiler()
    if tool is None:
        raise DeviceError(no_compiler())
    return subprocess.run([tool, "--version"], capture_output=True, text=True, check=False).stdout
