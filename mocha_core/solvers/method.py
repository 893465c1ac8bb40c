"""The solver-method contract: an update rule stated once, and the kernels that may run it faster."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar

from ..blob import Array, Blob
from ..errors import ShapeError
from ..kernel import Accept, Decline
from ..plan import ParamSpec
from ..specs import Spec
from ..steps import FieldStep, Step

if TYPE_CHECKING:
    from ..backend import Backend
    from .policies import Policy

Fields = Mapping[str, float]
"""The numbers of a method that change with the iteration (learning rate, momentum): logged, and kept in snapshots."""

Params = Mapping[str, Any]
"""Solver parameters, as `make_solver_parameters` makes them."""


@dataclass(slots=True, kw_only=True)
class UpdateValues:
    """What an update rule reads, for one parameter. Treat every array as read-only.

    grad: regularisation included, unless the method is `decoupled`.   decay: regu_coef * the regularizer's gradient.
    history: by slot, of the weight's shape; zeros before the first update.
    rate: the parameter's own multiplier of the learning rate.
    updates: which update of this parameter it is, from 1; not the iteration if its layer was frozen for a while.
    """

    weight: Array
    grad: Array
    history: Mapping[str, Array]
    fields: Fields
    rate: float = 1.0
    decay: Array = 0.0
    updates: int = 1


class SolverMethod(Spec, ABC):
    """An update rule. A new one is a `@spec` with the methods below; `update` is its mathematics, for every backend.

    slots: names of the arrays it keeps for each parameter.
    constants: names of those of its parameters that `update` reads as fields.
    decoupled: whether `update` gets gradients without regularisation, and that as `decay`.
    """

    __slots__ = ()

    slots: ClassVar[tuple[str, ...]] = ()
    constants: ClassVar[tuple[str, ...]] = ()
    decoupled: ClassVar[bool] = False

    @abstractmethod
    def defaults(self) -> Mapping[str, Any]:
        """The solver parameters that this method has besides the common ones (or with other defaults), with defaults.

        One of them is `lr_policy`, unless `start` and `advance` are the method's own.
        """

    def start(self, params: Params) -> dict[str, float]:
        """The fields before the first update (iteration 0): learning_rate and constants."""
        return {"learning_rate": params["lr_policy"](0), **{name: params[name] for name in self.constants}}

    def advance(self, params: Params, iteration: int, before: Fields) -> dict[str, float]:
        """The fields for update number `iteration` (from 1), given those of the update before."""
        rate = self.learning_rate(params, iteration, before)
        return {"learning_rate": rate, **{name: params[name] for name in self.constants}}

    def learning_rate(self, params: Params, iteration: int, before: Fields) -> float:
        """What `lr_policy` says for this update, given the fields of the update before."""
        policy: Policy = params["lr_policy"]
        return policy.next(iteration, before["learning_rate"])

    @abstractmethod
    def update(self, xp: Any, u: UpdateValues) -> tuple[Array, dict[str, Array]]:
        """The new weight and the new history, computed with the array namespace `xp`."""

    def check_params(self, params: Params) -> None:
        """Raise `OptionError` for values of its parameters that cannot work."""

    def policies(self, params: Params) -> dict[str, Policy]:
        """Those of its parameters that are policies; their news are logged."""
        from .policies import Policy

        return {name: value for name, value in params.items() if isinstance(value, Policy)}


@dataclass(frozen=True, slots=True)
class UpdateSite:
    """One parameter that a method would update: all that is known without looking at values."""

    method: SolverMethod
    param: ParamSpec
    dtype: str


@dataclass(slots=True, kw_only=True)
class Place:
    """A site with its memory. The blobs keep their arrays until layers are frozen or thawed.

    updates: how many updates the parameter had, the one that is to be done included.
    """

    site: UpdateSite
    weight: Blob
    diff: Blob
    history: Mapping[str, Blob]
    updates: int = 0


@dataclass(slots=True, kw_only=True)
class UpdateState:
    """All the places that one update kernel serves, in the net's order; `regu_coef` scales every regularizer."""

    method: SolverMethod
    regu_coef: float
    places: tuple[Place, ...]


class UpdateKernel(ABC):
    """Code for one method on one backend, offered by `Binding(spec=SGD, kernel=FastSgd)`.

    It is asked about each parameter by `accepts`, and then built once for all that it took, so that one launch can
    serve them all. `run` writes weights and history; it must add `regu_coef * regularizer.gradient` to the gradient
    (or do with it what a `decoupled` method does), or decline the regularizers that it does not know. Constraints are
    applied elsewhere, after it.
    """

    @classmethod
    def accepts(cls, backend: Any, site: UpdateSite) -> Accept | Decline:
        """Look at shape, element type and regularizer only; scratch memory is the kernel's own affair."""
        return Accept()

    @abstractmethod
    def __init__(self, backend: Any, state: UpdateState) -> None: ...

    @abstractmethod
    def run(self, fields: Fields) -> None:
        """One update of every place, with the fields of this iteration."""

    def as_step(self, fields: Callable[[], Fields]) -> Step:
        """The update as a step of a program; one for a device is a `TwoPhase` that calls `fields` in `prepare`."""
        return FieldStep(self.run, fields)


class GenericUpdate(UpdateKernel):
    """Declines nothing: runs the method's own mathematics in the backend's array namespace."""

    def __init__(self, backend: Backend, state: UpdateState) -> None:
        self.backend, self.state = backend, state

    def run(self, fields: Fields) -> None:
        for place in self.state.places:
            self._update(place, fields)

    def _update(self, place: Place, fields: Fields) -> None:
        history, decay = {slot: blob.array for slot, blob in place.history.items()}, self._decay(place)
        values = UpdateValues(
            weight=place.weight.array,
            grad=place.diff.array if self.state.method.decoupled else place.diff.array + decay,
            decay=decay,
            history=history,
            fields=fields,
            rate=place.site.param.rate,
            updates=place.updates,
        )
        weight, fresh = _promised(self.state.method, self.state.method.update(self.backend.xp, values), place)
        self.backend.assign(place.weight.array, weight)
        for slot, value in fresh.items():
            self.backend.assign(history[slot], value)

    def _decay(self, place: Place) -> Array:
        regularizer = place.site.param.regularizer
        return self.state.regu_coef * regularizer.gradient(self.backend.xp, place.weight.array)


def _promised(method: SolverMethod, result: Any, place: Place) -> tuple[Array, Mapping[str, Array]]:
    """What `update` returned, if it can be taken as it is; anything smaller would be broadcast in silence."""
    wanted = f"it returns the new weight and the new history, {{slot: array}}, each of the shape {place.weight.shape}"
    if not isinstance(result, tuple) or len(result) != 2 or not isinstance(result[1], Mapping):
        raise ShapeError(f"{method!r}: update gave {type(result).__name__} for {place.weight.name}; {wanted}")
    for name, array in {"the weight": result[0], **result[1]}.items():
        shape = tuple(getattr(array, "shape", ()))
        if shape != place.weight.shape or name not in {"the weight", *place.history}:
            raise ShapeError(f"{method!r}: update gave {name} of shape {shape} for {place.weight.name}; {wanted}")
    return result
