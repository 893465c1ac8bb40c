"""Inputs are left alone."""

from __future__ import annotations

from ...backend import Backend
from ..case import Case
from ..failure import expect_equal
from ..rig import Rig
from .check import check


@check
def inputs_left_alone(case: Case, backend: Backend, dtype: str) -> None:
    """Neither direction writes to bottoms, random numbers or trained parameters; backward writes to no top."""
    rig = Rig(case, backend, dtype)
    tops = rig.forward()
    given = {f"bottom {k}": v.astype(dtype) for k, v in enumerate(rig.bottom_values())}
    given |= {f"parameter {name}": v.astype(dtype) for name, v in rig.param_values().items()}
    before = rig.inputs()
    loaded = {name: values for name, values in given.items() if name in before}
    expect_equal(case, rig.where, before, loaded, "changed in forward")
    if rig.site.has_backward:
        rig.backward()
        expect_equal(case, rig.where, rig.inputs() | rig.results(), before | tops, "changed in backward")
