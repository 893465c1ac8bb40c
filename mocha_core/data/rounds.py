"""Reading the parts of a data set round and round: batches cross parts and wrap for ever."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Sequence
from dataclasses import dataclass

from ..blob import Shape
from ..errors import DataError
from ..random import Stream
from .source import HostArray, Source, State


class Part(ABC):
    """A piece of a data set that can be open by itself: a file, or arrays in memory."""

    length: int

    @abstractmethod
    def copy(self, at: int, out: tuple[HostArray, ...]) -> None:
        """Write samples `at`, `at + 1`, ... over `out`, as many as `out` has."""

    @abstractmethod
    def pick(self, rows: HostArray, out: tuple[HostArray, ...]) -> None:
        """Write the samples numbered `rows` over `out`, in that order."""

    def close(self) -> None:  # noqa: B027 (most parts hold nothing)
        """Give back what the part holds."""


@dataclass(frozen=True, slots=True)
class Shuffle:
    """Random orders as a pure function of the position, so that a saved position is all there is to save."""

    seed: int
    layer: str
    parts: int

    def of_parts(self, epoch: int) -> HostArray:
        """In which order the parts are read in that epoch."""
        return self._stream(epoch * (self.parts + 1)).permutation(self.parts)

    def of_samples(self, epoch: int, turn: int, count: int) -> HostArray:
        """In which order the samples of the part opened as number `turn` of that epoch are read."""
        return self._stream(epoch * (self.parts + 1) + 1 + turn).permutation(count)

    def _stream(self, calls: int) -> Stream:
        return Stream(self.seed, self.layer, "shuffle", calls)


class RoundSource(Source):
    """A source made of parts. The epoch grows with the very batch that contains the last sample of the last part.

    label: what errors call the data, e.g. "layer 'train-data' (HDF5DataLayer)".
    """

    def __init__(self, label: str, shapes: Sequence[Shape], parts: int, shuffle: Shuffle | None) -> None:
        self.label, self.shapes, self.parts, self.shuffle = label, tuple(shapes), parts, shuffle
        self.epoch = self._turn = self._at = 0
        self._part: Part | None = None
        self._number = -1
        self._rows: HostArray | None = None
        self._entered = False

    @abstractmethod
    def open_part(self, number: int) -> Part:
        """Part `number`, 0 <= number < parts, checked against `shapes` and not empty."""

    def fill(self, out: tuple[HostArray, ...]) -> None:
        done, count = 0, len(out[0])
        self.within = count
        while done < count:
            part = self._enter()
            take = min(count - done, part.length - self._at)
            self._read(part, tuple(array[done : done + take] for array in out))
            done += take
            if self._advance(part, take):
                self.within = min(self.within, done)

    def state(self) -> State:
        return {"epoch": self.epoch, "part": self._turn, "sample": self._at, "parts": self.parts}

    def restore(self, state: State) -> None:
        epoch, turn, at, parts = (self._number_in(state, key) for key in ("epoch", "part", "sample", "parts"))
        if parts != self.parts or turn >= parts:
            raise self._moved(f"in part {turn} of {parts}; the data has {self.parts}")
        self.epoch, self._turn, self._at, self._entered = epoch, turn, at, False

    def close(self) -> None:
        self._leave()

    def number_at(self, epoch: int, turn: int) -> int:
        """Which part is read as number `turn` of that epoch."""
        return turn if self.shuffle is None else int(self.shuffle.of_parts(epoch)[turn])

    def look_ahead(self, epoch: int, turn: int) -> None:
        """The part after the one just opened will be number `turn` of that epoch; it may be read ahead of time."""

    def _leave(self) -> None:
        self._entered = False
        if self._part is not None:
            self._part.close()
            self._part = None

    def _enter(self) -> Part:
        part = self._open()
        if not self._entered:
            if self._at >= part.length:
                raise self._moved(f"sample {self._at}; that part has {part.length}")
            if self.shuffle is not None:
                self._rows = self.shuffle.of_samples(self.epoch, self._turn, part.length)
            self._entered = True
        return part

    def _open(self) -> Part:
        if self._entered and self._part is not None:
            return self._part
        number = self.number_at(self.epoch, self._turn)
        if self._part is None or number != self._number:
            self._leave()
            self._part, self._number = self.open_part(number), number
        self.look_ahead(*divmod(self.epoch * self.parts + self._turn + 1, self.parts))
        return self._part

    def _read(self, part: Part, out: tuple[HostArray, ...]) -> None:
        if self._rows is None:
            part.copy(self._at, out)
        else:
            part.pick(self._rows[self._at : self._at + len(out[0])], out)

    def _advance(self, part: Part, taken: int) -> bool:
        """Whether that was the end of an epoch."""
        self._at += taken
        if self._at == part.length:
            self._at, self._turn, self._entered = 0, self._turn + 1, False
        ended = self._turn == self.parts
        if ended:
            self._turn, self.epoch = 0, self.epoch + 1
        return ended

    def _moved(self, text: str) -> DataError:
        return DataError(
            f"{self.label}: the saved position is {text}. The data have changed since the snapshot; "
            f"load_solver_state=False takes its parameters and starts with this data at iteration 0"
        )

    def _number_in(self, state: State, key: str) -> int:
        value = state.get(key)
        if not isinstance(value, int) or value < 0:
            raise DataError(f"{self.label}: the saved position has {key} = {value!r}; was other data read then?")
        return value
