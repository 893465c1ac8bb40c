"""A layer of Caffe's as a translator sees it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeVar

from mocha_core.blob import Shape
from mocha_core.errors import OptionError
from mocha_core.layer import Layer

from ..formats import Message
from .settings import Settings

L = TypeVar("L", bound=Layer)


@dataclass(frozen=True, slots=True, kw_only=True)
class CaffeLayer:
    """Caffe's message, and how the layer is wired in the Mocha net.

    name: of the Mocha layer.   bottoms: the blobs it reads, by their names in Mocha, and their `shapes`.
    tops: the blobs it writes; none if it works in place.   message: Caffe's LayerParameter.
    settings: what the user asked for.   folder: of the prototxt; relative paths in it may count from there.
    writers: which layer before this one wrote which blob.
    """

    message: Message
    name: str
    bottoms: tuple[str, ...] = ()
    tops: tuple[str, ...] = ()
    shapes: tuple[Shape, ...] = ()
    settings: Settings = field(default_factory=Settings)
    folder: Path = Path()
    writers: Mapping[str, CaffeLayer] = field(default_factory=dict, repr=False, compare=False)

    @property
    def where(self) -> str:
        """File, line, name and type, as errors begin."""
        place = f"{self.message.place}: " if self.message.place.source else ""
        return f"{place}layer {self.message.name!r} ({self.message.type})"

    @property
    def shape(self) -> Shape:
        """Of the first bottom; refuses a layer without any."""
        if not self.shapes:
            raise self.refuse("it reads nothing; it needs a bottom")
        return self.shapes[0]

    def make(self, kind: type[L], **options: Any) -> L:
        """A Mocha layer of that class with this layer's name and blobs; `tops=...` and the like may be given anew."""
        return kind(**{"name": self.name, "bottoms": self.bottoms, "tops": self.tops, **options})

    def step(self, suffix: str) -> str:
        """A name for a blob or layer within this one: `<name>/<suffix>`."""
        return f"{self.name}/{suffix}"

    def refuse(self, text: str) -> OptionError:
        """The error to raise where Mocha cannot do what the file asks: `raise layer.refuse("...")`."""
        return OptionError(f"{self.where}: {text}")

    def block(self, name: str) -> Message:
        """The nested message of that name, such as `pooling_param`; its fields read as Caffe's defaults if absent."""
        found: Message = getattr(self.message, name)
        return found

    def file(self, path: str) -> str:
        """A path in the prototxt: from the working directory, or, if nothing is there, from the prototxt's folder."""
        beside = self.folder / path
        return str(beside) if not Path(path).exists() and beside.exists() else path
