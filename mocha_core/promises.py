"""Whether a layer returns what its plan promises; without this, a wrong shape would be broadcast in silence."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from .blob import Blob
from .layer import Grads, Layer

WRITE_TOPS = "it returns a tuple with one array for each top, e.g. (y,)"
WRITE_GRADS = "it returns Grads(xs=(dx,), params={name: gradient})"
WRITE_UPDATES = "it returns {name: new value} for parameters that are not trained"


def check_tops(layer: Layer, tops: Any, blobs: Sequence[Blob]) -> None:
    """What forward returned."""
    if not isinstance(tops, tuple | list) or len(tops) != len(blobs):
        raise layer.misfit(f"forward gave {_shown(tops)}; {WRITE_TOPS}")
    for top, blob in zip(tops, blobs, strict=True):
        _check(layer, f"forward gave for {blob.name!r}", top, blob)


def check_updates(layer: Layer, fresh: Any, params: Mapping[str, Blob]) -> None:
    """What updates returned."""
    if not isinstance(fresh, Mapping):
        raise layer.misfit(f"updates gave {_shown(fresh)}; {WRITE_UPDATES}")
    for name, value in fresh.items():
        if name not in params:
            raise layer.misfit(f"updates gave {name!r}, which is no parameter; there are {', '.join(params)}")
        _check(layer, f"updates gave for {name!r}", value, params[name])


def check_grads(layer: Layer, grads: Any, bottom_diffs: Sequence[Blob | None], param_diffs: Mapping[str, Blob]) -> None:
    """What backward returned. A gradient that nobody wants may be anything."""
    if not isinstance(grads, Grads):
        raise layer.misfit(f"backward gave {_shown(grads)}; {WRITE_GRADS}")
    if not isinstance(grads.xs, tuple | list) or len(grads.xs) != len(bottom_diffs):
        raise layer.misfit(f"backward gave for xs {_shown(grads.xs)}; {WRITE_GRADS}, with one entry for each bottom")
    for number, (grad, blob) in enumerate(zip(grads.xs, bottom_diffs, strict=True)):
        if blob is not None:
            _check(layer, f"backward gave for bottom {number}", grad, blob)
    for name, blob in param_diffs.items():
        if name not in grads.params:
            raise layer.misfit(f"backward gave no gradient of {name!r}; {WRITE_GRADS}")
        _check(layer, f"backward gave for {name!r}", grads.params[name], blob)


def _check(layer: Layer, what: str, array: Any, blob: Blob) -> None:
    shape = getattr(array, "shape", () if isinstance(array, float | int) else None)
    if shape is None or tuple(shape) != blob.shape:
        raise layer.misfit(f"{what} {_shown(array)}, and {blob.spec} is planned")


def _shown(value: Any) -> str:
    if hasattr(value, "shape") and not isinstance(value, type):
        return f"an array of shape {tuple(value.shape)}"
    return f"a {type(value).__name__} of length {len(value)}" if isinstance(value, tuple | list) else repr(value)
