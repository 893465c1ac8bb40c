"""The package is honest: installed and listed, it says that it cannot be used."""

from __future__ import annotations

import pytest

from mocha_core.default_backend import DefaultBackend, survey
from mocha_core.errors import PluginError
from mocha_cython import CythonBackend


def test_naming_it_is_refused_with_what_to_use_instead():
    with pytest.raises(PluginError, match=r"'cython' .mocha-cython .*no compiled kernels yet; use DefaultBackend."):
        DefaultBackend("cython")


def test_it_is_found_with_its_reason():
    mine = next(c for c in survey() if c.name == "cython")
    assert mine.kind is CythonBackend
    assert mine.why == CythonBackend.unusable()


def test_it_gives_no_arrays():
    with pytest.raises(PluginError, match="no compiled kernels yet"):
        _ = CythonBackend().xp
