"""The kernel of `InnerProductLayer`."""

from __future__ import annotations

from typing import Any

import numpy as np

from mocha_core.blob import Array
from mocha_core.kernel import Accept, Decline, Kernel, LayerState, Site

from ..workspace import Want, carve, request


class InnerProduct(Kernel):
    """y = x W' + b;  dW = dy' x, db = the sum of dy over the batch, dx = dy W."""

    @classmethod
    def accepts(cls, backend: Any, site: Site) -> Accept | Decline:
        layer: Any = site.layer
        if layer.transposed:
            return Decline("the weight is stored transposed")
        return Accept(scratch=request(site.dtype, backward=cls._wants(site)))

    @staticmethod
    def _wants(site: Site) -> list[Want]:
        """To sum gradients over several bottoms, one of each parameter's shape."""
        several = site.trains and len(site.bottoms) > 1
        return [Want(p.shape, site.dtype) for p in site.plan.params] if several else []

    def __init__(self, backend: Any, state: LayerState) -> None:
        weight = state.params["weight"].array
        outputs, features = weight.shape
        self.weight, self.transposed = weight, weight.T
        self.bias = state.params["bias"].array if "bias" in state.params else None
        xs = [b.array.reshape(-1, features) for b in state.bottoms]
        self.products = list(zip(xs, (t.array.reshape(-1, outputs) for t in state.tops), strict=True))
        dys = [d.array.reshape(-1, outputs) for d in state.top_diffs]
        diffs = {name: blob.array for name, blob in state.param_diffs.items()}
        self.dweight: Array = diffs.get("weight")
        self.dbias: Array = diffs.get("bias")
        self.slopes = list(zip(xs, dys, strict=False))
        self.parts = carve(state.scratch[1].array, self._wants(state.site))
        wanted = zip(dys, state.bottom_diffs, strict=False)
        self.images = [(dy, dx.array.reshape(-1, features)) for dy, dx in wanted if dx is not None]

    def forward(self) -> None:
        for x, y in self.products:
            np.matmul(x, self.transposed, out=y)
            if self.bias is not None:
                np.add(y, self.bias, out=y)

    def backward(self) -> None:
        for index, (x, dy) in enumerate(self.slopes):
            if self.dweight is not None:
                self._filter(index, x, dy)
        for dy, dx in self.images:
            np.matmul(dy, self.weight, out=dx)

    def _filter(self, index: int, x: Any, dy: Any) -> None:
        dweight, dbias = (self.dweight, self.dbias) if index == 0 else (*self.parts, None)[:2]
        np.matmul(dy.T, x, out=dweight)
        if dbias is not None:
            np.sum(dy, axis=0, keepdims=True, out=dbias)
        if index:
            np.add(self.dweight, dweight, out=self.dweight)
        if index and dbias is not None:
            np.add(self.dbias, dbias, out=self.dbias)
