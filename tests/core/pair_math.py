"""What every test of a loss of two blobs, element by element, says about it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import pytest

from mocha_core.errors import OptionError, ShapeError
from mocha_core.layer import Layer

from .layer_math import Host, backward, forward, grid, plan_of, tolerance


def check_value(xp: Any, layer: Layer, xs: Sequence[Host], f: Callable[[float, float], float]) -> None:
    """The value is weight/N * the sum of f, one element at a time; also when the second blob has another shape."""
    x, y = xs
    terms = [f(float(a), float(b)) for a, b in zip(x.ravel(), y.ravel(), strict=True)]
    bound = tolerance(x.size, sum(map(abs, terms)) * layer.weight / len(x))
    for blobs in ([x, y], [x, y.ravel()]):
        (loss,) = forward(layer, xp, blobs)
        assert loss.shape == ()
        assert loss == pytest.approx(layer.weight / len(x) * sum(terms), rel=0, abs=bound)


def check_gradients_are_independent(layer: Layer, xs: Sequence[Host]) -> None:
    """Behaviour 36: any one gradient may be wanted alone."""
    both = backward(layer, np, xs)
    assert backward(layer, np, xs, wants=[False, False]) == (None, None)
    for k, wants in enumerate([(True, False), (False, True)]):
        alone = backward(layer, np, xs, wants=wants)
        np.testing.assert_array_equal(alone[k], both[k])
        assert alone[1 - k] is None


def check_weight(layer: Layer, xs: Sequence[Host]) -> None:
    """Behaviour 34: the weight is in the value and in the gradients."""
    heavy = layer.replace(weight=4.0)
    assert forward(heavy, np, xs)[0] == 4 * forward(layer, np, xs)[0] != 0
    for dx, heavier in zip(backward(layer, np, xs), backward(heavy, np, xs), strict=True):
        np.testing.assert_array_equal(heavier, 4 * dx)
        assert np.any(dx)


def check_facts(kind: type[Layer], suffix: str) -> None:
    """Behaviour 49: every loss reports a statistic, a mean over samples."""
    layer = kind(name="loss", bottoms=["x", "y"])
    plan = plan_of(layer, [grid(4, 3, 2), grid(4, 6)])
    assert (plan.items, plan.tops[0].shape, plan.constants) == (4, (), ())
    assert layer.report(0.5) == {suffix: 0.5}
    assert layer.show(0.25, 30) == f"{suffix.capitalize()} (avg over 30) = 0.2500"


def check_errors(kind: type[Layer]) -> None:
    blobs = {"bottoms": ["x", "y"]}
    with pytest.raises(ShapeError, match=r"'loss'.*bottoms x, y: .*same number of elements, got 4 x 3 and 4 x 2"):
        plan_of(kind(name="loss", **blobs), [grid(4, 3), grid(4, 2)])
    for wrong in ({"weight": np.nan}, {"weight": np.inf}, {"bottoms": ["x"]}, {"tops": ["z"]}):
        with pytest.raises(OptionError):
            kind(**{**blobs, **wrong})
