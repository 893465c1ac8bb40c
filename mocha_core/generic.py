"""The kernel that declines nothing: it runs a layer's own mathematics in the backend's array namespace."""

from __future__ import annotations

from typing import TYPE_CHECKING

from .kernel import Kernel, LayerState
from .layer import Values
from .ops.registry import OpNamespace
from .plan import TRAIN
from .promises import check_grads, check_tops, check_updates

if TYPE_CHECKING:
    from .backend import Backend


class GenericKernel(Kernel):
    """Reads the blobs into `Values`, calls the layer, copies the results into the blobs.

    All results exist before the first is copied, so every overlay that the plan allows is safe here. Those of the first
    run are compared with the plan.
    """

    def __init__(self, backend: Backend, state: LayerState) -> None:
        self.backend, self.state = backend, state
        self.xp = OpNamespace(backend.xp, backend.registry.ops) if backend.registry.ops else backend.xp
        updated = state.site.phase == TRAIN or state.site.layer.traits.remembers
        self.keeps_state = updated and any(not p.trained for p in state.site.plan.params)
        self._looked_at_forward = self._looked_at_backward = False

    def forward(self) -> None:
        values = self._values()
        tops = self.state.site.layer.forward(self.xp, values)
        fresh = self.state.site.layer.updates(self.xp, values) if self.keeps_state else {}
        if not self._looked_at_forward:
            check_tops(self.state.site.layer, tops, self.state.tops)
            check_updates(self.state.site.layer, fresh, self.state.params)
            self._looked_at_forward = True
        for blob, top in zip(self.state.tops, tops, strict=True):
            self.backend.assign(blob.array, top)
        for name, value in fresh.items():
            self.backend.assign(self.state.params[name].array, value)

    def backward(self) -> None:
        state = self.state
        values = self._values()
        values.ys = tuple(blob.array for blob in state.tops)
        values.dys = tuple(blob.array for blob in state.top_diffs)
        values.wants = state.site.wants
        grads = state.site.layer.backward(self.xp, values)
        if not self._looked_at_backward:
            check_grads(state.site.layer, grads, state.bottom_diffs, state.param_diffs)
            self._looked_at_backward = True
        for diff, grad in zip(state.bottom_diffs, grads.xs, strict=True):
            if diff is not None:
                self.backend.assign(diff.array, grad)
        for name, diff in state.param_diffs.items():
            self.backend.assign(diff.array, grads.params[name])

    def _values(self) -> Values:
        state = self.state
        return Values(
            xs=tuple(blob.array for blob in state.bottoms),
            params={name: blob.array for name, blob in state.params.items()},
            draws=tuple(blob.array for blob in state.draws),
            phase=state.site.phase,
        )
