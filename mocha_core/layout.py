"""The pass that lets runs of layers work on images with their channels last, and reorders only where a run ends."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence

from .channels_last import ChannelsLast, ToChannelsFirst, ToChannelsLast
from .layer import Layer
from .topology import results

Test = Callable[[Layer], bool]


def channels_last(
    layers: Sequence[Layer], leads: Test, follows: Test, pinned: Collection[str] = ()
) -> tuple[Layer, ...]:
    """The layers, in running order, some of them wrapped in `ChannelsLast`, with the reorderings that this needs.

    A layer that leads is wrapped wherever it is; one that follows, where all that it reads has its channels last
    already. Blobs that are pinned, and those that no layer reads, exist under their own names with their own shapes.
    """
    rewriting = _Rewriting(frozenset(pinned))
    for layer in layers:
        rewriting.take(layer, leads(layer) or (follows(layer) and rewriting.is_last(layer.bottoms)))
    rewriting.finish({b for layer in layers if not layer.in_place for b in layer.bottoms})
    return tuple(rewriting.layers)


class _Rewriting:
    """What has been written so far: names of blobs that exist channels first; names that others have channels last."""

    def __init__(self, pinned: frozenset[str]) -> None:
        self.pinned = pinned
        self.layers: list[Layer] = []
        self.first: set[str] = set()
        self.last: dict[str, str] = {}
        self.copies: dict[str, int] = {}

    def is_last(self, names: Sequence[str]) -> bool:
        """Whether these blobs exist channels last and not otherwise."""
        return all(name in self.last and name not in self.first for name in names)

    def take(self, layer: Layer, fits: bool) -> None:
        if fits and not (layer.in_place and self.first.intersection(layer.bottoms)):
            self._wrap(layer)
        else:
            self._keep(layer)

    def finish(self, read: Collection[str]) -> None:
        """Give what nobody reads under its own name."""
        for name in [name for name in self.last if name not in read]:
            self._as_first(name)

    def _wrap(self, layer: Layer) -> None:
        bottoms = [self._as_last(name) for name in layer.bottoms]
        if layer.in_place:
            self.layers.append(ChannelsLast.of(layer, bottoms))
        else:
            tops = [self._fresh(name) for name in layer.tops]
            self.layers.append(ChannelsLast.of(layer, bottoms, tops))
            self.last.update(zip(layer.tops, tops, strict=True))
        for name in self.pinned.intersection(results(layer)):
            self._as_first(name)
            del self.last[name]

    def _keep(self, layer: Layer) -> None:
        for name in layer.bottoms:
            self._as_first(name)
        self.layers.append(layer)
        for name in results(layer):
            self.first.add(name)
            self.last.pop(name, None)

    def _as_last(self, name: str) -> str:
        if name not in self.last:
            self.last[name] = self._fresh(name)
            top = self.last[name]
            self.layers.append(ToChannelsLast(name=top, bottoms=[name], tops=[top]))
        return self.last[name]

    def _as_first(self, name: str) -> None:
        if name not in self.first and name in self.last:
            self.layers.append(ToChannelsFirst(name=f"{name}/channels-first", bottoms=[self.last[name]], tops=[name]))
            self.first.add(name)

    def _fresh(self, name: str) -> str:
        """A name for the blob's next copy with the channels last."""
        self.copies[name] = self.copies.get(name, 0) + 1
        count = self.copies[name]
        return f"{name}/channels-last" + (f"-{count}" if count > 1 else "")
