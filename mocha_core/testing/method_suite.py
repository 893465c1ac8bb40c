"""A test class to inherit from, for the author of a solver method."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

import pytest

from ..backend import Backend
from ..solvers import SolverMethod, SolverParameters
from . import coverage
from .checks.methods import method_is_a_value, rate_and_decay_count, update_as_promised
from .checks.updates import update_matches
from .methods import steered
from .opening import BackendName, name_of, opened

MethodCheck = Callable[[SolverMethod, SolverParameters, Backend], None]
ABOUT_METHOD: tuple[MethodCheck, ...] = (method_is_a_value, update_as_promised, rate_and_decay_count)
"""One backend is enough for these."""


@dataclass(frozen=True)
class MethodTrial:
    """One check of one method on one backend."""

    check: MethodCheck
    backend: BackendName

    def __str__(self) -> str:
        return f"{name_of(self.backend)}-{self.check.__name__}"


class MethodSuite:
    """All checks for a solver method of your own. Inherit, and say what to try.

    method: the method.   params: solver parameters that it cannot do without, or that show more than the defaults.
    backends: names or classes; the reference is always among them.
    optional: where a backend cannot work, its tests are skipped; otherwise that fails the run.

    >>> from mocha_core import SGD
    >>> class TestSGD(MethodSuite):
    ...     method = SGD()
    """

    method: ClassVar[SolverMethod]
    params: ClassVar[Mapping[str, Any]] = {}
    backends: ClassVar[Sequence[BackendName]] = ("strict",)
    optional: ClassVar[bool] = False

    def pytest_generate_tests(self, metafunc: pytest.Metafunc) -> None:
        coverage.pytest_configure(metafunc.config)
        if "method_trial" in metafunc.fixturenames:
            backends = dict.fromkeys(("reference", *self.backends))
            trials = [MethodTrial(check, "reference") for check in ABOUT_METHOD]
            trials += [MethodTrial(update_matches, backend) for backend in backends]
            metafunc.parametrize("method_trial", trials, ids=str)

    def test_method(self, method_trial: MethodTrial, request: pytest.FixtureRequest) -> None:
        """A check holds for the method."""
        method, backend = repr(self.method), name_of(method_trial.backend)
        if self.optional:
            opened(method_trial.backend)
        coverage.asked(request.node, method, backend)
        method_trial.check(self.method, steered(self.method, self.params), opened(method_trial.backend))
        coverage.looked(request.node, method, backend)
