"""One layer on one backend, without a net: memory full of NaN, inputs from a case, results on the host."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from ..backend import Backend
from ..blob import Array, Blob, BlobSpec
from ..kernel import LayerState, Site
from ..random import Stream
from .case import Case
from .failure import Outcome, failed
from .pairs import Pair, Sharing, sharings
from .values import Host, grid, positive

DY_SEED, PARAM_SEED = 1000, 2000


class Rig:
    """A kernel, chosen and built as a net would, on blobs that hold NaN wherever nothing was written.

    wants, trains: which gradients are asked for; all there can be, if not given.
    sharing: which blobs are put on the same bytes; none, if not given.

    >>> from mocha_core import PowerLayer
    >>> from mocha_core.testing import Bottom, ReferenceBackend
    >>> case = Case(PowerLayer(scale=2, bottoms=["x"], tops=["y"]), (Bottom((1, 2)),))
    >>> Rig(case, ReferenceBackend()).forward()
    {'top 0': array([[-1.5,  0.5]])}
    """

    def __init__(
        self,
        case: Case,
        backend: Backend,
        dtype: str = "float64",
        *,
        wants: Sequence[bool] | None = None,
        trains: bool | None = None,
        sharing: Sharing | None = None,
    ) -> None:
        self.case, self.backend, self.dtype = case, backend, dtype
        self.where = f"on {backend.name} in {dtype}"
        self.site = Site(
            layer=case.layer,
            plan=case.plan(dtype),
            bottoms=case.specs(dtype),
            phase=case.phase,
            dtype=dtype,
            wants=case.wants() if wants is None else tuple(wants),
            trains=case.trains() if trains is None else trains,
        )
        self.choice = backend.choose(self.site)
        self.state = self._memory(sharing or Sharing())
        self.kernel = backend.build(self.choice, self.state)
        for name, values in self.param_values().items():
            self.state.params[name].set(values)

    # running --------------------------------------------------------------------------------------------------------

    def forward(self) -> Outcome:
        """Load the bottoms, run forward, read the tops (and the parameters that forward keeps up to date)."""
        self._forget(*self.state.tops, *self.state.scratch)
        for blob, values in zip(self.state.bottoms, self.bottom_values(), strict=True):
            blob.set(values)
        for k, blob in enumerate(self.state.draws):
            self.backend.draw(Stream(self.backend.seed, self.case.layer.name, f"draw/{k}"), blob)
        self._call("forward", self.kernel.forward)
        return self.results()

    def backward(self, *, forget: bool = False) -> Outcome:
        """Load the gradients of the tops, run backward, read those of bottoms and parameters.

        forget: first overwrite with NaN whatever the kernel did not name in `saves`.
        """
        self._forget(*self._diffs(), *self._scratch_of("forward"), *self._scratch_of("backward"))
        if forget:
            self._forget(*self._unsaved())
        for blob, values in zip(self.state.top_diffs, self.top_diff_values(), strict=True):
            blob.set(values)
        self._call("backward", self.kernel.backward)
        return self.gradients()

    def run(self, *, forget: bool = False) -> Outcome:
        """Forward, and backward if anything asks for it."""
        results = self.forward()
        return results | self.backward(forget=forget) if self.site.has_backward else results

    def sharings(self) -> list[Sharing]:
        """The ways of sharing memory that this kernel must bear."""
        return sharings(self.site.plan, self.choice, self.site.has_backward)

    # what goes in ---------------------------------------------------------------------------------------------------

    def bottom_values(self) -> list[Host]:
        return [bottom.values(seed) for seed, bottom in enumerate(self.case.bottoms)]

    def param_values(self) -> dict[str, Host]:
        return {
            p.name: (grid if p.trained else positive)(p.shape, PARAM_SEED + k)
            for k, p in enumerate(self.site.plan.params)
        }

    def top_diff_values(self) -> list[Host]:
        """A grid; the derivative of the objective by a loss is one."""
        loss = self.case.layer.traits.loss
        return [np.ones(t.shape) if loss else grid(t.shape, DY_SEED + k) for k, t in enumerate(self.site.plan.tops)]

    # what comes out -------------------------------------------------------------------------------------------------

    def results(self) -> Outcome:
        tops = {f"top {k}": blob.to_array() for k, blob in enumerate(self.state.tops)}
        kept = [p.name for p in self.site.plan.params if not p.trained]
        return tops | {f"state {name}": self.state.params[name].to_array() for name in kept}

    def gradients(self) -> Outcome:
        xs = {f"gradient of bottom {k}": d.to_array() for k, d in enumerate(self.state.bottom_diffs) if d is not None}
        return xs | {f"gradient of {name}": diff.to_array() for name, diff in self.state.param_diffs.items()}

    def inputs(self) -> Outcome:
        """Everything that a kernel may read but not write."""
        found = {f"bottom {k}": blob.to_array() for k, blob in enumerate(self.state.bottoms)}
        found |= {f"draw {k}": blob.to_array() for k, blob in enumerate(self.state.draws)}
        trained = [p.name for p in self.site.plan.params if p.trained]
        return found | {f"parameter {name}": self.state.params[name].to_array() for name in trained}

    # memory ---------------------------------------------------------------------------------------------------------

    def _memory(self, sharing: Sharing) -> LayerState:
        site, plan = self.site, self.site.plan
        specs = {p.name: BlobSpec(p.shape, self.dtype) for p in plan.params}
        bottoms = [self._blob(spec, f"bottom {k}") for k, spec in enumerate(site.bottoms)]
        top_diffs = [self._blob(spec, f"top diff {k}") for k, spec in enumerate(plan.tops)] if site.has_backward else []
        diffs = [self._diff(k, spec, top_diffs, sharing) if site.wants[k] else None for k, spec in enumerate(site.bottoms)]
        return LayerState(
            site=site,
            bottoms=tuple(bottoms),
            tops=tuple(self._top(k, spec, bottoms, sharing.forward) for k, spec in enumerate(plan.tops)),
            bottom_diffs=tuple(diffs),
            top_diffs=tuple(top_diffs),
            params={name: self._blob(spec, name) for name, spec in specs.items()},
            param_diffs={p.name: self._blob(specs[p.name], f"{p.name} diff") for p in plan.params if p.trained}
            if site.trains
            else {},
            draws=tuple(self._blob(BlobSpec(d.shape, self.dtype), f"draw {k}") for k, d in enumerate(plan.draws)),
            scratch=tuple(self._blob(wish.spec, f"scratch {k}") for k, wish in enumerate(self.choice.accept.scratch)),
        )

    def _top(self, top: int, spec: BlobSpec, bottoms: Sequence[Blob], pairs: frozenset[Pair]) -> Blob:
        shared = [bottoms[b].array for t, b in sorted(pairs) if t == top]
        return self._blob(spec, f"top {top}", *shared)

    def _diff(self, bottom: int, spec: BlobSpec, top_diffs: Sequence[Blob], sharing: Sharing) -> Blob:
        shared = [top_diffs[t].array for t, b in sorted(sharing.backward) if b == bottom]
        return self._blob(spec, f"bottom diff {bottom}", *shared)

    def _blob(self, spec: BlobSpec, name: str, shared: Array = None, *_: Array) -> Blob:
        array = self.backend.empty(spec) if shared is None else shared
        blob = Blob(self.backend, spec, self._shaped(array, spec), name)
        if shared is None:
            blob.fill(np.nan)
        return blob

    def _shaped(self, array: Array, spec: BlobSpec) -> Array:
        return array if tuple(array.shape) == spec.shape else self.backend.xp.reshape(array, spec.shape)

    def _diffs(self) -> list[Blob]:
        return [d for d in self.state.bottom_diffs if d is not None] + list(self.state.param_diffs.values())

    def _scratch_of(self, during: str) -> list[Blob]:
        wishes = zip(self.choice.accept.scratch, self.state.scratch, strict=True)
        return [blob for wish, blob in wishes if wish.during == during]

    def _unsaved(self) -> list[Blob]:
        state, plan, saves = self.state, self.site.plan, self.choice.accept.saves
        kinds = (("x", state.bottoms), ("y", state.tops), ("draw", state.draws))
        return [b for kind, blobs in kinds for k, b in enumerate(blobs) if not plan.reads_again(kind, k, saves)]

    def _forget(self, *blobs: Blob) -> None:
        for blob in blobs:
            blob.fill(np.nan)

    def _call(self, what: str, step: Any) -> None:
        try:
            step()
            self.backend.sync()
        except Exception as error:
            raise failed(self.case, self.where, f"{what} raised {type(error).__name__}: {error}") from error
