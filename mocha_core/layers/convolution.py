"""Convolution of images."""

from __future__ import annotations

import math
from typing import Any

from ..blob import Array, BlobSpec
from ..constraints import Constraint, NoCons
from ..initializers import ConstantInitializer, Initializer, XavierInitializer
from ..layer import Grads, Layer, Values
from ..neurons import Identity, Neuron
from ..ops import Grid, Size, fold, pair, windows
from ..plan import ParamSpec, Plan
from ..regularizers import L2Regu, NoRegu, Regularizer
from ..specs import spec
from .images import need_images
from .neuron import with_neuron
from .wiring import need_top_per_bottom


@spec(kw_only=True)
class ConvolutionLayer(Layer):
    """y[n, f, j, k] = b[f] + sum over c, p, q of W[f, c, p, q] x[n, c, j s + p d - pad, k s + q d - pad].

    Bottoms are images (num, channels, height, width) of one shape; tops (num, n_filter, rows, columns) with
    rows = floor((height + 2 pad - (kernel - 1) dilation - 1) / stride) + 1, and columns likewise. Padding is zero, the
    kernel is not flipped. All bottoms share `filter` (n_filter, channels / n_group, kernel height, kernel width) and
    `bias` (n_filter,); filters of group g see the channels of group g only.

    kernel, stride, pad, dilation: pairs (height, width), or one integer for both.   bias: False for none.
    filter_*, bias_*: initializer, regularizer, constraint, and multiplier of the learning rate.
    param_key: under which the parameters are shared; the layer's name if empty.

    >>> from mocha_core import ConvolutionLayer
    >>> ConvolutionLayer(name="conv1", n_filter=20, kernel=(5, 5), bottoms=["data"], tops=["conv1"])
    ConvolutionLayer(name='conv1', bottoms=('data',), tops=('conv1',), n_filter=20, kernel=(5, 5))
    """

    n_filter: int = 1
    kernel: Size = (1, 1)
    stride: Size = (1, 1)
    pad: Size = (0, 0)
    dilation: Size = (1, 1)
    n_group: int = 1
    param_key: str = ""
    bias: bool = True
    filter_init: Initializer = XavierInitializer()
    bias_init: Initializer = ConstantInitializer(0.0)
    filter_regu: Regularizer = L2Regu(1.0)
    bias_regu: Regularizer = NoRegu()
    filter_cons: Constraint = NoCons()
    bias_cons: Constraint = NoCons()
    filter_lr: float = 1.0
    bias_lr: float = 2.0
    neuron: Neuron = Identity()

    def check_options(self) -> None:
        for option, least in (("kernel", 1), ("stride", 1), ("pad", 0), ("dilation", 1)):
            self._put(option, pair(getattr(self, option), f"layer {self.name!r}: {option}", least))
        if self.n_filter < 1 or self.n_group < 1 or self.n_filter % self.n_group:
            raise self.refuse(f"n_group={self.n_group} must divide n_filter={self.n_filter}, both at least 1")
        need_top_per_bottom(self)

    def parts(self) -> tuple[Layer, ...]:
        return with_neuron(self, self.neuron)

    def grid(self, shape: tuple[int, ...]) -> Grid:
        """Where the windows lie on images of this shape."""
        options = (pair(option) for option in (self.kernel, self.stride, self.pad, self.dilation))
        return Grid.convolution((shape[2], shape[3]), *options)

    def plan(self, bottoms: tuple[BlobSpec, ...]) -> Plan:
        need_images(self, bottoms)
        self._check_shapes(bottoms)
        num, channels, *_ = bottoms[0].shape
        top = bottoms[0].with_shape(num, self.n_filter, *self.grid(bottoms[0].shape).out)
        return Plan(tops=(top,) * len(bottoms), params=self._params(channels), saves=frozenset({"xs"}))

    def forward(self, xp: Any, v: Values) -> tuple[Array, ...]:
        grid = self.grid(v.xs[0].shape)
        weight = self._matrices(xp, v.params["filter"])
        ys = [weight @ self._columns(xp, x, grid) for x in v.xs]
        tops = tuple(xp.reshape(y, (y.shape[0], self.n_filter, *grid.out)) for y in ys)
        return tuple(y + v.params["bias"][:, None, None] for y in tops) if self.bias else tops

    def backward(self, xp: Any, v: Values) -> Grads:
        grid = self.grid(v.xs[0].shape)
        weight = xp.matrix_transpose(self._matrices(xp, v.params["filter"]))
        dys = [xp.reshape(dy, (dy.shape[0], self.n_group, self.n_filter // self.n_group, -1)) for dy in v.dys]
        grads = {"filter": sum(self._filter_gradient(xp, x, dy, grid) for x, dy in zip(v.xs, dys, strict=True))}
        grads["filter"] = xp.reshape(grads["filter"], v.params["filter"].shape)
        if self.bias:
            grads["bias"] = sum(xp.sum(dy, axis=(0, 2, 3)) for dy in v.dys)
        wanted = zip(v.xs, dys, v.wants, strict=True)
        return Grads(tuple(_image(xp, x, weight @ dy, grid) if want else None for x, dy, want in wanted), grads)

    def _matrices(self, xp: Any, weight: Array) -> Array:
        return xp.reshape(weight, (self.n_group, self.n_filter // self.n_group, -1))

    def _columns(self, xp: Any, x: Array, grid: Grid) -> Array:
        """The windows as matrices: (num, n_group, channels of a group x cells, windows)."""
        return xp.reshape(windows(xp, x, grid), (x.shape[0], self.n_group, -1, grid.out[0] * grid.out[1]))

    def _filter_gradient(self, xp: Any, x: Array, dy: Array, grid: Grid) -> Array:
        return xp.sum(dy @ xp.matrix_transpose(self._columns(xp, x, grid)), axis=0)

    def _check_shapes(self, bottoms: tuple[BlobSpec, ...]) -> None:
        if any(bottom != bottoms[0] for bottom in bottoms):
            raise self.misfit(f"the bottoms must have one shape, not {' and '.join(map(str, bottoms))}")
        channels, height, width = bottoms[0].shape[1:]
        if channels % self.n_group:
            raise self.misfit(f"n_group={self.n_group} does not divide the {channels} channels of {bottoms[0]}")
        if min(self.grid(bottoms[0].shape).out) < 1:
            raise self.misfit(
                f"a kernel {self.kernel} with dilation {self.dilation} does not fit on {height} x {width} images "
                f"with pad {self.pad}; take a smaller kernel or a larger pad"
            )

    def _params(self, channels: int) -> tuple[ParamSpec, ...]:
        kernel = pair(self.kernel)
        shape = (self.n_filter, channels // self.n_group, *kernel)
        fan_in, fan_out = math.prod(shape[1:]), self.n_filter // self.n_group * math.prod(kernel)
        weight = ParamSpec(
            "filter",
            shape,
            self.filter_init,
            self.filter_regu,
            self.filter_cons,
            self.filter_lr,
            fan_in=fan_in,
            fan_out=fan_out,
        )
        bias = ParamSpec(
            "bias",
            (self.n_filter,),
            self.bias_init,
            self.bias_regu,
            self.bias_cons,
            self.bias_lr,
            fan_in=fan_in,
            fan_out=fan_out,
        )
        return (weight, bias) if self.bias else (weight,)


def _image(xp: Any, x: Array, columns: Array, grid: Grid) -> Array:
    return fold(xp, xp.reshape(columns, (*x.shape[:2], grid.cells, *grid.out)), grid)
