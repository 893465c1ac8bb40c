"""ParameterLayer: a blob that a net learns."""

from __future__ import annotations

import numpy as np
import pytest

from mocha_core.errors import OptionError
from mocha_core.initializers import ConstantInitializer
from mocha_core.layers.element_wise import ElementWiseLayer
from mocha_core.layers.memory_data import MemoryDataLayer
from mocha_core.layers.parameter import ParameterLayer
from mocha_core.layers.square_loss import SquareLossLayer
from mocha_core.net import Net
from mocha_core.testing.backends import ReferenceBackend

LEARNED = ParameterLayer(name="learned", shape=(2, 3), value_init=ConstantInitializer(0.5), tops=["learned"])
X, T = np.arange(6.0).reshape(2, 3), np.ones((2, 3))


def net_of(*layers, **options):
    data = MemoryDataLayer(name="data", tops=["x", "t"], data=[X, T], batch_size=2)
    return Net("n", ReferenceBackend(), [data, *layers], dtype="float64", **options)


def test_its_gradient_is_that_of_the_top():
    add = ElementWiseLayer(name="add", bottoms=["x", "learned"], tops=["sum"])
    with net_of(LEARNED, add, SquareLossLayer(name="loss", bottoms=["sum", "t"])) as net:
        net.init()
        net.forward_backward()
        (only,) = net.trainable
        assert only.parameter.path.startswith("learned")
        np.testing.assert_allclose(only.diff.to_array(), (X + 0.5 - T) / 2, rtol=1e-15)


def test_alone_it_is_what_a_loss_reads():
    with net_of(LEARNED, SquareLossLayer(name="loss", bottoms=["learned", "t"])) as net:
        net.init()
        assert net.forward_backward() == pytest.approx(6 * 0.25 / 4)


@pytest.mark.parametrize("options", [{"shape": (0, 3)}, {"shape": (2.5,)}, {"bottoms": ["x"]}, {"tops": []}])
def test_impossible_options(options):
    with pytest.raises(OptionError, match="layer 'learned'"):
        LEARNED.replace(**options)
