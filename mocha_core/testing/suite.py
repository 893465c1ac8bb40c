"""Test classes to inherit from: one for the author of a layer, one for the author of a backend."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import ClassVar

import pytest
from hypothesis.strategies import SearchStrategy

from .. import layers
from ..channels_last import ChannelsLast, ToChannelsFirst, ToChannelsLast
from ..layer import Layer
from ..passes import Fused
from ..solvers import SolverMethod
from . import coverage
from .case import Case
from .cases import FAMILIES
from .checks import CHECKS, Check
from .checks.sources import SourceTrial, source_trials
from .checks.updates import update_matches
from .collectors import COLLECTORS, CollectorTrial
from .exploring import explore
from .family import Family
from .memory import MEMORY_CHECKS, MemoryCheck
from .methods import METHODS, steered
from .opening import BackendName, name_of, opened
from .sources import SOURCES, SourceFamily


@dataclass(frozen=True)
class Trial:
    """One check of one family on one backend."""

    family: Family
    check: Check
    backend: BackendName

    def __str__(self) -> str:
        return f"{self.family.label}-{name_of(self.backend)}-{self.check.name}"

    def run(self) -> None:
        """Look at the plain case, and at others unless the check is for the plain one only."""
        if self.check.plain_only:
            self._look(self.family.plain)
        else:
            explore(self.family.cases, self.family.plain, self._look)

    def _look(self, case: Case) -> None:
        if not isinstance(case.layer, self.family.layer):
            raise TypeError(f"family {self.family.label!r} is of {self.family.layer.__name__}, not of {case.layer!r}")
        for dtype in self.check.dtypes:
            self.check(case, opened(self.backend), dtype)


def trials(families: Sequence[Family], backends: Sequence[BackendName]) -> Iterator[Trial]:
    """Every check that makes sense; those about the layer itself are made on the reference backend."""
    for family in families:
        for check in CHECKS:
            for backend in backends:
                skipped = check.about_spec and name_of(backend) != "reference"
                if not skipped and (family.plain.has_backward() or not check.backprop):
                    yield Trial(family, check, backend)


class _Suite:
    """What both suites do: one test for each check, family and backend."""

    optional: ClassVar[bool] = False

    @classmethod
    def _trials(cls) -> list[Trial]:
        raise NotImplementedError

    def pytest_generate_tests(self, metafunc: pytest.Metafunc) -> None:
        coverage.pytest_configure(metafunc.config)
        if "trial" in metafunc.fixturenames:
            metafunc.parametrize("trial", self._trials(), ids=str)

    def test_layer(self, trial: Trial, request: pytest.FixtureRequest) -> None:
        """A check holds for the plain case of a layer and for random ones."""
        layer, backend = trial.family.layer.__name__, name_of(trial.backend)
        if self.optional:
            opened(trial.backend)
        coverage.asked(request.node, layer, backend)
        trial.run()
        coverage.looked(request.node, layer, backend)


class LayerSuite(_Suite):
    """All checks for a layer of your own. Inherit, and say what to try.

    plain: the most usual case; it must be served by the fast kernel, where somebody offers one.
    cases: a hypothesis strategy for others; shapes with distinct sides find the most (`mocha_core.testing.shapes`).
    backends: names or classes; the reference is always among them.
    optional: where a backend cannot work, its tests are skipped; otherwise that fails the run.

    >>> from mocha_core import PowerLayer
    >>> from mocha_core.testing import Bottom, Case, LayerSuite, shapes
    >>> square = PowerLayer(name="square", power=2, bottoms=["x"], tops=["y"])
    >>> class TestSquare(LayerSuite):
    ...     plain = Case(square, (Bottom((3, 5)),))
    ...     cases = shapes().map(lambda shape: Case(square, (Bottom(shape),)))
    ...     backends = ("strict",)
    """

    plain: ClassVar[Case]
    cases: ClassVar[SearchStrategy[Case]]
    backends: ClassVar[Sequence[BackendName]] = ("strict",)

    @classmethod
    def _trials(cls) -> list[Trial]:
        own = Family(type(cls.plain.layer).__name__, cls.plain, cls.cases)
        return list(trials([own], list(dict.fromkeys(("reference", *cls.backends)))))


class BackendSuite(_Suite):
    """All checks for a backend of your own: every layer and every update of the core, memory, random numbers.

    backend: its name, or its class.   families: of layers to check; add those of layers that only you have.
    sources, methods: data layers and solver methods, likewise.
    optional: where the backend cannot work, its tests are skipped; otherwise that fails the run.

    >>> from mocha_core.testing import BackendSuite
    >>> class TestMine(BackendSuite):
    ...     backend = "strict"
    """

    backend: ClassVar[BackendName]
    families: ClassVar[Sequence[Family]] = FAMILIES
    sources: ClassVar[Sequence[SourceFamily]] = SOURCES
    methods: ClassVar[Sequence[SolverMethod]] = METHODS

    @classmethod
    def _trials(cls) -> list[Trial]:
        return list(trials(cls.families, [cls.backend]))

    def pytest_generate_tests(self, metafunc: pytest.Metafunc) -> None:
        _Suite.pytest_generate_tests(self, metafunc)
        if "memory_check" in metafunc.fixturenames:
            metafunc.parametrize("memory_check", MEMORY_CHECKS, ids=lambda check: check.__name__)
        if "source_trial" in metafunc.fixturenames:
            metafunc.parametrize("source_trial", source_trials(self.sources, name_of(self.backend)), ids=str)
        if "method" in metafunc.fixturenames:
            metafunc.parametrize("method", self.methods, ids=repr)
        if "collector_trial" in metafunc.fixturenames:
            metafunc.parametrize("collector_trial", COLLECTORS, ids=str)

    @pytest.mark.parametrize("dtype", ["float32", "float64"])
    def test_memory(self, memory_check: MemoryCheck, dtype: str) -> None:
        """The backend's arrays hold what is put into them."""
        memory_check(opened(self.backend), dtype)

    def test_update(self, method: SolverMethod, request: pytest.FixtureRequest) -> None:
        """The update kernels, or the method's own mathematics where there is none, train as the method says."""
        if self.optional:
            opened(self.backend)
        coverage.asked(request.node, repr(method), name_of(self.backend))
        update_matches(method, steered(method, {}), opened(self.backend))
        coverage.looked(request.node, repr(method), name_of(self.backend))

    def test_source(self, source_trial: SourceTrial, request: pytest.FixtureRequest, tmp_path: Path) -> None:
        """A check holds for a data layer."""
        layer = source_trial.family.layer.__name__
        if self.optional:
            opened(self.backend)
        coverage.asked(request.node, layer, name_of(self.backend))
        source_trial.run(tmp_path, opened(self.backend))
        coverage.looked(request.node, layer, name_of(self.backend))

    def test_collector(self, collector_trial: CollectorTrial, request: pytest.FixtureRequest, tmp_path: Path) -> None:
        """An output layer is given what the net computed."""
        layer = collector_trial.layer.__name__
        if self.optional:
            opened(self.backend)
        coverage.asked(request.node, layer, name_of(self.backend))
        collector_trial.run(tmp_path, opened(self.backend))
        coverage.looked(request.node, layer, name_of(self.backend))

    def test_every_layer_has_cases(self) -> None:
        """No layer of the core is forgotten."""
        known = {member.layer for members in (self.families, self.sources, COLLECTORS) for member in members}
        forgotten = {layer.__name__ for layer in core_layers() - known}
        assert not forgotten, f"layers without a family in mocha_core.testing.cases: {sorted(forgotten)}"


def core_layers() -> set[type[Layer]]:
    """Every layer that the core offers."""
    found = {value for value in vars(layers).values() if isinstance(value, type) and issubclass(value, Layer)}
    return found | {Fused, ChannelsLast, ToChannelsLast, ToChannelsFirst}
