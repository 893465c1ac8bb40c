"""The compiled kernels keep to their arrays: built for gcc's sanitizers, they run through their tests of odd shapes.

Every array lies on the heap and is exactly as long as it should be, so that one float too far is seen. That it is seen
is proved first, at every level, with an array that is one float shorter than it says.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from .building import call, copy_source

machine = pytest.importorskip("mocha_cython.machine", reason="mocha-cython is installed only where a C compiler is")
pytestmark = [pytest.mark.packaging, pytest.mark.slow]

PLUGIN = "plugins/mocha_cython"
PLANTED = """
import sys
import numpy as np
import mocha_cython._elementwise as compiled

level, short = int(sys.argv[1]), sys.argv[2]
def array(name):
    return np.lib.stride_tricks.as_strided(np.zeros(19 - (short == name), "float32"), (19,), (4,))
compiled.Map(level, 1, "relu", (0.0,), array("y"), array("x")).run()
print("done", compiled.__file__)
"""
LIMIT = 600
"""Seconds after which a run is stopped; alone on a machine of two cores it takes less than a tenth of that."""


def sanitizer() -> str:
    """Where gcc keeps the address sanitizer."""
    compiler = os.environ.get("CC", "cc").split()
    try:
        said = subprocess.run([*compiler, "-print-file-name=libasan.so"], capture_output=True, text=True).stdout.strip()
    except FileNotFoundError:
        said = "no compiler"
    if not Path(said).is_absolute():
        pytest.skip(f"needs the address sanitizer of gcc, which {' '.join(compiler)} has not ({said})")
    return said


@pytest.fixture(scope="module")
def checked(repository, tmp_path_factory):
    """The environment of a process that uses kernels with sanitizers, built of a copy of the sources."""
    runtime, folder = sanitizer(), tmp_path_factory.mktemp("sanitized")
    copy_source(repository / PLUGIN, folder / "source")
    asked = {"MOCHA_CYTHON_SANITIZE": "1", "MOCHA_CYTHON_REQUIRE": "1"}
    installing = [sys.executable, "-m", "pip", "install", "-q", "--no-deps", "--target", str(folder / "built")]
    call([*installing, str(folder / "source")], folder, asked)
    found = [folder / "built", repository / PLUGIN / "tests/sanitizer"]
    return asked | {
        "LD_PRELOAD": runtime,
        "ASAN_OPTIONS": "detect_leaks=0",
        "PYTHONMALLOC": "malloc",
        "PYTHONPATH": os.pathsep.join(map(str, found)),
        "OMP_NUM_THREADS": "2",
        "OPENBLAS_NUM_THREADS": "1",
    }


def run(checked: dict[str, str], cwd: Path, *arguments: object) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, *map(str, arguments)],
        cwd=cwd,
        env=os.environ | checked,
        capture_output=True,
        text=True,
        timeout=LIMIT,
    )


def files_of(folder: Path) -> list[str]:
    """The files that test kernels one by one."""
    kernels = re.compile(r"^from mocha_cython\.(kernels|_(?!levels))", re.MULTILINE)
    return [str(path) for path in sorted(folder.glob("test_*.py")) if kernels.search(path.read_text())]


@pytest.mark.parametrize("isa", machine.LEVELS[: machine.native().best() + 1])
def test_one_float_too_far_is_seen(checked, tmp_path, isa):
    level = machine.LEVELS.index(isa)
    fine = run(checked, tmp_path, "-c", PLANTED, level, "none")
    assert fine.returncode == 0, fine.stderr
    assert "built/mocha_cython/_elementwise" in fine.stdout
    for short, what in (("x", "READ"), ("y", "WRITE")):
        found = run(checked, tmp_path, "-c", PLANTED, level, short)
        assert found.returncode != 0
        assert re.search(rf"AddressSanitizer: heap-buffer-overflow.*\n{what} of size 4", found.stderr), found.stderr


def check(checked, repository, cwd, *chosen):
    options = ("-q", "--capture=no", "-p", "no:cacheprovider", "-p", "exact", "-c", repository / "pyproject.toml")
    done = run(checked, cwd, "-m", "pytest", *options, *chosen)
    assert done.returncode == 0, f"{done.stdout[-4000:]}\n{done.stderr[-8000:]}"
    return int(re.search(r"(\d+) passed", done.stdout)[1])


def test_kernels_stay_within_their_arrays(checked, repository, tmp_path):
    files = files_of(repository / PLUGIN / "tests")
    assert len(files) >= 8
    assert check(checked, repository, tmp_path, *files) > 100


def test_layers_stay_within_their_arrays(checked, repository, tmp_path):
    suite = repository / PLUGIN / "tests/test_conformance.py"
    assert check(checked, repository, tmp_path, suite, "-k", "(Baseline or Avx) and backward_matches") > 50
