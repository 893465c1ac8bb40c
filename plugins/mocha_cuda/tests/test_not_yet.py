"""The package is honest: installed and listed, it says that it cannot be used."""

from __future__ import annotations

import pytest

from mocha_core.default_backend import DefaultBackend, survey
from mocha_core.errors import PluginError
from mocha_cuda import CudaBackend


def test_naming_it_is_refused_with_what_to_use_instead():
    with pytest.raises(PluginError, match=r"'cuda' \(mocha-cuda .*on a GPU yet; use DefaultBackend\('cpu'\)"):
        DefaultBackend("cuda")


def test_it_is_found_with_its_reason():
    mine = next(c for c in survey() if c.name == "cuda")
    assert mine.kind is CudaBackend
    assert mine.why == CudaBackend.unusable()


def test_it_gives_no_arrays():
    with pytest.raises(PluginError, match="cannot compute on a GPU yet"):
        _ = CudaBackend().xp
