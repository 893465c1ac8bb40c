"""The whole conformance suite of the core, also with pieces so small that every loop turns often."""

from __future__ import annotations

import pytest

from mocha_core.testing import BackendSuite

LIMITS = {
    "mocha_cpu.chunks.ELEMENTS": 5,
    "mocha_cpu.kernels.convolution.pixels.CACHE": 600,
    "mocha_cpu.kernels.max_pooling.CACHE": 200,
    "mocha_cpu.kernels.mean_pooling.CACHE": 200,
    "mocha_cpu.kernels.lrn.CACHE": 200,
    "mocha_cpu.kernels.middle.CACHE": 200,
}


class TestCpu(BackendSuite):
    backend = "cpu"


class TestCpuInSmallPieces(BackendSuite):
    backend = "cpu"

    @pytest.fixture(autouse=True)
    def small_pieces(self, monkeypatch: pytest.MonkeyPatch) -> None:
        for name, limit in LIMITS.items():
            monkeypatch.setattr(name, limit)
