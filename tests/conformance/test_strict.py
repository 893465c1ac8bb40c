"""Every layer of the core on `array_api_strict`: the everyday guard for array libraries that are not at hand."""

from __future__ import annotations

from mocha_core.testing import BackendSuite


class TestStrict(BackendSuite):
    backend = "strict"
