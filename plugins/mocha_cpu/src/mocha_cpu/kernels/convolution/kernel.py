"""The kernel of `ConvolutionLayer`."""

from __future__ import annotations

from typing import Any

import numpy as np

from mocha_core.kernel import Accept, Decline, Kernel, LayerState, Site

from ...workspace import largest, request
from .choice import (
    Work,
    filter_gradient,
    filter_gradient_wants,
    image_gradient,
    image_gradient_wants,
    product,
    product_wants,
)
from .geometry import Conv


class Convolution(Kernel):
    """Windows as matrices, and matrix products; the way of making them is chosen by shape."""

    @classmethod
    def accepts(cls, backend: Any, site: Site) -> Accept | Decline:
        layer: Any = site.layer
        if len(site.bottoms[0].shape) != 4:
            return Decline("images have other axes than height and width")
        conv = Conv.of(layer, site.bottoms[0])
        by_filter = filter_gradient_wants(conv, site.dtype) if site.trains else ()
        by_image = image_gradient_wants(conv, site.dtype) if any(site.wants) else ()
        forward = product_wants(conv, site.dtype)
        return Accept(scratch=request(site.dtype, forward=forward, backward=largest(by_filter, by_image)))

    def __init__(self, backend: Any, state: LayerState) -> None:
        conv = Conv.of(state.layer, state.bottoms[0].spec)
        forward, backward, _ = (blob.array for blob in state.scratch)
        weight = state.params["filter"].array
        bias = state.params["bias"].array if "bias" in state.params else None
        xs, ys = [b.array for b in state.bottoms], [t.array for t in state.tops]
        self.product = product(conv, forward, weight, bias, list(zip(xs, ys, strict=True)))
        self.steps: list[Work] = []
        dys = [d.array for d in state.top_diffs]
        if "filter" in state.param_diffs:
            pairs = list(zip(xs, dys, strict=True))
            self.steps.append(filter_gradient(conv, backward, state.param_diffs["filter"].array, pairs))
        if "bias" in state.param_diffs:
            self.steps.append(BiasGradient(state.param_diffs["bias"].array, dys))
        wanted = [(dy, d.array) for dy, d in zip(dys, state.bottom_diffs, strict=False) if d is not None]
        if wanted:
            self.steps.append(image_gradient(conv, backward, weight, wanted))

    def forward(self) -> None:
        self.product.run()

    def backward(self) -> None:
        for step in self.steps:
            step.run()


class BiasGradient:
    """db = the sum of dy over images and windows."""

    def __init__(self, gradient: Any, dys: list[Any]) -> None:
        self.gradient, self.dys = gradient, dys
        self.part = np.empty_like(gradient)

    def run(self) -> None:
        first, *others = self.dys
        np.sum(first, axis=(0, 2, 3), out=self.gradient)
        for dy in others:
            np.sum(dy, axis=(0, 2, 3), out=self.part)
            np.add(self.gradient, self.part, out=self.gradient)
