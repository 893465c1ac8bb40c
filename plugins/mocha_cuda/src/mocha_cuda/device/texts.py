"""Kernel sources as one text each: included files put in, macros in front."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from ..errors import KernelError

SOURCES = Path(__file__).resolve().parents[1] / "sources"

_INCLUDE = re.compile(r'^[ \t]*#[ \t]*include[ \t]+"([^"]+)"[ \t]*$', re.MULTILINE)
_ENTRY = re.compile(
    r'extern\s+"C"\s+__global__\s+void\s+(?:__launch_bounds__\s*\([^()]*\)\s*)?(\w+)\s*\(([^)]*)\)', re.DOTALL
)
_COMMENT = re.compile(r"//[^\n]*|/\*.*?\*/", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Parameter:
    """One parameter of an entry point. kind: its type without `const`, `*` and `__restrict__`, e.g. "float"."""

    name: str
    kind: str
    pointer: bool
    constant: bool


def path_of(source: str | Path) -> Path:
    """The file of a source that is named as `Device.function` allows."""
    path = source if isinstance(source, Path) else SOURCES / f"{source}.cu"
    if not path.is_file():
        raise KernelError(f"there is no kernel source {path.name!r} in {path.parent}")
    return path


@lru_cache(maxsize=256)
def text_of(source: str | Path) -> str:
    """The source with each included file in place of the first line that includes it."""
    return _expand(path_of(source), set())


def with_macros(text: str, defines: Mapping[str, int | float | str]) -> str:
    """The text after one `#define` for each entry.

    >>> print(with_macros("int k = N;", {"N": 3}))
    #define N 3
    int k = N;
    """
    return "\n".join([*(f"#define {name} {value}" for name, value in sorted(defines.items())), text])


@lru_cache(maxsize=256)
def entries(text: str) -> Mapping[str, tuple[Parameter, ...]]:
    """The parameters of each `extern "C" __global__ void` function in a text.

    >>> entries('extern "C" __global__ void twice(const float* x, float* y, long long n) {}')["twice"][0]
    Parameter(name='x', kind='float', pointer=True, constant=True)
    """
    return {name: _parameters(listed) for name, listed in _ENTRY.findall(_COMMENT.sub(" ", text))}


def parameters_of(text: str, source: str | Path, name: str) -> tuple[Parameter, ...]:
    """The parameters of one entry point."""
    known = entries(text)
    if name not in known:
        raise KernelError(f"kernel source {Path(source).name!r} has no entry point {name!r}; it has {', '.join(known)}")
    return known[name]


def _expand(path: Path, seen: set[Path]) -> str:
    """`#line` keeps what compilers say about files and lines true."""
    seen.add(path)
    text = path.read_text()
    parts, start = [f'#line 1 "{path.name}"\n'], 0
    for match in _INCLUDE.finditer(text):
        other = (path.parent / match[1]).resolve()
        if not other.is_file():
            raise KernelError(f"{path.name} includes {match[1]!r}, which is not in {path.parent}")
        parts += [text[start : match.start()], _expand(other, seen) if other not in seen else ""]
        parts.append(f'\n#line {text.count(chr(10), 0, match.end()) + 1} "{path.name}"')
        start = match.end()
    return "".join([*parts, text[start:]])


def _parameters(listed: str) -> tuple[Parameter, ...]:
    return tuple(_parameter(" ".join(one.split())) for one in listed.split(",") if one.strip())


def _parameter(text: str) -> Parameter:
    kind, _, name = text.replace("*", " * ").rpartition(" ")
    words = [word for word in kind.split() if word not in ("const", "__restrict__", "*")]
    return Parameter(name, " ".join(words), "*" in text, "const" in text.split())
