"""Solver parameters: the defaults of a method, overridden by what is given, and checked."""

from __future__ import annotations

import math
import os
from collections.abc import Iterator, Mapping
from typing import Any, Self

from ..errors import OptionError, suggest
from ..option_types import is_number
from .checking import check_positive, plain
from .method import SolverMethod
from .policies import LRPolicy, MomPolicy, Policy, is_policy_of

COMMON: Mapping[str, Any] = {
    "max_iter": None,
    "regu_coef": 0.0005,
    "load_from": "",
    "load_solver_state": True,
    "clip_gradients": None,
    "iter_size": 1,
}

OLD_NAMES = {
    "momentum": ("mom_policy=MomPolicy.Fixed({value!r})", "beta1={value!r}"),
    "momentum2": ("beta2={value!r}",),
    "rms_decay": ("rho={value!r}",),
    "delta": ("epsilon={value!r}", "eps={value!r}"),
    "base_lr": ("lr_policy=LRPolicy.Fixed({value!r})",),
    "learning_rate": ("lr_policy=LRPolicy.Fixed({value!r})",),
    "lr": ("lr_policy=LRPolicy.Fixed({value!r})",),
    "weight_decay": (
        "regu_coef={value!r} (the gradient of L2Regu() is 2 w: half of Caffe's weight_decay does the same)",
    ),
}
"""What users write who know an older Mocha or Caffe; what it is called here depends on the method."""


class SolverParameters(Mapping[str, Any]):
    """What a solver is told: a read-only mapping, made by `make_solver_parameters`.

    >>> from mocha_core import SGD, make_solver_parameters
    >>> params = make_solver_parameters(SGD(), max_iter=100)
    >>> params.replace(max_iter=200)["max_iter"]
    200
    """

    def __init__(self, method: SolverMethod, values: Mapping[str, Any]) -> None:
        self.method, self._values = method, dict(values)

    def replace(self, **changes: Any) -> Self:
        """A copy with other values, checked again."""
        return type(self)(self.method, make_solver_parameters(self.method, **{**self._values, **changes}))

    def __getitem__(self, name: str) -> Any:
        return self._values[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._values)

    def __len__(self) -> int:
        return len(self._values)

    def __repr__(self) -> str:
        given = ", ".join(f"{name}={value!r}" for name, value in self._values.items())
        return f"make_solver_parameters({self.method!r}, {given})"


def make_solver_parameters(method: SolverMethod, **options: Any) -> SolverParameters:
    """The parameters of a solver with this method.

    max_iter: how many updates in all, those before a resume included; must be given. `float("inf")` trains until it
    is stopped.   regu_coef: scales every regularizer.
    load_from: where training starts: a folder of snapshots (its newest good one), a snapshot, or a model file.
    load_solver_state: False takes only the parameters of a snapshot, and counts from iteration 0.
    clip_gradients: a gradient whose L2 norm, over all parameters together, is above this is scaled down to it, before
    regularisation; None leaves it alone. Parameters that do not learn (rate 0) do not count.
    iter_size: the gradient of an update is the mean over so many batches, as if they were one large one. (The norm that
    is clipped is that of the sum over the batches, as in Caffe.)
    The other names are the method's own; an unknown name is an `OptionError`.
    """
    if not isinstance(method, SolverMethod):
        raise OptionError(f"make_solver_parameters needs a method such as SGD(), not {method!r}")
    known = {**COMMON, **method.defaults()}
    for name, value in options.items():
        if name not in known:
            raise OptionError(f"{method!r} has no parameter {name!r}{_hint(name, value, known)}")
    params = SolverParameters(method, {name: plain(value) for name, value in {**known, **options}.items()})
    _check_common(params)
    _check_gradients(params)
    _check_policies(params)
    method.check_params(params)
    return params


def _hint(name: str, value: object, known: Mapping[str, Any]) -> str:
    for today in OLD_NAMES.get(name, ()):
        if today.partition("=")[0] in known:
            return "; write " + today.format(value=value)
    return suggest(name, known)


def _check_common(params: SolverParameters) -> None:
    max_iter, regu_coef = params["max_iter"], params["regu_coef"]
    if max_iter is None:
        raise OptionError('max_iter is missing: max_iter=10000, or max_iter=float("inf") to train until stopped')
    endless = isinstance(max_iter, float) and max_iter == math.inf
    if not endless and not _is_count(max_iter, least=0):
        raise OptionError(f"max_iter is a number of updates, at least 0, not {max_iter!r}")
    if not is_number(regu_coef) or regu_coef < 0:
        raise OptionError(f"regu_coef is at least 0, not {regu_coef!r}")
    if not isinstance(params["load_from"], str | os.PathLike):
        raise OptionError(f'load_from is a path ("" for none), not {params["load_from"]!r}')
    if not isinstance(params["load_solver_state"], bool):
        raise OptionError(f"load_solver_state is True or False, not {params['load_solver_state']!r}")


def _check_gradients(params: SolverParameters) -> None:
    if params["clip_gradients"] is not None:
        check_positive(params, "clip_gradients")
    iter_size = params["iter_size"]
    if not _is_count(iter_size, least=1):
        raise OptionError(f"iter_size is a number of batches, at least 1, not {iter_size!r}")


def _is_count(value: Any, least: int) -> bool:
    return is_number(value) and value >= least and value % 1 == 0


def _check_policies(params: SolverParameters) -> None:
    for name, family in (("lr_policy", LRPolicy), ("mom_policy", MomPolicy)):
        if name in params and not is_policy_of(family, params[name]):
            raise OptionError(f"{name} is a policy such as {_example(family, params[name])}, not {params[name]!r}")


def _example(family: type[LRPolicy] | type[MomPolicy], value: object) -> str:
    base = getattr(value, "base", 0.01) if isinstance(value, Policy) else value if is_number(value) else 0.01
    return f"{family.__name__}.Fixed({base})"
