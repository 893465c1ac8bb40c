"""Kernel sources compiled for the processor by g++, once for each text; objects are kept in the folder for caches."""

from __future__ import annotations

import atexit
import ctypes
import functools
import hashlib
import os
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Mapping
from pathlib import Path

from mocha_core.io.cache_folder import cache_folder

from ..device.texts import entries, text_of, with_macros
from ..errors import DeviceError, KernelError

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
    name = f"{stem}-{_fingerprint(text)}.so"
    kept = (cache_folder() or _own_folder()) / "simulated" / name
    if not kept.exists():
        kept.parent.mkdir(parents=True, exist_ok=True)
        _compile(text, kept, stem)
    return kept


def _compile(text: str, target: Path, stem: str) -> None:
    """Other processes may compile the same text: each writes its own file and moves it into place."""
    tool = compiler()
    if tool is None:
        raise DeviceError(no_compiler())
    with tempfile.TemporaryDirectory(dir=target.parent) as folder:
        made = Path(folder) / target.name
        command = [tool, *FLAGS, f"-I{HERE}", "-", "-o", str(made)]
        done = subprocess.run(command, input=text, capture_output=True, text=True, check=False)
        if done.returncode:
            raise KernelError(f"kernel source {stem!r} does not compile:\n{done.stderr}", log=done.stderr)
        made.replace(target)


def _fingerprint(text: str) -> str:
    parts = (text, *(file.read_text() for file in sorted(HERE.glob("*.h"))), _version(), *FLAGS)
    return hashlib.blake2b("\0".join(parts).encode(), digest_size=12).hexdigest()


@functools.lru_cache(maxsize=1)
def _own_folder() -> Path:
    """For a user without a home: kept until this process ends."""
    folder = tempfile.mkdtemp(prefix="mocha-")
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    return Path(folder)


@functools.lru_cache(maxsize=1)
def _version() -> str:
    tool = compiler()
    if tool is None:
        raise DeviceError(no_compiler())
    return subprocess.run([tool, "--version"], capture_output=True, text=True, check=False).stdout
