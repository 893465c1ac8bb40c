"""A net that cannot be built leaves nothing behind, so that the corrected one can be."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from mocha_core import (
    Backend,
    BlobAccessError,
    DefaultBackend,
    MissingFileError,
    Net,
    OptionError,
    ParameterError,
    ShapeError,
)

from .newcomer import changed, layers


@pytest.fixture
def backend() -> Iterator[Backend]:
    with DefaultBackend("cpu") as opened:
        yield opened


def test_its_parameters_are_forgotten(fresh: Path, backend: Backend) -> None:
    Path("list.txt").write_text("data.h5\ngone.h5\n")
    with pytest.raises(MissingFileError):
        Net("first", backend, layers())
    Path("list.txt").write_text("data.h5\n")
    assert Net("second", backend, changed(1, output_dim=7)()).forward() > 0


def test_those_of_other_nets_are_not(fresh: Path, backend: Backend) -> None:
    net = Net("first", backend, layers())
    net.init()
    said = r"two different layers use the parameters 'ip1': shape of 'weight' is \(5, 4\) in the first and \(7, 4\) in"
    with pytest.raises(ParameterError, match=said):
        Net("second", backend, changed(1, output_dim=7)())
    assert Net("third", backend, layers()).all_parameters == net.all_parameters


@pytest.mark.parametrize("given", ["cpu", DefaultBackend])
def test_something_else_instead_of_a_backend(fresh: Path, given: Any) -> None:
    with pytest.raises(OptionError, match=r"net 'n': a net needs an open backend such as DefaultBackend\(\), not "):
        Net("n", given, layers())


@pytest.mark.parametrize("dtype", ["float16", "flot32", "int32"])
def test_element_types(fresh: Path, backend: Backend, dtype: str) -> None:
    with pytest.raises(OptionError, match=f"computes in float32 or float64, not '?{dtype}'?; write dtype='float32'"):
        Net("n", backend, layers(), dtype=dtype)


def test_predicting_from_another_shape(fresh: Path, backend: Backend) -> None:
    net = Net("n", backend, layers())
    with pytest.raises(
        ShapeError, match=r"samples 'data' of shape \(5,\), trained on \(4,\); the net's parameters do not fit them$"
    ):
        net.predict(np.zeros((2, 5)))
    with pytest.raises(
        BlobAccessError, match="predict was given blob 'dta', which the net has not; did you mean 'data'"
    ):
        net.predict({"dta": np.zeros((2, 4))})
    assert net.predict(np.zeros((2, 4))).shape == (2, 3)
