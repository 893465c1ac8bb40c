"""What a translation is given besides its layer: values and shapes on both sides, parameters, and how to add nodes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from mocha_core.blob import BlobSpec, Shape
from mocha_core.errors import NumericalError, OptionError
from mocha_core.layer import Layer
from mocha_core.parameters import Parameter

from .graph import Array, Dims, Graph, Value

AXES_AS_INPUT = 18
"""The opset from which on most reductions are given their axes as an input; before, as an attribute."""


@dataclass(slots=True, kw_only=True)
class Place:
    """One layer's place in the graph.

    xs: the bottoms.   bottoms: their shapes for the number of samples that the net was planned for.   dims, top_dims:
    the shapes of bottoms and tops, None where a size changes with the number of samples.   opset: of the model.
    parameters, shapes: by name, the shapes as the layer asks for them.
    """

    layer: Layer
    graph: Graph
    xs: tuple[Value, ...]
    bottoms: tuple[BlobSpec, ...]
    dims: tuple[Dims, ...]
    top_dims: tuple[Dims, ...]
    opset: int
    parameters: Mapping[str, Parameter] = field(default_factory=dict)
    shapes: Mapping[str, Shape] = field(default_factory=dict)
    written: dict[str, Value] = field(default_factory=dict)

    def op(self, op: str, *inputs: Value | None, **attributes: Any) -> Value:
        """The output of a new node of this operator."""
        return self.graph.op(op, *inputs, **attributes)

    def constant(self, array: Any) -> Value:
        """An array, in its element type, as a constant of this layer."""
        return self.graph.constant(array, f"{self.layer.name}/constant")

    def array(self, name: str) -> Array:
        """A parameter's values in float32; one with NaN or Inf is a `NumericalError`."""
        parameter = self.parameters[name]
        values = parameter.blob.to_array().astype(np.float32)
        if not np.isfinite(values).all():
            raise NumericalError(f"{parameter.path} holds NaN, Inf or numbers beyond float32, so it is not exported")
        return values.reshape(self.shapes[name])

    def param(self, name: str, shape: Sequence[int] | None = None) -> Value:
        """A parameter as a constant under its name in model files, `<layer>___<param>`; in another shape, if given."""
        values, path = self.array(name), self.parameters[name].path
        values = values if shape is None else values.reshape(shape)
        key = path if values.shape == self.parameters[name].blob.shape else f"{path} {values.shape}"
        if key not in self.written:
            self.written[key] = self.graph.constant(values, path) if values.nbytes else self.constant(values)
        return self.written[key]

    def reshape(self, x: Value, dims: Dims) -> Value:
        """x in another shape."""
        if dims.count(None) > 1:
            raise self.fixed("the result has two sizes that change with the number of samples")
        return self.op("Reshape", x, self.graph.integers(*(-1 if size is None else size for size in dims)))

    def flattened(self, x: Value, axis: int) -> Value:
        """x as rows: the axes from `axis` on are one."""
        return self.op("Flatten", x, axis=axis)

    def reduce(self, op: str, x: Value, axes: Sequence[int], keepdims: bool = True) -> Value:
        """ReduceSum, ReduceMean and so on over these axes; over none, x itself."""
        if not axes:
            return x
        if op == "ReduceSum" or self.opset >= AXES_AS_INPUT:
            return self.op(op, x, self.graph.integers(*axes), keepdims=int(keepdims))
        return self.op(op, x, axes=list(axes), keepdims=int(keepdims))

    def cast(self, x: Value, dtype: Any) -> Value:
        """x in another element type."""
        from onnx.helper import np_dtype_to_tensor_dtype

        return self.op("Cast", x, to=int(np_dtype_to_tensor_dtype(np.dtype(dtype))))

    def whole(self, x: Value) -> Value:
        """Numbers stored as floats, rounded, as integers."""
        return self.cast(self.op("Round", x), np.int64)

    def size(self, axis: int, k: int = 0) -> int:
        """How long bottom k is along an axis, which must not change with the number of samples."""
        found = self.dims[k][axis]
        if found is None:
            raise self.fixed(f"axis {axis} of {self.layer.bottoms[k]!r} changes with the number of samples")
        return found

    def refuse(self, why: str) -> OptionError:
        """The error for something that ONNX cannot say; `raise at.refuse("...")`."""
        return OptionError(f"layer {self.layer.name!r} ({type(self.layer).__name__}) cannot be exported: {why}")

    def fixed(self, why: str) -> OptionError:
        """The error for something that needs a fixed number of samples."""
        return OptionError(
            f"layer {self.layer.name!r} ({type(self.layer).__name__}) cannot be exported for any number of samples: "
            f"{why}; export with batch={self.bottoms[0].shape[0] if self.bottoms and self.bottoms[0].shape else 1}"
        )
