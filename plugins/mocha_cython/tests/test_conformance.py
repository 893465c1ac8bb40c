"""The whole conformance suite of the core; then the layers that have kernels here, at every level."""

from __future__ import annotations

from typing import ClassVar

from mocha_core.testing import FAMILIES, BackendSuite
from mocha_core.testing.family import Family
from mocha_cython import CythonBackend
from mocha_cython.machine import LEVELS, native

OWN = (
    *("channels-last", "to-channels", "fused", "inner-product", "neuron", "softmax", "accuracy", "dropout"),
    *("element-wise", "power", "split", "concat", "slice"),
)


def with_kernels() -> list[Family]:
    """Families of layers that have kernels here."""
    return [family for family in FAMILIES if family.label.startswith(OWN)]


class AtLevel(CythonBackend):
    """The backend with all choices forced."""

    isa: ClassVar[str]
    team: ClassVar[int]

    def __init__(self) -> None:
        super().__init__(isa=self.isa, threads=self.team)

    @classmethod
    def unusable(cls) -> str | None:
        lacking = f"this processor has no {cls.isa}" if LEVELS.index(cls.isa) > native().best() else None
        return super().unusable() or lacking


class OnBaseline(AtLevel):
    isa, team = "baseline", 1


class OnAvx2(AtLevel):
    isa, team = "avx2", 2


class OnAvx512(AtLevel):
    isa, team = "avx512", 3


class TestCython(BackendSuite):
    backend = "cython"


class SomeLayers(BackendSuite):
    """A suite of fewer families, so that not every layer of the core is among them."""

    test_every_layer_has_cases = None
    families = with_kernels()


class TestBaseline(SomeLayers):
    backend = OnBaseline


class TestAvx2(SomeLayers):
    backend, optional = OnAvx2, True


class TestAvx512(SomeLayers):
    backend, optional = OnAvx512, True
