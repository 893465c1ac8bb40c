"""Snapshots of the whole training."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

from ..errors import OptionError
from ..log import logger
from .coffee_break import Coffee
from .triggers import whole_number

if TYPE_CHECKING:
    from ..net import Net
    from ..solvers.state import SolverState
    from .lounge import CoffeeLounge


class Snapshot(Coffee):
    """Writes `snapshot-%06d.h5` into a folder: everything that a training killed afterwards needs to go on exactly.

    directory: made if it is missing; what earlier killed writers left there half-written is removed. Snapshots of
    trainings that this one does not go on from, and later ones of its own, are moved into a folder `old-1` in it, with
    a warning: so what a resume finds there is always of this training.
    keep: how many to keep of those up to the present iteration, newest first; None keeps all.
    at_end: write one after the last update, too, at `max_iter` or where a break stops the training; not after an error.

    >>> from mocha_core import Snapshot
    >>> Snapshot("snapshots", keep=3).keep
    3
    """

    def __init__(self, directory: str | os.PathLike[str], keep: int | None = None, *, at_end: bool = True) -> None:
        if not isinstance(directory, str | os.PathLike) or not str(directory):
            raise OptionError(f'Snapshot writes into a folder, e.g. Snapshot("snapshots"), not {directory!r}')
        self.folder: Path = Path(directory)
        self.keep = None if keep is None else whole_number("keep", keep)
        if not isinstance(at_end, bool):
            raise OptionError(f"Snapshot: at_end is True or False, not {at_end!r}")
        self.at_end = at_end

    def init(self, net: Net, state: SolverState) -> None:
        from ..io.aside import set_aside
        from ..io.atomic import sweep

        try:
            self.folder.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise OptionError(
                f"Snapshot cannot make the folder {self.folder}: {error.strerror}; name another"
            ) from error
        sweep(self.folder, "snapshot-*.h5")
        goes_on = self.folder.resolve() in {path.parent for path in state.saved}
        set_aside(self.folder, state.iter if goes_on else -1)

    def enjoy(self, lounge: CoffeeLounge, net: Net, state: SolverState) -> None:
        """Write, unless this iteration is there already; then forget what is more than `keep`."""
        from ..io.load_from import placed
        from ..io.snapshot_file import capture, write_snapshot

        path = self._path(state)
        if self.holds(state):
            return
        if path.exists():
            logger.warning("Overwriting the snapshot %s, which another training has written meanwhile", path)
        logger.info("Saving snapshot to %s", path)
        write_snapshot(path, capture(state, lounge.state(), lounge.statistics))
        state.saved.add(placed(path))
        self._forget(state.iter)

    def finish(self, lounge: CoffeeLounge, net: Net, state: SolverState) -> None:
        if self.at_end:
            self.enjoy(lounge, net, state)

    def holds(self, state: SolverState) -> bool:
        """Whether the folder has the training as it stands: written, or just resumed from there."""
        from ..io.load_from import placed

        path = self._path(state)
        return placed(path) in state.saved and path.exists()

    def _path(self, state: SolverState) -> Path:
        from ..io.load_from import snapshot_name

        return self.folder / snapshot_name(state.iter)

    def _forget(self, iteration: int) -> None:
        """What another training writes there meanwhile is neither counted nor touched, if its iteration is later."""
        if self.keep is not None:
            from ..io.load_from import snapshots_in

            mine = [path for number, path in snapshots_in(self.folder).items() if number <= iteration]
            for path in mine[: -self.keep]:
                path.unlink(missing_ok=True)
