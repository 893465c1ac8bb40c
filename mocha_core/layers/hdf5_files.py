"""What the layers that read HDF5 files have in common."""

from __future__ import annotations

from collections.abc import Sequence

from ..blob import Shape
from ..data.listed_files import ListedFiles
from ..data.listing import listed_files
from ..specs import spec
from .data_layer import DataLayer


@spec(kw_only=True)
class HDF5Files(DataLayer):
    """A data layer on the HDF5 files that a text file lists.

    source: the list file, one path a line. A relative path counts from the working directory or, if there is no such
    file, from the folder of the list file.
    """

    source: str = ""

    def check_data(self) -> None:
        if not self.source:
            raise self.refuse('source is missing; give the list file: source="train.txt"')
        self.check_reading()

    def check_reading(self) -> None:
        """Raise `OptionError` for impossible options of the subclass."""

    def files(self) -> ListedFiles:
        """The files with the datasets that the tops name."""
        return ListedFiles(f"{self.label}, list {self.source}", listed_files(self.label, self.source), self.tops)

    def samples(self) -> Sequence[Shape]:
        return self.files().samples
