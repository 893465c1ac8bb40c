"""A site as text that is equal where kernels take equal time: options and shapes, no names, no first values."""

from __future__ import annotations

import dataclasses
from typing import Any

from mocha_core.constraints import Constraint
from mocha_core.initializers import Initializer
from mocha_core.kernel import Site
from mocha_core.layer import Layer
from mocha_core.regularizers import Regularizer
from mocha_core.specs import Spec

IDLE = ("name", "bottoms", "tops", "phases", "param_key")
IDLE_KINDS = (Initializer, Regularizer, Constraint)


def describe(site: Site) -> str:
    """The layer, its bottoms, and the gradients that are wanted."""
    wants = [f"x{k}" for k, want in enumerate(site.wants) if want] + ["params"] * site.trains
    shapes = ", ".join(map(str, site.bottoms))
    gradients = f" gradients of {' '.join(wants)}" if wants else ""
    return f"{describe_layer(site.layer)} on {shapes} {site.dtype}{gradients}"


def describe_layer(value: Any) -> str:
    """A layer with those of its options that are not the default and matter for speed.

    >>> from mocha_core import ConvolutionLayer
    >>> describe_layer(ConvolutionLayer(name="c", n_filter=20, kernel=(5, 5), bottoms=["x"], tops=["y"]))
    'Convolution(n_filter=20, kernel=(5, 5))'
    """
    if isinstance(value, tuple):
        return f"({', '.join(map(describe_layer, value))})"
    if not isinstance(value, Layer):
        return repr(value)
    kind = type(value).__name__.removesuffix("Layer")
    options = [f"{f.name}={describe_layer(getattr(value, f.name))}" for f in _spoken(value)]
    return f"{kind}({', '.join(options)})"


def _spoken(layer: Spec) -> list[dataclasses.Field[Any]]:
    return [field for field in dataclasses.fields(layer) if _matters(field, getattr(layer, field.name))]  # type: ignore[arg-type]


def _matters(field: dataclasses.Field[Any], value: Any) -> bool:
    return field.name not in IDLE and not isinstance(value, IDLE_KINDS) and bool(value != field.default)
