"""Which blob a layer means: Caffe's order decides, Mocha's names say it.

In Caffe a layer may overwrite a blob, and what another reads under that name depends on where it stands in the file. In
Mocha a name means one blob, but for neurons and dropout, which may work in place. So every writing of a blob is a
`Value` here; the last one keeps Caffe's name, and those before get names of their own unless they can be shared. An
input, which the user fills by name, keeps its name whatever overwrites it.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from types import MappingProxyType

from mocha_core.errors import TopologyError, suggest

from ..formats import Message
from .registry import entry_for

NAMELESS = "layer"


@dataclass(eq=False, slots=True)
class Value:
    """What one layer wrote into a blob.

    is_input: nothing was read for it.   below: the value it overwrote, if it may do so in place in Mocha, too.
    """

    blob: str
    writer: str
    is_input: bool = False
    readers: int = 0
    below: Value | None = None
    name: str = ""

    @property
    def shared(self) -> bool:
        """Whether it lies where the value below lay: nobody else reads that."""
        return self.below is not None and self.below.readers == 1


@dataclass(eq=False, slots=True)
class Wired:
    """One layer and the values it reads and writes. missing: bottoms that are not there, as labels in a prediction."""

    message: Message
    name: str
    bottoms: list[Value]
    tops: list[Value] = field(default_factory=list)
    missing: tuple[str, ...] = ()


def wire(
    layers: Sequence[Message], absent: Collection[str] = (), elsewhere: Mapping[str, str] = MappingProxyType({})
) -> list[Wired]:
    """The layers with their values, all named; layers that only say that a blob has many readers are left out.

    absent: blobs that nobody gives although a layer would write them; what needs them gets `missing`.
    elsewhere: blobs that layers write that take no part, for errors.
    """
    wirer = _Wirer(set(absent), elsewhere)
    wired = [found for layer in layers if (found := wirer.add(layer)) is not None]
    _name_layers(wired)
    _name_values(wired)
    return wired


class _Wirer:
    def __init__(self, absent: set[str], elsewhere: Mapping[str, str]) -> None:
        self.now: dict[str, Value] = {}
        self.absent, self.elsewhere = absent, elsewhere

    def add(self, layer: Message) -> Wired | None:
        """The layer wired, and its tops noted; None for a split that Caffe put in."""
        missing = tuple(name for name in layer.bottom if name in self.absent and name not in self.now)
        bottoms = [self._read(layer, name) for name in layer.bottom if name not in missing]
        if _is_copy(layer):
            self.now.update(dict.fromkeys(layer.top, bottoms[0]))
            return None
        for value in bottoms:
            value.readers += 1
        if missing:
            self.absent.update(top for top in layer.top if top not in self.now)
            return Wired(layer, layer.name, bottoms, missing=missing)
        given = [index for index, top in enumerate(layer.top) if top not in self.absent]
        tops = [self._write(layer, index, bottoms) for index in given]
        for value in tops:
            self.now[value.blob] = value
        return Wired(layer, layer.name, bottoms, tops)

    def _read(self, layer: Message, name: str) -> Value:
        if name not in self.now:
            why = (
                f"; layer {self.elsewhere[name]!r} would, but takes no part in this phase; to predict without it, say "
                f"what comes in: shapes={{{name!r}: (1, 3, 227, 227)}}"
                if name in self.elsewhere
                else suggest(name, self.now)
            )
            raise TopologyError(
                f"{layer.place}: layer {layer.name!r} reads blob {name!r}, which no layer before it writes{why}"
            )
        return self.now[name]

    def _write(self, layer: Message, index: int, bottoms: list[Value]) -> Value:
        name = layer.top[index]
        over = bottoms[index] if index < len(bottoms) and name in (bottoms[index].blob, layer.bottom[index]) else None
        if name in self.now and over is None:
            raise TopologyError(
                f"{layer.place}: blob {name!r} is written by layer {self.now[name].writer!r} and by layer "
                f"{layer.name!r}; rename one of the tops"
            )
        known = entry_for(layer)
        alone = len(layer.bottom) == len(layer.top) == 1
        may = over is not None and over.blob == name and not over.is_input
        in_place = may and alone and all(layer.propagate_down) and known is not None and known.in_place
        return Value(name, layer.name, not layer.bottom, below=over if in_place else None)


def _is_copy(layer: Message) -> bool:
    """Whether it is a split that Caffe puts in wherever a blob has several readers, and then saves."""
    ours = len(layer.bottom) == 1 and str(layer.name).endswith("_split")
    return layer.type == "Split" and ours and all(top.startswith(f"{layer.name}_") for top in layer.top)


def _name_layers(wired: list[Wired]) -> None:
    """Names that Mocha can have: none empty, none twice, and no loss called like another layer's blob."""
    blobs = {value.blob for each in wired for value in each.tops}
    used: Counter[str] = Counter()
    for each in wired:
        name = each.name or NAMELESS
        found = entry_for(each.message)
        own = {value.blob for value in each.tops}
        if found is not None and found.sink and name in blobs - own:
            name = next(iter(own - {other.name for other in wired}), f"{name}/loss")
        used[name] += 1
        each.name = name if used[name] == 1 else f"{name}/{used[name]}"


def _name_values(wired: list[Wired]) -> None:
    """The last value of a blob, or an input, is called as in Caffe, the others after the layer that wrote them."""
    values = [(value, each) for each in wired for value in each.tops]
    taken = {value.blob for value, _ in values}
    later = set[str]()
    for value, _ in values:
        if value.is_input:
            value.name = value.blob
            later.add(value.blob)
    for value, each in reversed(values):
        if value.name:
            continue
        value.name = value.blob if value.blob not in later else _free(each.name, taken)
        later.add(value.blob)
        taken.add(value.name)
        _share(value)


def _share(value: Value) -> None:
    """Values that lie in one place have one name."""
    while value.below is not None and value.shared:
        value.below.name = value.name
        value = value.below


def _free(name: str, taken: set[str]) -> str:
    """A name for a value that is overwritten later."""
    names = [name, f"{name}/raw", *(f"{name}/raw{k}" for k in range(2, len(taken) + 3))]
    return next(each for each in names if each not in taken)
