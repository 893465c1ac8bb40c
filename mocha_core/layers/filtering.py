"""What convolution and deconvolution ask of their options and bottoms, and their parameters."""

from __future__ import annotations

from typing import Any

from ..blob import Array, BlobSpec, Shape
from ..plan import ParamSpec
from .images import check_sizes, image_axes, need_images
from .wiring import need_top_per_bottom

SIZES = ("kernel", "stride", "pad", "dilation")


def check_filters(layer: Any) -> None:
    """Normalise and check the options that both layers have."""
    check_sizes(layer, *SIZES)
    if layer.n_filter < 1 or layer.n_group < 1 or layer.n_filter % layer.n_group:
        raise layer.refuse(f"n_group={layer.n_group} must divide n_filter={layer.n_filter}, both at least 1")
    need_top_per_bottom(layer)


def check_images(layer: Any, bottoms: tuple[BlobSpec, ...]) -> None:
    """Refuse bottoms that are no images, differ in shape, or have channels that the groups do not divide."""
    need_images(layer, bottoms, image_axes(layer, *SIZES))
    first, channels = bottoms[0], bottoms[0].shape[1]
    if any(bottom != first for bottom in bottoms):
        raise layer.misfit(f"the bottoms must have one shape, not {' and '.join(map(str, bottoms))}")
    if channels % layer.n_group:
        raise layer.misfit(f"n_group={layer.n_group} does not divide the {channels} channels of {first}")


def filter_params(layer: Any, shape: Shape, fan_in: int, fan_out: int) -> tuple[ParamSpec, ...]:
    """`filter` of this shape, and `bias` unless there is none."""
    rules = layer.filter_init, layer.filter_regu, layer.filter_cons, layer.filter_lr
    weight = ParamSpec("filter", shape, *rules, fan_in=fan_in, fan_out=fan_out)
    rules = layer.bias_init, layer.bias_regu, layer.bias_cons, layer.bias_lr
    bias = ParamSpec("bias", (layer.n_filter,), *rules, fan_in=fan_in, fan_out=fan_out)
    return (weight, bias) if layer.bias else (weight,)


def with_bias(xp: Any, layer: Any, params: Any, ys: list[Array]) -> tuple[Array, ...]:
    """Each channel of the images with its bias, if the layer has any."""
    if not layer.bias:
        return tuple(ys)
    return tuple(y + xp.reshape(params["bias"], (-1, *(1,) * (y.ndim - 2))) for y in ys)


def filter_grads(xp: Any, layer: Any, by_filter: Array, dys: tuple[Array, ...]) -> dict[str, Array]:
    """The gradients of the parameters, given that by the filter."""
    if not layer.bias:
        return {"filter": by_filter}
    return {"filter": by_filter, "bias": sum(xp.sum(dy, axis=(0, *range(2, dy.ndim))) for dy in dys)}
