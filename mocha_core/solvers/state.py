"""Where a training stands."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from ..errors import OptionError, suggest
from .method import Params, SolverMethod
from .updater import Updater

if TYPE_CHECKING:
    from ..net import Net


@dataclass(slots=True, kw_only=True)
class SolverState:
    """What coffee breaks see of a training.

    iter: updates made so far.   obj_val: the objective of the last forward, that is, of a fresh batch after them.
    fields: the method's numbers of the last update, e.g. learning_rate and momentum.
    loaded: the snapshot that training continued from, if any.
    """

    method: SolverMethod
    params: Params
    net: Net
    updater: Updater
    iter: int = 0
    obj_val: float = float("inf")
    fields: dict[str, float] = field(default_factory=dict)
    loaded: Path | None = None

    @classmethod
    def new(cls, method: SolverMethod, params: Params, net: Net) -> SolverState:
        """The state before the first update."""
        updater = Updater(method, float(params["regu_coef"]), net)
        return cls(method=method, params=params, net=net, updater=updater, fields=method.start(params))

    def adopt(self, params: Params) -> None:
        """Go on with other parameters of the same method."""
        self.params = params
        self.updater.rescale(float(params["regu_coef"]))

    @property
    def losses(self) -> Mapping[str, float]:
        """Each loss of the last forward, by layer name."""
        return self.net.losses()

    @property
    def names(self) -> tuple[str, ...]:
        """What `value` knows: iter, obj_val, the method's fields, the loss layers."""
        return ("iter", "obj_val", *self.fields, *self.losses)

    def value(self, name: str) -> float:
        """One of the numbers in `names`."""
        if name in ("iter", "obj_val"):
            return float(self.iter if name == "iter" else self.obj_val)
        if name in self.fields:
            return self.fields[name]
        if name in self.losses:
            return self.losses[name]
        raise OptionError(
            f"neither {self.method!r} nor net {self.net.name!r} knows {name!r}{suggest(name, self.names)}"
        )
