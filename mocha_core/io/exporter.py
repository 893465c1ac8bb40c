"""What an exporter is: a writer of nets in the format of another framework."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from ..net import Net


class Exporter(ABC):
    """Writes nets in one format; offered under `mocha.exporters` by the suffix of its files, made without arguments."""

    @abstractmethod
    def write(self, net: Net, path: Path, notes: Mapping[str, str], options: Mapping[str, Any]) -> tuple[str, ...]:
        """Write the file, and say in sentences what was written and how it was checked.

        path: where to write; it takes the name that the user gave if all goes well, so an error leaves nothing behind.
        notes: texts that belong to the model (licence, attribution, preprocessing), to be kept in the file by name.
        options: of the exporter, as the user gave them.

        Errors are of the `MochaError` family; an option that there is not is an `OptionError`.
        """
