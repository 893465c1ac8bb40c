"""The check that a net's gradients are the slope of its objective."""

from __future__ import annotations

import numpy as np

from mocha_core.net import Net

STEP = 1e-5


def replay(net: Net) -> float:
    """The objective of the last batch again, with the parameters of now and the same random numbers."""
    state, calls = net.data_state(), net.random_state()
    net.restore_data(state)
    net.restore_random(calls)
    return net.forward()


def assert_gradients_are_slopes(net: Net, seed: int = 0) -> None:
    """Central differences along one random direction per parameter (float64 nets)."""
    rng = np.random.default_rng(seed)
    net.forward_backward()
    grads = {t.parameter.path: t.diff.to_array() for t in net.trainable}
    for trainable in net.trainable:
        blob = trainable.parameter.blob
        value, direction = blob.to_array(), rng.normal(size=blob.shape)
        ends = []
        for sign in (1, -1):
            blob.set(value + sign * STEP * direction)
            ends.append(replay(net))
        blob.set(value)
        slope = (ends[0] - ends[1]) / (2 * STEP)
        expected = float((grads[trainable.parameter.path] * direction).sum())
        assert abs(slope - expected) <= 1e-7 * max(1.0, abs(expected)), trainable.parameter.path
