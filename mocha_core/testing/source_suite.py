"""A test class to inherit from, for the author of a data layer."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import ClassVar

import pytest

from ..layer import Layer
from . import coverage
from .checks.sources import SourceTrial, source_trials
from .opening import BackendName, name_of, opened
from .sources import SourceFamily


class SourceSuite:
    """All checks for a data layer of your own. Inherit, and say how to make one.

    make: given a folder, and whether to shuffle, a layer that reads the arrays in `mocha_core.testing.DATA`, in batches
    of `mocha_core.testing.BATCH`; it may write them to files in that folder.
    shuffles: False for a layer that always reads in order; `make` is then never asked to shuffle.
    backends: names or classes; the reference is always among them.
    optional: where a backend cannot work, its tests are skipped; otherwise that fails the run.

    >>> from mocha_core import MemoryDataLayer
    >>> from mocha_core.testing import BATCH, DATA
    >>> class TestMemory(SourceSuite):
    ...     layer = MemoryDataLayer
    ...
    ...     def make(self, folder, shuffle):
    ...         return MemoryDataLayer(data=list(DATA.values()), batch_size=BATCH, shuffle=shuffle)
    """

    layer: ClassVar[type[Layer]]
    shuffles: ClassVar[bool] = True
    backends: ClassVar[Sequence[BackendName]] = ()
    optional: ClassVar[bool] = False

    def make(self, folder: Path, shuffle: bool) -> Layer:
        """The layer to check."""
        raise NotImplementedError(f"{type(self).__name__} has no make(folder, shuffle)")

    def pytest_generate_tests(self, metafunc: pytest.Metafunc) -> None:
        coverage.pytest_configure(metafunc.config)
        if "source_trial" in metafunc.fixturenames:
            family = SourceFamily(self.layer, self.make, shuffles=self.shuffles)
            pairs = [
                (backend, trial)
                for backend in dict.fromkeys(("reference", *self.backends))
                for trial in source_trials([family], name_of(backend))
            ]
            ids = [f"{name_of(backend)}-{trial}" for backend, trial in pairs]
            metafunc.parametrize(("source_backend", "source_trial"), pairs, ids=ids)

    def test_source(
        self, source_backend: BackendName, source_trial: SourceTrial, request: pytest.FixtureRequest, tmp_path: Path
    ) -> None:
        """A check holds for the data layer."""
        layer, backend = self.layer.__name__, name_of(source_backend)
        if self.optional:
            opened(source_backend)
        coverage.asked(request.node, layer, backend)
        source_trial.run(tmp_path, opened(source_backend))
        coverage.looked(request.node, layer, backend)
