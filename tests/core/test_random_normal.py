from __future__ import annotations

import math

import numpy as np
import pytest

from mocha_core.backend import Backend
from mocha_core.errors import OptionError, TopologyError
from mocha_core.layers.element_wise import ElementWiseLayer
from mocha_core.layers.inner_product import InnerProductLayer
from mocha_core.layers.memory_data import MemoryDataLayer
from mocha_core.layers.random_normal import RandomNormalLayer
from mocha_core.layers.square_loss import SquareLossLayer
from mocha_core.net import Net
from mocha_core.parameters import ParameterStore
from mocha_core.random import Stream
from mocha_core.testing.backends import ReferenceBackend
from tests.io.training import bits, train

from .layer_math import both_namespaces, forward, tolerance

NOISE = RandomNormalLayer(name="noise", tops=["eps"], output_dims=[5], batch_sizes=[4])


def noisy(backend: Backend, samples: int = 10, **options) -> Net:
    """The noise comes first, and is added to the data."""
    rng = np.random.default_rng(0)
    layers = [
        NOISE,
        MemoryDataLayer(name="data", data=[rng.normal(size=(samples, 5)), rng.normal(size=(samples, 3))], batch_size=4),
        ElementWiseLayer(name="add", bottoms=["data", "eps"], tops=["sum"]),
        InnerProductLayer(name="ip", output_dim=3, bottoms=["sum"], tops=["ip"]),
        SquareLossLayer(name="loss", bottoms=["ip", "label"]),
    ]
    return Net("noisy", backend, layers, parameters=ParameterStore(backend), **options)


@both_namespaces
@pytest.mark.parametrize("dims", [(6,), (3, 5), (7,)])
def test_the_numbers_of_the_stream(xp, dims):
    layer = NOISE.replace(output_dims=dims, batch_sizes=[3])
    count = 3 * math.prod(dims)
    u = Stream(2, "noise", "draw/0").uniform((2, (count + 1) // 2))
    (y,) = forward(layer, xp, [], [u])
    expected = Stream(2, "noise", "draw/0").normal((3, *dims))
    np.testing.assert_allclose(y, expected, rtol=0, atol=tolerance(1, 8 * np.pi))


def test_mean_and_variance():
    """Of n standard normal numbers the mean deviates by 1/sqrt(n), the mean of squares by sqrt(2/n); 4 are allowed."""
    n = 40_000
    net = Net("n", ReferenceBackend(), [NOISE.replace(output_dims=[n], batch_sizes=1)], dtype="float64")
    net.forward()
    values = net.blob("eps").to_array()
    assert abs(values.mean()) < 4 / math.sqrt(n)
    assert abs((values**2).mean() - 1) < 4 * math.sqrt(2 / n)
    halves = values[0, : n // 2], values[0, n // 2 :]
    assert abs((halves[0] * halves[1]).mean()) < 4 / math.sqrt(n // 2)


def test_each_forward_and_each_top_draws_anew():
    net = Net("n", ReferenceBackend(), [NOISE.replace(tops=["a", "b"], batch_sizes=4)])
    seen = []
    for _ in range(2):
        net.forward()
        seen += [net.blob(top).to_array().tobytes() for top in ("a", "b")]
    assert len(set(seen)) == 4


@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_in_the_type_of_the_net(dtype):
    """Behaviour 48: old Mocha had to be told."""
    net = Net("n", ReferenceBackend(), [NOISE], dtype=dtype)
    net.forward()
    assert net.blob("eps").to_array().dtype == dtype


def test_the_epoch_is_that_of_the_data():
    """Behaviour 31: in old Mocha a net whose first source is noise has no epoch."""
    net = noisy(ReferenceBackend())
    assert isinstance(net.layers[0], RandomNormalLayer)
    net.forward_epoch()
    assert net.epoch == 1


def test_an_exact_epoch_has_less_noise_at_its_end():
    net = noisy(ReferenceBackend())
    net.reset_statistics()
    net.forward_epoch(exact=True)
    assert "avg over 10" in net.statistic_lines()[0]


def test_noise_alone_has_no_epoch():
    with pytest.raises(TopologyError, match="has no data layer, so it has no epochs"):
        _ = Net("n", ReferenceBackend(), [NOISE]).epoch


def test_prediction_in_batches_of_another_size():
    net = noisy(ReferenceBackend())
    assert net.predict(np.zeros((3, 5)), outputs="ip").shape == (3, 3)
    assert net.predict(np.zeros((7, 5)), outputs="sum").std() > 0.5


@pytest.mark.parametrize("stop", [3, 7])
def test_a_resumed_training_is_the_uninterrupted_one(tmp_path, stop):
    whole, resumed = noisy(ReferenceBackend(seed=3)), noisy(ReferenceBackend(seed=3))
    train(whole, None, 12)
    train(noisy(ReferenceBackend(seed=3)), tmp_path, stop)
    train(resumed, tmp_path, 12, load_from=tmp_path)
    assert bits(resumed) == bits(whole)


def test_without_its_counter_it_would_be_another_training(tmp_path):
    """So that the test above can fail."""
    straight, other = noisy(ReferenceBackend(seed=3)), noisy(ReferenceBackend(seed=3))
    other.restore_random(dict.fromkeys(other.random_state(), 1))
    for net in (straight, other):
        train(net, None, 2)
    assert bits(straight) != bits(other)


@pytest.mark.parametrize(
    "options",
    [
        {"tops": []},
        {"bottoms": ["x"]},
        {"output_dims": []},
        {"output_dims": [0]},
        {"batch_sizes": [4, 4]},
        {"batch_sizes": 0},
        {"output_dims": [2.5]},
    ],
    ids=str,
)
def test_options_that_cannot_be(options):
    with pytest.raises(OptionError, match=r"'noise'"):
        NOISE.replace(**options)
