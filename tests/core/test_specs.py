"""Specs: what a class of one's own may do, and what is said where it may not."""

from __future__ import annotations

import dataclasses

import pytest

from mocha_core import Layer, Neuron, OptionError, Plan
from mocha_core.specs import spec


@spec
class Louder(Neuron):
    """y = k x."""

    k: float = 2.0

    def check(self):
        super().check()
        if self.k <= 0:
            raise self.refuse("k is above 0")

    @property
    def doubled(self):
        return super().replace(k=2 * self.k)

    @classmethod
    def half(cls):
        return super().__new__(cls)

    def forward(self, xp, x):
        return self.k * x

    def backward(self, xp, y, dy):
        return self.k * dy


@spec
class Loudest(Louder):
    def check(self):
        super().check()


def test_methods_may_call_those_of_the_base():
    assert Louder(1.5).doubled == Louder(3.0)
    assert isinstance(Loudest.half(), Loudest)
    for kind in (Louder, Loudest):
        with pytest.raises(OptionError, match="k is above 0"):
            kind(0.0)


@pytest.mark.parametrize("name", ["k", "found"])
def test_a_value_cannot_be_changed(name):
    louder = Louder()
    with pytest.raises(OptionError, match=rf"Louder is a value and cannot be changed \({name}\); make another one"):
        setattr(louder, name, 3.0)
    with pytest.raises(dataclasses.FrozenInstanceError):
        del louder.k
    assert louder == Louder()


class Undecorated(Layer):
    k: int = 3

    def plan(self, bottoms):
        return Plan(tops=bottoms)

    def forward(self, xp, v):
        return v.xs


def test_a_forgotten_decorator_is_named():
    with pytest.raises(OptionError, match=r"Undecorated has the option 'k' only with @spec\(kw_only=True\) above its"):
        Undecorated(name="u", k=4)
