"""No option of any public spec ends in a stack trace, and numbers of NumPy's are as good as Python's."""

from __future__ import annotations

import dataclasses
import inspect
from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest

from mocha_core import (
    AsyncHDF5DataLayer,
    CenterCrop,
    ElementWiseFunctors,
    EveryEpoch,
    EveryIter,
    Fused,
    HDF5DataLayer,
    HDF5OutputLayer,
    InnerProductLayer,
    InputLayer,
    L2Cons,
    LRPolicy,
    MemoryDataLayer,
    MemoryOutputLayer,
    MomPolicy,
    Neurons,
    Policy,
    Preprocessing,
    RandomCrop,
    Spec,
    SubMean,
    api,
)
from mocha_core.specs import spec
from mocha_core.testing import FAMILIES, CheckFailure, check_option_values

FIXED = LRPolicy.Fixed(0.1)
EXAMPLES: tuple[Spec, ...] = (
    *(family.plain.layer for family in FAMILIES),
    MemoryDataLayer(data=[np.zeros((4, 2)), np.zeros((4, 1))], batch_size=2),
    HDF5DataLayer(source="train.txt", batch_size=2),
    AsyncHDF5DataLayer(source="train.txt", batch_size=2),
    MemoryOutputLayer(bottoms=["x"]),
    HDF5OutputLayer(filename="features.h5", bottoms=["x"]),
    InputLayer(tops=["data"], shapes=[(2, 3)]),
    CenterCrop(3),
    RandomCrop(3),
    SubMean(mean_values=(1, 2)),
    Preprocessing(colour="RGB"),
    L2Cons(2.0),
    EveryIter(3),
    EveryEpoch(3),
    FIXED,
    LRPolicy.Step(0.1, 0.5, 3),
    LRPolicy.Exp(0.1, 0.5),
    LRPolicy.Inv(0.1, 0.1, 0.5),
    LRPolicy.MultiStep(0.1, 0.5, (2, 3)),
    LRPolicy.Poly(0.1, 0.5, 10),
    LRPolicy.Sigmoid(0.1, 0.5, 5),
    LRPolicy.Cosine(0.1, 10),
    LRPolicy.DecayOnValidation(0.1, "loss", mode="min"),
    LRPolicy.Staged((3, FIXED)),
    MomPolicy.Fixed(0.9),
    MomPolicy.Step(0.5, 2.0, 3, 0.9),
    MomPolicy.Linear(0.5, 0.1, 3, 0.9),
    MomPolicy.Staged((3, FIXED)),
)
"""Of those that cannot be made without options."""

PASSES = (Fused,)
"""Made by passes, not by users."""


def public(space: Any) -> Iterator[type[Any]]:
    """Every class of specs that users can make, those in namespaces such as `Neurons` included."""
    for member in vars(space).values():
        if not isinstance(member, type) or inspect.isabstract(member):
            continue
        if issubclass(member, Spec):
            if dataclasses.is_dataclass(member):
                yield member
        elif member.__module__.startswith("mocha_core"):
            yield from public(member)


CLASSES = sorted(set(public(api)) - set(PASSES), key=lambda kind: kind.__qualname__)
KNOWN = {type(example): example for example in EXAMPLES}


def test_namespaces_are_looked_into():
    assert {InnerProductLayer, Neurons.ReLU, LRPolicy.Inv, ElementWiseFunctors.Sum} < set(CLASSES)


@pytest.mark.parametrize("kind", CLASSES, ids=lambda kind: kind.__qualname__)
def test_every_option_of_every_spec(kind: type[Any]) -> None:
    check_option_values(KNOWN[kind] if kind in KNOWN else kind())


@spec
class Stumbling(Policy):
    rate: Any = 3

    def check(self) -> None:
        if self.rate < 1:
            raise self.refuse("rate is at least 1")

    def __call__(self, iteration: int) -> float:
        return float(self.rate)


@spec
class Choosy(Stumbling):
    def check(self) -> None:
        if not isinstance(self.rate, int):
            raise self.refuse("rate is a whole number")


@spec
class Unsuspecting(Stumbling):
    rate: float | complex = 1.0

    def check(self) -> None:
        """Nothing."""


@pytest.mark.parametrize(
    ("careless", "said"),
    [
        (Stumbling(), "ends in a TypeError"),
        (Choosy(), r"rate=3, and None by rate=np.int64\(3\)"),
        (Unsuspecting(), "takes rate=True, which is no number"),
    ],
    ids=lambda value: type(value).__name__,
)
def test_the_check_finds_what_it_is_meant_to(careless: Spec, said: str) -> None:
    with pytest.raises(CheckFailure, match=said):
        check_option_values(careless)
