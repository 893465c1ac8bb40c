"""Builds the compiled kernels: each C source once for each instruction set, then one extension module for each family.

What only the machine lacks (a C compiler, vector extensions, Python's headers) is no error: the package is built
without kernels, says so, and the NumPy backend serves; MOCHA_CYTHON_REQUIRE=1 makes it an error. What the compiler
finds wrong in the kernels always is one. Objects are kept in build/kernels and made anew when a file that they were
made of changes. MOCHA_CYTHON_SANITIZE=1 builds for the sanitizers, with gcc.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import sys
import sysconfig
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

from setuptools import Extension, setup
from setuptools.command.build_ext import build_ext
from setuptools.errors import CCompilerError, CompileError, ExecError, LinkError, PlatformError

os.chdir(Path(__file__).resolve().parent)  # relative paths, so that a folder's name with blanks does no harm
NATIVE = Path("native")
FAMILIES = {path.stem.lstrip("_"): path for path in sorted(Path("src/mocha_cython").glob("_*.pyx"))}
X86 = sysconfig.get_platform().endswith(("x86_64", "amd64")) and sys.maxsize > 2**32
REQUIRE, SANITIZE = (bool(os.environ.get(f"MOCHA_CYTHON_{name}")) for name in ("REQUIRE", "SANITIZE"))
FAILED = (CCompilerError, CompileError, ExecError, LinkError, PlatformError, OSError)


@dataclass(frozen=True)
class Level:
    """An instruction set: how many floats a vector has, and what the compiler is told."""

    name: str
    lanes: int
    flags: tuple[str, ...] = ()


AVX512 = ("-mavx512f", "-mavx512bw", "-mavx512dq", "-mavx512vl", "-mfma", "-mprefer-vector-width=512")
LEVELS = [Level("baseline", 4)]
if X86:
    LEVELS += [Level("avx2", 8, ("-mavx2", "-mfma")), Level("avx512", 16, AVX512)]

WARNINGS = ("-Wall", "-Wno-psabi", "-Wno-unknown-pragmas")
FAST = ("-std=gnu11", "-O3", "-g0", "-fno-math-errno", "-fno-trapping-math", "-fvisibility=hidden")
CHECKED = ("-O1", "-g1", "-fno-omit-frame-pointer", "-fno-sanitize-recover=all", "-fsanitize=address")
CHECKED += ("-fsanitize=alignment,bounds,shift,signed-integer-overflow,integer-divide-by-zero,float-cast-overflow",)
CHECKED += ("--param=asan-instrumentation-with-call-threshold=0",)  # of gcc; calls are compiled much faster
SANITIZER = CHECKED if SANITIZE else ()
STRIP = ("-Wl,-s",) if sys.platform == "linux" and not SANITIZE else ()

VECTORS = "typedef float v __attribute__((vector_size(64))); void f(v *a, const v *b) { *a += *b; }"
SUPPORTS = 'int f(void) { __builtin_cpu_init(); return __builtin_cpu_supports("avx512f"); }' if X86 else "int f;"
OPENMP = "#include <omp.h>\nint f(void) { return omp_pause_resource_all(omp_pause_soft); }"  # new in OpenMP 5


def openmp_flags(clang_cl: str | None) -> list[tuple[list[str], list[str]]]:
    """Flags for compiler and linker that may bring OpenMP, in the order in which they are tried."""
    if clang_cl:
        return [(["-openmp"], [f"/LIBPATH:{Path(clang_cl).parents[1] / 'lib'}"])]
    plain = [(["-fopenmp"], ["-fopenmp"])]
    if sys.platform != "darwin":
        return plain
    apple = [(["-Xpreprocessor", "-fopenmp"], ["-lomp"])]
    homes = [Path(home, "opt/libomp") for home in ("/opt/homebrew", "/usr/local")]
    return plain + apple + [([*apple[0][0], f"-I{home}/include"], [f"-L{home}/lib", "-lomp"]) for home in homes]


def sources(family: str) -> list[Path]:
    """The C sources of a family: native/pooling.c, and native/pooling_*.c."""
    return sorted({*NATIVE.glob(f"{family}.c"), *NATIVE.glob(f"{family}_*.c")})


def current(target: Path) -> bool:
    """Whether an object is newer than every file that it was made of, as the compiler listed them."""
    listed = target.with_suffix(".d")
    if not (target.exists() and listed.exists()):
        return False
    made_of = listed.read_text().partition(": ")[2].replace("\\\n", " ").split()
    return all(Path(name).exists() and Path(name).stat().st_mtime < target.stat().st_mtime for name in made_of)


class Build(build_ext):
    """Looks at the compiler, compiles the kernels on all cores, then builds the modules."""

    def run(self) -> None:
        self.beside_sources = bool(self.inplace)
        if self.editable_mode:  # pip gives new folders each time, in which nothing would be kept
            base = Path(self.get_finalized_command("build").build_base, f"editable-{sys.implementation.cache_tag}")
            self.build_temp, self.build_lib = str(base / "temp"), str(base / "lib")
        super().run()

    def build_extensions(self) -> None:
        self.clang_cl = shutil.which("clang-cl") if self.compiler.compiler_type == "msvc" else None
        why = self._lacking()
        if why is not None:
            self._give_up(why)
            return
        self.openmp = self._openmp()
        self.parallel = self.parallel or os.cpu_count() or 1
        with ThreadPoolExecutor(self.parallel) as pool:
            objects = {
                family: [pool.submit(self._object, source, level) for source in sources(family) for level in LEVELS]
                for family in FAMILIES
            }
            self._translate()
            for ext in self.extensions:
                made = objects[ext.name.rpartition("._")[2]]
                self._complete(ext, [future.result() for future in made])
        super().build_extensions()

    def _lacking(self) -> str | None:
        """Why this machine cannot compile kernels; None if it can."""
        better = "clang-cl" if self.compiler.compiler_type == "msvc" else "gcc or clang"
        highest = LEVELS[-1]
        try:
            if self.clang_cl:
                self.compiler.initialize()
                self.compiler.cc = self.clang_cl
            self._probe("int f;")
        except FAILED as error:
            return f"no C compiler works here ({error})"
        probes = [
            (VECTORS, (), f"the C compiler has no vector extensions; use {better}"),
            (VECTORS, highest.flags, f"the C compiler does not know {highest.name}; use a newer one"),
            (SUPPORTS, (), f"the C compiler cannot ask the processor for its instruction sets; use {better}"),
            ("#include <Python.h>", (), "Python's headers are missing; install them (python3-dev, python3-devel)"),
        ]
        return next((why for code, flags, why in probes if not self._works(code, self._flags(flags))), None)

    def _openmp(self) -> tuple[list[str], list[str]]:
        """Flags for compiler and linker, if there is OpenMP 5; one thread otherwise."""
        for compiling, linking in openmp_flags(self.clang_cl):
            if self._works(OPENMP, compiling, linking):
                return compiling, linking
        print("mocha-cython: this compiler has no OpenMP 5; the kernels will run on ONE thread", file=sys.stderr)
        return [], []

    def _works(self, code: str, compiling: list[str], linking: list[str] | None = None) -> bool:
        try:
            self._probe(code, compiling, linking)
        except FAILED:
            return False
        return True

    def _probe(self, code: str, compiling: list[str] | None = None, linking: list[str] | None = None) -> None:
        with tempfile.TemporaryDirectory() as folder:
            source = Path(folder) / "probe.c"
            source.write_text(code + "\n")
            made = self.compiler.compile([str(source)], output_dir=folder, extra_postargs=compiling or [])
            self.compiler.link_shared_object(made, str(Path(folder) / "probe.so"), extra_postargs=linking or [])

    def _give_up(self, why: str) -> None:
        if REQUIRE:
            raise PlatformError(f"mocha-cython cannot be compiled: {why}")
        print(f"mocha-cython: built WITHOUT kernels, the NumPy backend will be used: {why}", file=sys.stderr)
        self.extensions = []
        if self.beside_sources:  # those of an earlier build would be taken for the kernels of these sources
            for module in Path("src/mocha_cython").glob(f"_*{sysconfig.get_config_var('EXT_SUFFIX')}"):
                module.unlink()

    def _flags(self, flags: tuple[str, ...]) -> list[str]:
        """As this compiler takes them: clang-cl wants those of clang marked."""
        return [f"/clang:{flag}" for flag in flags] if self.clang_cl else [*flags]

    def _object(self, source: Path, level: Level) -> str:
        """A source's object at a level; one that is current is kept."""
        unused = () if self.openmp[0] else ("-Wno-unused-variable", "-Wno-unused-function")
        flags = [*self._flags((*FAST, *level.flags, *WARNINGS, *unused, *SANITIZER)), *self.openmp[0]]
        known = " ".join([*map(str, getattr(self.compiler, "compiler_so", [self.clang_cl])), *flags])
        tag = hashlib.sha256(known.encode()).hexdigest()[:10]
        folder = Path(self.get_finalized_command("build").build_base, "kernels", f"{level.name}-{tag}")
        target = Path(self.compiler.object_filenames([str(source)], output_dir=str(folder))[0])
        if self.force or not current(target):
            began = time.time()
            self.compiler.compile(
                [str(source)],
                output_dir=str(folder),
                macros=[*self._macros(), ("MOCHA_ISA", level.name), ("MOCHA_LANES", str(level.lanes))],
                include_dirs=[str(NATIVE)],
                extra_postargs=[*flags, *self._flags(("-MMD", f"-MF{target.with_suffix('.d')}"))],
            )
            os.utime(target, (began, began))  # an edit while it was compiled makes it old
        return str(target)

    def _macros(self) -> list[tuple[str, str]]:
        return [("MOCHA_X86", "1")] if X86 else []

    def _translate(self) -> None:
        """Cython's C, in the build folder."""
        from Cython.Build import cythonize

        made = cythonize([*self.extensions], build_dir=str(Path(self.build_temp, "cython")), quiet=True)
        for ext, translated in zip(self.extensions, made, strict=True):
            ext.sources = translated.sources

    def _complete(self, ext: Extension, objects: list[str]) -> None:
        ext.extra_objects, ext.include_dirs = objects, [str(NATIVE)]
        ext.define_macros = self._macros()
        ext.extra_compile_args = [*self._flags(("-O1" if SANITIZE else "-O2", "-g0")), *self.openmp[0]]
        ext.extra_link_args = [*STRIP, *SANITIZER, *self.openmp[1]]
        ext.libraries = [] if self.clang_cl else ["m"]
        headers = [str(path) for path in NATIVE.glob("*.h")]
        ext.depends = [*objects, *(headers if not objects else []), self._recipe(ext)]

    def _recipe(self, ext: Extension) -> str:
        """A file that changes when what a module is linked of does, for example with another compiler's objects."""
        path = Path(self.build_temp, f"{ext.name}.txt")
        lines = "\n".join([*ext.extra_objects, *ext.extra_compile_args, *ext.extra_link_args])
        if not path.exists() or path.read_text() != lines:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(lines)
        return str(path)


setup(
    ext_modules=[Extension(f"mocha_cython._{family}", [path.as_posix()]) for family, path in FAMILIES.items()],
    cmdclass={"build_ext": Build},
)
