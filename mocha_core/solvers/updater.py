"""Applies a method to every trainable parameter of a net."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ..blob import Blob, BlobSpec
from ..kernel import Decline
from .method import Fields, GenericUpdate, Place, SolverMethod, UpdateKernel, UpdateSite, UpdateState

if TYPE_CHECKING:
    from ..backend import Backend
    from ..net import Net
    from ..net.wiring import Trainable
    from ..parameters import Parameter

History = dict[str, Blob]


class Updater:
    """The update kernels of one method for one net, and the history of each parameter.

    Follows the net: when layers are frozen or thawed, the kernels are bound anew, and the history is kept.
    """

    def __init__(self, method: SolverMethod, regu_coef: float, net: Net) -> None:
        self.method, self.regu_coef, self.net = method, regu_coef, net
        self.histories: dict[str, History] = {}
        self.bound: dict[str, str] = {}
        self._kernels: list[UpdateKernel] = []
        self._constrained: list[Parameter] = []
        self._revision: int | None = None

    def run(self, iteration: int, fields: Fields) -> None:
        """Update number `iteration`, then the constraints that are due."""
        self.follow()
        for kernel in self._kernels:
            kernel.run(fields)
        for parameter in self._constrained:
            if parameter.spec.constraint.due(iteration):
                _project(self.net.backend, parameter)

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

    def explain(self) -> list[str]:
        """One line per trainable parameter: which kernel updates it."""
        self.follow()
        return [f"{path}: {label}" for path, label in self.bound.items()]

    def _bind(self) -> None:
        places = [self._place(trainable) for trainable in self.net.trainable]
        self._kernels = []
        self.bound = {}
        for binding in self.net.backend.registry.candidates(self.method):
            places = self._offer(binding.kernel, binding.label(), places)
        if places:
            self._build(GenericUpdate, "mocha_core.GenericUpdate", places)
        self._constrained = [t.parameter for t in self.net.trainable if t.parameter.spec.constraint.every_n_iter > 0]

    def _offer(self, kernel: type[Any], label: str, places: list[Place]) -> list[Place]:
        """Give a kernel the places that it accepts; the rest is returned."""
        answers = [kernel.accepts(self.net.backend, place.site) for place in places]
        taken = [p for p, answer in zip(places, answers, strict=True) if not isinstance(answer, Decline)]
        if taken:
            self._build(kernel, label, taken)
        return [p for p, answer in zip(places, answers, strict=True) if isinstance(answer, Decline)]

    def _build(self, kernel: type[Any], label: str, places: list[Place]) -> None:
        state = UpdateState(method=self.method, regu_coef=self.regu_coef, places=tuple(places))
        self._kernels.append(kernel(self.net.backend, state))
        self.bound.update({place.weight.name: label for place in places})

    def _place(self, trainable: Trainable) -> Place:
        parameter = trainable.parameter
        site = UpdateSite(self.method, parameter.spec, parameter.blob.dtype)
        return Place(site=site, weight=parameter.blob, diff=trainable.diff, history=self.history(parameter))


def _zeros(parameter: Parameter, slot: str) -> Blob:
    weight = parameter.blob
    spec = BlobSpec(weight.shape, weight.dtype)
    blob = Blob(weight.backend, spec, weight.backend.empty(spec), f"{weight.name}/{slot}")
    blob.fill(0.0)
    return blob


def _project(backend: Backend, parameter: Parameter) -> None:
    array = parameter.blob.array
    backend.assign(array, parameter.spec.constraint.project(backend.xp, array))
