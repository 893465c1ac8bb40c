"""Applies a method to every trainable parameter of a net."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any

import numpy as np

from ..blob import Blob, BlobSpec
from ..kernel import Decline
from .method import Fields, GenericUpdate, Place, SolverMethod, UpdateKernel, UpdateSite, UpdateState

if TYPE_CHECKING:
    from ..backend import Backend, Step
    from ..net import Net
    from ..net.wiring import Trainable
    from ..parameters import Parameter

History = dict[str, Blob]
HostArray = np.ndarray[Any, Any]


class Updater:
    """The update kernels of one method for one net, the history of each parameter, and how many updates it had.

    Follows the net: when layers are frozen or thawed, the kernels are bound anew, and the history is kept.

    binding: grows whenever the kernels are bound anew.
    """

    def __init__(self, method: SolverMethod, regu_coef: float, net: Net) -> None:
        self.method, self.regu_coef, self.net = method, regu_coef, net
        self.histories: dict[str, History] = {}
        self.updates: dict[str, int] = {}
        self.bound: dict[str, str] = {}
        self._places: dict[str, Place] = {}
        self._kernels: list[UpdateKernel] = []
        self._constrained: list[Parameter] = []
        self._revision: int | None = None
        self.binding = 0

    def run(self, iteration: int, fields: Fields) -> None:
        """Update number `iteration`, then the constraints that are due."""
        self.follow()
        self.count()
        with self.net.backend.arithmetic():
            for kernel in self._kernels:
                kernel.run(fields)
            for parameter in self.due(iteration):
                _project(self.net.backend, parameter)
        self.tell_written()

    def steps(self, fields: Callable[[], Fields], due: Sequence[Parameter]) -> list[Step]:
        """One update, then the constraints of `due`, as steps of a program; `count` before, `tell_written` after it."""
        update = [kernel.as_step(fields) for kernel in self._kernels]
        return [*update, *(partial(_project, self.net.backend, parameter) for parameter in due)]

    def due(self, iteration: int) -> list[Parameter]:
        """The parameters whose constraint is due after this update."""
        return [parameter for parameter in self._constrained if parameter.spec.constraint.due(iteration)]

    def count(self) -> None:
        """An update begins."""
        for path, place in self._places.items():
            place.updates = self.updates[path] = self.updates.get(path, 0) + 1

    def tell_written(self) -> None:
        """Note that the parameters hold other values now."""
        for place in self._places.values():
            place.weight.written()

    def follow(self) -> None:
        """Bind the kernels to what the net trains now, if that changed."""
        if self.net.revision != self._revision:
            self._bind()
            self._revision = self.net.revision

    def rescale(self, regu_coef: float) -> None:
        """Let `regu_coef` count from the next update on."""
        if regu_coef != self.regu_coef:
            self.regu_coef, self._revision = regu_coef, None

    def history(self, parameter: Parameter) -> History:
        """By slot, what the method keeps for a parameter; zeros at first."""
        if parameter.path not in self.histories:
            self.histories[parameter.path] = {slot: _zeros(parameter, slot) for slot in self.method.slots}
        return self.histories[parameter.path]

    def arrays(self) -> dict[str, HostArray]:
        """Copies of every history on the host: `<slot>/<layer>___<param>`."""
        slots = ((path, slot, blob) for path, slots in self.histories.items() for slot, blob in slots.items())
        return {f"{slot}/{path}": blob.to_array() for path, slot, blob in slots}

    def restore(self, arrays: Mapping[str, HostArray], updates: Mapping[str, int]) -> None:
        """Take back `arrays()` and `updates`; a history that is not among them starts anew."""
        self.updates = {path: int(count) for path, count in updates.items()}
        for path, slots in self.histories.items():
            for slot, blob in slots.items():
                values = arrays.get(f"{slot}/{path}")
                blob.set(np.zeros(blob.shape) if values is None else values.reshape(blob.shape))

    def explain(self) -> list[str]:
        """One line per trainable parameter: which kernel updates it."""
        self.follow()
        return [f"{path}: {label}" for path, label in self.bound.items()]

    def _bind(self) -> None:
        self._places = {t.parameter.path: self._place(t) for t in self.net.trainable}
        shares = share_out(self.net.backend, self.method, self.regu_coef, self._places.values())
        self._kernels = [share.kernel for share in shares]
        self.bound = {place.weight.name: share.label for share in shares for place in share.places}
        self.binding += 1
        self._constrained = [t.parameter for t in self.net.trainable if t.parameter.spec.constraint.every_n_iter > 0]

    def _place(self, trainable: Trainable) -> Place:
        parameter = trainable.parameter
        site = UpdateSite(self.method, parameter.spec, parameter.blob.dtype)
        return Place(site=site, weight=parameter.blob, diff=trainable.diff, history=self.history(parameter))


@dataclass(frozen=True, slots=True)
class Share:
    """The places that one update kernel serves; label: of the kernel, as shown to users."""

    kernel: UpdateKernel
    label: str
    places: tuple[Place, ...]


def share_out(backend: Backend, method: SolverMethod, regu_coef: float, places: Iterable[Place]) -> list[Share]:
    """Build the kernels that update these places: of those offered each for all it accepts, the generic one last."""
    left, shares = list(places), []
    offers: list[tuple[type[Any], str]] = [(b.kernel, b.label()) for b in backend.registry.candidates(method)]
    offers.append((GenericUpdate, "mocha_core.GenericUpdate"))
    for kernel, label in offers:
        declines = [isinstance(kernel.accepts(backend, place.site), Decline) for place in left]
        taken = tuple(place for place, declined in zip(left, declines, strict=True) if not declined)
        left = [place for place, declined in zip(left, declines, strict=True) if declined]
        if taken:
            state = UpdateState(method=method, regu_coef=regu_coef, places=taken)
            shares.append(Share(kernel(backend, state), label, taken))
    return shares


def _zeros(parameter: Parameter, slot: str) -> Blob:
    weight = parameter.blob
    spec = BlobSpec(weight.shape, weight.dtype)
    blob = Blob(weight.backend, spec, weight.backend.empty(spec), f"{weight.name}/{slot}")
    blob.fill(0.0)
    return blob


def _project(backend: Backend, parameter: Parameter) -> None:
    array = parameter.blob.array
    backend.assign(array, parameter.spec.constraint.project(backend.xp, array))
