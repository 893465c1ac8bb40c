"""A layer to try kernels on: its own shapes, fewer samples where those tell as much, in memory of its own."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable
from dataclasses import replace
from typing import Any

import numpy as np

from mocha_core.blob import Blob, BlobSpec
from mocha_core.kernel import Accept, Kernel, LayerState, Site

from .tunable import Part, Settings, build

SPEED = (10e9, 40e9, 100e9)
"""About how many operations a thread does in a second, by level; sizes of trials need no better."""

SECONDS = 0.002
"""About how long one run of a trial shall take."""

READING = 8
"""About how many operations could be done while one number comes from memory."""

SMALL = 1e6
"""A layer with fewer operations is not worth a trial: it takes microseconds."""


def work(site: Site) -> float:
    """Operations of a forward, those counted in that could be done while waiting for memory."""
    moved = sum(blob.size for blob in (*site.bottoms, *site.plan.tops))
    return site.layer.flops(site.bottoms) + READING * moved


def cut(site: Site, backend: Any, least: int) -> Site:
    """The site with as many samples as take about `SECONDS`; no fewer than `least`, nor than two for each thread."""
    num, enough = _samples(site), SPEED[backend.level] * backend.threads * SECONDS
    wanted = max(least, 2 * backend.threads, math.ceil(enough / work(site) * num))
    fewer = -(-wanted // backend.threads) * backend.threads
    if fewer >= num:
        return site
    bottoms = tuple(b.with_shape(fewer, *b.shape[1:]) for b in site.bottoms)
    return replace(site, bottoms=bottoms, plan=site.layer.plan(bottoms))


def only(site: Site, part: Part) -> Site | None:
    """The site where nothing but one part of the work is asked for; None where nobody asks for that part."""
    if part == "whole":
        return site
    wants = site.wants if part == "bottoms" else (False,) * len(site.wants)
    trains = site.trains and part == "params"
    asked = part == "forward" or trains or any(wants)
    return replace(site, wants=wants, trains=trains) if asked else None


class Trial:
    """A site with memory: the kernels that are tried on it share all but their scratch."""

    def __init__(self, backend: Any, site: Site, part: Part) -> None:
        self.backend, self.site, self.part = backend, site, part
        plan, backward, wants = site.plan, site.has_backward, site.wants or (False,) * len(site.bottoms)
        params = {p.name: BlobSpec(p.shape, site.dtype) for p in plan.params}
        trained = {p.name: params[p.name] for p in plan.params if p.trained and site.trains}
        self.state = LayerState(
            site=site,
            bottoms=self._blobs(site.bottoms),
            tops=self._blobs(plan.tops),
            bottom_diffs=tuple(self._blob(b) if want else None for b, want in zip(site.bottoms, wants, strict=True)),
            top_diffs=self._blobs(plan.tops if backward else ()),
            params={name: self._blob(spec) for name, spec in params.items()},
            param_diffs={name: self._blob(spec) for name, spec in trained.items()},
            draws=self._blobs(BlobSpec(d.shape, site.dtype) for d in plan.draws),
        )

    def run(self, kernel: type[Kernel], accept: Accept, settings: Settings) -> Callable[[], None]:
        """One call that does the part of the work that is tried; forward ran once before."""
        state = replace(self.state, scratch=self._blobs(s.spec for s in accept.scratch))
        bound = build(kernel, self.backend, state, settings)
        bound.forward()
        match self.part:
            case "forward":
                return bound.forward
            case "whole":
                return lambda: _both(bound) if self.site.has_backward else bound.forward()
            case _:
                return bound.backward

    def _blobs(self, specs: Iterable[BlobSpec]) -> tuple[Blob, ...]:
        return tuple(self._blob(spec) for spec in specs)

    def _blob(self, spec: BlobSpec) -> Blob:
        array = self.backend.empty(spec)
        array.reshape(-1)[...] = np.resize(_VALUES, spec.size)
        return Blob(self.backend, spec, array, "trial")


_VALUES = np.sin(np.arange(4099, dtype=np.float32))
"""Numbers of both signs, without a pattern that a kernel could profit from."""


def _both(kernel: Kernel) -> None:
    kernel.forward()
    kernel.backward()


def _samples(site: Site) -> int:
    """Samples in a batch; 1 where the bottoms do not agree."""
    nums = {blob.shape[:1] for blob in site.bottoms}
    return nums.pop()[0] if len(nums) == 1 and () not in nums else 1
