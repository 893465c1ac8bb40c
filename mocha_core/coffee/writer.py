"""Giving what the lounge records to somebody else: a file, or an experiment tracker."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from ..errors import OptionError
from .coffee_break import Coffee

if TYPE_CHECKING:
    from ..net import Net
    from ..solvers.state import SolverState
    from .lounge import CoffeeLounge


class Sink(ABC):
    """Where statistics go. A new one has these two methods; the coffee break `WriteTo(MySink)` feeds it."""

    @abstractmethod
    def log(self, iteration: int, values: Mapping[str, float]) -> None:
        """All that was recorded at one iteration, by name. Iterations come in rising order, each once."""

    @abstractmethod
    def close(self) -> None:
        """The training has ended, for whatever reason."""


class Writer(Coffee):
    """The base of breaks that write what the lounge records. A new one has the method `open`.

    An iteration is given to the sink when all its breaks have been taken: at the next break of this kind, or when the
    training ends. So the order in which breaks were added does not matter. Add it with `every_n_iter=1`, which costs
    next to nothing where nothing was recorded.

    Which iterations were written is kept in snapshots; `open` is told where a resumed training goes on.

    next: the first iteration that is not written yet.
    """

    def __init__(self) -> None:
        self.next = 0
        self._sink: Sink | None = None
        self._lounge: CoffeeLounge | None = None
        self._training: SolverState | None = None

    @abstractmethod
    def open(self, first: int) -> Sink:
        """The sink, for iterations from `first` on.

        What it holds of those already was written by a training that was killed later, and has to go. Where it lacks
        earlier ones that it should hold, `open` sets `next` to the first, and they are written again.
        """

    def init(self, net: Net, state: SolverState) -> None:
        if state is not self._training:  # else it goes on where it stopped
            self._training, self.next = state, 0

    def enjoy(self, lounge: CoffeeLounge, net: Net, state: SolverState) -> None:
        self._lounge = lounge
        self._write(lounge, state.iter)

    def destroy(self, net: Net) -> None:
        lounge, self._lounge = self._lounge, None
        try:
            if lounge is not None:
                self._write(lounge, lounge.iteration + 1)
        finally:
            sink, self._sink = self._sink, None
            if sink is not None:
                sink.close()

    def state(self) -> Mapping[str, Any]:
        return {"next": self.next}

    def restore(self, state: Mapping[str, Any]) -> None:
        self.next = int(state["next"])

    def _write(self, lounge: CoffeeLounge, end: int) -> None:
        """Give the sink the iterations before `end` that it has not got."""
        sink = self._sink = self._sink or self.open(self.next)
        statistics = sorted(lounge.statistics.items())
        while self.next < end:
            i = self.next
            values = {name: records[i] for name, records in statistics if i in records}
            if values:
                sink.log(i, values)
            self.next = i + 1


class WriteTo(Writer):
    """Gives what the lounge records to a sink of one's own, such as an experiment tracker.

    open_sink: makes the sink, when training begins: its class, or any function without arguments. A resumed training
    makes a new one, which gets the iterations since the snapshot once more.

    >>> from mocha_core import Sink, WriteTo
    >>> class Show(Sink):
    ...     def log(self, iteration, values):
    ...         print(iteration, values)
    ...     def close(self):
    ...         pass
    >>> show = WriteTo(Show)
    """

    def __init__(self, open_sink: Callable[[], Sink]) -> None:
        super().__init__()
        if not callable(open_sink):
            raise OptionError(f"WriteTo makes its sink when training begins: WriteTo(MySink), not {open_sink!r}")
        self.open_sink = open_sink

    def open(self, first: int) -> Sink:
        return self.open_sink()
