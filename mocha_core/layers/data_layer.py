"""What the layers that read batches have in common."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Sequence
from typing import Any, ClassVar

from ..blob import Array, BlobSpec, Shape
from ..data.rounds import Shuffle
from ..data.source import Source
from ..data.transformers import Transformer, outputs
from ..errors import ShapeError
from ..layer import Layer, Values
from ..plan import Plan, Traits
from ..specs import spec


@spec(kw_only=True)
class DataLayer(Layer):
    """A layer without bottoms whose tops are filled with batches from a source, cyclically.

    batch_size: samples a batch, always full: batches cross the end of the data.
    shuffle: read in random order, a new one each epoch, decided by the backend's seed and the layer's name.
    transformers: (top, transformer) pairs, applied to each batch in this order. Those that draw random numbers have a
    fixed counterpart in the test phase.
    """

    tops: Sequence[str] = ("data", "label")
    batch_size: int = 0
    shuffle: bool = False
    transformers: Sequence[tuple[str, Transformer]] = ()

    traits: ClassVar[Traits] = Traits(source=True, backprop=False)

    def plan(self, bottoms: tuple[BlobSpec, ...]) -> Plan:
        return Plan(tops=tuple(self._top(top, shape) for top, shape in zip(self.tops, self.samples(), strict=True)))

    def forward(self, xp: Any, v: Values) -> tuple[Array, ...]:
        raise NotImplementedError(f"layer {self.name!r}: a net fills the tops of {type(self).__name__} from its source")

    def open_source(self, seed: int) -> Source:
        source = self.reader(seed)
        source.transforms = tuple((self.tops.index(top), transformer) for top, transformer in self.transformers)
        source.seed, source.owner = seed, self.name
        return source

    def in_phase(self, phase: str) -> Layer | None:
        if phase not in self.phases:
            return None
        mine = [(top, transformer.in_phase(phase)) for top, transformer in self.transformers]
        kept = tuple((top, transformer) for top, transformer in mine if transformer is not None)
        return self if kept == self.transformers else self.replace(transformers=kept)

    @abstractmethod
    def samples(self) -> Sequence[Shape]:
        """The shape of one sample of each top."""

    @abstractmethod
    def reader(self, seed: int) -> Source:
        """The source, before transformers."""

    @property
    def label(self) -> str:
        """What errors call the layer."""
        return f"layer {self.name!r} ({type(self).__name__})"

    def shuffling(self, seed: int, parts: int) -> Shuffle | None:
        """The random orders for data in that many parts, if wanted."""
        return Shuffle(seed, self.name, parts) if self.shuffle else None

    def check_options(self) -> None:
        if self.batch_size <= 0:
            raise self.refuse(f"batch_size is {self.batch_size}; it must be at least 1")
        if not self.tops or len(set(self.tops)) != len(self.tops):
            raise self.refuse(f"tops are {list(self.tops)}; at least one is needed, each with a name of its own")
        if not isinstance(self.transformers, tuple):
            raise self.refuse(f"transformers are a list of pairs (top, transformer), not {self.transformers!r}")
        self._put("transformers", tuple(self._pair(item) for item in self.transformers))
        self.check_data()

    def check_data(self) -> None:
        """Raise `OptionError` for impossible options of the subclass."""

    def _top(self, top: str, sample: Shape) -> BlobSpec:
        mine = [transformer for name, transformer in self.transformers if name == top]
        try:
            return BlobSpec(outputs(mine, (self.batch_size, *sample)))
        except ShapeError as error:
            raise ShapeError(f"{self.label}, top {top!r}: {error}") from None

    def _pair(self, item: Any) -> tuple[str, Transformer]:
        if not isinstance(item, tuple) or len(item) != 2 or not isinstance(item[1], Transformer):
            raise self.refuse(f'transformers are pairs like ("{self.tops[0]}", Scale(0.5)), not {item!r}')
        if item[0] not in self.tops:
            raise self.refuse(f"a transformer is for {item[0]!r}, the tops are {', '.join(self.tops)}")
        return item[0], item[1]
