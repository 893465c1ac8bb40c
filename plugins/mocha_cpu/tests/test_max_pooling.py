"""Ties, NaN and -inf in max pooling are treated as the reference treats them."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from mocha_core import PoolingLayer
from mocha_core.testing import Bottom, Case, ReferenceBackend, Rig
from mocha_cpu import CpuBackend

Host = np.ndarray[Any, np.dtype[Any]]


class Given(Rig):
    """A rig whose bottom holds given numbers."""

    image: Host

    def bottom_values(self) -> list[Host]:
        return [self.image]


def outcome(backend: Any, image: Host, options: dict[str, Any]) -> tuple[Host, Host]:
    layer = PoolingLayer(name="pool", bottoms=["x"], tops=["y"], **options)
    rig = Given(Case(layer, (Bottom(image.shape),)), backend)
    rig.image = image
    found = rig.run()
    return found["top 0"], found["gradient of bottom 0"]


def images() -> dict[str, Host]:
    plain = np.arange(2 * 3 * 7 * 6, dtype=float).reshape(2, 3, 7, 6) % 11
    holes = plain.copy()
    holes[1, 2, 3:6, 2:5] = np.nan
    holes[0, 1] = np.nan
    low = plain.copy()
    low[0, 0] = -np.inf
    low[1, 1, :4, :4] = -np.inf
    high = plain.copy()
    high[:, :, 2:4] = np.inf
    return {"equal": np.ones_like(plain), "few": plain % 2, "nan": holes, "-inf": low, "inf": high}


@pytest.mark.parametrize("options", [{"kernel": 2, "stride": 2}, {"kernel": 3, "stride": 2}, {"kernel": 3, "pad": 1}])
@pytest.mark.parametrize("label", images())
def test_like_the_reference(label: str, options: dict[str, Any], backend: CpuBackend) -> None:
    image = images()[label]
    for got, want in zip(outcome(backend, image, options), outcome(ReferenceBackend(), image, options), strict=True):
        assert np.array_equal(got, want, equal_nan=True)


def test_many_chunks(backend: CpuBackend, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("mocha_cpu.kernels.max_pooling.CACHE", 1)
    test_like_the_reference("nan", {"kernel": 3, "stride": 2}, backend)


def test_large_kernels_need_wider_places(backend: CpuBackend) -> None:
    image = np.random.default_rng(0).standard_normal((1, 2, 20, 40))
    options = {"kernel": (20, 20), "stride": 1}
    for got, want in zip(outcome(backend, image, options), outcome(ReferenceBackend(), image, options), strict=True):
        np.testing.assert_allclose(got, want, rtol=0, atol=1e-12)
