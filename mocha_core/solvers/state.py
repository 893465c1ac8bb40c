"""Where a training stands."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ..errors import OptionError, suggest
from .gradients import Gradients
from .joint import JointStep
from .method import Params, SolverMethod
from .updater import Updater

if TYPE_CHECKING:
    from ..net import Net


NUMBERS = ("iter", "obj_val", "regularization")
"""What `value` knows of every training."""


@dataclass(slots=True, kw_only=True)
class SolverState:
    """What coffee breaks see of a training.

    iter: updates made so far.   obj_val: the objective of the last forward, that is, of a fresh batch after them;
    with `iter_size` above 1, of the first of the batches of the next update. Where a backend joins steps, it is read
    from the device when it is asked for (`unread` until then).
    fields: the method's numbers of the last update, e.g. learning_rate and momentum.
    loaded: the snapshot that training continued from, if any.   saved: that one and those written since, as
    absolute paths.
    stop_reason: why training ends before `max_iter`, if a break called `stop`; a loop of one's own should look at it.
    todo: what a break wants done when the next update begins: the breaks after it, and those of a training resumed
    here, must find the parameters that it found.
    whole: whether the last update and the breaks after it were done to their end.
    midway: data and random state at the first of the batches of an update that was begun and not finished.
    joint: what does a whole step at once, if the backend joins steps and nothing is done to the gradients before.
    """

    method: SolverMethod
    params: Params
    net: Net
    updater: Updater
    gradients: Gradients
    iter: int = 0
    unread: bool = False
    known_objective: float = float("inf")
    fields: dict[str, float] = field(default_factory=dict)
    loaded: Path | None = None
    saved: set[Path] = field(default_factory=set)
    stop_reason: str | None = None
    todo: list[Callable[[], None]] = field(default_factory=list)
    whole: bool = False
    midway: tuple[Mapping[str, Any], Mapping[str, int]] | None = None
    joint: JointStep | None = None

    @classmethod
    def new(cls, method: SolverMethod, params: Params, net: Net) -> SolverState:
        """The state before the first update."""
        updater = Updater(method, float(params["regu_coef"]), net)
        gradients, fields = Gradients(params, net), method.start(params)
        state = cls(method=method, params=params, net=net, updater=updater, gradients=gradients, fields=fields)
        state._join()
        return state

    @property
    def obj_val(self) -> float:
        if self.unread:
            self.obj_val = self.net.objective()
        return self.known_objective

    @obj_val.setter
    def obj_val(self, value: float) -> None:
        self.known_objective, self.unread = value, False

    def stop(self, reason: str) -> None:
        """End the training after the breaks of this iteration, as if `max_iter` were reached; the first reason counts.

        Called again, `solve` goes on until something else stops it.
        """
        if self.stop_reason is None:
            self.stop_reason = reason

    def adopt(self, params: Params) -> None:
        """Go on with other parameters of the same method."""
        self.params, self.stop_reason = params, None
        self.updater.rescale(float(params["regu_coef"]))
        self.gradients = Gradients(params, self.net)
        self._join()

    def _join(self) -> None:
        joins = self.net.backend.joins_steps and self.gradients.untouched
        self.joint = (self.joint or JointStep(self.net, self.updater)) if joins else None

    @property
    def regularization(self) -> float:
        """What the regularizers of the parameters in training say, times regu_coef; `obj_val` does not include it."""
        backend, parameters = self.net.backend, [trainable.parameter for trainable in self.net.trainable]
        with backend.arithmetic():
            values = [p.spec.regularizer.value(backend.xp, p.blob.array) for p in parameters]
            return self.updater.regu_coef * sum(backend.scalar(value) for value in values)

    @property
    def losses(self) -> Mapping[str, float]:
        """Each loss of the last forward, by layer name."""
        return self.net.losses()

    @property
    def names(self) -> tuple[str, ...]:
        """What `value` knows: iter, obj_val, regularization, the method's fields, the loss layers."""
        return (*NUMBERS, *self.fields, *self.losses)

    def value(self, name: str) -> float:
        """One of the numbers in `names`."""
        if name in NUMBERS:
            return float(getattr(self, name))
        if name in self.fields:
            return self.fields[name]
        if name in self.losses:
            return self.losses[name]
        raise OptionError(
            f"neither {self.method!r} nor net {self.net.name!r} knows {name!r}{suggest(name, self.names)}"
        )
