"""The conformance kit for the layers of this package."""

from __future__ import annotations

from mocha_core.testing import BackendSuite

from . import cases, fork_cases, ssd_cases


class OwnLayers(BackendSuite):
    """A suite of this package's layers only; the backends themselves are tested elsewhere."""

    families = (*cases.FAMILIES, *ssd_cases.FAMILIES, *fork_cases.FAMILIES)
    test_every_layer_has_cases = None
    test_memory = None
    test_source = None
    test_collector = None


class TestReference(OwnLayers):
    backend = "reference"


class TestStrict(OwnLayers):
    backend = "strict"


class TestCpu(OwnLayers):
    backend = "cpu"
