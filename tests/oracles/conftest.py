"""The backends that are held against Caffe."""

from __future__ import annotations

from importlib.util import find_spec

import pytest

from mocha_core import Backend
from mocha_core.testing.opening import opened


@pytest.fixture(scope="module", params=["reference", "strict", "cpu"])
def backend(request: pytest.FixtureRequest) -> Backend:
    """Each in turn; "cpu" where the package mocha-cpu is installed."""
    if request.param == "cpu" and find_spec("mocha_cpu") is None:
        pytest.skip("backend 'cpu': the package mocha-cpu is not installed")
    return opened(request.param)
