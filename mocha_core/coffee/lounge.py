"""The coffee lounge: where breaks are taken, and where what they find out is kept."""

from __future__ import annotations

import glob
import os
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, get_args

from ..errors import MochaError, OptionError, SolverError
from ..io.atomic import sweep
from ..log import logger
from .coffee_break import Coffee, CoffeeBreak
from .triggers import EveryIter, Progress, Trigger, whole_number

if TYPE_CHECKING:
    from ..net import Net
    from ..solvers.state import SolverState

Statistics = dict[str, dict[int, float]]
IfExists = Literal["merge", "overwrite", "panic"]

FORGOTTEN = (
    "The snapshot holds what a break %s had found, and no break here goes on with it; if one should, add it as it was "
    "and resume from the same snapshot"
)


class CoffeeLounge:
    """The breaks of one solver in the order of their adding, and statistics: name -> iteration -> value.

    Statistics are those of the present training, a resumed one's from before the resume included. What a file or an
    earlier training of the same solver held besides is seen by no break; it goes into the file only.

    save_into: an HDF5 file for the statistics; "" keeps them in memory only.
    every_n_iter: how often it is written, if anything changed; it is also written at the end.
    file_exists: what to do with a file from before: "merge" adds to it (newer values win), "overwrite" replaces it
    with a warning, "panic" is a `SolverError`.

    >>> from mocha_core import CoffeeLounge
    >>> lounge = CoffeeLounge()
    >>> lounge.update_statistics("obj_val", 0.5)
    >>> lounge.get_statistics("obj_val")
    {0: 0.5}
    """

    def __init__(
        self, save_into: str | os.PathLike[str] = "", *, every_n_iter: int = 1, file_exists: IfExists = "merge"
    ) -> None:
        if file_exists not in get_args(IfExists):
            raise OptionError(f"file_exists is one of {', '.join(get_args(IfExists))}, not {file_exists!r}")
        if not isinstance(save_into, str | os.PathLike):
            raise OptionError(f"save_into is the path of a file, not {save_into!r}")
        if str(save_into).endswith(".jld"):
            raise OptionError(f"statistics are saved as HDF5: save_into={os.fspath(save_into)[:-4] + '.h5'!r}")
        self.save_into = Path(save_into) if str(save_into) else None
        self.when: Trigger = EveryIter(whole_number("every_n_iter", every_n_iter))
        self.file_exists = file_exists
        self.breaks: list[CoffeeBreak] = []
        self.statistics: Statistics = {}
        self.iteration = 0
        self._older: Statistics = {}
        self._training: SolverState | None = None
        self._epoch: int | None = None
        self._changed = False
        self._is_mine = False
        self._guests: list[Coffee] = []

    # statistics -----------------------------------------------------------------------------------------------------

    def update_statistics(self, key: str, value: float) -> None:
        """Record a value under the current iteration."""
        self.statistics.setdefault(key, {})[self.iteration] = float(value)
        self._changed = True

    def get_statistics(self, key: str) -> dict[int, float]:
        """Iteration -> value for one name; empty if this training recorded nothing."""
        return dict(self.statistics.get(key, {}))

    def merge_statistics(self, earlier: Mapping[str, Mapping[int, float]]) -> None:
        """Add what this training recorded before, such as the statistics in its snapshot; those already here win."""
        self.statistics = _merged(earlier, self.statistics)
        self._changed = self._changed or bool(earlier)

    def save(self) -> None:
        """Write the statistics, if there is a file for them and anything changed."""
        if self.save_into is not None and self._changed:
            from ..io.statistics_file import save_statistics

            save_statistics(self.save_into, _merged(self._older, self.statistics))
            self._changed, self._is_mine = False, True

    def succeed(self, before: CoffeeLounge) -> None:
        """Take over the breaks and the statistics of the lounge that this one replaces."""
        self.breaks, self._older, self._training = before.breaks, before._older, before._training
        self.merge_statistics(before.statistics)
        self._changed = bool(self.statistics or self._older)

    @property
    def snapshot_folders(self) -> list[Path]:
        """Where the breaks write snapshots."""
        return [each.coffee.folder for each in self.breaks if each.coffee.folder is not None]

    # a training -----------------------------------------------------------------------------------------------------

    def prepare(self, net: Net, state: SolverState) -> None:
        """Before the first forward, also of a resumed training: let each coffee `prepare` the net."""
        for each in self.breaks:
            each.coffee.prepare(net, state)

    def open(self, net: Net, state: SolverState) -> None:
        """Before the first check: read or refuse an old statistics file, then `init` each coffee in order."""
        self.iteration = state.iter
        self._guests = []
        self._take_over_file()  # before there is anything to close: a file that was refused must not be written
        self._begin(state)
        try:
            for each in self.breaks:
                each.coffee.init(net, state)
                self._guests.append(each.coffee)
        except BaseException:
            self.close(net)
            raise
        self._epoch = self._epoch_of(net)

    def is_due(self, net: Net, state: SolverState) -> bool:
        """Whether `check` would take a break now."""
        progress = Progress(state.iter, self._epoch_of(net), self._epoch)
        return any(each.trigger.due(progress) for each in self.breaks)

    def check(self, net: Net, state: SolverState) -> None:
        """Take the breaks that are due."""
        epoch = self._epoch_of(net)
        progress = Progress(state.iter, epoch, self._epoch)
        self.iteration = state.iter
        for each in self.breaks:
            if each.trigger.due(progress):
                each.coffee.enjoy(self, net, state)
        self._epoch = epoch
        if self.when.due(progress):
            self.save()

    def finish(self, net: Net, state: SolverState) -> None:
        """After the breaks of the last iteration, unless an error ended the training: `finish` each coffee in order."""
        for each in self.breaks:
            each.coffee.finish(self, net, state)

    def close(self, net: Net) -> None:
        """`destroy` each coffee in reverse order, then save; an error in one does not spare the others.

        The first error is raised at the end, unless training already ends with another.
        """
        faults: list[Exception] = []
        for farewell in [*(_destroyer(coffee, net) for coffee in reversed(self._guests)), self.save]:
            try:
                farewell()
            except Exception as error:
                logger.error("At the end of training: %s", error)
                faults.append(error)
        self._guests = []
        if faults and sys.exception() is None:
            raise faults[0]

    def state(self) -> dict[str, Any]:
        """What a resumed training must know of this lounge and its coffees, for JSON."""
        coffees = [[type(each.coffee).__name__, dict(each.coffee.state())] for each in self.breaks]
        return {"epoch": self._epoch, "coffees": coffees}

    def restore(self, state: Mapping[str, Any]) -> None:
        """Take back `state`: each coffee gets the first that one of its class told and that nobody has got yet."""
        self._epoch = state["epoch"] if self._epoch is not None else None
        told = list(state["coffees"])
        for coffee in (each.coffee for each in self.breaks):
            fits = (k for k, (kind, one) in enumerate(told) if kind == type(coffee).__name__ and coffee.takes(one))
            if (mine := next(fits, None)) is not None:
                coffee.restore(told.pop(mine)[1])
        for kind in (kind for kind, one in told if one):
            logger.warning(FORGOTTEN, kind)

    def _epoch_of(self, net: Net) -> int | None:
        return net.epoch if any(each.trigger.needs_epoch for each in self.breaks) else None

    def _begin(self, state: SolverState) -> None:
        """Set aside what another training of this solver recorded."""
        if self._training is not None and self._training is not state:
            self._older, self.statistics = _merged(self._older, self.statistics), {}
        self._training = state

    def _take_over_file(self) -> None:
        path = self.save_into
        if path is None or self._is_mine:
            return
        sweep(path.parent, glob.escape(path.name))
        if not path.exists():
            return
        if self.file_exists == "panic":
            raise SolverError(f"the statistics file {path} exists already; move it, or use file_exists='merge'")
        if self.file_exists == "overwrite":
            logger.warning("The statistics in %s will be overwritten", path)
        else:
            self._older = _merged(_read(path), self._older)
        self._is_mine = True


def _merged(older: Mapping[str, Mapping[int, float]], newer: Mapping[str, Mapping[int, float]]) -> Statistics:
    return {key: {**older.get(key, {}), **newer.get(key, {})} for key in {**older, **newer}}


def _read(path: Path) -> Statistics:
    from ..io.statistics_file import load_statistics

    try:
        return load_statistics(path)
    except MochaError as error:
        raise type(error)(
            f"the statistics of before cannot be taken over: {error}; move that file away (snapshots hold a copy of "
            f"the statistics), or give save_into another name"
        ) from error


def _destroyer(coffee: Coffee, net: Net) -> Any:
    return lambda: coffee.destroy(net)
