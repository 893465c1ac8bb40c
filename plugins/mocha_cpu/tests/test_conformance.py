"""The whole conformance suite of the core on this backend."""

from __future__ import annotations

from mocha_core.testing import BackendSuite


class TestCpu(BackendSuite):
    backend = "cpu"
