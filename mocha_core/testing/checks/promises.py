"""A layer's mathematics keeps what its plan promises, and only reads what it is given."""

from __future__ import annotations

from typing import Any

import numpy as np

from ...backend import Backend
from ...blob import BlobSpec
from ...layer import Values
from ...plan import TRAIN
from ..case import Case
from ..failure import failed
from ..rig import Rig
from .check import check

Host = np.ndarray[Any, np.dtype[Any]]


@check(about_spec=True)
def results_as_promised(case: Case, backend: Backend, dtype: str) -> None:
    """Shapes and element types are the plan's, arrays are only read, and gradients that nobody wants are None."""
    rig = Rig(case, backend, dtype)
    rig.run()
    values = _values(rig)
    tops = _locked(_call(rig, "forward", values))
    _expect_specs(rig, "top", tops, rig.site.plan.tops)
    if case.phase == TRAIN or case.layer.traits.remembers:
        _expect_updates(rig, _call(rig, "updates", values))
    values.ys = tops
    if case.has_backward():
        values.dys = _locked(rig.top_diff_values(), dtype)
        for wants in {case.wants(), (False,) * len(case.bottoms)}:
            values.wants = wants
            _expect_gradients(rig, wants, _call(rig, "backward", values))


def _expect_gradients(rig: Rig, wants: tuple[bool, ...], grads: Any) -> None:
    given = tuple(grad is not None for grad in grads.xs)
    if given != wants:
        raise failed(rig.case, rig.where, f"backward was asked for wants={wants}, but gave {given}")
    wanted = [grad for grad in grads.xs if grad is not None]
    _expect_specs(rig, "gradient", wanted, [s for s, want in zip(rig.site.bottoms, wants, strict=True) if want])
    trained = {p.name: BlobSpec(p.shape, rig.dtype) for p in rig.site.plan.params if p.trained}
    if set(grads.params) != set(trained):
        raise failed(rig.case, rig.where, f"backward gave gradients of {sorted(grads.params)}, not {sorted(trained)}")
    _expect_specs(rig, "gradient of a parameter", [grads.params[name] for name in trained], list(trained.values()))


def _expect_updates(rig: Rig, fresh: Any) -> None:
    kept = {p.name: BlobSpec(p.shape, rig.dtype) for p in rig.site.plan.params if not p.trained}
    if not set(fresh) <= set(kept):
        text = f"updates gave values of {sorted(fresh)}; the parameters that are not trained are {sorted(kept)}"
        raise failed(rig.case, rig.where, text)
    _expect_specs(rig, "updated parameter", [fresh[name] for name in fresh], [kept[name] for name in fresh])


def _expect_specs(rig: Rig, what: str, arrays: Any, specs: Any) -> None:
    for k, (array, spec) in enumerate(zip(arrays, specs, strict=True)):
        found = BlobSpec(tuple(array.shape), array.dtype.name)
        if found != spec:
            text = f"{what} {k} is {found.shape} {found.dtype}, promised was {spec.shape} {spec.dtype}"
            raise failed(rig.case, rig.where, text)


def _values(rig: Rig) -> Values:
    inputs = {name: _locked([array])[0] for name, array in rig.inputs().items()}
    params = {p.name: _locked([rig.state.params[p.name].to_array()])[0] for p in rig.site.plan.params}
    return Values(
        xs=tuple(array for name, array in inputs.items() if name.startswith("bottom")),
        draws=tuple(array for name, array in inputs.items() if name.startswith("draw")),
        params=params,
        phase=rig.site.phase,
    )


def _locked(arrays: Any, dtype: str | None = None) -> tuple[Host, ...]:
    copies = tuple(np.array(array, dtype=dtype) for array in arrays)
    for copy in copies:
        copy.flags.writeable = False
    return copies


def _call(rig: Rig, what: str, values: Values) -> Any:
    try:
        return getattr(rig.case.layer, what)(np, values)
    except Exception as error:
        text = f"{what} on read-only arrays raised {type(error).__name__}: {error}"
        raise failed(rig.case, rig.where, text) from error
