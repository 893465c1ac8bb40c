"""Results written to a file."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, ClassVar

from ..blob import Array, BlobSpec
from ..data.collector import Collector
from ..layer import Layer, Values
from ..plan import Plan, Traits
from ..specs import spec
from .wiring import need_bottoms_only


@spec(kw_only=True)
class HDF5OutputLayer(Layer):
    """Appends its bottoms of every forward to an HDF5 file, each to a dataset of its own.

    The file appears when the net is closed (`net.close()`, or at the end of `with Net(...) as net:`), whole or not at
    all. Samples lie along the first axis, in the net's element type.

    filename: of the file; missing folders are made.   datasets: one name per bottom; default: the bottoms' names.
    force_overwrite: replace a file of that name (and say so in the log) instead of refusing to. One that somebody wrote
    since the net was built is a `DataError` when the net is closed, which says where the results are.

    >>> HDF5OutputLayer(filename="features.h5", bottoms=["ip1", "label"]).dataset_names
    ('ip1', 'label')
    """

    name: str = "hdf5-output"
    filename: str
    datasets: Sequence[str] = ()
    force_overwrite: bool = False

    traits: ClassVar[Traits] = Traits(sink=True, collects=True, backprop=False)

    @property
    def dataset_names(self) -> tuple[str, ...]:
        """Of the datasets, one per bottom."""
        return tuple(self.datasets or self.bottoms)

    def check_options(self) -> None:
        need_bottoms_only(self)
        if not self.filename:
            raise self.refuse('filename is empty; name the file to write, such as filename="features.h5"')
        if len(self.dataset_names) != len(self.bottoms) or len(set(self.dataset_names)) != len(self.bottoms):
            raise self.refuse(
                f"datasets are {list(self.dataset_names)} for the bottoms {', '.join(self.bottoms)}; "
                f"give one name per bottom, all different"
            )

    def plan(self, bottoms: tuple[BlobSpec, ...]) -> Plan:
        return Plan(tops=(), saves=frozenset())

    def forward(self, xp: Any, v: Values) -> tuple[Array, ...]:
        return ()

    def open_collector(self) -> Collector:
        from ..data.hdf5_output import HDF5Collector

        label = f"layer {self.name!r} (HDF5OutputLayer)"
        return HDF5Collector(label, self.filename, self.dataset_names, self.force_overwrite)
