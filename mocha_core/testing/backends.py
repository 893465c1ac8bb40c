"""Two backends without a kernel of their own: what every other backend is compared with, and a strict guard."""

from __future__ import annotations

from typing import Any, ClassVar

import array_api_strict
import numpy as np

from ..backend import Backend
from ..blob import Array, BlobSpec
from ..choosing import Registry
from ..parameters import ParameterStore


class GenericBackend(Backend):
    """Runs every layer's own mathematics; plugins are not asked. Memory that nobody has written holds NaN."""

    def __init__(self, *, seed: int = 0) -> None:
        self.seed = seed
        self.registry = Registry()
        self.parameters = ParameterStore(self)

    def empty(self, spec: BlobSpec) -> Array:
        return self.xp.full(spec.shape, self.xp.nan, dtype=getattr(self.xp, spec.dtype))


class ReferenceBackend(GenericBackend):
    """The reference: layers as written, on NumPy. In float64 its results are the truth of the conformance kit.

    >>> ReferenceBackend(seed=3)
    ReferenceBackend(seed=3)
    """

    name: ClassVar[str] = "reference"

    @property
    def xp(self) -> Any:
        return np


class StrictBackend(GenericBackend):
    """Layers as written, on `array_api_strict`, which has what the array-API standard asks for and nothing more.

    A layer that runs here needs no function, no mixing of types and no shape that some array library lacks.

    >>> import numpy as np
    >>> strict = StrictBackend()
    >>> strict.to_host(strict.xp.asarray(np.ones(2)))
    array([1., 1.])
    """

    name: ClassVar[str] = "strict"

    @property
    def xp(self) -> Any:
        return array_api_strict

    def to_host(self, source: Array) -> np.ndarray[Any, Any]:
        return np.from_dlpack(source).copy()
