"""The transformers of one top, with the memory between them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from ..blob import Shape
from ..random import Stream
from .source import HostArray
from .transformers import Transformer


@dataclass(slots=True)
class Stage:
    """One transformer. `before`: the array that it reads, where it writes to another one."""

    transformer: Transformer
    stream: Stream
    before: HostArray | None

    def numbers(self, batch: int, count: int) -> HostArray:
        """The random numbers for that batch: a pure function of its number."""
        self.stream.calls = batch
        return self.stream.uniform((count, self.transformer.draws))


class Pipeline:
    """Brings batches of `shape` into arrays of another shape: fill `target(out)`, then `run(out, batch)`.

    transformers: (number, transformer) pairs in order; the number tells its random numbers from those of others.
    shape: of a batch as the source reads it; afterwards, of what comes out.
    seed, owner: as in `Source`.
    """

    def __init__(
        self, transformers: Sequence[tuple[int, Transformer]], shape: Shape, dtype: str, seed: int = 0, owner: str = ""
    ) -> None:
        self._stages: list[Stage] = []
        for number, transformer in transformers:
            after = transformer.output(shape)
            before = None if after == shape else np.empty(shape, dtype)
            stream = Stream(seed, owner, f"transformer/{number}")
            self._stages.append(Stage(transformer.prepared(shape, dtype), stream, before))
            shape = after
        self.shape = shape

    @property
    def draws(self) -> bool:
        """Whether random numbers are drawn."""
        return any(stage.transformer.draws for stage in self._stages)

    def target(self, out: HostArray) -> HostArray:
        """Where the source writes a batch that ends in `out`."""
        return self._arrays(out)[0]

    def run(self, out: HostArray, batch: int) -> None:
        """Transform what is in `target(out)`; `batch` counts the batches read."""
        arrays = self._arrays(out)
        for stage in self._stages:
            x = arrays[0]
            if stage.before is not None:
                arrays = arrays[1:]
            stage.transformer.run(x, arrays[0], stage.numbers(batch, len(x)))

    def _arrays(self, out: HostArray) -> list[HostArray]:
        return [*(stage.before for stage in self._stages if stage.before is not None), out]
