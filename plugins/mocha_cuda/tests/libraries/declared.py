"""What NVIDIA's headers declare, read by a C++ compiler: the kinds of a function's parameters, numbers, structures."""

from __future__ import annotations

import ctypes
import shutil
import subprocess
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

COMPILER = shutil.which("g++") or shutil.which("c++")

KINDS: Mapping[Any, str] = {
    ctypes.c_void_p: "pointer",
    ctypes.c_char_p: "pointer",
    ctypes.c_int: "int",
    ctypes.c_size_t: "size",
    ctypes.c_longlong: "long",
}

TELL = r"""
#include <cstddef>
#include <cstdio>
#include <type_traits>

template <class T> const char* kind() {
  if (std::is_pointer<T>::value) return " pointer";
  if (std::is_same<T, size_t>::value) return " size";
  if (std::is_same<T, long long>::value) return " long";
  return (std::is_enum<T>::value || std::is_same<T, int>::value) && sizeof(T) == 4 ? " int" : " other";
}

template <class F> struct Function;
template <class R, class... Parameters> struct Function<R (*)(Parameters...)> {
  static void tell(const char* name) {
    std::printf("%s", name);
    (std::printf("%s", kind<Parameters>()), ...);
    std::printf("\n");
  }
};

#define FUNCTION(name) Function<decltype(&name)>::tell(#name)
#define NUMBER(name) std::printf(#name " %d\n", (int)name)
#define FIELD(type, name) std::printf(#type "." #name " %zu\n", offsetof(type, name))
#define SIZE(type) std::printf(#type " %zu\n", sizeof(type))
"""

AS_C = """
#include <cuda_bf16.h>
#include <cuda_fp16.h>
#include <cuda_runtime.h>
#undef __cplusplus
"""
"""For C++ the headers of cuBLAS add functions of the same names, of which nothing is exported."""


def folders(*libraries: str) -> list[Path]:
    """Where their headers lie, as `cuda.pathfinder` knows the libraries; none if one is nowhere."""
    try:
        from cuda.pathfinder import find_nvidia_header_directory
    except ImportError:
        return []
    found = [find_nvidia_header_directory(name) for name in libraries]
    return [Path(folder) for folder in found if folder] if all(found) else []


def declared(header: str, places: Sequence[Path], asked: Iterable[str], into: Path) -> dict[str, list[str]]:
    """What the header says of each thing asked for, by its name.

    asked: as "FUNCTION(cudnnCreate)", "NUMBER(CUDNN_DATA_FLOAT)", "FIELD(type, name)" or "SIZE(type)".
    """
    source, program = into / "tell.cpp", into / "tell"
    body = "".join(f"  {each};\n" for each in asked)
    source.write_text(f"{TELL}\n{AS_C}\n#include <{header}>\n\nint main() {{\n{body}}}\n")
    include = [f"-I{place}" for place in places]
    command = [str(COMPILER), "-std=c++17", "-w", *include, str(source), "-o", str(program)]
    subprocess.run(command, check=True)
    said = subprocess.run([program], capture_output=True, text=True, check=True).stdout
    lines = [line.split() for line in said.splitlines()]
    return {name: rest for name, *rest in lines}


def kinds(signature: Iterable[Any]) -> list[str]:
    """The parameters of a function, as `declared` calls them."""
    return [KINDS[each] for each in signature]
