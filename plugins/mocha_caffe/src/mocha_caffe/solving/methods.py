"""Caffe's solver types in Mocha's terms."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from mocha_core.errors import MochaError, OptionError
from mocha_core.solvers import (
    SGD,
    Adadelta,
    Adagrad,
    Adam,
    MomPolicy,
    Nesterov,
    RMSProp,
    SolverMethod,
    SolverParameters,
    make_solver_parameters,
)

from ..formats import Message
from .rates import rate_of

Options = Callable[[Message], dict[str, Any]]


def parameters_of(solver: Message, load_from: str = "") -> SolverParameters:
    """Method and parameters of a solver, from its message in the current format; `.method` is the method.

    Raises `OptionError` with the file for what Caffe refuses, and for values that cannot work.
    """
    kind = str(solver.type)
    if kind not in METHODS:
        raise OptionError(f"{solver.place}: {kind!r} is no type of solver; known are {', '.join(METHODS)}")
    make, options = METHODS[kind]
    _require(solver, "base_lr", "lr_policy", "max_iter")
    try:
        return make_solver_parameters(make(), **_common(solver), **options(solver), load_from=load_from)
    except MochaError as error:
        raise type(error)(f"{solver.place}: {kind} solver: {error}") from error


def _common(solver: Message) -> dict[str, Any]:
    clip = solver.clip_gradients
    return {
        "max_iter": solver.max_iter,
        "regu_coef": solver.weight_decay,
        "lr_policy": rate_of(solver),
        "clip_gradients": None if clip < 0 else clip,
        "iter_size": solver.iter_size,
    }


def _require(solver: Message, *names: str) -> None:
    for name in names:
        if name not in solver:
            raise OptionError(f"{solver.place}: the solver has no {name}; add a line such as {EXAMPLES[name]}")


def _momentum(solver: Message) -> dict[str, Any]:
    return {"mom_policy": MomPolicy.Fixed(solver.momentum)}


def _adagrad(solver: Message) -> dict[str, Any]:
    _refuse_momentum(solver)
    return {"epsilon": solver.delta}


def _rmsprop(solver: Message) -> dict[str, Any]:
    _refuse_momentum(solver)
    return {"rho": solver.rms_decay, "epsilon": solver.delta}


def _adadelta(solver: Message) -> dict[str, Any]:
    return {"rho": solver.momentum, "eps": solver.delta}


def _adam(solver: Message) -> dict[str, Any]:
    return {"beta1": solver.momentum, "beta2": solver.momentum2, "epsilon": solver.delta}


def _refuse_momentum(solver: Message) -> None:
    if solver.momentum:
        raise OptionError(f"momentum cannot be used with {solver.type}, as in Caffe; remove it")


EXAMPLES = {"base_lr": "base_lr: 0.01", "lr_policy": 'lr_policy: "fixed"', "max_iter": "max_iter: 10000"}
METHODS: Mapping[str, tuple[Callable[[], SolverMethod], Options]] = {
    "SGD": (SGD, _momentum),
    "Nesterov": (Nesterov, _momentum),
    "AdaGrad": (Adagrad, _adagrad),
    "RMSProp": (RMSProp, _rmsprop),
    "AdaDelta": (Adadelta, _adadelta),
    "Adam": (Adam, _adam),
}
SUBTRACTED = frozenset({"history"})
"""Histories that are steps: Caffe keeps what it subtracts, and Mocha what it adds."""
