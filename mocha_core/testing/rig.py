"""One layer on one backend, without a net: memory full of NaN, inputs from a case, results on the host."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from types import MappingProxyType

import numpy as np

from ..backend import Backend
from ..blob import Blob, BlobSpec
from ..kernel import LayerState, Site
from ..random import Stream
from .case import Case
from .failure import Outcome, failed
from .pairs import Sharing, sharings
from .values import USUAL, Host, Numbers, grid, positive

DY_SEED, PARAM_SEED = 1000, 2000


class Rig:
    """A kernel, chosen and built as a net would, on blobs that hold NaN wherever nothing was written.

    wants, trains: which gradients are asked for; all there can be, if not given.
    sharing: which blobs are put on the same bytes; none, if not given.
    numbers: what the blobs are filled with; `load` puts in others.

    >>> from mocha_core import PowerLayer
    >>> from mocha_core.testing import Bottom, ReferenceBackend
    >>> case = Case(PowerLayer(scale=2, bottoms=["x"], tops=["y"]), (Bottom((1, 2)),))
    >>> Rig(case, ReferenceBackend()).forward()["top 0"].round(2).tolist()
    [[0.64, -1.23]]
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
        numbers: Numbers = USUAL,
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
        self._before = self.kernel
        self.load(numbers)

    # running --------------------------------------------------------------------------------------------------------

    def load(self, numbers: Numbers) -> None:
        """Fill the parameters with these numbers, and everything else from the next forward on."""
        self.numbers = numbers
        for name, values in self.param_values().items():
            self.state.params[name].set(values)

    def reset_state(self) -> None:
        """Give the parameters that forward keeps up to date the values that they had before the first one."""
        values = self.param_values()
        for name in self._kept():
            self.state.params[name].set(values[name])

    def forward(self) -> Outcome:
        """Load the bottoms, run forward, read the tops (and the parameters that forward keeps up to date)."""
        self._forget(*self.state.tops, *self.state.scratch)
        for blob, values in zip(self.state.bottoms, self.bottom_values(), strict=True):
            blob.set(values)
        for k, blob in enumerate(self.state.draws):
            stream = Stream(self.backend.seed + self.numbers.seed, self.case.layer.name, f"draw/{k}")
            self.backend.draw(stream, blob)
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

    def build_anew(self) -> None:
        """Another kernel on the same memory; the one before stays, so that the new one gets nothing of its own."""
        self._before, self.kernel = self.kernel, self.backend.build(self.choice, self.state)

    def run(self, *, forget: bool = False) -> Outcome:
        """Forward, and backward if anything asks for it."""
        results = self.forward()
        return results | self.backward(forget=forget) if self.site.has_backward else results

    def sharings(self) -> list[Sharing]:
        """The ways of sharing memory that this kernel must bear."""
        return sharings(self.site.plan, self.choice, self.site.has_backward)

    # what goes in ---------------------------------------------------------------------------------------------------

    def bottom_values(self) -> list[Host]:
        return [bottom.values(seed, self.numbers) for seed, bottom in enumerate(self.case.bottoms)]

    def param_values(self) -> dict[str, Host]:
        seed = PARAM_SEED + self.numbers.seed
        shaken = self.numbers.shaken
        return {
            p.name: shaken((grid if p.trained else positive)(p.shape, seed + k))
            for k, p in enumerate(self.site.plan.params)
        }

    def top_diff_values(self) -> list[Host]:
        """A grid; of a loss, the derivative of the objective by it."""
        layer, tops = self.case.layer, self.site.plan.tops
        if layer.traits.loss:
            return [self.numbers.shaken(np.full(top.shape, layer.loss_weight)) for top in tops]
        seed = DY_SEED + self.numbers.seed
        return [self.numbers.shaken(grid(top.shape, seed + k)) for k, top in enumerate(tops)]

    # what comes out -------------------------------------------------------------------------------------------------

    def results(self) -> Outcome:
        tops = {f"top {k}": blob.to_array() for k, blob in enumerate(self.state.tops)}
        return tops | {f"state {name}": self.state.params[name].to_array() for name in self._kept()}

    def gradients(self) -> Outcome:
        xs = {f"gradient of bottom {k}": d.to_array() for k, d in enumerate(self.state.bottom_diffs) if d is not None}
        return xs | {f"gradient of {name}": diff.to_array() for name, diff in self.state.param_diffs.items()}

    def inputs(self) -> Outcome:
        """Everything that a kernel may read but not write."""
        found = {f"bottom {k}": blob.to_array() for k, blob in enumerate(self.state.bottoms)}
        found |= {f"draw {k}": blob.to_array() for k, blob in enumerate(self.state.draws)}
        trained = [p.name for p in self.site.plan.params if p.trained]
        return found | {f"parameter {name}": self.state.params[name].to_array() for name in trained}

    def _kept(self) -> list[str]:
        return [p.name for p in self.site.plan.params if not p.trained]

    # memory ---------------------------------------------------------------------------------------------------------

    def _memory(self, sharing: Sharing) -> LayerState:
        site, plan = self.site, self.site.plan
        params = {p.name: BlobSpec(p.shape, self.dtype) for p in plan.params}
        trained = {p.name: params[p.name] for p in plan.params if p.trained and site.trains}
        bottoms = self._blobs("bottom", site.bottoms)
        top_diffs = self._blobs("top diff", plan.tops if site.has_backward else ())
        bottom_of, top_of = dict(sharing.forward), {bottom: top for top, bottom in sharing.backward}
        diffs = self._blobs("bottom diff", site.bottoms, {b: top_diffs[t] for b, t in top_of.items()})
        return LayerState(
            site=site,
            bottoms=bottoms,
            tops=self._blobs("top", plan.tops, {t: bottoms[b] for t, b in bottom_of.items()}),
            bottom_diffs=tuple(diff if want else None for diff, want in zip(diffs, site.wants, strict=True)),
            top_diffs=top_diffs,
            params=dict(zip(params, self._blobs("parameter", params.values()), strict=True)),
            param_diffs=dict(zip(trained, self._blobs("parameter diff", trained.values()), strict=True)),
            draws=self._blobs("draw", [BlobSpec(draw.shape, self.dtype) for draw in plan.draws]),
            scratch=self._blobs("scratch", [wish.spec for wish in self.choice.accept.scratch]),
        )

    def _blobs(
        self, name: str, specs: Iterable[BlobSpec], shared: Mapping[int, Blob] = MappingProxyType({})
    ) -> tuple[Blob, ...]:
        """One blob for each spec, in new memory (of NaN) or on the bytes of the blob given for its position."""
        return tuple(self._blob(f"{name} {k}", spec, shared.get(k)) for k, spec in enumerate(specs))

    def _blob(self, name: str, spec: BlobSpec, host: Blob | None) -> Blob:
        if host is not None:
            same = host.shape == spec.shape
            return Blob(
                self.backend, spec, host.array if same else self.backend.xp.reshape(host.array, spec.shape), name
            )
        blob = Blob(self.backend, spec, self.backend.empty(spec), name)
        blob.fill(np.nan)
        return blob

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

    def _call(self, what: str, step: Callable[[], None]) -> None:
        try:
            step()
            self.backend.sync()
        except Exception as error:
            raise failed(self.case, self.where, f"{what} raised {type(error).__name__}: {error}") from error
