from __future__ import annotations

import numpy as np
import pytest

from mocha_core.errors import DataError, OptionError, ShapeError
from mocha_core.layers.argmax import ArgmaxLayer
from mocha_core.layers.index2onehot import Index2OnehotLayer
from mocha_core.layers.memory_data import MemoryDataLayer
from mocha_core.net import Net
from mocha_core.testing.backends import ReferenceBackend

from .layer_math import both_namespaces, forward, grid, plan_of

LAYER = Index2OnehotLayer(name="code", n_class=4, bottoms=["x"], tops=["y"])


@both_namespaces
@pytest.mark.parametrize(("shape", "axis"), [((3, 1), 1), ((2, 1, 3, 5), 1), ((2, 3, 1), -1), ((2, 3, 1, 2, 2), -3)])
def test_one_where_the_number_says_and_zero_elsewhere(xp, shape, axis):
    numbers = np.random.default_rng(0).integers(0, 4, shape).astype(float)
    (y,) = forward(LAYER.replace(axis=axis), xp, [numbers])
    front = axis % len(shape)
    assert y.shape == (*shape[:front], 4, *shape[front + 1 :])
    for index in np.ndindex(*y.shape):
        where = (*index[:front], 0, *index[front + 1 :])
        assert y[index] == (1.0 if index[front] == numbers[where] else 0.0)


def net(labels, **options):
    count = len(labels[0])
    tops = [f"label{k}" for k in range(len(labels))]
    data = MemoryDataLayer(name="data", tops=tops, data=labels, batch_size=count)
    layer = LAYER.replace(bottoms=tops, tops=[f"code{k}" for k in range(len(labels))])
    return Net("n", ReferenceBackend(), [data, layer], **options)


@pytest.mark.parametrize("bad", [-1.0, 4.0, float("nan")])
@pytest.mark.parametrize("position", [0, 1])
def test_a_number_out_of_range_is_an_error(bad, position):
    """Behaviour 51: old Mocha wrote elsewhere. Each bottom is checked."""
    labels = [np.array([[0.0], [3.0]]), np.array([[1.0], [2.0]])]
    labels[position][1] = bad
    with pytest.raises(DataError, match=rf"'code/{position}': blob 'label{position}' holds the label .* in sample 1 "):
        net(labels).forward()


def test_several_bottoms():
    built = net([np.array([[0.0], [3.0]]), np.array([[1.0], [1.0]])])
    built.forward()
    assert built.blob("code0").to_array().tolist() == [[1, 0, 0, 0], [0, 0, 0, 1]]
    assert built.blob("code1").to_array().tolist() == [[0, 1, 0, 0], [0, 1, 0, 0]]


def test_it_undoes_argmax():
    x = grid(5, 4, 3)
    (numbers,) = forward(ArgmaxLayer(bottoms=["x"], tops=["y"]), np, [x])
    (y,) = forward(LAYER, np, [numbers])
    np.testing.assert_array_equal(y, x == x.max(axis=1, keepdims=True))


def test_size_1_along_the_axis():
    with pytest.raises(ShapeError, match=r"'code'.*5 x 2 must have size 1 along axis 1, where the 4 classes will lie"):
        plan_of(LAYER, [grid(5, 2)])


def test_at_least_one_class():
    with pytest.raises(OptionError, match="n_class is how many classes there are, at least 1, not 0"):
        LAYER.replace(n_class=0)
