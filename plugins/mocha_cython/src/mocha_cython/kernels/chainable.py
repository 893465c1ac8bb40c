"""Kernels that can be links of a chain."""

from __future__ import annotations

from abc import abstractmethod
from typing import Any

from mocha_core.kernel import Kernel, LayerState, Site
from mocha_core.plan import TEST

from .._chain import Link


class Chainable(Kernel):
    """A kernel that can compute some images of its batch by one thread; see `chains.py`.

    state: what it was built for.
    """

    state: LayerState

    @classmethod
    def chains(cls, backend: Any, site: Site) -> bool:
        """Whether it can at this site: in a prediction, from one blob to one other, image by image."""
        shapes = [blob.shape for blob in (*site.bottoms, *site.plan.tops)]
        if site.phase != TEST or site.rests or site.dtype != "float32" or len(site.bottoms) != 1 or len(shapes) != 2:
            return False
        return not site.plan.views and all(len(s) > 1 and s[0] == shapes[0][0] >= 2 * backend.threads for s in shapes)

    def prepare(self) -> None:
        """What must be done each time before the chain runs; nothing for most."""

    @abstractmethod
    def link(self) -> Link:
        """Itself as a link."""
