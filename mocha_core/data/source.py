"""Where a net's data comes from: the contract of what a data layer's `source(seed)` returns."""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import TYPE_CHECKING, Any, ClassVar, TypeAlias

import numpy as np

from ..blob import Shape

if TYPE_CHECKING:
    from .transformers import Transformer

HostArray: TypeAlias = np.ndarray[Any, np.dtype[Any]]
State: TypeAlias = dict[str, Any]


class Source(ABC):
    """A reader of batches on the host, owned by one net; it wraps for ever.

    shapes: of the arrays that `fill` is given, one per top, the batch axis first.
    epoch: how often the end of the data has been passed.
    within: how many samples of the last `fill` came before the end of the epoch it began in; None: all of them.
    transforms: (index of the top, transformer) pairs, run on each batch after `fill`, in this order.
    seed, owner: decide the random numbers that transformers draw.
    prefetch: whether a thread may call `fill` ahead of time; False where the user may change the data between batches.
    """

    prefetch: ClassVar[bool] = True

    shapes: tuple[Shape, ...]
    epoch: int
    within: int | None = None
    transforms: tuple[tuple[int, Transformer], ...] = ()
    seed: int = 0
    owner: str = ""

    @abstractmethod
    def fill(self, out: tuple[HostArray, ...]) -> None:
        """Write the next batch into `out` and advance; shapes as in `shapes`, or fewer samples, of any float type."""

    @abstractmethod
    def state(self) -> State:
        """Where the next `fill` reads, in plain JSON values."""

    @abstractmethod
    def restore(self, state: State) -> None:
        """Read on where `state()` was taken; raises `DataError` if the data cannot be the same."""

    def close(self) -> None:  # noqa: B027 (most sources hold nothing)
        """Close files. Calling it twice is fine."""
