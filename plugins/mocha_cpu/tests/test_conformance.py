"""Every layer of the core on the NumPy backend, compared with the float64 reference."""

from __future__ import annotations

from mocha_core.testing import BackendSuite


class TestCpu(BackendSuite):
    backend = "cpu"
