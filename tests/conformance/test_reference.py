"""Every layer of the core, as written, on NumPy."""

from __future__ import annotations

from mocha_core.testing import BackendSuite


class TestReference(BackendSuite):
    backend = "reference"
