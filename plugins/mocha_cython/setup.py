"""Builds the compiled kernels: each C source once for each instruction set, then one extension module for each family.

Without a C compiler, or one that has no vector extensions (MSVC), the package is built without kernels and says so;
the NumPy backend serves then. MOCHA_CYTHON_REQUIRE=1 makes that an error; MOCHA_CYTHON_SANITIZE=1 builds for the
address sanitizer.
"""

from __future__ import annotations

import os
import platform
import sys
import tempfile
from pathlib import Path

from setuptools import Extension, setup
from setuptools.command.build_ext import build_ext
from setuptools.errors import CCompilerError, CompileError, ExecError, LinkError, PlatformError

HERE = Path(__file__).parent
FAMILIES = {path.stem.lstrip("_"): path for path in sorted((HERE / "src" / "mocha_cython").glob("_*.pyx"))}
X86 = platform.machine().lower() in ("x86_64", "amd64")
LEVELS = {"baseline": (4, [])}
if X86:
    LEVELS["avx2"] = (8, ["-mavx2", "-mfma"])
    LEVELS["avx512"] = (
        16,
        ["-mavx512f", "-mavx512bw", "-mavx512dq", "-mavx512vl", "-mfma", "-mprefer-vector-width=512"],
    )
MISSING = (CCompilerError, CompileError, ExecError, LinkError, PlatformError, FileNotFoundError)
OPENMP = {"darwin": (["-Xpreprocessor", "-fopenmp"], ["-lomp"])}.get(sys.platform, (["-fopenmp"], ["-fopenmp"]))


def sources(family: str) -> list[Path]:
    """The C sources of a family: native/pooling.c, and native/pooling_*.c."""
    native = HERE / "native"
    return sorted({*native.glob(f"{family}.c"), *native.glob(f"{family}_*.c")})


class Build(build_ext):
    """Compiles the families; tells what the compiler lacks."""

    def run(self) -> None:
        try:
            super().run()
        except MISSING as error:
            self._give_up(str(error))

    def build_extensions(self) -> None:
        try:
            self._probe("typedef float v __attribute__((vector_size(16))); v f(v a) { return a + a; }", [])
        except MISSING as error:
            self._give_up(f"the C compiler has no vector extensions; take gcc or clang ({error})")
            self.extensions = []
            return
        self.openmp = self._openmp()
        super().build_extensions()

    def build_extension(self, ext: Extension) -> None:
        family = ext.name.rpartition("._")[2]
        macros = [("MOCHA_X86", "1")] if X86 else []
        ext.define_macros += macros
        ext.include_dirs.append(str(HERE / "native"))
        ext.extra_compile_args += [*self._flags(), *self.openmp[0]]
        ext.extra_link_args += [*self._sanitizer(), *self.openmp[1]]
        for level, (lanes, flags) in LEVELS.items():
            ext.extra_objects += self._objects(family, level, lanes, [*self._flags(), *self.openmp[0], *flags], macros)
        ext.depends = [str(path) for path in (HERE / "native").iterdir()]
        super().build_extension(ext)

    def _objects(
        self, family: str, level: str, lanes: int, flags: list[str], macros: list[tuple[str, str]]
    ) -> list[str]:
        """One object for each source at this level; those that are newer than all sources are kept."""
        built = []
        folder = Path(self.build_temp) / family / level
        newest = max(path.stat().st_mtime for path in [*(HERE / "native").glob("*.h"), HERE / "setup.py"])
        for source in sources(family):
            target = folder / f"{source.stem}.o"
            if not target.exists() or target.stat().st_mtime < max(newest, source.stat().st_mtime):
                folder.mkdir(parents=True, exist_ok=True)
                made = self.compiler.compile(
                    [os.path.relpath(source)],
                    output_dir=str(folder),
                    macros=[*macros, ("MOCHA_ISA", level), ("MOCHA_LANES", str(lanes))],
                    include_dirs=[str(HERE / "native")],
                    extra_preargs=["-std=gnu11"],
                    extra_postargs=flags,
                )
                Path(made[0]).replace(target)
            built.append(str(target))
        return built

    def _flags(self) -> list[str]:
        warnings = ["-Wall", "-Wno-psabi", "-Wno-unknown-pragmas"]
        return ["-O3", "-fno-math-errno", "-fno-trapping-math", "-g0", *warnings, *self._sanitizer()]

    def _sanitizer(self) -> list[str]:
        asked = os.environ.get("MOCHA_CYTHON_SANITIZE")
        return ["-fsanitize=address,undefined", "-fno-omit-frame-pointer", "-g"] if asked else []

    def _openmp(self) -> tuple[list[str], list[str]]:
        """The flags for OpenMP, if the compiler has it; one thread otherwise."""
        try:
            self._probe("#include <omp.h>\nint f(void) { return omp_get_max_threads(); }", OPENMP[0])
        except MISSING:
            print("mocha-cython: this compiler has no OpenMP; the kernels will run on one thread", file=sys.stderr)
            return [], []
        return OPENMP

    def _probe(self, code: str, flags: list[str]) -> None:
        with tempfile.TemporaryDirectory() as folder:
            source = Path(folder) / "probe.c"
            source.write_text(code + "\n")
            self.compiler.compile([str(source)], output_dir=folder, extra_postargs=flags)

    def _give_up(self, why: str) -> None:
        if os.environ.get("MOCHA_CYTHON_REQUIRE"):
            raise PlatformError(f"mocha-cython cannot be compiled: {why}")
        print(f"mocha-cython: built WITHOUT kernels, the NumPy backend will be used: {why}", file=sys.stderr)


setup(
    ext_modules=[
        Extension(f"mocha_cython._{family}", [os.path.relpath(path, HERE)], optional=False)
        for family, path in FAMILIES.items()
    ],
    cmdclass={"build_ext": Build},
)
