"""What an importer is: a reader of models that another framework wrote."""

from __future__ import annotations

import os
from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ..plan import TEST
from .model_file import load_network
from .model_notes import ModelNotes

if TYPE_CHECKING:
    from ..layer import Layer
    from ..net import Net

Shapes = Mapping[str, Sequence[int]]


@dataclass(frozen=True, slots=True)
class Request:
    """What the user of `load` wants of a model file.

    phase: "train" or "test".   shapes: sizes for blobs that shall be inputs.   options: those of the importer.
    """

    phase: str = TEST
    shapes: Shapes = field(default_factory=dict)
    options: Mapping[str, Any] = field(default_factory=dict)


class Imported(ABC):
    """A model that was read: the layers of its net, and how it takes weights. One who writes an importer derives it.

    name, layers: of the net.   has_weights: whether the file that described the net also holds its parameters.
    gradients: blobs whose gradient is wanted.   frozen: layers that are not to learn.
    notes: what the files say of the model: how its images are prepared, say.
    """

    name: str
    layers: Sequence[Layer]
    has_weights: bool = False
    gradients: Sequence[str] = ()
    frozen: Sequence[str] = ()
    notes: ModelNotes = ModelNotes()

    def load(self, net: Net, path: Path, allow_missing: bool) -> None:
        """Load the parameters in a file into the net built from `layers`; here, from a file of Mocha's own."""
        load_network(path, net, die_if_not_found=not allow_missing)


class Importer(ABC):
    """Reads the models of one framework; offered under `mocha.importers`, made without arguments."""

    @abstractmethod
    def claims(self, path: Path) -> bool:
        """Whether the file is (or by its name wants to be) a model of this framework; it need not be readable."""

    @abstractmethod
    def read(self, path: Path, request: Request) -> Imported:
        """The model; errors are of the `MochaError` family and name the place in the file."""


def path_of(path: str | os.PathLike[str]) -> Path:
    """A path given by a user, with `~` for their home."""
    return Path(path).expanduser()
