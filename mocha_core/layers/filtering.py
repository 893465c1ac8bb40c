"""What convolution and deconvolution have in common: options, what they ask of bottoms, parameters."""

from __future__ import annotations

from typing import Any

from ..blob import Array, BlobSpec, Shape
from ..constraints import Constraint, NoCons
from ..initializers import ConstantInitializer, Initializer, XavierInitializer
from ..layer import Layer
from ..neurons import Identity, Neuron
from ..ops import Size
from ..plan import ParamSpec
from ..regularizers import L2Regu, NoRegu, Regularizer
from ..specs import spec
from .images import check_sizes, image_axes, need_images
from .neuron import with_neuron
from .wiring import need_top_per_bottom

SIZES = ("kernel", "stride", "pad", "dilation")


@spec(kw_only=True)
class FilterLayer(Layer):
    """A layer of filters that lie on windows of images.

    kernel, stride, pad, dilation: one number for each axis, (height, width), or one integer for all.
    bias: False for none.   filter_*, bias_*: initializer, regularizer, constraint, multiplier of the learning rate.
    param_key: under which the parameters are shared; the layer's name if empty.
    """

    n_filter: int = 1
    kernel: Size = 1
    stride: Size = 1
    pad: Size = 0
    dilation: Size = 1
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
        check_sizes(self, *SIZES)
        if self.n_filter < 1 or self.n_group < 1 or self.n_filter % self.n_group:
            raise self.refuse(f"n_group={self.n_group} must divide n_filter={self.n_filter}, both at least 1")
        need_top_per_bottom(self)

    def parts(self) -> tuple[Layer, ...]:
        return with_neuron(self, self.neuron)


def check_images(layer: FilterLayer, bottoms: tuple[BlobSpec, ...]) -> None:
    """Refuse bottoms that are no images, differ in shape, or have channels that the groups do not divide."""
    need_images(layer, bottoms, image_axes(layer, *SIZES))
    first, channels = bottoms[0], bottoms[0].shape[1]
    if any(bottom != first for bottom in bottoms):
        raise layer.misfit(f"the bottoms must have one shape, not {' and '.join(map(str, bottoms))}")
    if channels % layer.n_group:
        raise layer.misfit(f"n_group={layer.n_group} does not divide the {channels} channels of {first}")


def filter_params(layer: FilterLayer, shape: Shape, fan_in: int, fan_out: int) -> tuple[ParamSpec, ...]:
    """`filter` of this shape, and `bias` unless there is none."""
    rules = layer.filter_init, layer.filter_regu, layer.filter_cons, layer.filter_lr
    weight = ParamSpec("filter", shape, *rules, fan_in=fan_in, fan_out=fan_out)
    rules = layer.bias_init, layer.bias_regu, layer.bias_cons, layer.bias_lr
    bias = ParamSpec("bias", (layer.n_filter,), *rules, fan_in=fan_in, fan_out=fan_out)
    return (weight, bias) if layer.bias else (weight,)


def with_bias(xp: Any, layer: FilterLayer, params: Any, ys: list[Array]) -> tuple[Array, ...]:
    """Each channel of the images with its bias, if the layer has any."""
    if not layer.bias:
        return tuple(ys)
    return tuple(y + xp.reshape(params["bias"], (-1, *(1,) * (y.ndim - 2))) for y in ys)


def filter_grads(xp: Any, layer: FilterLayer, by_filter: Array, dys: tuple[Array, ...]) -> dict[str, Array]:
    """The gradients of the parameters, given that by the filter."""
    if not layer.bias:
        return {"filter": by_filter}
    return {"filter": by_filter, "bias": sum(xp.sum(dy, axis=(0, *range(2, dy.ndim))) for dy in dys)}
