"""What the layers that read images have in common."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Sequence

from mocha_core.blob import Shape
from mocha_core.data.source import Source
from mocha_core.layers.data_layer import DataLayer
from mocha_core.random import Stream
from mocha_core.specs import spec

from ..data.cut import Cut, leading_cut
from ..data.picture import Pictures
from ..data.source import PictureSource


@spec(kw_only=True)
class PictureLayer(DataLayer):
    """A data layer on images: a top (num, channels, height, width), and one (num,) of labels if there is a second.

    rand_skip: at first, fewer than so many images are passed over, decided by the backend's seed and the layer's name.

    A `RandomCrop` or `CenterCrop` that is the first transformer is carried out while reading; then images may be of any
    size that it fits into. Otherwise all are of the size of the first one.
    """

    rand_skip: int = 0

    @abstractmethod
    def pictures(self) -> Pictures:
        """The images, opened."""

    def samples(self) -> Sequence[Shape]:
        return self._shapes(self.pictures().read(0).shape)

    def reader(self, seed: int) -> Source:
        pictures = self.pictures()
        first, cut = pictures.read(0).shape, self._cut(seed)
        sample = first if cut is None else (first[0], *cut.size)
        shapes = [(self.batch_size, *shape) for shape in self._shapes(sample)]
        shuffle = self.shuffling(seed, 1)
        return PictureSource(self.label, pictures, shapes, first, cut, shuffle, self._skipped(seed))

    def open_source(self, seed: int) -> Source:
        source = DataLayer.open_source(self, seed)
        if self._cut(seed) is not None:
            source.transforms = source.transforms[1:]
        return source

    def check_data(self) -> None:
        if len(self.tops) > 2:
            raise self.refuse(f"tops are {list(self.tops)}; they are one for images, and one for labels if wanted")
        if self.rand_skip < 0:
            raise self.refuse(f"rand_skip is {self.rand_skip}; it must not be negative")
        self.check_pictures()

    def check_pictures(self) -> None:
        """Raise `OptionError` for impossible options of the subclass."""

    def _skipped(self, seed: int) -> int:
        (u,) = Stream(seed, self.name, "rand_skip").uniform((1,))
        return int(u * self.rand_skip)

    def _shapes(self, image: Shape) -> Sequence[Shape]:
        return (image, ())[: len(self.tops)]

    def _cut(self, seed: int) -> Cut | None:
        if not self.transformers or self.transformers[0][0] != self.tops[0]:
            return None
        return leading_cut(self.transformers[0][1], seed, self.name)
