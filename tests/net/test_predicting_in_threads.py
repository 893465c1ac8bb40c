"""Several threads that predict with one net."""

from __future__ import annotations

import time
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import Any

import numpy as np

from mocha_core import InputLayer, Layer, Net, Plan, Values
from mocha_core.backend import Backend
from mocha_core.blob import Array, BlobSpec
from mocha_core.specs import spec

THREADS = 4


@spec(kw_only=True)
class SlowLayer(Layer):
    """y = x, after a while in which others may run."""

    def plan(self, bottoms: tuple[BlobSpec, ...]) -> Plan:
        return Plan(tops=bottoms)

    def forward(self, xp: Any, v: Values) -> tuple[Array, ...]:
        time.sleep(0.02)
        return v.xs


def test_each_is_given_its_own(backend: Backend) -> None:
    layers = [InputLayer(tops=["data"], shapes=[(1, 3)]), SlowLayer(name="y", bottoms=["data"], tops=["y"])]
    net = Net("n", backend, layers, dtype="float64", phase="test")
    ready = Barrier(THREADS)

    def predict(number: int) -> None:
        ready.wait()
        for shape in ((1, 3), (2, 3), (1, 3)):
            x = np.full(shape, float(number))
            np.testing.assert_array_equal(net.predict(x), x)

    with ThreadPoolExecutor(THREADS) as pool:
        list(pool.map(predict, range(THREADS)))
