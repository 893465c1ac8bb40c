"""The examples in the docstrings run and give what they show."""

from __future__ import annotations

import doctest
import importlib.util
import pkgutil

import pytest

PACKAGES = ["mocha_core", "mocha_cpu", "mocha_cuda", "mocha_caffe", "mocha_onnx"]
if importlib.util.find_spec("mocha_cython"):  # only where a C compiler is
    PACKAGES.append("mocha_cython")


def modules() -> list[str]:
    """Every module of every package."""
    found = [*PACKAGES]
    for package in PACKAGES:
        path = importlib.import_module(package).__path__
        found += [m.name for m in pkgutil.walk_packages(path, f"{package}.") if not m.name.endswith("__main__")]
    return found


@pytest.mark.parametrize("name", modules())
def test_examples(name, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    failed, _ = doctest.testmod(importlib.import_module(name), optionflags=doctest.ELLIPSIS)
    assert failed == 0


def test_there_are_examples():
    """So that a scan that finds nothing cannot pass."""
    from mocha_core import blob

    assert doctest.testmod(blob).attempted > 0
