"""Chains: layers of a prediction that run as one, a few images at a time, instead of one after the other.

What lies between them then never leaves the cache next to the core, and the threads start once. It is the same work in
the same order for every image, so the results are the same bits. Only blobs that go from one layer to the next and are
read by nobody else are passed on in this way; their own memory is not written then. `announced` says so when kernels
are chosen, and makes the net keep what the first layer reads until the last one has written; `chained` does it.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import replace
from types import MethodType
from typing import Any

import numpy as np

from mocha_core.backend import Step
from mocha_core.blob import BlobSpec
from mocha_core.kernel import Choice, Site
from mocha_core.topology import results

from ._chain import Chain
from .kernels.chainable import Chainable

MOST_PARAMETERS = 512 * 1024
"""Bytes of a chain's parameters: more would not stay in the second-level cache from image to image."""

LEAST = 1 << 16
"""Numbers that the layers of a chain write; less is not worth a team."""

BLOCK = 128 * 1024
"""Bytes of the memory between layers up to which several images go through the chain at once."""


class ChainStep:
    """The kernels as one step of a program."""

    def __init__(self, backend: Any, kernels: Sequence[Chainable]) -> None:
        first, last = kernels[0].state.bottoms[0], kernels[-1].state.tops[0]
        links = [kernel.link() for kernel in kernels]
        widest = max(link.behind for link in links[:-1])
        block = max(1, BLOCK // (8 * widest))
        between = backend.empty(BlobSpec((2 * backend.threads * block * widest,)))
        self.kernels = tuple(kernels)
        self.prepare = [kernel.prepare for kernel in kernels if type(kernel).prepare is not Chainable.prepare]
        self.chain = Chain(backend.threads, first.shape[0], block, links, first.array, last.array, between)

    def __call__(self) -> None:
        for prepare in self.prepare:
            prepare()
        self.chain.run()


def announced(backend: Any, sites: Sequence[Site], choices: Sequence[Choice]) -> list[Choice]:
    """The choices, with a note at the layers that will run in chains."""
    noted = list(choices)
    pairs = zip(sites, choices, strict=True)
    for chain in chains([site if _can(backend, site, choice.kernel) else None for site, choice in pairs]):
        first, *others = (sites[k].layer.name for k in chain)
        texts = [f"image by image with {', '.join(others)}", *[f"image by image, see {first}"] * len(others)]
        for k, text in zip(chain, texts, strict=True):
            noted[k] = replace(noted[k], notes=(*noted[k].notes, text))
        noted[chain[0]] = replace(noted[chain[0]], holds=len(chain) - 1)
    return noted


def chained(backend: Any, steps: Sequence[Step]) -> list[Step]:
    """The steps, with one in place of those of each chain."""
    kernels = [_kernel(backend, step) for step in steps]
    whole = list[Step | None](steps)
    for chain in chains([kernel.state.site if kernel else None for kernel in kernels]):
        members = [kernel for kernel in kernels[chain[0] : chain[-1] + 1] if kernel]
        if not np.may_share_memory(members[0].state.bottoms[0].array, members[-1].state.tops[0].array):
            whole[chain[0] : chain[-1] + 1] = [ChainStep(backend, members), *[None] * (len(chain) - 1)]
    return [step for step in whole if step is not None]


def chains(sites: Sequence[Site | None]) -> list[range]:
    """Which of the layers, in running order, are worth running as one; None stands for one that cannot."""
    found: list[range] = []
    begin = parameters = 0
    for k, site in enumerate((*sites, None)):
        size = sum(4 * math.prod(p.shape) for p in site.plan.params) if site else 0
        before = sites[k - 1] if k else None
        if before is None or site is None or not _follows(before, site) or parameters + size > MOST_PARAMETERS:
            found.append(range(begin, k))
            begin, parameters = k, 0
        parameters += size
    return [chain for chain in found if len(chain) > 1 and _numbers(sites, chain) >= LEAST]


def _follows(before: Site, site: Site) -> bool:
    """Whether a layer is the only one ever to read what the one before it writes."""
    return before.passing == (True,) and results(before.layer) == tuple(site.layer.bottoms)


def _numbers(sites: Sequence[Site | None], chain: range) -> int:
    return sum(top.size for k in chain if (site := sites[k]) for top in site.plan.tops)


def _can(backend: Any, site: Site, kernel: type[Any]) -> bool:
    return issubclass(kernel, Chainable) and kernel.chains(backend, site)


def _kernel(backend: Any, step: Step) -> Chainable | None:
    """The kernel whose forward the step is, if that can be a link."""
    owner = step.__self__ if isinstance(step, MethodType) else None
    if not isinstance(owner, Chainable) or step != owner.forward:
        return None
    return owner if owner.chains(backend, owner.state.site) else None
