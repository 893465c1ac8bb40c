"""The samples at the end of an epoch that do not fill a batch."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from ..errors import OptionError, ParameterError, ShapeError
from ..layer import Layer
from ..layers.input import InputLayer

if TYPE_CHECKING:
    from .net import Net


class Rest:
    """Runs them through a net of their number, with the layers and parameters of the whole one.

    Their results join its statistics and output layers; its blobs stay as the last full batch left them, and its next
    forward begins with the first sample.
    """

    def __init__(self, net: Net) -> None:
        self.net = net
        self._part: Net | None = None
        self._count = 0

    def forward_epoch(self, exact: bool) -> None:
        """Forward until the epoch changes; `exact`: without samples of the next one."""
        net = self.net
        epoch = net.epoch
        while net.epoch == epoch:
            net._joining.fetch()
            feeder = net._feeders.first
            if exact and feeder.feed.within < feeder.blobs[0].shape[0]:
                self._run(feeder.feed.within)
            else:
                net._joining.forward()

    def _run(self, count: int) -> None:
        """Forward of the first `count` samples of the fetched batch; the others are given back."""
        net, part = self.net, self._of(count)
        for feeder in net._feeders:
            feeder.write([part._value((top, 0)) for top in feeder.layer.tops])
        part._streams.restore(net._streams.now())
        part._program.forward()
        net._streams.restore(part._streams.now())
        self._report(part)
        for feeder in net._feeders:
            feeder.feed.give_back(count)

    def close(self) -> None:
        """Drop the net."""
        self._part = None

    def _report(self, part: Net) -> None:
        part.reset_statistics()
        part._tallies.count()
        self.net._tallies.add(part._tallies)
        for member in self.net._collectors.members:
            member.collector.take(tuple(part.blob(name).to_array() for name in member.layer.bottoms))

    def _of(self, count: int) -> Net:
        """The net for so many samples; the last one made is kept."""
        if self._part is None or count != self._count:
            self._part, self._count = self._built(count), count
        self._part._program.freeze(self.net.frozen)
        return self._part

    def _built(self, count: int) -> Net:
        from .net import Net

        net = self.net
        sizes = {feeder.layer.name: feeder.blobs[0].shape[0] for feeder in net._feeders}
        if len(set(sizes.values())) > 1:
            raise OptionError(f"net {net.name!r}: its data layers differ in batch_size, {sizes}; use exact=False")
        keep = {name for member in net._collectors.members for name in member.layer.bottoms}
        make = partial(Net, phase=net.phase, dtype=net.dtype, keep=tuple(keep), parameters=net.store)
        try:
            return make(f"{net.name}/rest", net.backend, self._layers(count))
        except (ShapeError, ParameterError) as error:
            raise ShapeError(
                f"net {net.name!r}: the last {count} samples of the data fill no batch, and its layers do not work on "
                f"{count}: {error}. Choose a batch_size that divides the data, or exact=False, which fills up the last "
                f"batch from the beginning"
            ) from error

    def _layers(self, count: int) -> list[Layer]:
        present = [layer for layer in self.net.given if layer.in_phase(self.net.phase) is not None]
        whole = self.net._feeders.first.blobs[0].shape[0]
        others = [layer for layer in present if not layer.traits.collects and not _fed(layer)]
        return [*self._inputs_for(count), *(layer.resized(count, whole) for layer in others)]

    def _inputs_for(self, count: int) -> list[Layer]:
        return [
            InputLayer(
                name=feeder.layer.name,
                tops=feeder.layer.tops,
                shapes=[(count, *blob.shape[1:]) for blob in feeder.blobs],
            )
            for feeder in self.net._feeders
        ]


def _fed(layer: Layer) -> bool:
    return layer.traits.source and not layer.traits.input
