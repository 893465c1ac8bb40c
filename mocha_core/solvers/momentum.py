"""What the methods with momentum have in common: their parameters, fields and history."""

from __future__ import annotations

from abc import ABC
from collections.abc import Mapping
from typing import Any, ClassVar

from .method import Fields, Params, SolverMethod
from .policies import LRPolicy, MomPolicy


class MomentumMethod(SolverMethod, ABC):
    """A method that keeps its last step, and repeats a part of it.

    Parameters: lr_policy=LRPolicy.Fixed(0.01), mom_policy=MomPolicy.Fixed(0.0).
    Fields: learning_rate, momentum, last_momentum (that of the update before; at first, of iteration 0).
    """

    __slots__ = ()

    slots: ClassVar[tuple[str, ...]] = ("history",)

    def defaults(self) -> Mapping[str, Any]:
        return {"lr_policy": LRPolicy.Fixed(0.01), "mom_policy": MomPolicy.Fixed(0.0)}

    def start(self, params: Params) -> dict[str, float]:
        momentum = params["mom_policy"](0)
        return {"learning_rate": params["lr_policy"](0), "momentum": momentum, "last_momentum": momentum}

    def advance(self, params: Params, iteration: int, before: Fields) -> dict[str, float]:
        return {
            "learning_rate": self.learning_rate(params, iteration, before),
            "momentum": params["mom_policy"](iteration),
            "last_momentum": before["momentum"],
        }
