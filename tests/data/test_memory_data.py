"""MemoryDataLayer: arrays by reference, wrapping, shuffling, errors."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from mocha_core.data.feed import Feed
from mocha_core.data.transformers import SubMean
from mocha_core.errors import DataError, OptionError
from mocha_core.layers.memory_data import MemoryDataLayer


def test_9_samples_in_batches_of_6() -> None:
    data = np.random.default_rng(0).normal(size=(9, 4, 2))
    label = np.arange(9)[:, None]
    mean = np.full((4, 2), 0.25)
    layer = MemoryDataLayer(data=[data, label], batch_size=6, transformers=[("data", SubMean(mean_blob=mean))])
    assert [top.shape for top in layer.plan(()).tops] == [(6, 4, 2), (6, 1)]
    feed = Feed(layer.open_source(seed=0), "float64")
    for batch in range(3):
        rows = np.arange(6 * batch, 6 * batch + 6) % 9
        got, labels = feed.fetch()
        np.testing.assert_array_equal(got, data[rows] - mean)
        np.testing.assert_array_equal(labels[:, 0], rows)
        assert feed.epoch == batch
    feed.close()


def test_what_the_user_writes_is_read_by_the_next_batch() -> None:
    array = np.zeros((3, 2), "float32")
    layer = MemoryDataLayer(data=[array], tops=["data"], batch_size=3)
    feed = Feed(layer.open_source(seed=0), "float32")
    feed.fetch()
    layer.data[0][...] = 7
    assert feed.fetch()[0].tolist() == [[7, 7]] * 3
    assert layer.data[0] is array
    feed.close()


def test_shuffled_every_wrap_has_its_own_order() -> None:
    layer = MemoryDataLayer(data=[np.arange(30)], tops="data", batch_size=10, shuffle=True)
    feed = Feed(layer.open_source(seed=0), "float32")
    epochs = [np.concatenate([feed.fetch()[0].copy() for _ in range(3)]) for _ in range(3)]
    state = feed.state()
    last = feed.last[0].copy()
    feed.restore(state)
    np.testing.assert_array_equal(feed.fetch()[0], last)
    assert [sorted(e.tolist()) for e in epochs] == [list(range(30))] * 3
    assert len({tuple(e) for e in epochs}) == 3
    feed.close()


def test_compared_by_identity() -> None:
    layer, other = (MemoryDataLayer(data=[np.zeros(3)], tops="data", batch_size=1) for _ in range(2))
    assert layer != layer.replace()
    assert layer != other
    assert len({layer, other}) == 2


ARRAYS = [np.zeros((4, 2)), np.zeros((4, 1))]


@pytest.mark.parametrize(
    ("options", "error", "said"),
    [
        ({"batch_size": 0}, OptionError, ["batch_size is 0"]),
        ({"data": ARRAYS[:1]}, OptionError, ["1 arrays", "data, label"]),
        ({"data": [ARRAYS[0], np.zeros((3, 1))]}, DataError, ["'data' has 4", "'label' has 3"]),
        ({"data": [ARRAYS[0], np.array(["a"] * 4)]}, DataError, ["'label'", "type <U1"]),
        ({"data": [np.zeros((0, 2)), np.zeros((0, 1))]}, DataError, ["no samples"]),
        ({"data": [ARRAYS[0], np.float64(1)]}, DataError, ["'label'", "single value"]),
    ],
)
def test_refusals_name_the_layer(options: dict[str, Any], error: type[Exception], said: list[str]) -> None:
    with pytest.raises(error) as raised:
        MemoryDataLayer(**{"name": "images", "data": ARRAYS, "batch_size": 2, **options})
    for word in ["'images'", *said]:
        assert word in str(raised.value)
