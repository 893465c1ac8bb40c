"""An image with its label, and collections of them."""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass

from mocha_core.blob import Shape
from mocha_core.data.source import HostArray


@dataclass(frozen=True, slots=True)
class Picture:
    """pixels: (channels, height, width), bytes or float32; colours in the order blue, green, red.   label: its class.

    place: where it comes from, as errors begin.
    """

    pixels: HostArray
    label: int
    place: str

    @property
    def shape(self) -> Shape:
        """Of the pixels."""
        return tuple(self.pixels.shape)


class Pictures(ABC):
    """Images by their number. Whoever opens one reads it from one thread."""

    @abstractmethod
    def __len__(self) -> int:
        """How many there are, at least one."""

    @abstractmethod
    def read(self, number: int) -> Picture:
        """Image `number`, 0 <= number < len."""
