"""What the build of the compiled kernels does on machines that lack something, and with kernels that are wrong."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from .building import compiler, copy_source

pytestmark = [
    pytest.mark.packaging,
    pytest.mark.slow,
    pytest.mark.skipif(os.name == "nt", reason="the compilers that lack something are shell scripts"),
]

PLUGIN = "plugins/mocha_cython"
WITHOUT = "built WITHOUT kernels, the NumPy backend will be used: "
LACKING = """#!/bin/sh
# A C compiler that refuses sources with a certain word.
for word; do
    case "$word" in *.c) if grep -q "{}" "$word"; then exit 1; fi ;; esac
done
exec {} "$@"
"""
CHOICE = """
import logging
logging.basicConfig(level=logging.INFO, format="%(message)s")
from mocha_core import DefaultBackend
from mocha_cython import CythonBackend
print("unusable:", CythonBackend.unusable())
print("taken:", DefaultBackend().name)
"""
UPDATE = """
import numpy as np
from mocha_cython._levels import has_openmp
from mocha_cython.machine import threads_of
from mocha_cython._update import NONE, Update
w, d, h = (np.full(100, x, "float32") for x in (1, 2, 0))
Update(0, 2, "sgd", [(w, d, (h,), NONE, 0.0)]).run((0.5,), [0.25], [1.0])
print(has_openmp(), threads_of(2), w.min(), w.max())
"""
UPDATED = "1 0.5 0.5"


@pytest.fixture(scope="module")
def shop(environment, wheels):
    """An environment in which the package can be built without another."""
    return environment("compiling", wheels["mocha_core"], wheels["mocha_cpu"], "setuptools>=77", "cython>=3.1")


@pytest.fixture
def source(repository, tmp_path):
    """A copy of the package with one family of kernels, so that it is built quickly."""
    copy_source(repository / PLUGIN, tmp_path / "source")
    for path in (tmp_path / "source").rglob("*"):
        if path.suffix == ".pyx" and path.stem not in ("_levels", "_update"):
            path.unlink()
    return tmp_path / "source"


def lacking(folder: Path, word: str) -> str:
    script = folder / "cc"
    script.write_text(LACKING.format(word, compiler()))
    script.chmod(0o755)
    return str(script)


def build(shop, source, **variables):
    command = ("python", source / "setup.py", "build", "--build-lib", source / "built")
    return shop.attempt(*command, **variables)


def modules(source: Path) -> set[str]:
    return {path.name.partition(".")[0] for path in (source / "built").rglob("*.so")}


def test_it_is_installed_without_a_compiler(shop, source):
    command = ("python", "-m", "pip", "install", "-v", "--no-deps", "--no-cache-dir", "--force-reinstall", source)
    done = shop.attempt(*command, CC="/nonexistent")
    assert done.returncode == 0, done.stdout
    assert f"{WITHOUT}no C compiler works here" in done.stdout
    said = shop.run("python", "-c", CHOICE.replace("basicConfig(", "basicConfig(stream=__import__('sys').stdout, "))
    assert "unusable: mocha-cython was installed without its compiled kernels" in said
    assert "backend cython (mocha-cython 0.1.0) passed over: mocha-cython was installed without" in said
    assert "taken: cpu" in said


@pytest.mark.parametrize(
    ("word", "why"),
    [
        ("vector_size", "the C compiler has no vector extensions"),
        ("Python.h", "Python's headers are missing"),
        ("cpu_supports", "the C compiler cannot ask the processor"),
    ],
)
def test_what_a_machine_lacks_is_said(shop, source, tmp_path, word, why):
    done = build(shop, source, CC=lacking(tmp_path, word))
    assert done.returncode == 0, done.stdout
    assert f"{WITHOUT}{why}" in done.stdout
    assert not modules(source)


def test_kernels_can_be_required(shop, source):
    done = build(shop, source, CC="/nonexistent", MOCHA_CYTHON_REQUIRE="1")
    assert done.returncode != 0
    assert "mocha-cython cannot be compiled: no C compiler works here" in done.stdout


def test_without_openmp_there_is_one_thread(shop, source, tmp_path):
    done = build(shop, source, CC=lacking(tmp_path, "omp_pause_resource_all"))
    assert done.returncode == 0, done.stdout
    assert "has no OpenMP 5; the kernels will run on ONE thread" in done.stdout
    said = shop.attempt("python", "-c", UPDATE, PYTHONPATH=str(source / "built")).stdout
    assert said.split() == ["False", *UPDATED.split()]


def test_an_error_in_a_kernel_is_not_taken_for_a_missing_compiler(shop, source):
    compiler()
    with (source / "native/update.c").open("a") as file:
        file.write("this is not C\n")
    done = build(shop, source)
    assert done.returncode != 0
    assert "native/update.c" in done.stdout
    assert WITHOUT not in done.stdout


def test_an_edit_is_compiled_and_the_rest_is_kept(shop, source):
    compiler()
    assert build(shop, source).returncode == 0
    assert modules(source) == {"_levels", "_update"}
    kept = "native/update.c" in build(shop, source).stdout
    os.utime(source / "native/update.h")
    made = "native/update.c" in build(shop, source).stdout
    assert (kept, made) == (False, True)


def test_no_older_kernels_stay_where_none_can_be_made(shop, source):
    suffix = shop.python("import sysconfig; print(sysconfig.get_config_var('EXT_SUFFIX'))").strip()
    older = source / f"src/mocha_cython/_levels{suffix}"
    older.touch()
    command = ("python", source / "setup.py", "build_ext", "--inplace")
    assert shop.attempt(*command, CC="/nonexistent").returncode == 0
    assert not older.exists()
